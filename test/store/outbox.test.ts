import { describe, expect, it } from "vitest";
import type { Destination } from "../../src/domain/destination.js";
import { isShownOrOwed } from "../../src/store/cards.js";
import { park, waitWith } from "../../src/store/destinations.js";
import { insertEvent } from "../../src/store/events.js";
import {
  claimDeliveries,
  countDeliveries,
  findDelivery,
  listDeliveries,
  oweEvent,
  oweNotice,
  owedDestinations,
  oweUpdate,
  reviveDelivery,
  settleDeliveries,
  unsettledDeliveries,
} from "../../src/store/outbox.js";
import type { Database } from "../../src/store/schema.js";
import { recoverDeliveries } from "../../src/store/recovery.js";
import { eventsOfSubject } from "../../src/store/shown-events.js";
import { anEvent } from "../support/builders.js";
import { testDatabase } from "../support/database.js";

const chat: Destination = { channel: "telegram", chat: "100" };
const other: Destination = { channel: "telegram", chat: "-200", topic: "7" };

async function owe(db: Database, once: string, { to = chat, now = 0 } = {}): Promise<number> {
  await oweNotice(db, { destination: to, notice: { name: "empty", values: {} }, once }, now);
  const [last] = await listDeliveries(db, { limit: 1 });
  if (last === undefined) throw new Error("Nothing is owed.");
  return last.id;
}

describe("what is owed", () => {
  it("is owed once to a destination, whatever its state", async () => {
    const { db } = await testDatabase();
    const eventId = (await insertEvent(db, anEvent(), 0)) ?? 0;
    const event = { destination: chat, mode: "card" as const, subject: "s", eventId, eventKey: "k" };
    await oweEvent(db, event, 1);
    await oweEvent(db, { ...event, mode: "ping" }, 2);
    const [first] = await listDeliveries(db, { limit: 9 });
    await settleDeliveries(db, {
      ids: [first?.id ?? 0],
      settlement: { state: "delivered", messageId: "1" },
      now: 3,
    });
    await oweEvent(db, event, 4);
    await oweEvent(db, { ...event, destination: other }, 5);
    const all = await listDeliveries(db, { limit: 9 });
    expect(all.map(({ destination, mode, state }) => [destination.chat, mode, state])).toEqual([
      ["-200", "card", "pending"],
      ["100", "card", "delivered"],
    ]);
  });

  it("keeps notices and updates apart by what makes them one", async () => {
    const { db } = await testDatabase();
    await owe(db, "a");
    await owe(db, "a");
    await owe(db, "b");
    for (const once of ["x", "x", "y"])
      await oweUpdate(db, { destination: "telegram:-200:7", subject: "s", once }, 0);
    expect((await countDeliveries(db)).pending).toBe(4);
    expect((await unsettledDeliveries(db, "telegram:-200:7"))[0]?.destination).toEqual(other);
  });
});

describe("the order of a chat", () => {
  it("lets its oldest delivery hold back the rest, and no other chat", async () => {
    const { db } = await testDatabase();
    const head = await owe(db, "a");
    await owe(db, "b");
    await owe(db, "c", { to: other, now: 5 });
    const again = { state: "pending", nextAttemptAt: 9_000, reason: "later" } as const;
    await settleDeliveries(db, { ids: [head], settlement: again, now: 10 });
    expect(await owedDestinations(db)).toEqual([
      { key: "telegram:100:", dueAt: 9_000 },
      { key: "telegram:-200:7", dueAt: 5 },
    ]);
  });

  it("waits with the chat's own wait, and an hour with a parked chat", async () => {
    const { db } = await testDatabase();
    await owe(db, "a");
    await owe(db, "b", { to: other });
    await waitWith(db, "telegram:100:", 7_000);
    await park(db, "telegram:-200:7", { reason: "gone", now: 1 });
    expect(await owedDestinations(db)).toEqual([
      { key: "telegram:100:", dueAt: 7_000 },
      { key: "telegram:-200:7", dueAt: 3_600_001 },
    ]);
  });

  it("names nobody when everything is settled", async () => {
    const { db } = await testDatabase();
    const id = await owe(db, "a");
    await settleDeliveries(db, { ids: [id], settlement: { state: "dead", reason: "no" }, now: 1 });
    expect(await owedDestinations(db)).toEqual([]);
  });

  it("is found by indexes, however much was ever delivered", async () => {
    const { db, raw } = await testDatabase();
    const asked: string[] = [];
    const prepare = raw.prepare.bind(raw);
    Object.assign(raw, { prepare: (query: string) => (asked.push(query), prepare(query)) });
    await owedDestinations(db);
    await unsettledDeliveries(db, "telegram:100:");
    await isShownOrOwed(db, { destination: "telegram:100:", subject: "s" });
    await eventsOfSubject(db, { destination: "telegram:100:", subject: "s", limit: 4 });
    const plans = asked.map((query) => {
      const values = Array.from(query.matchAll(/\?/g), () => "x");
      const plan = prepare(`explain query plan ${query}`).all(...values);
      return plan.map((row) => JSON.stringify(row)).join("\n");
    });
    expect(plans).toHaveLength(5);
    expect(plans.filter((plan) => /SCAN deliveries(?! USING)/.test(plan))).toEqual([]);
  });
});

describe("a crash while sending", () => {
  async function crash(db: Database, id: number): Promise<number> {
    await claimDeliveries(db, [id], 1);
    return recoverDeliveries(db, 2);
  }

  it("leaves the message in doubt, to be sent again at once", async () => {
    const { db } = await testDatabase();
    const id = await owe(db, "a");
    expect(await crash(db, id)).toBe(1);
    const delivery = await findDelivery(db, id);
    expect([delivery?.state, delivery?.attempts, delivery?.nextAttemptAt]).toEqual(["unknown", 1, 2]);
  });

  it("makes a dead letter of what was being sent in the third", async () => {
    const { db } = await testDatabase();
    const [poison, next] = [await owe(db, "a"), await owe(db, "b")];
    expect([await crash(db, poison), await crash(db, poison), await crash(db, poison)]).toEqual([1, 1, 0]);
    const delivery = await findDelivery(db, poison);
    expect([delivery?.state, delivery?.reason]).toEqual([
      "dead",
      "gitnotify stopped three times while sending this.",
    ]);
    expect((await unsettledDeliveries(db, "telegram:100:")).map(({ id }) => id)).toEqual([next]);
  });

  it("does not count the attempts that an outage took", async () => {
    const { db } = await testDatabase();
    const id = await owe(db, "a");
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await claimDeliveries(db, [id], attempt);
      const again = { state: "pending", nextAttemptAt: 0, reason: "offline" } as const;
      await settleDeliveries(db, { ids: [id], settlement: again, now: attempt });
    }
    await crash(db, id);
    expect((await findDelivery(db, id))?.state).toBe("unknown");
  });

  it("does not touch what was not being sent", async () => {
    const { db } = await testDatabase();
    await owe(db, "a");
    expect(await recoverDeliveries(db, 2)).toBe(0);
    expect((await countDeliveries(db)).pending).toBe(1);
  });

  it("lets a dead letter that is revived begin anew", async () => {
    const { db } = await testDatabase();
    const id = await owe(db, "a");
    for (let time = 0; time < 3; time += 1) await crash(db, id);
    expect(await reviveDelivery(db, id, 50)).toBe(true);
    expect(await reviveDelivery(db, id, 60)).toBe(false);
    await crash(db, id);
    expect((await findDelivery(db, id))?.state).toBe("unknown");
  });
});

it("claims and settles more deliveries than one statement can name", async () => {
  const { db } = await testDatabase();
  await db.transaction().execute(async (transaction) => {
    for (let n = 0; n < 1_201; n += 1) {
      await oweNotice(
        transaction,
        { destination: chat, notice: { name: "empty", values: {} }, once: `${n}` },
        0,
      );
    }
  });
  const ids = (await unsettledDeliveries(db, "telegram:100:")).map(({ id }) => id);
  await claimDeliveries(db, ids, 1);
  expect((await countDeliveries(db)).sending).toBe(1_201);
  await settleDeliveries(db, { ids, settlement: { state: "delivered", messageId: null }, now: 1 });
  expect((await countDeliveries(db)).delivered).toBe(1_201);
});

it("knows the events of a subject, oldest first, and which of them a chat has to do with", async () => {
  const { db } = await testDatabase();
  const subject = "github/7/merge_request/12";
  for (const key of ["k1", "k2", "k3"]) {
    const eventId = (await insertEvent(db, anEvent({ key }), 0)) ?? 0;
    if (key === "k2") continue;
    await oweEvent(db, { destination: chat, mode: "card", subject, eventId, eventKey: key }, 0);
  }
  const query = { destination: "telegram:100:", subject, limit: 9 };
  const known = await eventsOfSubject(db, query);
  expect(known.map(({ event, told }) => [event.key, told])).toEqual([
    ["k1", true],
    ["k2", false],
    ["k3", true],
  ]);
  expect((await eventsOfSubject(db, { ...query, limit: 1 })).map(({ event }) => event.key)).toEqual(["k3"]);
  const elsewhere = await eventsOfSubject(db, { ...query, destination: "telegram:200:" });
  expect(elsewhere.some(({ told }) => told)).toBe(false);
});

it("takes a card that is owed for one that will be there, an edit alone not", async () => {
  const { db } = await testDatabase();
  const subject = "github/7/merge_request/12";
  const address = { destination: "telegram:100:", subject };
  await oweUpdate(db, { ...address, once: "a" }, 0);
  expect(await isShownOrOwed(db, address)).toBe(false);
  const eventId = (await insertEvent(db, anEvent({ key: "k1" }), 0)) ?? 0;
  await oweEvent(db, { destination: chat, mode: "card", subject, eventId, eventKey: "k1" }, 0);
  expect(await isShownOrOwed(db, address)).toBe(true);
  expect(await isShownOrOwed(db, { ...address, destination: "telegram:200:" })).toBe(false);
});
