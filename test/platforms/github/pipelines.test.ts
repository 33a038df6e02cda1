import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkGitHubExchanges } from "../../support/github-openapi.js";
import { pipelineOf, signal, watch } from "../../contracts/platform-world.js";
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
    world.sandbox.server.ledger.clear();
    for (let round = 0; round < 12; round += 1) await watcher.poll();
    expect(world.sandbox.server.ledger.totals()).toMatchObject({ requests: 12, cost: 0 });
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
