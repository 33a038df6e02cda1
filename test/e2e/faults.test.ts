import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/faults.js";
import { inspect, ownerChat, pollRound, startSurroundings, tokens, type Surroundings } from "./harness.js";

let world: Surroundings;
const repo = "acme/api";
const project = "platform/core";
const minute = 60_000;

beforeEach(async () => {
  world = await startSurroundings();
  await pollRound(world);
});
afterEach(() => world.close());

const texts = () => ownerChat(world).map((message) => message.text);
const saying = (...words: string[]) => texts().filter((text) => words.every((word) => text.includes(word)));

function happen(): void {
  const { github, gitlab } = world;
  const { number } = github.openPullRequest(repo, {
    author: "ann",
    title: "Hub work",
    body: "b",
    head: "hub",
  });
  github.requestReview(repo, number, { by: "ann", reviewer: "mia" });
  const { iid } = gitlab.openMergeRequest(project, {
    author: "bob",
    title: "Lab work",
    description: "d",
    source: "lab",
  });
  gitlab.requestReview(project, iid, { by: "bob", reviewer: "mia" });
}

/** Both requests for a review stand there once, and nothing says that something ended. */
function expectBothOnce(): void {
  expect(saying("requested your review", "Hub work")).toHaveLength(1);
  expect(saying("requested your review", "Lab work")).toHaveLength(1);
  expect(texts().filter((text) => /closed|deleted|merged|no longer exists/i.test(text))).toEqual([]);
}

describe("a platform that answers badly", () => {
  const faults: Array<[string, Fault]> = [
    ["500", { kind: "status", status: 500 }],
    [
      "502 with a page",
      { kind: "status", status: 502, headers: { "content-type": "text/html" }, body: "<h1>Bad</h1>" },
    ],
    ["a login page with status 200", { kind: "html" }],
    ["an empty body with status 200", { kind: "empty" }],
    ["half a body", { kind: "truncated" }],
    ["a closed connection", { kind: "reset" }],
    ["a redirect to another host", { kind: "redirect", location: "http://127.0.0.1:9/steal" }],
    ["an empty list of the wrong kind", { kind: "status", status: 200, body: {} }],
  ];
  it.each(faults)("loses nothing and invents nothing: %s", async (_, fault) => {
    happen();
    const stops = [world.github.server, world.gitlab.server].map((server) =>
      server.faults.add(/./, fault, Infinity),
    );
    const bad = await pollRound(world);
    expect(bad.polls.filter((poll) => poll.events > 0)).toEqual([]);
    expect(saying("work")).toHaveLength(1);
    for (const stop of stops) stop();
    world.clock.skip(10 * minute);
    await pollRound(world);
    expectBothOnce();
  });

  it("aborts a request that is never answered within 30 s and polls the others meanwhile", async () => {
    happen();
    world.gitlab.server.faults.add(/merge_requests/, { kind: "hang" }, 1);
    const started = Date.now();
    await pollRound(world);
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(saying("requested your review", "Hub work")).toHaveLength(1);
    world.clock.skip(minute);
    await pollRound(world);
    expectBothOnce();
  });

  it("tells of an outage once, and of its end once", async () => {
    const stop = world.gitlab.server.faults.add(/./, { kind: "status", status: 503 }, Infinity);
    for (let round = 0; round < 6; round += 1) {
      await pollRound(world);
      world.clock.skip(4 * minute);
    }
    expect(saying("No answer from work")).toHaveLength(1);
    expect(saying("No answer from github")).toHaveLength(0);
    stop();
    happen();
    await pollRound(world);
    await pollRound(world);
    expect(saying("work answers again")).toHaveLength(1);
    expectBothOnce();
  });
});

describe("limits", () => {
  it("waits for the reset of an exhausted GitHub quota, and GitLab goes on", async () => {
    happen();
    const resetAt = Date.now() + 30 * minute;
    world.github.limits.set("mia", "core", { remaining: 0, resetAt });
    await pollRound(world);
    const asked = world.github.server.ledger.entries.length;
    world.clock.skip(5 * minute);
    await pollRound(world);
    // Planning asks who the account is; the sources rest.
    expect(world.github.server.ledger.entries.length - asked).toBeLessThanOrEqual(1);
    expect(saying("Lab work")).toHaveLength(1);
    expect(saying("refused the token")).toHaveLength(0);
    world.github.limits.set("mia", "core", { remaining: 5000 });
    world.clock.skip(30 * minute);
    await pollRound(world);
    expectBothOnce();
  });

  it.each([{ retryAfter: 90 }, { status: 429 as const }, {}])(
    "obeys a secondary limit %j",
    async (secondary) => {
      happen();
      world.github.limits.secondary = secondary;
      await pollRound(world);
      expect(saying("refused the token")).toHaveLength(0);
      world.github.limits.secondary = null;
      const asked = world.github.server.ledger.count(/pulls/);
      await pollRound(world);
      expect(world.github.server.ledger.count(/pulls/)).toBe(asked);
      world.clock.skip(5 * minute);
      await pollRound(world);
      expectBothOnce();
    },
  );

  it("obeys GitLab's throttle, with and without headers", async () => {
    happen();
    for (const headers of [true, false]) {
      world.gitlab.settings.throttle = { limit: 0, windowSeconds: 60, headers };
      await pollRound(world);
      world.clock.skip(5 * minute);
    }
    world.gitlab.settings.throttle = null;
    await pollRound(world);
    expectBothOnce();
  });
});

describe("a token that is refused", () => {
  it("pauses that account alone, is told once, and goes on when a token works again", async () => {
    happen();
    world.gitlab.revokeToken(tokens.gitlab);
    for (let round = 0; round < 4; round += 1) {
      await pollRound(world);
      world.clock.skip(3 * minute);
    }
    expect(saying("refused the token of work")).toHaveLength(1);
    expect(saying("requested your review", "Hub work")).toHaveLength(1);
    const fresh = "glpat-fresh000000000000000";
    world.gitlab.addToken(fresh, { username: "mia", scopes: ["api"] });
    world.secrets["connection/work"] = fresh;
    await pollRound(world);
    await pollRound(world);
    expect(saying("token of work works again")).toHaveLength(1);
    expectBothOnce();
  });

  it("tells a second time when it is refused a second time", async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const token = world.secrets["connection/github"] ?? "";
      world.github.revokeToken(token);
      await pollRound(world);
      const next = `ghp_next${turn}000000000000000000000000000000`;
      world.github.addToken(next, { login: "mia", kind: "classic", scopes: ["repo", "notifications"] });
      world.secrets["connection/github"] = next;
      await pollRound(world);
      world.clock.skip(minute);
    }
    expect(saying("refused the token of github")).toHaveLength(2);
  });
});

describe("a project that is not where it was", () => {
  it("follows a renamed repository and a moved project, and says so once", async () => {
    world.github.renameRepository(repo, "acme/backend");
    world.gitlab.moveProject(project, "platform/kernel");
    await pollRound(world);
    const { number } = world.github.openPullRequest("acme/backend", {
      author: "ann",
      title: "Hub work",
      body: "b",
      head: "hub",
    });
    world.github.requestReview("acme/backend", number, { by: "ann", reviewer: "mia" });
    const { iid } = world.gitlab.openMergeRequest("platform/kernel", {
      author: "bob",
      title: "Lab work",
      source: "lab",
    });
    world.gitlab.requestReview("platform/kernel", iid, { by: "bob", reviewer: "mia" });
    await pollRound(world);
    await pollRound(world);
    expect(saying("acme/api is now called acme/backend")).toHaveLength(1);
    expect(saying("platform/core is now called platform/kernel")).toHaveLength(1);
    expect(saying("requested your review", "acme/backend", "Hub work")).toHaveLength(1);
    expect(saying("requested your review", "platform/kernel", "Lab work")).toHaveLength(1);
  });

  it("believes a deletion after three answers and ten minutes, tells it once, and never says closed", async () => {
    happen();
    await pollRound(world);
    const before = texts().length;
    world.github.deleteRepository(repo);
    world.gitlab.deleteProject(project);
    await pollRound(world);
    world.clock.skip(2 * minute);
    await pollRound(world);
    expect(saying("no longer exists")).toHaveLength(0);
    for (let round = 0; round < 4; round += 1) {
      world.clock.skip(6 * minute);
      await pollRound(world);
    }
    expect(saying("acme/api on github no longer exists")).toHaveLength(1);
    expect(saying("platform/core on work no longer exists")).toHaveLength(1);
    expect(texts().length).toBe(before + 2);
    expect(saying("closed")).toHaveLength(0);
  });

  it("takes a project up again when access comes back, with what happened meanwhile", async () => {
    world.github.setPrivateAccess(repo, "mia", false);
    for (let round = 0; round < 5; round += 1) {
      await pollRound(world);
      world.clock.skip(6 * minute);
    }
    expect(saying("no longer exists")).toHaveLength(1);
    happen();
    world.github.setPrivateAccess(repo, "mia", true);
    await pollRound(world);
    await pollRound(world);
    expectOnceOnHub();
  });
});

function expectOnceOnHub(): void {
  expect(saying("requested your review", "Hub work")).toHaveLength(1);
}

describe("a first poll", () => {
  it("of a project with 130 open merge requests sends one line and nothing else", async () => {
    const fresh = await startSurroundings();
    try {
      for (let index = 0; index < 130; index += 1) {
        fresh.github.openPullRequest(repo, {
          author: "ann",
          title: `Old ${index}`,
          body: "@mia",
          head: `b${index}`,
        });
        fresh.gitlab.openMergeRequest(project, {
          author: "ann",
          title: `Old ${index}`,
          description: "@mia",
          source: `b${index}`,
        });
      }
      await pollRound(fresh);
      await pollRound(fresh);
      expect(
        ownerChat(fresh)
          .map((message) => message.text)
          .filter((text) => !text.includes("Now watching")),
      ).toEqual([]);
      const events = await inspect(fresh, (db) => db.selectFrom("events").select("key").execute());
      expect(events).toEqual([]);
    } finally {
      await fresh.close();
    }
  });
});
