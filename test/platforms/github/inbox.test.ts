import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Cursor } from "../../../src/domain/cursor.js";
import type { PollOutcome } from "../../../src/platforms/platform.js";
import { failureOf, mergeRequestOf, signal, watch } from "../../contracts/platform-world.js";
import { repo, startGitHubWorld, type GitHubWorld } from "./github-world.js";

describe("the GitHub inbox", () => {
  let world: GitHubWorld;
  let cursor: Cursor | null;
  beforeEach(async () => {
    world = await startGitHubWorld();
    cursor = null;
  });
  afterEach(() => world.close());

  async function poll(connection = world.connection): Promise<PollOutcome> {
    const { account } = await world.connection.checkAccess(signal());
    const outcome = await connection.poll(
      {
        source: { connectionId: "work", kind: "inbox", projectId: null },
        project: null,
        cursor,
        account,
        known: () => undefined,
        openPipelines: [],
      },
      signal(),
    );
    cursor = JSON.parse(JSON.stringify(outcome.cursor)) as Cursor;
    return outcome;
  }

  it("brings a mention with the id that the project's list gives it", async () => {
    const { sandbox } = world;
    const { number } = sandbox.openPullRequest(repo, { author: "bob", title: "Big", head: "big" });
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    await poll();
    world.advance(600_000);
    sandbox.review(repo, number, {
      by: "bob",
      state: "CHANGES_REQUESTED",
      body: "@ann see",
      comments: [{ path: "src/main.ts", body: "here" }],
    });
    sandbox.comment(repo, number, { by: "bob", body: "and @ann here" });
    const outcome = await poll();
    const seen = mergeRequestOf(
      outcome.facts.map((one) => one.facts),
      number,
    );
    expect(seen.happenings.map((one) => one.what).sort()).toEqual([
      "changes_requested",
      "commented",
      "commented",
    ]);
    expect(outcome.facts[0]?.project).toMatchObject({ path: repo, private: true, id: watcher.project.id });
    const listed = mergeRequestOf(await watcher.drain(), number);
    expect(listed.happenings.map((one) => one.id)).toEqual(seen.happenings.map((one) => one.id));
    expect(listed.revision).toBe(seen.revision);
  });

  it("tells of an old pull request only what is new, though the reason stays what it was", async () => {
    const { sandbox } = world;
    const { number } = sandbox.openPullRequest(repo, { author: "bob", title: "Old", head: "old" });
    sandbox.comment(repo, number, { by: "bob", body: "@ann first" });
    await poll();
    world.advance(3_600_000);
    sandbox.comment(repo, number, { by: "bob", body: "no mention" });
    const facts = mergeRequestOf(
      (await poll()).facts.map((one) => one.facts),
      number,
    );
    expect(facts.happenings).toMatchObject([{ what: "commented", body: "no mention" }]);
    expect(facts.newsSince).toBeDefined();
  });

  it("tells the first thing that ever arrives in an empty inbox, and not the history before it", async () => {
    const { sandbox } = world;
    const { number } = sandbox.openPullRequest(repo, { author: "bob", title: "Quiet", head: "quiet" });
    sandbox.comment(repo, number, { by: "bob", body: "long before" });
    await poll();
    world.advance(3_600_000);
    sandbox.requestReview(repo, number, { by: "bob", reviewer: "ann" });
    sandbox.comment(repo, number, { by: "bob", body: "@ann now" });
    const facts = mergeRequestOf(
      (await poll()).facts.map((one) => one.facts),
      number,
    );
    expect(facts.happenings).toMatchObject([{ body: "@ann now" }]);
    expect(facts.reviewRequests).toMatchObject([{ person: { login: "ann" }, by: { login: "bob" } }]);
  });

  it("brings issues with their new comments", async () => {
    const { sandbox } = world;
    const { number } = sandbox.openIssue(repo, { author: "bob", title: "Broken", body: "@ann please" });
    await poll();
    world.advance(3_600_000);
    sandbox.comment(repo, number, { by: "bob", body: "still broken, @ann" });
    expect((await poll()).facts).toMatchObject([
      {
        facts: { type: "issue", number, comments: [{ body: "still broken, @ann", actor: { login: "bob" } }] },
      },
    ]);
  });

  it("costs nothing while nothing comes, and passes on how often GitHub wants to be asked", async () => {
    world.sandbox.openIssue(repo, { author: "bob", title: "Broken", body: "@ann please" });
    await poll();
    const before = world.sandbox.server.ledger.totals().cost;
    const { account } = { account: { id: "1", login: "ann" } };
    const request = {
      source: { connectionId: "work", kind: "inbox" as const, projectId: null },
      project: null,
      cursor,
      account,
      known: () => undefined,
      openPipelines: [],
    };
    const outcome = await world.connection.poll(request, signal());
    expect(outcome).toMatchObject({ facts: [], minIntervalMs: 60_000, activity: "warm" });
    expect(world.sandbox.server.ledger.totals().cost).toBe(before);
  });

  it("holds its place until GitHub can answer for a thread", async () => {
    const { sandbox } = world;
    const { number } = sandbox.openPullRequest(repo, { author: "bob", title: "Late", head: "late" });
    await poll();
    world.advance(3_600_000);
    sandbox.comment(repo, number, { by: "bob", body: "@ann hello" });
    const off = sandbox.server.faults.add(
      /graphql/,
      { kind: "status", status: 200, body: { data: { p0: null }, errors: [{ message: "timeout" }] } },
      1,
    );
    expect((await poll()).facts).toEqual([]);
    off();
    const facts = (await poll()).facts.map((one) => one.facts);
    expect(mergeRequestOf(facts, number).happenings).toMatchObject([{ body: "@ann hello" }]);
  });

  it("refuses a fine-grained token with the reason", async () => {
    world.sandbox.addToken("github_pat_x", { login: "ann", kind: "fine-grained" });
    const connection = world.connect({ token: "github_pat_x" });
    expect((await failureOf(poll(connection))).kind).toBe("forbidden");
    const access = await connection.checkAccess(signal());
    expect(access).toMatchObject({
      inbox: false,
      tokenKind: "fine-grained token",
      account: { login: "ann" },
    });
    expect(access.lacks).toEqual(["inbox_by_kind"]);
    expect(connection.sourcesFor({ projects: [], personal: true, access })).toEqual([]);
  });
});
