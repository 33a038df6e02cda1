import { describe, expect, it } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import type { Shortfall } from "../../src/domain/shortfall.js";
import { createPlanner } from "../../src/polling/planner.js";
import { findAccount } from "../../src/store/accounts.js";
import { listEvents } from "../../src/store/events.js";
import { findProjectByPath } from "../../src/store/projects.js";
import { syncSources, updateSource } from "../../src/store/sources.js";
import { listShortfalls } from "../../src/store/shortfalls.js";
import { loadRevisions } from "../../src/store/subjects.js";
import { at, pipelineFacts } from "../support/builders.js";
import { pipelinesId, source, withProject } from "../support/fake-platform.js";
import { createPollingWorld, type PollingWorld } from "./polling-world.js";

const minute = 60_000;
const forgePipelines = { connectionId: "forge", projectId: "7", type: "pipeline" as const, since: 0 };
const offline = new Failure("unreachable", { message: "The forge does not answer." });
const unauthorized = new Failure("unauthorized", { message: "The token is refused." });
const gone = new Failure("gone", { message: "There is no such project." });

function failed(world: PollingWorld, changes = {}) {
  const facts = pipelineFacts({ status: "failed", revision: "2", updatedAt: at(2), ...changes });
  return { facts: withProject(world.project, facts), cursor: "second" };
}

async function withBaseline(): Promise<PollingWorld> {
  const world = await createPollingWorld();
  await world.poll({ facts: withProject(world.project, pipelineFacts()), cursor: "first" });
  return world;
}

describe("the first poll of a source", () => {
  it("stores what is and tells nothing", async () => {
    const world = await createPollingWorld();
    const report = await world.poll(failed(world));
    expect(report).toMatchObject({ result: "polled", events: 0, owed: 0 });
    expect(await world.owed()).toEqual([]);
    const revisions = await loadRevisions(world.opened.db, forgePipelines);
    expect([...revisions]).toEqual([["forge/7/pipeline/900", "2"]]);
    expect((await world.state()).cursor).toBe("second");
    expect(world.forge.polls[0]).toMatchObject({ cursor: null, openPipelines: [] });
  });

  it("is followed by polls that know what is open and what was seen", async () => {
    const world = await withBaseline();
    await world.poll();
    const request = world.forge.polls[1];
    expect([request?.cursor, request?.openPipelines]).toEqual(["first", ["900"]]);
    const known = (id: string) => request?.known({ projectId: "7", type: "pipeline", id });
    expect([known("900"), known("901")]).toEqual(["1", undefined]);
  });
});

describe("a poll", () => {
  it("commits events, deliveries, snapshots and the cursor together", async () => {
    const world = await withBaseline();
    expect(await world.poll(failed(world))).toMatchObject({ events: 1, owed: 1 });
    expect(await world.owed()).toEqual(["ping"]);
    expect(await world.state()).toMatchObject({ cursor: "second", lastSuccessAt: world.clock.now() });
    expect(await world.poll(failed(world))).toMatchObject({ events: 0, owed: 0 });
    expect(await world.owed()).toEqual(["ping"]);
  });

  it("keeps the cursor when the subscriptions cannot be loaded, and tells everything with the next poll", async () => {
    const world = await withBaseline();
    const { subscriptions } = world.dependencies;
    world.dependencies.subscriptions = () => Promise.reject(new Error("database is locked"));
    const report = await world.poll(failed(world));
    expect(report.failure).toMatchObject({ kind: "unreachable", code: "defect" });
    expect(await world.state()).toMatchObject({ cursor: "first", failures: 1 });
    world.dependencies.subscriptions = subscriptions;
    expect(await world.poll(failed(world))).toMatchObject({ events: 1, owed: 1 });
  });

  it("writes down how long it took, whether it went well or not", async () => {
    const world = await withBaseline();
    const { subscriptions } = world.dependencies;
    world.dependencies.subscriptions = async () => {
      await world.clock.advance(1_300);
      return subscriptions();
    };
    await world.poll(failed(world));
    expect((await world.state()).lastPollMs).toBe(1_300);
    world.dependencies.subscriptions = async () => {
      await world.clock.advance(2_700);
      throw new Error("database is locked");
    };
    await world.poll(failed(world));
    expect(await world.state()).toMatchObject({ failures: 1, lastPollMs: 2_700 });
  });

  it("rolls everything back when one fact in the middle cannot be committed", async () => {
    const world = await withBaseline();
    const { raw, db } = world.opened;
    raw.exec(
      `create trigger full before insert on subjects when new.id = '902' begin select raise(abort, 'disk full'); end`,
    );
    const two = {
      facts: withProject(
        world.project,
        pipelineFacts({ id: "901", status: "failed", updatedAt: at(2) }),
        pipelineFacts({ id: "902", status: "failed", updatedAt: at(3) }),
      ),
      cursor: "second",
    };
    expect((await world.poll(two)).result).toBe("failed");
    expect(await listEvents(db, { limit: 9 })).toEqual([]);
    expect(await world.owed()).toEqual([]);
    expect((await loadRevisions(db, forgePipelines)).size).toBe(1);
    expect((await world.state()).cursor).toBe("first");
    raw.exec("drop trigger full");
    expect(await world.poll(two)).toMatchObject({ events: 2, owed: 2 });
  });

  it("goes on at once while there is more, each page committed with its cursor", async () => {
    const world = await withBaseline();
    const page = (cursor: string, id: string) => ({
      ...failed(world, { id }),
      cursor,
      more: cursor !== "c3",
    });
    world.forge.answers.set(pipelinesId, [page("c1", "901"), page("c2", "902"), page("c3", "903")]);
    expect(await world.poll()).toMatchObject({ events: 3, owed: 3 });
    expect(world.forge.polls.slice(1).map(({ cursor }) => cursor)).toEqual(["first", "c1", "c2"]);
    world.forge.answers.set(pipelinesId, [page("c4", "904"), offline]);
    await world.poll();
    expect(await world.state()).toMatchObject({ cursor: "c4", failures: 1 });
  });

  it("is well again with its first page: one that fails after it is the first failure, and is found once", async () => {
    const world = await withBaseline();
    const { db } = world.opened;
    const long = world.clock.now() - 3_600_000;
    await updateSource(db, pipelinesId, { failures: 5, failingSince: long, pausedAt: long });
    const page = (cursor: string, id: string) => ({ ...failed(world, { id }), cursor, more: true });
    const gone = new Failure("gone", { message: "404." });
    world.forge.answers.set(pipelinesId, [page("c1", "901"), page("c2", "902"), gone]);
    await world.poll();
    expect(await world.state()).toMatchObject({ cursor: "c2", failures: 1, pausedAt: null });
    expect((await world.owed()).filter((name) => ["found", "gone"].includes(name))).toEqual(["found"]);
  });

  it("keeps what its first page could not deliver though the second goes well", async () => {
    const world = await withBaseline();
    const denied: Shortfall = { code: "denied", key: "wiki", values: { what: "wiki", scope: "api" } };
    const pages = [{ cursor: "c1", more: true, shortfalls: [denied] }, { cursor: "c2" }];
    world.forge.answers.set(pipelinesId, pages);
    await world.poll();
    expect((await listShortfalls(world.opened.db)).map(({ code }) => code)).toEqual(["denied"]);
    await world.poll();
    expect(await listShortfalls(world.opened.db)).toEqual([]);
  });

  it("gives others their turn after fifty pages, and goes on from there with the next", async () => {
    const world = await withBaseline();
    const pages = Array.from({ length: 60 }, (_, n) => ({ cursor: `page ${n}`, more: true }));
    world.forge.answers.set(pipelinesId, pages);
    await world.poll();
    expect((await world.state()).cursor).toBe("page 49");
  });

  it("is due again after the interval that fits what moves", async () => {
    const world = await withBaseline();
    const now = world.clock.now();
    const dueIn = async () => (await world.state()).dueAt - now;
    await world.poll({ activity: "hot" });
    expect(await dueIn()).toBe(15_000);
    await world.poll({ activity: "cold", minIntervalMs: 180_000 });
    expect(await dueIn()).toBe(180_000);
  });

  it("follows a renamed project and says so once", async () => {
    const world = await withBaseline();
    const renamed = { ...world.project, path: "acme/gateway" };
    await world.poll({ renamed });
    await world.poll({ renamed });
    expect(await world.owed()).toEqual(["renamed"]);
    const { db } = world.opened;
    expect((await findProjectByPath(db, "forge", "ACME/api"))?.path).toBe("acme/gateway");
    expect(
      await world.poll({
        ...failed(world),
        facts: withProject(renamed, pipelineFacts({ status: "failed" })),
      }),
    ).toMatchObject({ owed: 1 });
  });

  it("is skipped while the connection waits, is paused or unknown", async () => {
    const world = await withBaseline();
    world.dependencies.connections = new Map();
    expect((await world.poll()).result).toBe("skipped");
    expect(world.forge.polls).toHaveLength(1);
  });

  it("that is aborted is neither a success nor a failure", async () => {
    const world = await withBaseline();
    world.forge.onPoll = () => Promise.reject(new DOMException("stopped", "AbortError"));
    const { pollSource } = await import("../../src/polling/poll-source.js");
    const polling = { source: await world.state(), tickAt: 0, baseMs: 30_000 };
    await expect(pollSource(world.dependencies, polling, AbortSignal.abort())).rejects.toThrow("stopped");
    expect(await world.state()).toMatchObject({ failures: 0, cursor: "first" });
  });
});

describe("a failed poll", () => {
  it("that is throttled makes the whole connection wait and is no failure", async () => {
    const world = await withBaseline();
    const until = world.clock.now() + 90_000;
    await world.poll(
      new Failure("throttled", { message: "Too much.", retryAt: new Date(until).toISOString() }),
    );
    expect(await world.state()).toMatchObject({ failures: 0, failingSince: null, dueAt: until });
    expect((await findAccount(world.opened.db, "forge"))?.throttledUntil).toBe(until);
    expect((await world.poll()).result).toBe("skipped");
    await world.clock.advance(90_000);
    expect((await world.poll()).result).toBe("polled");
  });

  it("that is refused once is no more than a hiccup when the credential is good", async () => {
    const world = await withBaseline();
    await world.poll(unauthorized);
    expect((await findAccount(world.opened.db, "forge"))?.pausedAt).toBeNull();
    expect((await world.poll()).result).toBe("polled");
  });

  it("that is refused twice pauses this account alone, with one notice, until the credential is good again", async () => {
    const world = await withBaseline();
    world.forge.trouble = unauthorized;
    await world.poll(unauthorized);
    expect(await world.owed()).toEqual(["refused"]);
    expect((await world.poll()).result).toBe("skipped");
    expect((await world.state()).cursor).toBe("first");
    const planner = createPlanner(world.dependencies);
    await world.clock.advance(minute);
    await planner.plan(new AbortController().signal);
    expect(await world.owed()).toEqual(["refused"]);
    world.forge.trouble = null;
    await planner.plan(new AbortController().signal);
    await planner.plan(new AbortController().signal);
    expect((await world.owed()).filter((name) => name === "accepted" || name === "refused")).toEqual([
      "refused",
      "accepted",
    ]);
    expect(await world.poll(failed(world))).toMatchObject({ events: 1 });
  });

  it("that finds nothing three times over ten minutes rests the source, with one notice and without news", async () => {
    const world = await withBaseline();
    world.forge.projects = [];
    for (const wait of [0, minute, 8 * minute]) {
      await world.clock.advance(wait);
      await world.poll(gone);
    }
    expect((await world.state()).pausedAt).toBeNull();
    await world.clock.advance(minute);
    await world.poll(gone);
    expect((await world.state()).pausedAt).toBe(world.clock.now());
    expect(await world.owed()).toEqual(["gone"]);
    expect(await listEvents(world.opened.db, { limit: 9 })).toEqual([]);
  });

  it("that finds nothing is not believed after one answer before and one after", async () => {
    const world = await withBaseline();
    world.forge.projects = [];
    await world.poll(gone);
    await world.clock.advance(11 * minute);
    await world.poll(gone);
    expect((await world.state()).pausedAt).toBeNull();
  });

  it("is told once when a connection is silent, and once when it answers again", async () => {
    const world = await withBaseline();
    const { db } = world.opened;
    await syncSources(db, "forge", [source("7"), source("8")]);
    await world.poll({}, "forge/pipelines/8");
    for (let round = 0; round < 8; round += 1) {
      await world.poll(offline);
      // Only one of them asks at a time.
      await world.clock.advance(minute);
      await world.poll(offline, "forge/pipelines/8");
      await world.clock.advance(4 * minute);
    }
    expect(await world.owed()).toEqual(["stale"]);
    await world.poll();
    await world.poll({}, "forge/pipelines/8");
    expect(await world.owed()).toEqual(["stale", "recovered"]);
    // The next outage is another one.
    for (let round = 0; round < 4; round += 1) {
      await world.poll(offline);
      await world.clock.advance(5 * minute);
    }
    await world.poll();
    expect(await world.owed()).toEqual(["stale", "recovered", "stale", "recovered"]);
  });

  it("leaves nothing behind when the next one goes well: a later one counts from its own begin", async () => {
    const world = await withBaseline();
    await world.poll(offline);
    await world.clock.advance(minute);
    await world.poll();
    expect(await world.state()).toMatchObject({ failures: 0, failingSince: null, lastError: null });
    await world.clock.advance(60 * minute);
    await world.poll(offline);
    expect((await world.state()).failingSince).toBe(world.clock.now());
    expect(await world.owed()).toEqual([]);
  });

  it("that finds nothing rests no source while its project cannot be asked", async () => {
    const world = await withBaseline();
    world.forge.trouble = offline;
    for (let round = 0; round < 5; round += 1) {
      await world.poll(gone);
      await world.clock.advance(5 * minute);
    }
    expect((await world.state()).pausedAt).toBeNull();
    expect(await world.owed()).not.toContain("gone");
  });

  it("that was short is nobody's business", async () => {
    const world = await withBaseline();
    await world.poll(offline);
    await world.clock.advance(9 * minute);
    await world.poll(offline);
    await world.poll();
    expect(await world.owed()).toEqual([]);
  });
});
