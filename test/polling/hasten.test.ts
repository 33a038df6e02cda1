import { expect, it } from "vitest";
import { hasten } from "../../src/polling/hasten.js";
import { updateSource } from "../../src/store/sources.js";
import { createPollingWorld, pipelinesId, type PollingWorld } from "./polling-world.js";

const bases = (ms: number) => ({ inbox: ms, pipelines: ms, mergeRequests: ms, repository: ms, wiki: ms });

async function dueIn(world: PollingWorld, baseMs: number): Promise<number> {
  await hasten({ db: world.opened.db, adaptive: false, baseMs: bases(baseMs) });
  return (await world.state()).dueAt - world.clock.now();
}

it("makes a source due by a quicker schedule, and leaves it alone by the same and by a slower one", async () => {
  const world = await createPollingWorld();
  await world.poll();
  const { db } = world.opened;
  await updateSource(db, pipelinesId, { dueAt: world.clock.now() + 3_600_000 });
  expect(await dueIn(world, 3_600_000)).toBe(3_600_000);
  expect(await dueIn(world, 7_200_000)).toBe(3_600_000);
  expect(await dueIn(world, 10_000)).toBe(10_000);
});

it("keeps the wait that the server asked for, and that of a source that fails or was never polled", async () => {
  const world = await createPollingWorld();
  const { db } = world.opened;
  await updateSource(db, pipelinesId, { dueAt: world.clock.now() + 3_600_000 });
  expect(await dueIn(world, 10_000)).toBe(3_600_000);
  await world.poll({ minIntervalMs: 60_000 });
  await updateSource(db, pipelinesId, { dueAt: world.clock.now() + 3_600_000 });
  expect(await dueIn(world, 10_000)).toBe(60_000);
  await updateSource(db, pipelinesId, { failures: 2, dueAt: world.clock.now() + 300_000 });
  expect(await dueIn(world, 10_000)).toBe(300_000);
});

it("knows that what is quiet is asked for less often than its schedule ticks", async () => {
  const world = await createPollingWorld();
  const { db } = world.opened;
  await world.poll({ activity: "cold" });
  await updateSource(db, pipelinesId, { dueAt: world.clock.now() + 3_600_000 });
  await hasten({ db, adaptive: true, baseMs: bases(10_000) });
  expect((await world.state()).dueAt - world.clock.now()).toBe(120_000);
});
