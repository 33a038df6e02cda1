import { describe, expect, it } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import { probeMs } from "../../src/polling/outage.js";
import type { LiveConnection } from "../../src/platforms/platform.js";
import { findAccount, saveAccess } from "../../src/store/accounts.js";
import { dueSources, syncSources } from "../../src/store/sources.js";
import { saveProject } from "../../src/store/projects.js";
import { source, toLive } from "../support/fake-platform.js";
import { createPollingWorld, type PollingWorld, toSourceId } from "./polling-world.js";

const minute = 60_000;
const tickMs = 15_000;
const unavailable = new Failure("unreachable", { message: "503.", status: 503 });

async function withSources(count: number): Promise<{ world: PollingWorld; ids: string[] }> {
  const world = await createPollingWorld();
  const sources = Array.from({ length: count }, (_, index) => source(String(100 + index)));
  await syncSources(world.opened.db, "forge", sources);
  for (const one of sources) await world.poll({}, toSourceId(one));
  await world.clock.advance(5 * minute);
  return { world, ids: sources.map(toSourceId) };
}

/** As the scheduler does it: what is due at a tick begins, spread over the time until the next. */
async function runFor(world: PollingWorld, minutes: number): Promise<string[]> {
  const before = world.forge.polls.length;
  const { db } = world.opened;
  const end = world.clock.now() + minutes * minute;
  while (world.clock.now() < end) {
    const due = await dueSources(db, { now: world.clock.now() });
    const gapMs = Math.floor(tickMs / (due.length + 1));
    for (const { id } of due) {
      await world.clock.advance(gapMs);
      await world.poll(undefined, id);
    }
    await world.clock.advance(due.length === 0 ? tickMs : gapMs);
  }
  return world.forge.polls.slice(before).map((poll) => toSourceId(poll.source));
}

describe("while the server of a connection does not answer", () => {
  it.each([1, 5, 30])("%i sources ask it at most twice a minute", async (count) => {
    const { world } = await withSources(count);
    world.forge.onPoll = () => Promise.reject(unavailable);
    await runFor(world, 1);
    const asked = await runFor(world, 20);
    process.stdout.write(`${count} sources on 503: ${(asked.length / 20).toFixed(2)} requests a minute\n`);
    expect(asked.length / 20).toBeLessThanOrEqual(2);
    expect(asked.length / 20).toBeGreaterThan(0.15);
  });

  it("nothing of those that wait is called failed, and all come back within two minutes, spread", async () => {
    const { world, ids } = await withSources(30);
    world.forge.onPoll = () => Promise.reject(unavailable);
    await runFor(world, 30);
    expect((await findAccount(world.opened.db, "forge"))?.downSince).toEqual(expect.any(Number));
    expect((await world.owed()).filter((name) => name === "stale")).toHaveLength(1);
    world.forge.onPoll = async () => {};
    const asked = await runFor(world, 2);
    expect(new Set(asked).size).toBe(ids.length);
    expect(await findAccount(world.opened.db, "forge")).toMatchObject({ downSince: null, probeAt: null });
    expect((await world.owed()).filter((name) => name === "recovered")).toHaveLength(1);
    for (const id of ids) expect((await world.state(id)).failures).toBe(0);
  });

  it("several accounts on it share the one probe, and its first answer ends the outage of all", async () => {
    const { world } = await withSources(3);
    const { db } = world.opened;
    const live = toLive(world.forge);
    const other = { ...live, connection: { ...live.connection, id: "other" } };
    (world.dependencies.connections as Map<string, LiveConnection>).set("other", other);
    await saveAccess(db, "other", world.forge.access);
    const theirs = ["100", "101"].map((id) => ({ ...source(id), connectionId: "other" }));
    await saveProject(db, { ...world.project, connectionId: "other", id: "100" });
    await syncSources(db, "other", theirs);
    world.forge.onPoll = () => Promise.reject(unavailable);
    await runFor(world, 1);
    expect((await runFor(world, 20)).length / 20).toBeLessThanOrEqual(2);
    world.forge.onPoll = async () => {};
    await world.clock.advance(probeMs);
    await world.poll(undefined, toSourceId(theirs[0]!));
    for (const id of ["forge", "other"])
      expect(await findAccount(db, id)).toMatchObject({ downSince: null, probeAt: null });
  });

  it("an answer that refuses shows that it is there", async () => {
    const { world, ids } = await withSources(3);
    world.forge.onPoll = () => Promise.reject(unavailable);
    for (const id of ids) await world.poll(undefined, id);
    expect((await findAccount(world.opened.db, "forge"))?.downSince).not.toBeNull();
    await world.clock.advance(probeMs);
    world.forge.onPoll = () => Promise.reject(new Failure("forbidden", { message: "Not for you." }));
    await world.poll(undefined, ids[2]);
    expect((await findAccount(world.opened.db, "forge"))?.downSince).toBeNull();
  });
});

describe("one source that fails", () => {
  it.each([
    ["because of its own 503", unavailable],
    ["with not found", new Failure("gone", { message: "404." })],
    ["with forbidden", new Failure("forbidden", { message: "403." })],
  ])("%s holds up no other", async (_, failure) => {
    const { world, ids } = await withSources(3);
    const [broken = "", ...others] = ids;
    world.forge.onPoll = (request) =>
      toSourceId(request.source) === broken ? Promise.reject(failure) : Promise.resolve();
    const asked = await runFor(world, 20);
    for (const id of others) expect(asked.filter((one) => one === id).length).toBeGreaterThanOrEqual(15);
    expect((await findAccount(world.opened.db, "forge"))?.downSince).toBeNull();
  });

  it("with a defect of ours says nothing of the server", async () => {
    const { world, ids } = await withSources(3);
    for (const id of ids) await world.poll(new Error("undefined is not a function"), id);
    expect((await findAccount(world.opened.db, "forge"))?.downSince).toBeNull();
  });
});
