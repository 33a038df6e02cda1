import { afterEach, beforeEach, expect, it } from "vitest";
import { toSubjectId, type Facts } from "../../../src/domain/facts/index.js";
import { account, colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, type Poller } from "./poller.js";

let fixture: GitLabFixture;
let poller: Poller;
const minute = 60_000;
const hour = 60 * minute;
const megabyte = "x".repeat(1_000_000);

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

function open(title: string, description = ""): number {
  const made = { author: account, title, source: title, description };
  return fixture.sandbox.openMergeRequest(projectPath, made).iid;
}

function note(iid: number, body: string): void {
  fixture.sandbox.note(projectPath, iid, { by: colleague, body });
}

async function watch(): Promise<void> {
  poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
}

function bodiesIn(facts: Facts[]): string[] {
  const requests = facts.flatMap((one) => (one.type === "merge_request" ? one.happenings : []));
  return requests.flatMap((one) => (one.what === "commented" ? [one.body] : []));
}

function requests(): number {
  return fixture.sandbox.server.ledger.count(/./);
}

it("reads twelve comments of a megabyte each, and what others wrote meanwhile", async () => {
  const [heavy, light] = [open("Heavy"), open("Light")];
  await watch();
  for (let index = 0; index < 12; index += 1) note(heavy, `${index} ${megabyte}`);
  note(light, "hello");
  const { facts, shortfalls } = await poller.poll();
  const bodies = bodiesIn(facts.map((one) => one.facts)).map((body) => body.slice(0, 5).trim());
  expect(bodies).toHaveLength(13);
  expect(bodies).toContain("hello");
  expect(shortfalls).toEqual([]);
});

it("reads a list of twelve descriptions of a megabyte, and then asks once for each quiet poll", async () => {
  for (let index = 0; index < 12; index += 1) open(`Heavy ${index}`, megabyte);
  await watch();
  const iid = open("News");
  expect((await poller.facts()).map((one) => toSubjectId(one))).toContain(String(iid));
  const before = requests();
  await poller.poll();
  expect(requests() - before).toBe(1);
});

it("reads an inbox of twelve to-dos of a megabyte", async () => {
  poller = await createPoller(fixture, "inbox");
  await poller.poll();
  fixture.advance(hour);
  for (let index = 0; index < 12; index += 1)
    fixture.sandbox.assign(projectPath, open(`Heavy ${index}`, megabyte), {
      by: colleague,
      assignee: account,
    });
  expect(await poller.facts()).toHaveLength(12);
});

it("sets aside a merge request that the server cannot show, says so, and loses nothing of it", async () => {
  const [ill, well] = [open("Ill"), open("Well")];
  await watch();
  const mend = fixture.sandbox.server.faults.add(
    new RegExp(`merge_requests/${ill}(/notes|$)`),
    { kind: "status", status: 500 },
    Infinity,
  );
  note(ill, "first");
  note(well, "second");
  expect(bodiesIn(await poller.facts())).toEqual(["second"]);
  for (let round = 0; round < 3; round += 1) {
    fixture.advance(2 * minute);
    await poller.poll();
  }
  expect((await poller.poll()).shortfalls).toEqual([
    { code: "set_aside", key: String(ill), values: { what: `!${ill}`, reason: "server" } },
  ]);
  fixture.advance(hour);
  note(well, "third");
  expect(bodiesIn(await poller.facts())).toContain("third");
  mend();
  fixture.advance(hour);
  const { facts, shortfalls } = await poller.poll();
  expect(bodiesIn(facts.map((one) => one.facts))).toContain("first");
  expect(shortfalls).toEqual([]);
});

it("asks less and less often for what it cannot read", async () => {
  const ill = open("Ill");
  await watch();
  fixture.sandbox.server.faults.add(/\/notes/, { kind: "status", status: 500 }, Infinity);
  note(ill, "first");
  for (let round = 0; round < 120; round += 1) {
    await poller.poll();
    fixture.advance(minute);
  }
  expect(fixture.sandbox.server.ledger.count(/\/notes/)).toBeLessThan(12);
});

it("tells the merge of one whose notes stay unreadable, and its comments once they can be read", async () => {
  const ill = open("Ill");
  await watch();
  const mend = fixture.sandbox.server.faults.add(/\/notes/, { kind: "status", status: 500 }, Infinity);
  note(ill, "first");
  fixture.sandbox.world.merge(projectPath, ill, { by: colleague });
  const states: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (const one of await poller.facts()) if (one.type === "merge_request") states.push(one.state);
    fixture.advance(minute);
  }
  expect(states).toContain("merged");
  mend();
  fixture.advance(hour);
  expect(bodiesIn(await poller.facts())).toEqual(["first"]);
});

it("tells the comments of one whose approvals and reviewers stay unreadable", async () => {
  const iid = open("Half");
  fixture.sandbox.requestReview(projectPath, iid, { by: account, reviewer: colleague });
  await watch();
  fixture.sandbox.server.faults.add(/\/(approvals|reviewers)$/, { kind: "status", status: 500 }, Infinity);
  note(iid, "first");
  const bodies: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const facts = await poller.facts();
    bodies.push(...bodiesIn(facts));
    for (const one of facts) if (one.type === "merge_request") expect(one.reviewRequests).toBeUndefined();
    fixture.advance(minute);
  }
  expect(bodies).toEqual(["first"]);
});

it("leaves the rest for later when one after another fails, and tells all of it afterwards", async () => {
  const numbers = Array.from({ length: 20 }, (_, index) => open(`Many ${index}`));
  await watch();
  for (const iid of numbers) note(iid, `about ${iid}`);
  const mend = fixture.sandbox.server.faults.add(/\/notes/, { kind: "status", status: 500 }, Infinity);
  fixture.sandbox.server.ledger.clear();
  await poller.poll();
  expect(fixture.sandbox.server.ledger.count(/\/notes/)).toBe(3);
  mend();
  fixture.advance(minute);
  expect(bodiesIn(await poller.facts())).toHaveLength(20);
});

it("sets one pipeline aside and tells the others", async () => {
  const ids = [1, 2].map(() => fixture.sandbox.startPipeline(projectPath, { ref: "main", by: account }).id);
  poller = await createPoller(fixture, "pipelines");
  await poller.poll();
  fixture.advance(hour);
  const mend = fixture.sandbox.server.faults.add(
    new RegExp(`pipelines/${ids[0]}$`),
    { kind: "status", status: 500 },
    Infinity,
  );
  for (const id of ids) fixture.sandbox.finishPipeline(projectPath, id, { status: "success" });
  expect(only(await poller.facts(), "pipeline").id).toBe(String(ids[1]));
  mend();
  fixture.advance(minute);
  expect(only(await poller.facts(), "pipeline").id).toBe(String(ids[0]));
});
