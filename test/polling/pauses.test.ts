import { describe, expect, it } from "vitest";
import { toSourceId } from "../../src/domain/source.js";
import { Failure } from "../../src/domain/failure.js";
import { stopped, toStatusReport } from "../../src/operations/status-report.js";
import { createPlanner } from "../../src/polling/planner.js";
import { pollRound } from "../../src/polling/round.js";
import { toAsk } from "../../src/store/ask.js";
import { newestVersion } from "../../src/store/migrations/newest.js";
import { findAccount } from "../../src/store/accounts.js";
import { dueSources, lookForInboxes, syncSources } from "../../src/store/sources.js";
import { readStatusRows } from "../../src/store/status-rows.js";
import { pipelinesId, source } from "../support/fake-platform.js";
import { createPollingWorld, type PollingWorld } from "./polling-world.js";

const minute = 60_000;
const signal = new AbortController().signal;
const inbox = { connectionId: "forge", kind: "inbox" as const, projectId: null };
const inboxId = toSourceId(inbox);
const gone = new Failure("gone", { message: "There is no such thing." });

async function report(world: PollingWorld) {
  const rows = await readStatusRows(toAsk(world.opened.db), newestVersion);
  return toStatusReport(rows, {
    ...{ connectionIds: ["forge"], declared: 0, now: world.clock.now(), daemon: stopped },
  });
}

async function withLostInbox(): Promise<PollingWorld> {
  const world = await createPollingWorld();
  await syncSources(world.opened.db, "forge", [source("7"), inbox]);
  await world.poll({}, inboxId);
  for (let round = 0; round < 4; round += 1) {
    await world.poll(gone, inboxId);
    await world.clock.advance(5 * minute);
  }
  expect((await world.state(inboxId)).pausedAt).not.toBeNull();
  return world;
}

const isDue = async (world: PollingWorld) =>
  (await dueSources(world.opened.db, { now: world.clock.now(), kind: "inbox" })).length > 0;

describe("an inbox that answers “not found”", () => {
  it("is said once, stands in the status, and is asked again every hour until it answers", async () => {
    const world = await withLostInbox();
    expect((await report(world)).sources).toMatchObject({
      gone: [{ name: "forge inbox", error: "There is no such thing." }],
    });
    expect(await isDue(world)).toBe(false);
    const { pausedAt } = await world.state(inboxId);
    for (let hour = 0; hour < 3; hour += 1) {
      await world.clock.advance(60 * minute);
      expect(await isDue(world)).toBe(true);
      await world.poll(gone, inboxId);
      expect([await isDue(world), (await world.state(inboxId)).pausedAt]).toEqual([false, pausedAt]);
    }
    expect(await world.owed()).toEqual(["inbox-gone"]);
    await world.clock.advance(60 * minute);
    await world.poll({}, inboxId);
    expect(await world.owed()).toEqual(["inbox-gone", "found"]);
    expect((await report(world)).sources).toMatchObject({ gone: [], paused: 0, failing: [] });
  });

  it("is asked at once after a restart and by a round of everything", async () => {
    const world = await withLostInbox();
    await lookForInboxes(world.opened.db);
    expect(await isDue(world)).toBe(true);
    const base = 30_000;
    const baseMs = { inbox: base, pipelines: base, mergeRequests: base, repository: base, wiki: base };
    const reports = await pollRound(world.dependencies, { all: true, baseMs }, signal);
    expect(reports.map(({ sourceId, result }) => [sourceId, result])).toContainEqual([inboxId, "polled"]);
    expect((await world.state(inboxId)).pausedAt).toBeNull();
  });
});

describe("a project that is gone", () => {
  it("stands in the status by its name, and is said to be there again", async () => {
    const world = await createPollingWorld();
    await world.poll();
    const projects = world.forge.projects.splice(0);
    for (let round = 0; round < 4; round += 1) {
      await world.poll(gone);
      await world.clock.advance(5 * minute);
    }
    expect((await report(world)).sources.gone).toMatchObject([{ name: "forge:acme/api" }]);
    world.forge.projects.push(...projects);
    await createPlanner(world.dependencies).plan(signal);
    expect((await world.owed()).slice(0, 2)).toEqual(["gone", "found"]);
    expect(await world.state(pipelinesId)).toMatchObject({ pausedAt: null, failures: 0 });
  });

  it("is not asked by a round of everything: the plan looks for it", async () => {
    const world = await createPollingWorld();
    world.opened.raw.exec("update sources set paused_at = 5");
    const base = 30_000;
    const baseMs = { inbox: base, pipelines: base, mergeRequests: base, repository: base, wiki: base };
    expect(await pollRound(world.dependencies, { all: true, baseMs }, signal)).toEqual([]);
  });

  it("that cannot be looked for holds up nothing else of the plan", async () => {
    const world = await createPollingWorld();
    world.opened.raw.exec("update sources set paused_at = 5");
    const live = world.dependencies.connections.get("forge")!;
    live.client.refreshProject = () => Promise.reject(new Failure("rejected", { message: "Odd." }));
    expect(await createPlanner(world.dependencies).plan(signal)).toEqual([]);
  });
});

describe("a throttle", () => {
  const throttled = (ms: number) => new Failure("throttled", { message: "Too much.", retryAt: at(ms) });
  const at = (ms: number) => new Date(ms).toISOString();

  it("of days is asked about after an hour, and told once a day", async () => {
    const world = await createPollingWorld();
    await world.poll(throttled(world.clock.now() + 72 * 60 * minute));
    const until = world.clock.now() + 60 * minute;
    expect((await findAccount(world.opened.db, "forge"))?.throttledUntil).toBe(until);
    expect((await world.state()).dueAt).toBe(until);
    await world.clock.advance(60 * minute);
    await world.poll(throttled(world.clock.now() + 72 * 60 * minute));
    expect(await world.owed()).toEqual(["throttled"]);
  });

  it.each([
    ["of days", 72 * 60 * minute, 60 * minute],
    ["that is over already", -5 * minute, 1_000],
    ["of ten minutes", 10 * minute, 10 * minute],
  ])("%s that meets a plan is heeded for an hour at most, too", async (_, wantedMs, heededMs) => {
    const world = await createPollingWorld();
    world.forge.trouble = throttled(world.clock.now() + wantedMs);
    await createPlanner(world.dependencies).plan(signal);
    const state = await findAccount(world.opened.db, "forge");
    expect((state?.throttledUntil ?? 0) - world.clock.now()).toBe(heededMs);
  });

  it("of a minute is nobody's business", async () => {
    const world = await createPollingWorld();
    await world.poll(throttled(world.clock.now() + minute));
    expect(await world.owed()).toEqual([]);
  });
});
