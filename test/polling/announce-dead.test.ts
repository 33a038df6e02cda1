import { expect, it } from "vitest";
import { announceDead } from "../../src/polling/announce-dead.js";
import {
  findDelivery,
  listDeliveries,
  oweNotice,
  oweUpdate,
  settleDeliveries,
} from "../../src/store/outbox.js";
import { mergeRequestFacts } from "../support/builders.js";
import { withProject } from "../support/fake-platform.js";
import { createPollingWorld, ownersId, type PollingWorld } from "./polling-world.js";

const minute = 60_000;
const chat = { channel: "telegram", chat: "-1" };

async function bury(world: PollingWorld, once: string, subject?: string, known = false): Promise<number> {
  const { db } = world.opened;
  const notice = { name: "renamed", values: {} };
  if (subject === undefined) await oweNotice(db, { destination: chat, notice, once }, 0);
  else await oweUpdate(db, { destination: "telegram:-1:", subject, once }, 0);
  const [newest] = await listDeliveries(db, { limit: 1 });
  const id = newest?.id ?? 0;
  await settleDeliveries(db, { ids: [id], settlement: { state: "dead", reason: "No.", known }, now: 1 });
  return id;
}

async function notices(world: PollingWorld) {
  const owed = await listDeliveries(world.opened.db, { states: ["pending"], limit: 20 });
  return owed
    .reverse()
    .flatMap(({ notice }) =>
      notice?.name === "dead" ? [{ ...notice.values, reason: notice.failure?.message }] : [],
    );
}

it("tells the owner of every dead letter by name, and of those that follow soon together", async () => {
  const world = await createPollingWorld();
  const { db } = world.opened;
  await world.poll();
  await world.poll({ facts: withProject(world.project, mergeRequestFacts()) });
  const first = await bury(world, "a", "forge/7/merge_request/12");
  expect(await announceDead(db, 10 * minute)).toBe(true);
  for (const once of ["b", "c"]) await bury(world, once);
  expect(await announceDead(db, 15 * minute)).toBe(false);
  await bury(world, "d", "forge/7/merge_request/99");
  expect(await announceDead(db, 21 * minute)).toBe(true);
  expect(await announceDead(db, 90 * minute)).toBe(false);
  expect(await notices(world)).toEqual([
    { chat: "-1", count: 1, what: "acme/api: Fix login", more: 0, reason: "No.", id: first },
    { chat: "-1", count: 3, what: "gitnotify: renamed, acme/api: 99", more: 0, reason: "No.", id: first + 2 },
  ]);
});

it("tells neither of what the owner discarded nor of the notice that would have told", async () => {
  const world = await createPollingWorld();
  const { db } = world.opened;
  await bury(world, "a", undefined, true);
  expect(await announceDead(db, 90 * minute)).toBe(false);
  await bury(world, "b");
  await announceDead(db, 90 * minute);
  const [told] = await listDeliveries(db, { limit: 1 });
  expect([told?.destination.chat, told?.notice?.name]).toEqual([ownersId, "dead"]);
  const ids = [told?.id ?? 0];
  await settleDeliveries(db, { ids, settlement: { state: "dead", reason: "No." }, now: 1 });
  expect(await announceDead(db, 990 * minute)).toBe(false);
  expect((await findDelivery(db, ids[0] ?? 0))?.state).toBe("dead");
});
