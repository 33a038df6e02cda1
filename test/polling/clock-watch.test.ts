import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { stopped, toStatusReport } from "../../src/operations/status-report.js";
import { createClockWatch } from "../../src/polling/clock-watch.js";
import { saveThrottle } from "../../src/store/accounts.js";
import { toAsk } from "../../src/store/ask.js";
import { mendedInstants, mendInstants, untouchedInstants } from "../../src/store/clock-mend.js";
import { waitWith } from "../../src/store/destinations.js";
import { newestVersion } from "../../src/store/migrations/newest.js";
import { savePairing, takePairing } from "../../src/store/members.js";
import { owedDestinations, oweNotice } from "../../src/store/outbox.js";
import { dueSources, updateSource } from "../../src/store/sources.js";
import { readStatusRows } from "../../src/store/status-rows.js";
import { testDatabase } from "../support/database.js";
import { createFakeClock, testEpoch } from "../support/fake-clock.js";
import { createPollingWorld, pipelinesId, type PollingWorld } from "./polling-world.js";

const minute = 60_000;
const hour = 60 * minute;
const ms = 30_000;
const baseMs = { inbox: ms, pipelines: ms, mergeRequests: ms, repository: ms, wiki: ms };
const destination = { channel: "telegram", chat: "500" };

/** A world whose clock was so far ahead while everything was written that it writes. */
async function writtenAhead(aheadMs: number): Promise<PollingWorld> {
  const world = await createPollingWorld();
  const { db } = world.opened;
  const wrong = createFakeClock(testEpoch + aheadMs);
  world.dependencies.clock = wrong;
  await world.poll();
  await updateSource(db, pipelinesId, { dueAt: wrong.now() + minute });
  await saveThrottle(db, "forge", wrong.now() + minute);
  await waitWith(db, "telegram:500:", wrong.now() + minute);
  await oweNotice(db, { destination, notice: { name: "x", values: {} }, once: "x" }, wrong.now());
  await savePairing(db, "code", wrong.now() + 10 * minute);
  world.dependencies.clock = world.clock;
  return world;
}

const watchOf = (world: PollingWorld) => createClockWatch({ ...world.dependencies, baseMs });

async function waits(world: PollingWorld) {
  const { db } = world.opened;
  const now = world.clock.now();
  const [chat] = await owedDestinations(db);
  return {
    due: (await dueSources(db, { now })).length,
    chatReady: (chat?.dueAt ?? 0) <= now,
    polled: (await world.poll()).result,
  };
}

describe("after a clock that was ahead", () => {
  it.each([3 * hour, 400 * 24 * hour])("by %i ms, a start finds nothing that waits for it", async (ahead) => {
    const world = await writtenAhead(ahead);
    await watchOf(world).look();
    expect(await waits(world)).toEqual({ due: 1, chatReady: true, polled: "polled" });
    const { db } = world.opened;
    expect((await world.state()).lastSuccessAt).toBe(world.clock.now());
    // What is good for ten minutes is not good for a year.
    expect(await takePairing(db, "code", world.clock.now() + 11 * minute)).toBe(false);
  });

  it("set back while the daemon runs, it is noticed with the next look", async () => {
    const world = await createPollingWorld();
    const wrong = createFakeClock(testEpoch + 5 * hour);
    let now = wrong.now();
    const watch = createClockWatch({
      ...world.dependencies,
      baseMs,
      clock: { now: () => now, sleep: () => Promise.resolve() },
    });
    await watch.look();
    await updateSource(world.opened.db, pipelinesId, { lastSuccessAt: now, dueAt: now + minute });
    now = testEpoch;
    await watch.look();
    expect(await dueSources(world.opened.db, { now })).toHaveLength(1);
  });

  it("the status does not say that all is well", async () => {
    const world = await writtenAhead(3 * hour);
    const look = async () =>
      toStatusReport(await readStatusRows(toAsk(world.opened.db), newestVersion), {
        ...{ connectionIds: ["forge"], declared: 0, now: world.clock.now(), daemon: stopped },
      }).clockAheadMs;
    expect(await look()).toBe(3 * hour);
    await watchOf(world).look();
    expect(await look()).toBeNull();
  });
});

describe("a clock that is right", () => {
  it("changes nothing, also of waits that are long by right", async () => {
    const world = await createPollingWorld();
    const { db } = world.opened;
    await world.poll();
    const now = world.clock.now();
    await updateSource(db, pipelinesId, { dueAt: now + 59 * minute });
    await saveThrottle(db, "forge", now + 59 * minute);
    await savePairing(db, "code", now + 10 * minute);
    expect(await mendInstants(db, { now, baseMs })).toBe(0);
    const daily = { ...baseMs, pipelines: 24 * hour };
    await updateSource(db, pipelinesId, { dueAt: now + 23 * hour });
    expect(await mendInstants(db, { now, baseMs: daily })).toBe(0);
    expect((await world.state()).dueAt).toBe(now + 23 * hour);
  });

  it("that was not set yet mends nothing: it is the wrong one", async () => {
    const world = await createPollingWorld();
    await world.poll();
    expect(await mendInstants(world.opened.db, { now: 86_400_000, baseMs })).toBe(0);
  });

  it("is not trusted to say what is old for a day after a leap of a year", async () => {
    const world = await createPollingWorld();
    await world.poll();
    const watch = watchOf(world);
    await watch.look();
    expect(watch.isTrusted()).toBe(true);
    await world.clock.advance(365 * 24 * hour);
    await watch.look();
    expect(watch.isTrusted()).toBe(false);
    await world.clock.advance(25 * hour);
    expect(watch.isTrusted()).toBe(true);
  });
});

it("knows every instant of the local clock that the database has", async () => {
  const { db } = await testDatabase();
  const { rows } = await sql<{ name: string }>`select t.name || '.' || c.name as name
    from sqlite_master as t join pragma_table_info(t.name) as c
    where t.type = 'table' and c.type = 'INTEGER'
    and (c.name = 'at' or c.name like '%\_at' escape '\\' or c.name like '%\_until' escape '\\'
      or c.name like '%\_since' escape '\\')`.execute(db);
  const known = [...mendedInstants, ...untouchedInstants].map((names) => names.join("."));
  expect(rows.map(({ name }) => name).sort()).toEqual(known.sort());
});
