import { afterEach, beforeEach, expect, it } from "vitest";
import { account, colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, signal } from "./poller.js";

let fixture: GitLabFixture;
const hour = 3_600_000;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

function open(title: string, source = title): number {
  return fixture.sandbox.openMergeRequest(projectPath, { author: account, title, source }).iid;
}

function count(match: RegExp): number {
  return fixture.sandbox.server.ledger.count(match);
}

it("costs one request, answered 304, while a project is quiet", async () => {
  open("Quiet");
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.sandbox.server.ledger.clear();
  expect(await poller.facts()).toEqual([]);
  const entries = fixture.sandbox.server.ledger.entries;
  expect(entries.map((entry) => entry.reply.status)).toEqual([304]);
});

it("reads no merge request in full at the first poll, and lists open ones beyond the first page", async () => {
  for (let index = 0; index < 70; index += 1) open(`Open ${index}`);
  const poller = await createPoller(fixture, "mergeRequests");
  expect(await poller.facts()).toHaveLength(70);
  expect(count(/merge_requests\/\d+/)).toBe(0);
});

it("hands out many changes in batches and loses no comment of the later ones", async () => {
  const numbers = Array.from({ length: 75 }, (_, index) => open(`Many ${index}`));
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  // Each gets an early comment and, hours later, another, so that the early one is far before the latest update.
  for (const body of ["early", "late"]) {
    fixture.advance(6 * hour);
    for (const iid of numbers)
      fixture.sandbox.note(projectPath, iid, { by: colleague, body: `${body} ${iid}` });
  }
  const bodies: string[] = [];
  let rounds = 0;
  let more: boolean | undefined = true;
  while (more === true && rounds < 10) {
    const outcome = await poller.poll();
    for (const { facts } of outcome.facts) {
      if (facts.type !== "merge_request") continue;
      bodies.push(...facts.happenings.flatMap((one) => (one.what === "commented" ? [one.body] : [])));
    }
    more = outcome.more;
    rounds += 1;
  }
  expect(rounds).toBe(3);
  expect(bodies.sort()).toEqual(numbers.flatMap((iid) => [`early ${iid}`, `late ${iid}`]).sort());
  expect(await poller.facts()).toEqual([]);
});

it("loses no comment of a merge request whose notes could not be read once", async () => {
  const iid = open("Notes");
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.note(projectPath, iid, { by: colleague, body: "do not lose me" });
  fixture.sandbox.server.faults.add(/\/notes/, { kind: "status", status: 404 });
  expect(await poller.poll()).toMatchObject({ facts: [], shortfalls: [] });
  const facts = only(await poller.facts(), "merge_request");
  expect(facts.happenings).toMatchObject([{ what: "commented", body: "do not lose me" }]);
});

it("passes over a merge request that was deleted after it was listed", async () => {
  const gone = open("Gone");
  const stays = open("Stays");
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  for (const iid of [gone, stays]) fixture.sandbox.note(projectPath, iid, { by: colleague, body: "hi" });
  fixture.sandbox.server.faults.add(new RegExp(`merge_requests/${gone}$`), { kind: "status", status: 404 });
  expect(only(await poller.facts(), "merge_request").number).toBe(stays);
});

it("tells who asked for a review, and a request after an answer as another one", async () => {
  const iid = open("Review");
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  const at = new Date(fixture.now()).toISOString();
  fixture.sandbox.requestReview(projectPath, iid, { by: account, reviewer: colleague });
  const first = only(await poller.facts(), "merge_request").reviewRequests;
  expect(first).toMatchObject([{ person: { login: colleague }, by: { login: account }, at }]);
  fixture.advance(hour);
  fixture.sandbox.approve(projectPath, iid, { by: colleague });
  const answered = only(await poller.facts(), "merge_request");
  expect(answered.reviewRequests).toEqual([]);
  expect(answered.happenings.filter((one) => one.what === "approved")).toMatchObject([
    { actor: { login: colleague } },
  ]);
});

it("gives the approval one identity from the list of approvals, whether its note is there or not", async () => {
  const iid = open("Approve");
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.approve(projectPath, iid, { by: colleague });
  fixture.sandbox.server.faults.add(/\/notes/, { kind: "status", status: 200, body: [] });
  const cursor = poller.cursor;
  const without = only(await poller.facts(), "merge_request").happenings;
  poller.cursor = cursor;
  const withNote = only(await poller.facts(), "merge_request").happenings;
  expect(without.map((one) => one.id)).toEqual(withNote.map((one) => one.id));
  expect(without).toHaveLength(1);
});

it("falls back on the note where the instance does not say when somebody approved", async () => {
  const iid = open("Old instance");
  const { id } = fixture.sandbox.addUser("cy");
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.approve(projectPath, iid, { by: "cy" });
  const body = { approved_by: [{ user: { id, username: "cy" } }] };
  fixture.sandbox.server.faults.add(/\/approvals$/, { kind: "status", status: 200, body });
  const { happenings } = only(await poller.facts(), "merge_request");
  expect(happenings.map((one) => one.what)).toEqual(["approved"]);
  expect(happenings[0]?.id).toMatch(new RegExp(`^approval:${id}:\\d+$`));
});

it("tells requested changes, a withdrawn approval and a push", async () => {
  const iid = open("Happenings");
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.approve(projectPath, iid, { by: colleague });
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.unapprove(projectPath, iid, { by: colleague });
  fixture.sandbox.requestChanges(projectPath, iid, { by: colleague });
  const { sha } = fixture.sandbox.push(projectPath, iid, { by: account });
  const facts = only(await poller.facts(), "merge_request");
  expect(facts.happenings.map((one) => one.what).sort()).toEqual([
    "changes_requested",
    "pushed",
    "unapproved",
  ]);
  expect(facts.happenings.find((one) => one.what === "pushed")).toMatchObject({ sha });
  expect(facts.approvedBy).toEqual([]);
  expect(facts.changesRequestedBy).toMatchObject([{ login: colleague }]);
});

it("tells the file of a comment on the diff and leaves internal notes out", async () => {
  const iid = open("Diff");
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.note(projectPath, iid, { by: colleague, body: "here", path: "src/a.ts" });
  expect(only(await poller.facts(), "merge_request").happenings).toMatchObject([
    { what: "commented", path: "src/a.ts" },
  ]);
  fixture.advance(hour);
  fixture.sandbox.note(projectPath, iid, { by: colleague, body: "seen by all" });
  const note = (id: number, internal: boolean) => ({
    id,
    body: internal ? "secret" : "public",
    author: { id: 2, username: colleague },
    system: false,
    internal,
    created_at: new Date(fixture.now()).toISOString(),
  });
  fixture.sandbox.server.faults.add(/\/notes/, {
    kind: "status",
    status: 200,
    body: [note(902, true), note(901, false)],
  });
  const { happenings } = only(await poller.facts(), "merge_request");
  expect(happenings).toMatchObject([{ id: "comment:901", body: "public" }]);
});

it("knows of a conflict only when GitLab has finished looking", async () => {
  const iid = open("Conflict");
  const project = await fixture.project();
  const read = () => fixture.connection.readMergeRequest(project, iid, signal());
  fixture.sandbox.setMergeStatus(projectPath, iid, "checking");
  expect((await read()).conflict).toBeUndefined();
  fixture.sandbox.setMergeStatus(projectPath, iid, null);
  fixture.sandbox.setConflict(projectPath, iid, true);
  expect((await read()).conflict).toBe(true);
});

it("does not read everything again when the merge status of every row moves to and fro", async () => {
  const numbers = Array.from({ length: 10 }, (_, index) => open(`Flap ${index}`));
  fixture.advance(hour);
  const poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.note(projectPath, numbers[9] ?? 0, { by: colleague, body: "newest" });
  await poller.poll();
  for (const iid of numbers) fixture.sandbox.setMergeStatus(projectPath, iid, "unchecked");
  fixture.sandbox.server.ledger.clear();
  await poller.poll();
  // Only the newest one, which is inside the overlap.
  expect(count(/merge_requests\/\d+$/)).toBe(1);
});

it("says what is missing, and stays cold, where merge requests are switched off", async () => {
  const poller = await createPoller(fixture, "mergeRequests");
  fixture.sandbox.server.faults.add(/merge_requests/, { kind: "status", status: 403 });
  const outcome = await poller.poll();
  expect(outcome).toMatchObject({
    facts: [],
    activity: "cold",
    shortfalls: [{ code: "denied", key: "merge_requests" }],
  });
  open("Later");
  expect((await poller.poll()).facts).toHaveLength(1);
});
