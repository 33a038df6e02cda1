import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkGitHubGraphql } from "../../support/github-graphql.js";
import { checkGitHubExchanges } from "../../support/github-openapi.js";
import { mergeRequestOf, watch } from "../../contracts/platform-world.js";
import { repo, startGitHubWorld, type GitHubWorld } from "./github-world.js";

describe("polling GitHub's pull requests", () => {
  let world: GitHubWorld;
  beforeEach(async () => {
    world = await startGitHubWorld();
  });
  afterEach(() => world.close());

  const open = (title: string, author = "bob") =>
    world.sandbox.openPullRequest(repo, { author, title, head: title });

  it("costs nothing while nothing happens, and two points when something does", async () => {
    const { number } = open("one");
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    const { ledger } = world.sandbox.server;
    ledger.clear();
    expect((await watcher.poll()).activity).toBe("cold");
    expect(ledger.totals()).toMatchObject({ requests: 1, cost: 0 });
    world.advance(600_000);
    world.sandbox.comment(repo, number, { by: "bob", body: "hi" });
    ledger.clear();
    const { quota } = await watcher.poll();
    expect(ledger.totals()).toMatchObject({ requests: 2, cost: 2 });
    expect(quota).toMatchObject({ limit: 5000 });
  });

  it("never tells of the repository that took over an old name", async () => {
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    world.sandbox.renameRepository(repo, "acme/core");
    world.sandbox.addRepository(repo, { members: ["ann", "bob"] });
    world.sandbox.openPullRequest(repo, { author: "bob", title: "stranger", head: "x" });
    world.sandbox.openPullRequest("acme/core", { author: "bob", title: "ours", head: "y" });
    const facts = await watcher.drain();
    expect(facts.map((one) => one.type === "merge_request" && one.title)).toEqual(["ours"]);
    expect(watcher.project.path).toBe("acme/core");
  });

  it("keeps its place while GraphQL has no answer for one of them, and tells the others", async () => {
    const first = open("one");
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    world.sandbox.comment(repo, first.number, { by: "bob", body: "lost?" });
    const empty = { kind: "status", status: 200, body: { data: { nodes: [null] } } } as const;
    world.sandbox.server.faults.add(/graphql/, empty);
    expect((await watcher.poll()).facts).toEqual([]);
    const facts = mergeRequestOf(await watcher.drain(), first.number);
    expect(facts.happenings).toMatchObject([{ body: "lost?" }]);
    expect((await watcher.poll()).activity).toBe("cold");
  });

  it("tells a pull request from the list alone when GraphQL never answers for it", async () => {
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    const { number } = open("hidden");
    const empty = { kind: "status", status: 200, body: { data: { nodes: [null] } } } as const;
    const off = world.sandbox.server.faults.add(/graphql/, empty, Infinity);
    const told = [];
    for (let round = 0; round < 6; round += 1) told.push(...(await watcher.poll()).facts);
    off();
    expect(told.map((one) => one.facts)).toMatchObject([{ number, title: "hidden" }]);
    expect((await watcher.poll()).activity).toBe("cold");
  });

  it("does not take an answer of GraphQL that is older than the list's", async () => {
    const { number } = open("one");
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    world.sandbox.comment(repo, number, { by: "bob", body: "first" });
    await watcher.drain();
    const stale = world.sandbox.server.ledger.entries.findLast((one) => one.exchange.path === "/api/graphql");
    const body = stale?.reply.body;
    if (typeof body !== "object") throw new Error("no recorded answer");
    world.advance(600_000);
    world.sandbox.comment(repo, number, { by: "bob", body: "second" });
    world.sandbox.server.faults.add(/graphql/, { kind: "status", status: 200, body });
    expect((await watcher.poll()).facts).toEqual([]);
    const happenings = mergeRequestOf(await watcher.drain(), number).happenings;
    expect(happenings.at(-1)).toMatchObject({ body: "second" });
  });

  it("asks in halves when a query is too much for the server", async () => {
    const numbers = [open("one"), open("two"), open("three")].map((one) => one.number);
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    for (const number of numbers) world.sandbox.comment(repo, number, { by: "bob", body: "hi" });
    world.sandbox.server.faults.add(/graphql/, { kind: "status", status: 502, body: "Server Error" });
    const facts = (await watcher.poll()).facts.map((one) => one.facts);
    for (const number of numbers) expect(mergeRequestOf(facts, number).happenings).toHaveLength(1);
  });

  it("tells everything after a long absence, in portions, and each once", async () => {
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    for (let index = 0; index < 130; index += 1) {
      world.advance(index < 110 ? 0 : 60_000);
      open(`topic-${index}`);
    }
    const facts = await watcher.drain();
    const numbers = facts.flatMap((one) => (one.type === "merge_request" ? [one.number] : []));
    expect(new Set(numbers).size).toBe(130);
    expect((await watcher.poll()).activity).toBe("cold");
  });

  it("remembers open ones beyond the first page at the baseline", async () => {
    const { number } = open("ancient");
    for (let index = 0; index < 60; index += 1) {
      world.advance(1000);
      const other = open(`topic-${index}`);
      world.sandbox.merge(repo, other.number, { by: "bob" });
    }
    const facts = await (await watch(world, "mergeRequests")).drain();
    expect(mergeRequestOf(facts, number)).toMatchObject({ title: "ancient", state: "open" });
  });

  it("tells who wants changes, until they approve", async () => {
    const { number } = open("mine", "ann");
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    world.sandbox.review(repo, number, { by: "bob", state: "CHANGES_REQUESTED", body: "why?" });
    const refused = mergeRequestOf(await watcher.drain(), number);
    expect(refused.changesRequestedBy).toMatchObject([{ login: "bob" }]);
    world.advance(600_000);
    world.sandbox.review(repo, number, { by: "bob", state: "APPROVED" });
    const approved = mergeRequestOf(await watcher.drain(), number);
    expect(approved).toMatchObject({ changesRequestedBy: [], approvedBy: [{ login: "bob" }] });
  });

  it("tells a dismissal with whose review it was", async () => {
    const { number } = open("mine", "ann");
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    const { id } = world.sandbox.review(repo, number, { by: "bob", state: "APPROVED" });
    await watcher.drain();
    world.advance(600_000);
    world.sandbox.dismissReview(repo, number, id, { by: "ann", message: "outdated" });
    const facts = mergeRequestOf(await watcher.drain(), number);
    expect(facts.happenings.at(-1)).toMatchObject({
      what: "dismissed",
      of: { login: "bob" },
      actor: { login: "ann" },
      body: "outdated",
    });
    expect(facts.approvedBy).toEqual([]);
  });

  it("knows a team by the name that a mention has, from both APIs", async () => {
    world.sandbox.addTeam("acme/core", ["ann"]);
    const { number } = open("one");
    world.sandbox.requestReview(repo, number, { by: "bob", reviewer: "acme/core" });
    const watcher = await watch(world, "mergeRequests");
    expect(mergeRequestOf(await watcher.drain(), number).reviewRequests).toEqual([{ team: "acme/core" }]);
    world.advance(600_000);
    world.sandbox.comment(repo, number, { by: "bob", body: "hi" });
    const { reviewRequests } = mergeRequestOf(await watcher.drain(), number);
    expect(reviewRequests).toMatchObject([{ team: "acme/core", by: { login: "bob" } }]);
  });

  it("sends no token to another host that a page names", async () => {
    const watcher = await watch(world, "mergeRequests");
    const link = '<http://127.0.0.1:9/elsewhere?page=2>; rel="next"';
    world.sandbox.server.faults.add(/pulls/, { kind: "status", status: 200, headers: { link }, body: [] });
    // The page itself is good, and that there is more behind it is said.
    expect(await watcher.poll()).toMatchObject({
      facts: [],
      shortfalls: [{ code: "cut", values: { what: "pages", limit: 1 } }],
    });
  });

  it("asks only for what GitHub's descriptions hold", async () => {
    const { number } = open("one");
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    world.sandbox.comment(repo, number, { by: "bob", body: "hi" });
    await watcher.drain();
    const { entries } = world.sandbox.server.ledger;
    expect(checkGitHubExchanges(entries)).toEqual([]);
    expect(checkGitHubGraphql(entries)).toEqual([]);
  });
});
