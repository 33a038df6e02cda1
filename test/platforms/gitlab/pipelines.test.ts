import { afterEach, beforeEach, expect, it } from "vitest";
import { account, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, signal } from "./poller.js";

let fixture: GitLabFixture;
const hour = 3_600_000;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

function start(ref = "main"): number {
  return fixture.sandbox.startPipeline(projectPath, { by: account, ref }).id;
}

function finish(id: number, status: string, jobs: Array<{ name: string; status: string }> = []): void {
  const all = jobs.map((job) => ({ ...job, stage: "test", log: "" }));
  fixture.sandbox.finishPipeline(projectPath, id, { status, jobs: all });
}

function count(match: RegExp): number {
  return fixture.sandbox.server.ledger.count(match);
}

it("costs one request while nothing moves, and reads nothing in full at the first poll", async () => {
  finish(start(), "failed", [{ name: "unit", status: "failed" }]);
  const poller = await createPoller(fixture, "pipelines");
  fixture.sandbox.server.ledger.clear();
  expect(await poller.facts()).toHaveLength(1);
  expect(await poller.facts()).toEqual([]);
  expect(count(/./)).toBe(2);
});

it("tells an old pipeline that is retried, from where it has risen to in the list", async () => {
  const old = start();
  finish(old, "failed", [{ name: "unit", status: "failed" }]);
  for (let index = 0; index < 40; index += 1) {
    fixture.advance(60_000);
    finish(start(), "success");
  }
  const poller = await createPoller(fixture, "pipelines");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.retryPipeline(projectPath, old, { by: account });
  expect(only(await poller.facts(), "pipeline")).toMatchObject({ id: String(old), trigger: "push" });
});

it("reads on beyond the first page after a long time without a poll", async () => {
  const poller = await createPoller(fixture, "pipelines");
  finish(start(), "success");
  await poller.poll();
  fixture.advance(hour);
  const ids = Array.from({ length: 70 }, () => {
    fixture.advance(60_000);
    const id = start();
    finish(id, "success");
    return String(id);
  });
  const seen: string[] = [];
  let more: boolean | undefined = true;
  for (let round = 0; more === true && round < 6; round += 1) {
    const outcome = await poller.poll();
    more = outcome.more;
    seen.push(...outcome.facts.map(({ facts }) => (facts.type === "pipeline" ? facts.id : "")));
  }
  expect(seen).toEqual(ids);
});

it("names the failed jobs, but not those that may fail", async () => {
  const poller = await createPoller(fixture, "pipelines");
  await poller.poll();
  fixture.advance(hour);
  const id = start();
  finish(id, "failed", [
    { name: "unit", status: "failed" },
    { name: "lint", status: "failed" },
    { name: "build", status: "success" },
  ]);
  const job = (jobId: number, name: string, allow: boolean) => ({
    id: jobId,
    name,
    stage: "test",
    status: "failed",
    allow_failure: allow,
    web_url: "https://gitlab.example.com/x",
  });
  fixture.sandbox.server.faults.add(/\/jobs\?/, {
    kind: "status",
    status: 200,
    body: [job(1, "unit", false), job(2, "lint", true)],
  });
  const facts = only(await poller.facts(), "pipeline");
  expect(facts.failedJobs?.map((one) => one.name)).toEqual(["unit"]);
  expect(facts.commitTitle).toBeDefined();
});

it("knows the branch and the merge request of a merge request's pipeline", async () => {
  const made = { author: account, title: "Feature", source: "feature" };
  const { iid } = fixture.sandbox.openMergeRequest(projectPath, made);
  const poller = await createPoller(fixture, "pipelines");
  await poller.poll();
  fixture.advance(hour);
  fixture.sandbox.startPipeline(projectPath, { by: account, mergeRequest: iid });
  expect(only(await poller.facts(), "pipeline")).toMatchObject({
    branch: "feature",
    trigger: "merge_request_event",
    mergeRequest: { number: iid, title: "Feature" },
  });
});

it("carries a status that it does not know", async () => {
  const id = start();
  finish(id, "brand_new");
  const read = await fixture.connection.readPipeline(await fixture.project(), String(id), signal());
  expect(read).toMatchObject({ status: "unknown", rawStatus: "brand_new" });
});

it("looks in turn at a few unfinished pipelines that the list does not show, and at none while it is unchanged", async () => {
  const waiting = Array.from({ length: 5 }, () => {
    fixture.advance(1000);
    const id = start();
    finish(id, "manual");
    return id;
  });
  const poller = await createPoller(fixture, "pipelines");
  await poller.poll();
  for (let index = 0; index < 35; index += 1) {
    fixture.advance(60_000);
    finish(start(), "success");
  }
  let more: boolean | undefined = true;
  while (more === true) more = (await poller.poll()).more;
  fixture.sandbox.server.ledger.clear();
  const looked = () => waiting.filter((id) => count(new RegExp(`/pipelines/${id}$`)) > 0).length;
  await poller.poll();
  expect(looked()).toBe(3);
  await poller.poll();
  expect(looked()).toBe(5);
});
