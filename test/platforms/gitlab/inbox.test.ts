import { afterEach, beforeEach, expect, it } from "vitest";
import { account, colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, type Poller } from "./poller.js";

let fixture: GitLabFixture;
let poller: Poller;
const hour = 3_600_000;

beforeEach(async () => {
  fixture = await startFixture();
  poller = await createPoller(fixture, "inbox");
});
afterEach(() => fixture.close());

function open(title: string): number {
  const made = { author: colleague, title, source: title };
  return fixture.sandbox.openMergeRequest(projectPath, made).iid;
}

it("takes the to-dos that are there at first as known", async () => {
  const iid = open("Old");
  fixture.sandbox.assign(projectPath, iid, { by: colleague, assignee: account });
  expect(await poller.facts()).toEqual([]);
  expect(await poller.facts()).toEqual([]);
});

it("costs one request while nothing is new", async () => {
  await poller.poll();
  fixture.sandbox.server.ledger.clear();
  await poller.poll();
  expect(fixture.sandbox.server.ledger.count(/./)).toBe(1);
});

it("brings a mention with the comment that holds it, and only what is news", async () => {
  const iid = open("Talk");
  fixture.sandbox.note(projectPath, iid, { by: colleague, body: "long ago" });
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.note(projectPath, iid, { by: colleague, body: `@${account} please look` });
  const outcome = await poller.poll();
  expect(outcome.facts[0]?.project).toMatchObject({ path: projectPath, private: true });
  const facts = only(
    outcome.facts.map((one) => one.facts),
    "merge_request",
  );
  expect(facts.happenings).toMatchObject([{ what: "commented", body: `@${account} please look` }]);
  expect(facts.newsSince).toBeDefined();
  expect(await poller.facts()).toEqual([]);
});

it("gives a review request the identity that the project's own poll gives it", async () => {
  const iid = open("Review");
  const project = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  await project.poll();
  fixture.advance(hour);
  fixture.sandbox.requestReview(projectPath, iid, { by: colleague, reviewer: account });
  const ours = only(await poller.facts(), "merge_request").reviewRequests?.[0];
  const theirs = only(await project.facts(), "merge_request").reviewRequests?.[0];
  expect(ours).toEqual(theirs);
  expect(ours?.requestId).toMatch(/^\d+$/);
});

it("takes who asked and when from the to-do where the notes do not tell", async () => {
  const iid = open("Unknown wording");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.assign(projectPath, iid, { by: colleague, assignee: account });
  fixture.sandbox.server.faults.add(/\/notes/, { kind: "status", status: 200, body: [] });
  const facts = only(await poller.facts(), "merge_request");
  expect(facts.assignments).toMatchObject([
    { person: { login: account }, by: { login: colleague }, at: new Date(fixture.now()).toISOString() },
  ]);
});

it("brings an issue in which the account is mentioned", async () => {
  const { iid } = fixture.sandbox.openIssue(projectPath, { author: colleague, title: "Bug" });
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.issueNote(projectPath, iid, { by: colleague, body: `@${account} any idea?` });
  const facts = only(await poller.facts(), "issue");
  expect(facts).toMatchObject({ title: "Bug", comments: [{ body: `@${account} any idea?` }] });
});

it("brings the failed pipeline behind a build_failed to-do", async () => {
  const made = { author: account, title: "Mine", source: "mine" };
  const { iid } = fixture.sandbox.openMergeRequest(projectPath, made);
  await poller.poll();
  fixture.advance(hour);
  const { id } = fixture.sandbox.startPipeline(projectPath, { by: account, mergeRequest: iid });
  const jobs = [{ name: "unit", stage: "test", status: "failed", log: "boom" }];
  fixture.sandbox.finishPipeline(projectPath, id, { status: "failed", jobs });
  const facts = only(await poller.facts(), "pipeline");
  expect(facts).toMatchObject({
    id: String(id),
    status: "failed",
    branch: "mine",
    mergeRequest: { number: iid, title: "Mine" },
    failedJobs: [{ name: "unit", step: "test" }],
  });
});

it("passes over a to-do whose target or project is gone, and goes on", async () => {
  const lost = open("Lost");
  const kept = open("Kept");
  await poller.poll();
  fixture.advance(hour);
  for (const iid of [lost, kept])
    fixture.sandbox.assign(projectPath, iid, { by: colleague, assignee: account });
  fixture.sandbox.server.faults.add(new RegExp(`merge_requests/${lost}$`), { kind: "status", status: 404 });
  expect(only(await poller.facts(), "merge_request").number).toBe(kept);
  expect(await poller.facts()).toEqual([]);
});

it("loses nothing of a target that cannot be read now", async () => {
  const iid = open("Later");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.assign(projectPath, iid, { by: colleague, assignee: account });
  fixture.sandbox.server.faults.add(/\/notes/, { kind: "status", status: 502 });
  expect((await poller.poll()).facts).toEqual([]);
  const facts = only(await poller.facts(), "merge_request");
  expect(facts.number).toBe(iid);
  expect(facts.assignments).toMatchObject([{ person: { login: account }, by: { login: colleague } }]);
});

it("hands out many new to-dos in batches", async () => {
  const numbers = Array.from({ length: 45 }, (_, index) => open(`Many ${index}`));
  await poller.poll();
  fixture.advance(hour);
  for (const iid of numbers) fixture.sandbox.assign(projectPath, iid, { by: colleague, assignee: account });
  const seen: number[] = [];
  let more: boolean | undefined = true;
  for (let round = 0; more === true && round < 6; round += 1) {
    const outcome = await poller.poll();
    more = outcome.more;
    seen.push(...outcome.facts.map(({ facts }) => (facts.type === "merge_request" ? facts.number : 0)));
  }
  expect(seen).toEqual(numbers);
  expect(await poller.facts()).toEqual([]);
});
