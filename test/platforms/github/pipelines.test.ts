import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/domain/cursor.js";
import { checkGitHubExchanges } from "../../support/github-openapi.js";
import { pipelineOf, signal, watch } from "../../contracts/platform-world.js";
import { gitHubLog } from "../../domain/job-log/log-shapes.js";
import { repo, startGitHubWorld, type GitHubWorld } from "./github-world.js";

describe("polling GitHub Actions", () => {
  let world: GitHubWorld;
  beforeEach(async () => {
    world = await startGitHubWorld();
  });
  afterEach(() => world.close());

  const start = (branch = "main") =>
    world.sandbox.startRun(repo, { workflow: "CI", branch, actor: "bob", title: "Work" }).id;
  const fail = (id: number) =>
    world.sandbox.finishRun(repo, id, {
      conclusion: "failure",
      jobs: [{ name: "unit", conclusion: "failure" }],
    });
  const bury = () => {
    for (let index = 0; index < 40; index += 1) {
      world.advance(1000);
      world.sandbox.finishRun(repo, start(), { conclusion: "success" });
    }
  };

  it("costs nothing while nothing happens", async () => {
    world.sandbox.finishRun(repo, start(), { conclusion: "success" });
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    await watcher.poll();
    await watcher.poll();
    world.sandbox.server.ledger.clear();
    for (let round = 0; round < 12; round += 1) await watcher.poll();
    expect(world.sandbox.server.ledger.totals()).toMatchObject({ requests: 24, cost: 0 });
  });

  it("notices that an old failed run was run again, far down the list", async () => {
    const id = start();
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    world.advance(60_000);
    fail(id);
    await watcher.drain();
    bury();
    await watcher.drain();
    world.sandbox.rerun(repo, id, { by: "bob" });
    const facts = [];
    for (let round = 0; round < 10; round += 1) facts.push(...(await watcher.drain()));
    expect(pipelineOf(facts, String(id))).toMatchObject({ attempt: 2, status: "queued" });
    world.advance(60_000);
    world.sandbox.finishRun(repo, id, { conclusion: "success" });
    expect(pipelineOf(await watcher.drain(), String(id))).toMatchObject({ attempt: 2, status: "success" });
  });

  it.each([
    ["and still runs", false],
    ["and has ended between two looks", true],
  ])("notices that a run which succeeded was run again, far down the list, %s", async (_, ended) => {
    const id = start();
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    world.sandbox.finishRun(repo, id, { conclusion: "success" });
    await watcher.drain();
    bury();
    await watcher.drain();
    await watcher.drain();
    world.advance(3_600_000);
    world.sandbox.rerun(repo, id, { by: "bob" });
    world.advance(5_000);
    if (ended) fail(id);
    const facts = [...(await watcher.drain()), ...(await watcher.drain())];
    expect(pipelineOf(facts, String(id))).toMatchObject({ attempt: 2, status: ended ? "failed" : "running" });
    if (!ended) fail(id);
    const later = [...facts, ...(await watcher.drain())];
    expect(pipelineOf(later, String(id))).toMatchObject({ attempt: 2, status: "failed" });
    expect(checkGitHubExchanges(world.sandbox.server.ledger.entries)).toEqual([]);
  });

  it("goes on from a cursor of the version before, and says so when it cannot read one", async () => {
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    const first: Record<string, JsonValue> = { ...(watcher.cursor as Record<string, JsonValue>) };
    for (const added of ["v", "lists", "refs"]) delete first[added];
    const id = start();
    watcher.cursor = first;
    const outcome = await watcher.poll();
    expect(outcome.facts).toHaveLength(1);
    expect(outcome.shortfalls).toEqual([]);
    fail(id);
    watcher.cursor = { path: 7 };
    const lost = await watcher.poll();
    expect(lost.shortfalls).toEqual([{ code: "reread", key: "pipelines", values: { what: "pipelines" } }]);
  });

  it("tells a tag from a branch once, and a fork's branch from ours", async () => {
    world.sandbox.createTag(repo, "v1.0.0");
    world.sandbox.addRepository("bob/api", { members: ["bob"] });
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    const tagged = [start("v1.0.0"), start("v1.0.0")].map(String);
    const plain = String(start("topic"));
    const fork = world.sandbox.startRun(repo, {
      ...{ workflow: "CI", branch: "main", actor: "bob", event: "pull_request", headRepository: "bob/api" },
    });
    const gone = world.sandbox.startRun(repo, {
      ...{ workflow: "CI", branch: "main", actor: "bob", event: "pull_request", headRepository: null },
    });
    const facts = await watcher.drain();
    expect(tagged.map((id) => pipelineOf(facts, id).isTag)).toEqual([true, true]);
    expect(pipelineOf(facts, plain)).toMatchObject({ isTag: false, branch: "topic" });
    expect(pipelineOf(facts, plain).fork).toBeUndefined();
    expect([fork.id, gone.id].map((id) => pipelineOf(facts, String(id)).fork)).toEqual(["bob/api", "ghost"]);
    expect(pipelineOf(facts, plain).workflowId).toMatch(/^\d+$/);
    const { id } = pipelineOf(facts, plain).actor ?? {};
    expect(pipelineOf(facts, plain).commitAuthor).toEqual({ id, login: "bob", bot: false });
    expect(world.sandbox.server.ledger.count(/\/git\/ref\/tags\//)).toBe(2);
    await watcher.poll();
    start("v1.0.0");
    await watcher.drain();
    expect(world.sandbox.server.ledger.count(/\/git\/ref\/tags\//)).toBe(2);
    // The description promises an object where GitHub sends null for a fork that is gone.
    const odd = checkGitHubExchanges(world.sandbox.server.ledger.entries);
    expect(odd.filter((one) => !one.endsWith("head_repository must be object"))).toEqual([]);
  });

  it("does not ask for each run again what the token may not read", async () => {
    const watcher = await watch(world, "pipelines");
    start();
    await watcher.drain();
    world.sandbox.server.faults.add(
      /git\/ref/,
      { kind: "status", status: 403, body: { message: "No" } },
      Infinity,
    );
    for (let round = 0; round < 3; round += 1) {
      start("topic");
      await watcher.drain();
    }
    expect(world.sandbox.server.ledger.count(/\/git\/ref\/tags\//)).toBe(1);
  });

  it("says what went wrong in at most two jobs of a run that fails, once", async () => {
    const id = start();
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    const log = gitHubLog("npx tsc", ["src/a.ts(1,2): error TS1005: ';' expected."]);
    const jobs = ["a", "b", "c"].map((name) => ({ name, conclusion: "failure", log }));
    world.sandbox.finishRun(repo, id, { conclusion: "failure", jobs });
    const told = pipelineOf(await watcher.drain(), String(id)).failedJobs ?? [];
    const wrong = ["src/a.ts(1,2): error TS1005: ';' expected."];
    expect(told.map((job) => job.excerpt)).toEqual([wrong, wrong, undefined]);
    const reads = world.sandbox.server.ledger.count(/\/logs/);
    await watcher.drain();
    expect([reads, world.sandbox.server.ledger.count(/\/logs/)]).toEqual([2, 2]);
  });

  it("tells a failure without that when the log cannot be read", async () => {
    const id = start();
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    fail(id);
    world.sandbox.server.faults.add(/\/logs/, { kind: "status", status: 502 }, Infinity);
    const [job] = pipelineOf(await watcher.drain(), String(id)).failedJobs ?? [];
    expect(job).toMatchObject({ name: "unit", step: "Run tests" });
    expect(job?.excerpt).toBeUndefined();
  });

  it("reads the end of the failed step, however much was printed after it", async () => {
    const id = start();
    const noise = Array.from({ length: 4000 }, (_, line) => `Stop and remove container: ${line}`).join("\n");
    const log = gitHubLog("npm test", ["AssertionError: expected 2 to be 3"]) + noise;
    expect(log.length).toBeGreaterThan(64 * 1024);
    world.sandbox.finishRun(repo, id, {
      conclusion: "failure",
      jobs: [{ name: "unit", conclusion: "failure", log }],
    });
    const project = await world.connection.findProject(repo, signal());
    const run = await world.connection.readPipeline(project, String(id), signal());
    const jobId = run.failedJobs?.[0]?.id ?? "";
    const tail = await world.connection.readLogTail(
      { project, jobId, step: "Run tests", maxBytes: 500 },
      signal(),
    );
    expect(tail).toMatch(/AssertionError: expected 2 to be 3\nError: Process completed with exit code 1\.$/);
  });

  it("asks again for a running one that has left the newest page", async () => {
    const id = start();
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    bury();
    await watcher.drain();
    fail(id);
    expect(pipelineOf(await watcher.drain(), String(id)).status).toBe("failed");
  });

  it("tells all runs of an absence, also those beyond the first page", async () => {
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    bury();
    expect((await watcher.drain()).length).toBe(40);
  });

  it("names the failed job of a run with more than 100 jobs", async () => {
    const id = start();
    const passed = Array.from({ length: 130 }, (_, index) => ({
      name: `job ${index}`,
      conclusion: "success",
    }));
    const jobs = [...passed, { name: "the last", conclusion: "failure" }];
    world.sandbox.finishRun(repo, id, { conclusion: "failure", jobs });
    const project = await world.connection.findProject(repo, signal());
    const facts = await world.connection.readPipeline(project, String(id), signal());
    expect(facts.failedJobs?.map((job) => job.name)).toEqual(["the last"]);
  });

  it("says how many it tells when there were more than it reads", async () => {
    const watcher = await watch(world, "pipelines");
    start();
    await watcher.drain();
    world.advance(600_000);
    for (let index = 0; index < 620; index += 1) start();
    const outcome = await watcher.poll();
    expect(outcome.facts.length).toBe(600);
    expect(outcome.shortfalls).toEqual([
      { code: "cut", key: "pipelines", values: { what: "pipelines", limit: 600 } },
    ]);
  });

  it("tells a failure even when its jobs cannot be read", async () => {
    const id = start();
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    fail(id);
    world.sandbox.server.faults.add(/jobs/, { kind: "status", status: 502 });
    const facts = pipelineOf(await watcher.drain(), String(id));
    expect(facts.status).toBe("failed");
    expect(facts.failedJobs).toBeUndefined();
  });

  it("names the pull request of a run only when the head is its own", async () => {
    const { number } = world.sandbox.openPullRequest(repo, { author: "bob", title: "Topic", head: "topic" });
    const id = start("topic");
    const project = await world.connection.findProject(repo, signal());
    const facts = await world.connection.readPipeline(project, String(id), signal());
    expect(facts.mergeRequest).toEqual({ number, url: `${project.url}/pull/${number}` });
  });

  it("goes on under the new name after a rename", async () => {
    start();
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    world.sandbox.renameRepository(repo, "acme/core");
    const id = world.sandbox.startRun("acme/core", { workflow: "CI", branch: "main", actor: "bob" }).id;
    expect(pipelineOf(await watcher.drain(), String(id)).status).toBe("running");
    expect(watcher.project.path).toBe("acme/core");
    expect(checkGitHubExchanges(world.sandbox.server.ledger.entries)).toEqual([]);
  });

  it("reads the end of a log without showing the token to the host that keeps it", async () => {
    const id = start();
    const log = "2026-01-01T00:00:00.1234567Z \u001b[31mred\u001b[0m error";
    const jobs = [{ name: "unit", conclusion: "failure", log }];
    world.sandbox.finishRun(repo, id, { conclusion: "failure", jobs });
    const project = await world.connection.findProject(repo, signal());
    const run = await world.connection.readPipeline(project, String(id), signal());
    const jobId = run.failedJobs?.[0]?.id ?? "";
    const tail = await world.connection.readLogTail({ project, jobId, maxBytes: 1000 }, signal());
    expect(tail.split("\n").at(-1)).toMatch(/red error$/);
    expect(tail).not.toContain("\u001b");
    const { entries } = world.sandbox.blobs.ledger;
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.every((one) => one.exchange.headers["authorization"] === undefined)).toBe(true);
  });
});
