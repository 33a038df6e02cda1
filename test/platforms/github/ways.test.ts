import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MergeRequestFacts } from "../../../src/domain/facts/index.js";
import { toOwnUrl } from "../../../src/platforms/github/links.js";
import type { Fault } from "../../../src/sandbox/faults.js";
import { failureOf, mergeRequestOf, signal, watch } from "../../contracts/platform-world.js";
import { checkGitHubGraphql } from "../../support/github-graphql.js";
import { checkGitHubExchanges } from "../../support/github-openapi.js";
import { repo, secret, startDatedGitHubWorld, startGitHubWorld, type GitHubWorld } from "./github-world.js";

let world: GitHubWorld;
const graphql = /POST \/api\/graphql/;

beforeEach(async () => {
  world = await startGitHubWorld();
});
afterEach(() => world.close());

function open(title: string): number {
  return world.sandbox.openPullRequest(repo, { author: "ann", title, head: title }).number;
}

/** A life in which everything happens that both ways tell of. */
function live(number: number): void {
  const { sandbox } = world;
  sandbox.addTeam("acme/core", ["ann"]);
  sandbox.requestReview(repo, number, { by: "ann", reviewer: "bob" });
  sandbox.requestReview(repo, number, { by: "bob", reviewer: "acme/core" });
  sandbox.assign(repo, number, { by: "bob", assignee: "ann" });
  sandbox.comment(repo, number, { by: "bob", body: "a word" });
  const comments = [
    { path: "src/main.ts", body: "one" },
    { path: "src/main.ts", body: "two" },
  ];
  sandbox.review(repo, number, { by: "bob", state: "CHANGES_REQUESTED", body: "please", comments });
  sandbox.review(repo, number, { by: "bob", state: "APPROVED", body: "" });
}

const blocked: Array<[string, Fault]> = [
  ["is not there", { kind: "status", status: 404, body: { message: "Not Found" } }],
  ["is answered by a gateway's page", { kind: "status", status: 403, body: "<html>Forbidden</html>" }],
  ["is a page with status 200", { kind: "html" }],
  ["is cut off by a firewall", { kind: "reset" }],
  [
    "does not know a field (an older server)",
    {
      kind: "status",
      status: 200,
      body: { errors: [{ message: "Field 'x' doesn't exist on type 'PullRequest'" }] },
    },
  ],
];

describe("where GraphQL", () => {
  it.each(blocked)(
    "%s, pull requests are told by REST, and it is said what is blocked",
    async (_what, fault) => {
      const number = open("One");
      const [first, second] = [await watch(world, "mergeRequests"), await watch(world, "mergeRequests")];
      await first.drain();
      await second.drain();
      world.advance(600_000);
      live(number);
      const wanted = mergeRequestOf(await first.drain(), number);
      world.sandbox.server.faults.add(graphql, fault, Infinity);
      const outcome = await second.poll();
      const told = mergeRequestOf(
        outcome.facts.map(({ facts }) => facts),
        number,
      );
      expect(comparable(told)).toEqual(comparable(wanted));
      expect(outcome.shortfalls).toMatchObject([
        { code: "blocked", key: "graphql", values: { what: "GraphQL" } },
      ]);
    },
  );

  it("is blocked, it is not asked with every poll, and tried again after some", async () => {
    const number = open("One");
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    const remove = world.sandbox.server.faults.add(
      graphql,
      { kind: "status", status: 404, body: {} },
      Infinity,
    );
    const polls = async (count: number) => {
      for (let poll = 0; poll < count; poll += 1) {
        world.advance(600_000);
        world.sandbox.comment(repo, number, { by: "bob", body: `word ${poll}` });
        await watcher.drain();
      }
    };
    await polls(20);
    expect(world.sandbox.server.ledger.count(graphql)).toBe(1);
    remove();
    await polls(15);
    expect(world.sandbox.server.ledger.count(graphql)).toBeGreaterThan(1);
    expect((await watcher.poll()).shortfalls).toEqual([]);
  });

  it("is blocked, the inbox tells of its pull requests all the same", async () => {
    const number = open("One");
    const access = await world.connection.checkAccess(signal());
    const request = {
      source: { connectionId: "work", kind: "inbox" as const, projectId: null },
      ...{ project: null, account: access.account, known: () => undefined, openPipelines: [] },
    };
    const { cursor } = await world.connection.poll({ ...request, cursor: null }, signal());
    world.sandbox.server.faults.add(graphql, { kind: "status", status: 404, body: {} }, Infinity);
    world.advance(600_000);
    world.sandbox.comment(repo, number, { by: "bob", body: "@ann look" });
    const outcome = await world.connection.poll({ ...request, cursor }, signal());
    expect(outcome.facts.map(({ facts }) => facts)).toMatchObject([
      { type: "merge_request", number, happenings: [{ what: "commented", body: "@ann look" }] },
    ]);
    expect(outcome.shortfalls).toMatchObject([{ code: "blocked" }]);
  });

  it("is blocked, a repository that is there is not taken for gone", async () => {
    const project = await world.connection.findProject(repo, signal());
    world.sandbox.server.faults.add(graphql, { kind: "status", status: 404, body: {} }, Infinity);
    expect((await world.connection.refreshProject(project, signal())).path).toBe(repo);
    world.sandbox.deleteRepository(repo);
    expect((await failureOf(world.connection.refreshProject(project, signal()))).kind).toBe("gone");
  });

  it("is not asked, only what GitHub's description holds is", async () => {
    const number = open("One");
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    live(number);
    world.sandbox.server.faults.add(graphql, { kind: "status", status: 404, body: {} }, Infinity);
    await watcher.drain();
    expect(checkGitHubExchanges(world.sandbox.server.ledger.entries)).toEqual([]);
  });
});

/** REST does not tell threads, and lists reviews in another order within a second. */
function comparable({ happenings, reviewRequests, ...facts }: MergeRequestFacts) {
  const byId = [...happenings].sort((a, b) => a.id.localeCompare(b.id));
  const asked = [...(reviewRequests ?? [])].sort((a, b) =>
    (a.requestId ?? "").localeCompare(b.requestId ?? ""),
  );
  // Nor does it tell the names of people.
  const told = {
    ...facts,
    happenings: byId,
    reviewRequests: asked,
    checks: undefined,
    openThreads: undefined,
  };
  return JSON.parse(
    JSON.stringify(told, (key, value: unknown) => (key === "name" ? undefined : value)),
  ) as unknown;
}

describe("one pull request that cannot be read", () => {
  it("holds up none of the others, and loses nothing: 45 comments of 65,000 letters of four bytes", async () => {
    const [heavy, light] = [open("Heavy"), open("Light")];
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    for (let index = 0; index < 45; index += 1) {
      world.sandbox.comment(repo, heavy, { by: "bob", body: "😀".repeat(65_000) });
    }
    world.sandbox.comment(repo, light, { by: "bob", body: "a word" });
    const facts = await watcher.drain();
    expect(mergeRequestOf(facts, light).happenings).toHaveLength(1);
    expect(mergeRequestOf(facts, heavy).happenings).toHaveLength(45);
  });

  it("is read from where its news began, though it moved again while it was set aside", async () => {
    const number = await openByItsOwnClock();
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    world.sandbox.comment(repo, number, { by: "bob", body: "early" });
    const failing = failOn(number);
    await watcher.poll();
    await watcher.poll();
    await watcher.poll();
    world.advance(1_200_000);
    world.sandbox.comment(repo, number, { by: "bob", body: "late" });
    failing();
    const told = mergeRequestOf(await watcher.drain(), number);
    expect(told.happenings.map((one) => ("body" in one ? one.body : ""))).toEqual(["early", "late"]);
  });

  it("is set aside while the server fails on it, said after some tries, and told whole in the end", async () => {
    const bad = await openByItsOwnClock();
    const good = open("Good");
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    world.sandbox.comment(repo, bad, { by: "bob", body: "first" });
    const failing = failOn(bad);
    const outcomes = [];
    for (let poll = 0; poll < 6; poll += 1) {
      outcomes.push(await watcher.poll());
      world.advance(120_000);
      if (poll === 0) world.sandbox.comment(repo, good, { by: "bob", body: "a word" });
    }
    const told = outcomes.flatMap(({ facts }) => facts.map((one) => one.facts));
    expect(told.filter((one) => one.type === "merge_request" && one.number === bad)).toEqual([]);
    expect(mergeRequestOf(told, good).happenings).toHaveLength(1);
    expect(outcomes.at(-1)?.shortfalls).toContainEqual(
      expect.objectContaining({ code: "set_aside", values: { what: `#${bad}`, reason: "server" } }),
    );
    world.sandbox.comment(repo, bad, { by: "bob", body: "second" });
    failing();
    world.advance(3_600_000);
    const whole = mergeRequestOf(await watcher.drain(), bad);
    expect(whole.happenings.map((one) => ("body" in one ? one.body : ""))).toEqual(["first", "second"]);
    expect((await watcher.poll()).shortfalls ?? []).not.toContainEqual(
      expect.objectContaining({ code: "set_aside" }),
    );
  });
});

async function openByItsOwnClock(): Promise<number> {
  await world.close();
  world = await startDatedGitHubWorld();
  return open("Bad");
}

/** Neither way leads to this one. */
function failOn(number: number): () => void {
  const { faults } = world.sandbox.server;
  const removed = [
    faults.add(graphql, { kind: "status", status: 502, body: "" }, Infinity),
    faults.add(new RegExp(`/pulls/${number}`), { kind: "status", status: 500, body: {} }, Infinity),
  ];
  return () => removed.forEach((remove) => remove());
}

it.each(["mailto:x@evil.example", "x:.evil.example/p", "javascript:alert(1)", "//evil.example/p"])(
  "makes no link of %s",
  (url) => {
    const own = toOwnUrl("https://github.example", url);
    expect(own === "" || new URL(own).host === "github.example").toBe(true);
  },
);

it("reads a list whose descriptions are too large for one answer", async () => {
  const watcher = await watch(world, "mergeRequests");
  await watcher.drain();
  world.advance(600_000);
  const body = "😀".repeat(65_000);
  for (let index = 0; index < 45; index += 1)
    world.sandbox.openPullRequest(repo, { author: "bob", title: `Heavy ${index}`, head: `h${index}`, body });
  const numbers = new Set((await watcher.drain()).map((one) => one.type === "merge_request" && one.number));
  expect(numbers.size).toBe(45);
});

it("takes no host but the connection's for a link", async () => {
  const number = open("One");
  const answer = await fetch(`${world.sandbox.url}/api/v3/repos/${repo}/pulls?state=all`, {
    headers: { authorization: `Bearer ${secret}`, "user-agent": "test" },
  });
  const [row] = (await answer.json()) as Array<Record<string, unknown>>;
  const body = [{ ...row, html_url: `https://evil.example/${repo}/pull/${number}` }];
  world.sandbox.server.faults.add(/\/pulls\?/, { kind: "status", status: 200, body });
  const watcher = await watch(world, "mergeRequests");
  expect((await watcher.poll()).facts).toMatchObject([
    { facts: { url: `${world.sandbox.url}/${repo}/pull/${number}` } },
  ]);
});

it("shows checks, the size of the change, open threads, and which remarks belong to one review", async () => {
  const number = open("One");
  const watcher = await watch(world, "mergeRequests");
  await watcher.drain();
  world.advance(600_000);
  const { headSha } = await world.connection.readMergeRequest(watcher.project, number, signal());
  for (const [name, conclusion] of [
    ["build", "success"],
    ["test", "failure"],
  ] as const) {
    const { id } = world.sandbox.startRun(repo, {
      workflow: name,
      branch: "One",
      actor: "ann",
      title: "x",
      sha: headSha,
    });
    world.sandbox.finishRun(repo, id, { conclusion, jobs: [{ name, conclusion }] });
  }
  const comments = [
    { path: "a.ts", body: "one" },
    { path: "b.ts", body: "two" },
  ];
  world.sandbox.review(repo, number, { by: "bob", state: "COMMENTED", body: "", comments });
  const told = mergeRequestOf(await watcher.drain(), number);
  expect(told).toMatchObject({
    checks: { state: "failed", passed: 1, failed: 1, running: 0 },
    diff: { files: 1, additions: expect.any(Number) as number, deletions: 0 },
    openThreads: 2,
  });
  const [one, two] = told.happenings;
  expect(one).toMatchObject({ reviewId: expect.stringMatching(/^review:/) as string });
  expect(two).toMatchObject({ reviewId: (one as { reviewId?: string }).reviewId });
});

it.each([403, 404, 500])(
  "an error %i of the list of teams stops nothing, and says that they are unknown",
  async (status) => {
    world.sandbox.addToken("ghp_teams", { login: "ann", kind: "classic", scopes: ["repo", "read:org"] });
    const connection = world.connect({ token: "ghp_teams" });
    world.sandbox.server.faults.add(
      /user\/teams/,
      { kind: "status", status, body: { message: "no" } },
      Infinity,
    );
    const access = await connection.checkAccess(signal());
    expect(access.account.login).toBe("ann");
    expect(access.lacks).toContain("teams");
  },
);

describe("a mention on what is neither issue nor pull request", () => {
  const pages: Array<[string, object, object]> = [
    [
      "a commit, read in its own words",
      {
        type: "Commit",
        title: "Start",
        path: "/commits/0123456789abcdef",
        comment: { by: "bob", body: "@ann see" },
      },
      { page: { name: "01234567" }, comments: [{ body: "@ann see", actor: { login: "bob" } }] },
    ],
    [
      "a discussion",
      { type: "Discussion", title: "Which way?" },
      { page: { name: "discussion" }, title: "Which way?", comments: [{ body: "", mentionsAccount: true }] },
    ],
    [
      "a release",
      { type: "Release", title: "v1.0", path: "/releases/7" },
      { page: { name: "release" }, comments: [{ mentionsAccount: true }] },
    ],
  ];
  it("is told each time when it is a discussion, with the words of each comment, and once", async () => {
    const access = await world.connection.checkAccess(signal());
    const request = {
      source: { connectionId: "work", kind: "inbox" as const, projectId: null },
      ...{ project: null, account: access.account, known: () => undefined, openPipelines: [] },
    };
    let { cursor } = await world.connection.poll({ ...request, cursor: null }, signal());
    const told = async () => {
      const outcome = await world.connection.poll({ ...request, cursor }, signal());
      cursor = JSON.parse(JSON.stringify(outcome.cursor)) as typeof cursor;
      return outcome.facts.flatMap(({ facts }) => (facts.type === "issue" ? facts.comments : []));
    };
    const say = (body: string) => {
      world.advance(600_000);
      const comment = { by: "bob", body };
      world.sandbox.mentionOnPage(repo, { login: "ann", type: "Discussion", title: "Which way?", comment });
    };
    say("@ann one");
    const first = await told();
    say("@ann two");
    const second = await told();
    // The overlap shows the first again, by the same id.
    expect([...new Map([...first, ...second].map((one) => [one.id, one])).values()]).toMatchObject([
      { body: "@ann one", actor: { login: "bob" } },
      { body: "@ann two", actor: { login: "bob" } },
    ]);
    expect(second.at(-1)?.url).toContain(`${world.sandbox.url}/${repo}/discussions/`);
    expect(world.sandbox.server.ledger.count(graphql)).toBe(2);
    expect(checkGitHubGraphql(world.sandbox.server.ledger.entries)).toEqual([]);
    expect(await told()).toEqual([]);
    world.sandbox.server.faults.add(graphql, { kind: "status", status: 404, body: {} });
    say("@ann three");
    expect(await told()).toMatchObject([{ body: "", mentionsAccount: true }]);
  });

  it.each(pages)("is told: %s", async (_what, mention, told) => {
    const access = await world.connection.checkAccess(signal());
    const request = {
      source: { connectionId: "work", kind: "inbox" as const, projectId: null },
      ...{ project: null, account: access.account, known: () => undefined, openPipelines: [] },
    };
    const { cursor } = await world.connection.poll({ ...request, cursor: null }, signal());
    world.advance(600_000);
    world.sandbox.mentionOnPage(repo, { login: "ann", type: "", title: "", ...mention });
    const { facts } = await world.connection.poll({ ...request, cursor }, signal());
    expect(facts).toMatchObject([{ project: { path: repo }, facts: { type: "issue", ...told } }]);
    const [one] = facts;
    expect(one?.facts.type === "issue" && one.facts.url).toContain(`${world.sandbox.url}/${repo}/`);
    expect(checkGitHubExchanges(world.sandbox.server.ledger.entries)).toEqual([]);
  });
});
