import { afterEach, beforeEach, expect, it } from "vitest";
import type { Facts } from "../../../src/domain/facts/index.js";
import { account, colleague, projectPath, startFixture, token, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, type Poller } from "./poller.js";

let fixture: GitLabFixture;
let poller: Poller;
const hour = 3_600_000;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

function open(title: string): number {
  return fixture.sandbox.openMergeRequest(projectPath, { author: account, title, source: title }).iid;
}

/** What the sandbox answers to the API at this path, as JSON. */
async function answerTo(path: string): Promise<Array<Record<string, unknown>>> {
  const response = await fetch(`${fixture.sandbox.url}/api/v4/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return (await response.json()) as Array<Record<string, unknown>>;
}

/** The rows of a list with one of them spoiled. */
async function spoil(match: RegExp, path: string, change: Record<string, unknown>): Promise<() => void> {
  const rows = await answerTo(path);
  const body = rows.map((row, index) => (index === 0 ? { ...row, ...change } : row));
  return fixture.sandbox.server.faults.add(match, { kind: "status", status: 200, body }, Infinity);
}

it("tells the other merge requests when one row is odd, and names it with its first wrong place", async () => {
  const [odd, fine] = [open("Odd"), open("Fine")];
  poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.note(projectPath, fine, { by: colleague, body: "hello" });
  fixture.advance(1000);
  fixture.sandbox.note(projectPath, odd, { by: colleague, body: "hello" });
  const list = `projects/${(await fixture.project()).id}/merge_requests?order_by=updated_at&sort=desc`;
  await spoil(/\/merge_requests\?/, list, { title: null });
  const { facts, shortfalls } = await poller.poll();
  expect(
    only(
      facts.map((one) => one.facts),
      "merge_request",
    ).number,
  ).toBe(fine);
  expect(shortfalls).toEqual([
    {
      code: "refused_row",
      key: `merge requests of ${projectPath}/${odd}`,
      values: { what: String(odd), where: "title: invalid_type" },
    },
  ]);
});

it("goes on saying so while the list is unchanged, and no longer once the row is good", async () => {
  open("Odd");
  poller = await createPoller(fixture, "mergeRequests");
  const list = `projects/${(await fixture.project()).id}/merge_requests`;
  const rows = (await answerTo(list)).map((row) => ({ ...row, title: 7 }));
  const headers = { etag: 'W/"odd"', "content-type": "application/json" };
  const all = /merge_requests\?scope=all&order/;
  const off = fixture.sandbox.server.faults.add(
    all,
    { kind: "status", status: 200, body: rows, headers },
    Infinity,
  );
  expect((await poller.poll()).shortfalls).toMatchObject([{ code: "refused_row" }]);
  off();
  const same = fixture.sandbox.server.faults.add(all, { kind: "status", status: 304, headers }, Infinity);
  expect((await poller.poll()).shortfalls).toMatchObject([{ code: "refused_row" }]);
  same();
  expect((await poller.poll()).shortfalls).toEqual([]);
});

it.each([[{ message: "welcome" }], [["a", "b"]], [[{ hello: "world" }]]])(
  "takes %j for no list of merge requests at all",
  async (body) => {
    open("One");
    poller = await createPoller(fixture, "mergeRequests");
    await poller.poll();
    fixture.advance(hour);
    open("Two");
    fixture.sandbox.server.faults.add(/\/merge_requests\?/, { kind: "status", status: 200, body });
    await expect(poller.poll()).rejects.toMatchObject({ kind: "unreachable", code: "schema" });
    const titles = (await poller.facts()).map((one) => (one.type === "merge_request" ? one.title : ""));
    expect(titles).toContain("Two");
  },
);

it("tells the other comments when one is odd", async () => {
  const iid = open("Odd");
  poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  for (const body of ["one", "two"]) fixture.sandbox.note(projectPath, iid, { by: colleague, body });
  await spoil(/\/notes/, `projects/${(await fixture.project()).id}/merge_requests/${iid}/notes`, { body: 5 });
  const { facts, shortfalls } = await poller.poll();
  const read = only(
    facts.map((one) => one.facts),
    "merge_request",
  );
  expect(read.happenings).toMatchObject([{ body: "one" }]);
  expect(shortfalls).toMatchObject([{ code: "refused_row", values: { where: "body: invalid_type" } }]);
});

it("needs nothing of a merge request that it can do without", async () => {
  const iid = open("Bare");
  poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.note(projectPath, iid, { by: colleague, body: "hello" });
  const path = `projects/${(await fixture.project()).id}/merge_requests/${iid}`;
  const whole = (await answerTo(path)) as unknown as Record<string, unknown>;
  const { iid: number, title, state, target_branch, source_branch, created_at, updated_at } = whole;
  const body = { iid: number, title, state, target_branch, source_branch, created_at, updated_at };
  fixture.sandbox.server.faults.add(new RegExp(`merge_requests/${iid}$`), {
    kind: "status",
    status: 200,
    body,
  });
  const facts: Facts[] = await poller.facts();
  expect(only(facts, "merge_request")).toMatchObject({ labels: [], happenings: [{ body: "hello" }] });
});

it("does not call a wiki page deleted whose row is odd", async () => {
  for (const slug of ["Home", "Guide"])
    fixture.sandbox.editWiki(projectPath, { by: colleague, slug, title: slug, content: slug });
  poller = await createPoller(fixture, "wiki");
  await poller.poll();
  const rows = [
    { slug: "Home", title: "Home", content: "Home" },
    { slug: "Guide", title: 7 },
  ];
  fixture.sandbox.server.faults.add(/\/wikis/, { kind: "status", status: 200, body: rows }, Infinity);
  for (let round = 0; round < 30; round += 1) expect(await poller.facts()).toEqual([]);
});
