import { expect, it } from "vitest";
import { announceOtherPoller } from "../../src/polling/announcements.js";
import { createPlanner } from "../../src/polling/planner.js";
import { listDeliveries } from "../../src/store/outbox.js";
import { createPollingWorld, type PollingWorld } from "./polling-world.js";

const day = 86_400_000;
const hour = 3_600_000;

async function expiring(world: PollingWorld): Promise<unknown[]> {
  return (await listDeliveries(world.opened.db, { limit: 100 }))
    .reverse()
    .flatMap(({ notice }) => (notice?.name === "expiring" ? [notice.values["days"]] : []));
}

it("tells that a token ends 14, 7 and 1 days before, once each, however often it is looked at", async () => {
  const world = await createPollingWorld();
  const plan = () => createPlanner(world.dependencies).plan(new AbortController().signal);
  world.forge.access = {
    ...world.forge.access,
    expiresAt: new Date(world.clock.now() + 16 * day + hour).toISOString(),
  };
  const told: Array<[number, unknown]> = [];
  for (let hours = 0; hours < 17 * 24; hours += 6) {
    const before = (await expiring(world)).length;
    await plan();
    const after = await expiring(world);
    if (after.length > before) told.push([hours / 24, after.at(-1)]);
    await world.clock.advance(6 * hour);
  }
  expect(told).toEqual([
    [2.25, 13],
    [9.25, 6],
    [15.25, 0],
  ]);
});

it("tells of a token that ends tomorrow once and not thrice, and of a new one again", async () => {
  const world = await createPollingWorld();
  const plan = () => createPlanner(world.dependencies).plan(new AbortController().signal);
  const endIn = (ms: number) => {
    world.forge.access = {
      ...world.forge.access,
      expiresAt: new Date(world.clock.now() + ms).toISOString(),
    };
  };
  endIn(5 * hour);
  await plan();
  await plan();
  expect(await expiring(world)).toEqual([0]);
  endIn(6 * day + hour);
  await plan();
  expect(await expiring(world)).toEqual([0, 6]);
});

it("tells of another program once a day", async () => {
  const world = await createPollingWorld();
  const { db } = world.opened;
  const now = world.clock.now();
  await announceOtherPoller(db, { what: "other_poller", now });
  await announceOtherPoller(db, { what: "other_poller", now: now + hour });
  await announceOtherPoller(db, { what: "webhook", now });
  await announceOtherPoller(db, { what: "other_poller", now: now + day });
  expect(await world.owed()).toEqual(["other-poller", "webhook", "other-poller"]);
});
