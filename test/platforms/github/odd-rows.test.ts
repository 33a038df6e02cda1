import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Facts } from "../../../src/domain/facts/index.js";
import { mergeRequestOf, signal, watch } from "../../contracts/platform-world.js";
import { repo, secret, startDatedGitHubWorld, startGitHubWorld, type GitHubWorld } from "./github-world.js";

let world: GitHubWorld;

beforeEach(async () => {
  world = await startGitHubWorld();
});
afterEach(() => world.close());

function open(title: string): number {
  return world.sandbox.openPullRequest(repo, { author: "ann", title, head: title }).number;
}

describe("an odd row", () => {
  it("of pull requests is left out and named, and the pull request is told all the same", async () => {
    const [odd, fine] = [open("Odd"), open("Fine")];
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    world.sandbox.comment(repo, odd, { by: "bob", body: "to the odd one" });
    world.sandbox.comment(repo, fine, { by: "bob", body: "to the fine one" });
    const answer = await fetch(
      `${world.sandbox.url}/api/v3/repos/${repo}/pulls?state=all&sort=updated&direction=desc`,
      {
        headers: { authorization: `Bearer ${secret}`, "user-agent": "test" },
      },
    );
    const rows = (await answer.json()) as Array<{ number: number }>;
    const body = rows.map((row) => (row.number === odd ? { ...row, base: null } : row));
    world.sandbox.server.faults.add(/\/pulls\?/, { kind: "status", status: 200, body });
    const outcome = await watcher.poll();
    expect(outcome.shortfalls).toMatchObject([
      { code: "refused_row", values: { where: "base: invalid_type" } },
    ]);
    const facts = outcome.facts.map((one) => one.facts);
    expect(mergeRequestOf(facts, odd).happenings).toHaveLength(1);
    expect(mergeRequestOf(facts, fine).happenings).toHaveLength(1);
  });

  it("of runs is left out and named, and the others are told", async () => {
    const runs = ["one", "two"].map((workflow) =>
      world.sandbox.startRun(repo, { workflow, branch: "main", actor: "ann", title: "x" }),
    );
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    world.advance(600_000);
    for (const { id } of runs) world.sandbox.finishRun(repo, id, { conclusion: "failure", jobs: [] });
    const answer = await fetch(`${world.sandbox.url}/api/v3/repos/${repo}/actions/runs`, {
      headers: { authorization: `Bearer ${secret}`, "user-agent": "test" },
    });
    const body = (await answer.json()) as { workflow_runs: Array<Record<string, unknown>> };
    const [odd, fine] = body.workflow_runs;
    const spoiled = { ...body, workflow_runs: [{ ...odd, head_sha: 7 }, fine] };
    const spoil = { kind: "status" as const, status: 200, body: spoiled };
    world.sandbox.server.faults.add(/\/runs\?per_page/, spoil);
    const outcome = await watcher.poll();
    expect(outcome.shortfalls).toMatchObject([
      { code: "refused_row", values: { where: "head_sha: invalid_type" } },
    ]);
    expect(outcome.facts).toContainEqual(
      expect.objectContaining({
        facts: expect.objectContaining({ id: String(fine?.["id"]), status: "failed" }) as unknown,
      }),
    );
  });

  /** A row of this list is of no known shape, until the returned function is called. */
  async function spoil(path: string, match: RegExp, [field, key]: string[], of = "") {
    const answer = await fetch(`${world.sandbox.url}/api/v3${path}`, {
      headers: { authorization: `Bearer ${secret}`, "user-agent": "test" },
    });
    const whole = (await answer.json()) as Record<string, unknown>;
    const rows = (key === undefined ? whole : whole[key]) as Array<Record<string, unknown>>;
    const spoiled = rows.map((row) =>
      JSON.stringify(row).includes(of) ? { ...row, [field ?? ""]: 7 } : row,
    );
    const body = key === undefined ? spoiled : { ...whole, [key]: spoiled };
    return world.sandbox.server.faults.add(match, { kind: "status", status: 200, body }, Infinity);
  }

  async function spoilRun(id: number) {
    const list = await spoil(
      `/repos/${repo}/actions/runs`,
      /\/runs\?/,
      ["head_sha", "workflow_runs"],
      `"id":${id},`,
    );
    const one = { kind: "status" as const, status: 200, body: { id } };
    const single = world.sandbox.server.faults.add(new RegExp(`/runs/${id}$`), one, Infinity);
    return () => [list, single].forEach((off) => off());
  }

  function failedRun() {
    const begun = { workflow: "one", branch: "main", actor: "ann", title: "x" };
    const { id } = world.sandbox.startRun(repo, begun);
    world.sandbox.finishRun(repo, id, { conclusion: "failure", jobs: [] });
    return { id, endedAt: world.now() };
  }

  const runsOf = (facts: Facts[], id: number) =>
    facts.flatMap((one) => (one.type === "pipeline" && one.id === String(id) ? [one] : []));

  it("of a run is news from when it was seen, however much later it can be read, and once", async () => {
    await world.close();
    world = await startDatedGitHubWorld();
    world.sandbox.startRun(repo, { workflow: "old", branch: "main", actor: "ann", title: "x" });
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    world.advance(600_000);
    const { id, endedAt } = failedRun();
    const off = await spoilRun(id);
    expect(runsOf(await watcher.drain(), id)).toEqual([]);
    off();
    world.advance(3_600_000);
    const other = failedRun();
    const facts = await watcher.drain();
    expect(runsOf(facts, other.id)).toHaveLength(1);
    const [told, ...more] = runsOf(facts, id);
    expect(more).toEqual([]);
    expect(Date.parse(told?.newsSince ?? "")).toBeLessThan(endedAt);
    expect(runsOf(await watcher.drain(), id)).toEqual([]);
  });

  it("of a run at the first look is no news when it can be read", async () => {
    await world.close();
    world = await startDatedGitHubWorld();
    world.sandbox.startRun(repo, { workflow: "old", branch: "main", actor: "ann", title: "x" });
    world.advance(600_000);
    const { id, endedAt } = failedRun();
    const off = await spoilRun(id);
    const watcher = await watch(world, "pipelines");
    world.advance(10_000);
    await watcher.drain();
    off();
    world.advance(3_600_000);
    const [told] = runsOf(await watcher.drain(), id);
    expect(Date.parse(told?.newsSince ?? "")).toBeGreaterThan(endedAt);
  });

  it("of the inbox is news from when it was seen, however much later it can be read", async () => {
    const number = open("One");
    const access = await world.connection.checkAccess(signal());
    const request = {
      source: { connectionId: "work", kind: "inbox" as const, projectId: null },
      ...{ project: null, account: access.account, known: () => undefined, openPipelines: [] },
    };
    let { cursor } = await world.connection.poll({ ...request, cursor: null }, signal());
    const poll = async () => {
      const outcome = await world.connection.poll({ ...request, cursor }, signal());
      cursor = JSON.parse(JSON.stringify(outcome.cursor)) as typeof cursor;
      return outcome.facts.map((one) => one.facts);
    };
    world.advance(600_000);
    const other = open("Other");
    world.sandbox.comment(repo, other, { by: "bob", body: "@ann first of all" });
    await poll();
    world.advance(600_000);
    world.sandbox.comment(repo, number, { by: "bob", body: "@ann look" });
    const off = await spoil("/notifications?all=true", /notifications/, ["subject"], `pulls/${number}"`);
    await poll();
    world.advance(3_600_000);
    world.sandbox.comment(repo, other, { by: "bob", body: "@ann again" });
    off();
    const still = await spoil("/notifications?all=true", /notifications/, ["subject"], `pulls/${number}"`);
    await poll();
    still();
    const told = mergeRequestOf(await poll(), number);
    expect(told.happenings.map((one) => ("body" in one ? one.body : ""))).toEqual(["@ann look"]);
    expect(await poll()).toEqual([]);
  });

  it("lacks fields that are not needed, and is none", async () => {
    const number = open("Old");
    const answer = await fetch(`${world.sandbox.url}/api/v3/repos/${repo}/pulls?state=all`, {
      headers: { authorization: `Bearer ${secret}`, "user-agent": "test" },
    });
    const [row] = (await answer.json()) as Array<Record<string, unknown>>;
    const rest = { ...row, node_id: undefined, labels: undefined, html_url: undefined };
    world.sandbox.server.faults.add(/\/pulls\?/, { kind: "status", status: 200, body: [rest] });
    const watcher = await watch(world, "mergeRequests");
    const outcome = await watcher.poll();
    expect(outcome.shortfalls).toEqual([]);
    expect(outcome.facts).toMatchObject([
      { facts: { number, labels: [], url: `${world.sandbox.url}/${repo}/pull/${number}` } },
    ]);
  });
});
