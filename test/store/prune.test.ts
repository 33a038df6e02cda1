import { expect, it } from "vitest";
import { toSubjectKey } from "../../src/domain/subject.js";
import { findMessageSubject, saveCard } from "../../src/store/cards.js";
import { insertEvent, listEvents } from "../../src/store/events.js";
import { saveNonces } from "../../src/store/nonces.js";
import { countDeliveries, listDeliveries, oweEvent, settleDeliveries } from "../../src/store/outbox.js";
import { keptMs, prune } from "../../src/store/prune.js";
import type { Database } from "../../src/store/schema.js";
import { saveSnapshot } from "../../src/store/subjects.js";
import { anEvent } from "../support/builders.js";
import { testDatabase } from "../support/database.js";

const day = 86_400_000;
const destination = { channel: "telegram", chat: "100" };

async function owed(db: Database, key: string, now: number): Promise<number> {
  const eventId = (await insertEvent(db, anEvent({ key }), now)) ?? 0;
  await oweEvent(db, { destination, mode: "card", subject: "s", eventId, eventKey: key }, now);
  return (await listDeliveries(db, { limit: 1 }))[0]?.id ?? 0;
}

function pipeline(id: string) {
  return { connectionId: "github", projectId: "7", type: "pipeline" as const, id };
}

it("clears deliveries, events and buttons away when they are old and over, and keeps what is owed", async () => {
  const { db } = await testDatabase();
  const [done, dead] = [await owed(db, "done", 0), await owed(db, "dead", 0)];
  await owed(db, "owed", 0);
  await settleDeliveries(db, { ids: [done], settlement: { state: "delivered", messageId: "1" }, now: 0 });
  await settleDeliveries(db, { ids: [dead], settlement: { state: "dead", reason: "no" }, now: 0 });
  const nonce = { meaning: { do: "dismiss" }, chat: "1", person: null, batch: "b" };
  await saveNonces(db, [
    { ...nonce, nonce: "old", expiresAt: 0 },
    { ...nonce, nonce: "asked about", expiresAt: 25 * day },
    { ...nonce, nonce: "new", expiresAt: 60 * day },
  ]);
  await prune(db, 31 * day);
  const nonces = await db.selectFrom("nonces").select("nonce").orderBy("nonce").execute();
  expect(nonces.map((row) => row.nonce)).toEqual(["asked about", "new"]);
  expect(await countDeliveries(db)).toMatchObject({ delivered: 0, dead: 1, pending: 1 });
  expect(await listEvents(db, { limit: 9 })).toHaveLength(3);
  await prune(db, 91 * day);
  expect(await countDeliveries(db)).toMatchObject({ dead: 0, pending: 1 });
  expect((await listEvents(db, { limit: 9 })).map(({ event }) => event.key)).toEqual(["owed"]);
  expect(await db.selectFrom("nonces").select("nonce").execute()).toEqual([]);
});

it("forgets a pipeline with its messages only when it has ended, has no card and owes nothing", async () => {
  const { db } = await testDatabase();
  const save = (id: string, open = false, now = 0) =>
    saveSnapshot(db, { subject: pipeline(id), revision: id, snapshot: {}, open, now });
  for (const id of ["ended", "carded", "young", "running"])
    await save(id, id === "running", id === "young" ? 90 * day : 0);
  await saveSnapshot(db, {
    subject: { ...pipeline("12"), type: "merge_request" },
    ...{ revision: "mr", snapshot: {}, open: false, now: 0 },
  });
  for (const state of ["pending", "sending", "unknown"] as const) {
    await save(state);
    const event = { ...anEvent({ key: state }), subject: pipeline(state) };
    const eventId = (await insertEvent(db, event, 0)) ?? 0;
    const subject = toSubjectKey(event.subject);
    await oweEvent(db, { destination, mode: "card", subject, eventId, eventKey: state }, 0);
    await db.updateTable("deliveries").set({ state }).where("subject", "=", subject).execute();
  }
  const message = { fingerprint: "f", chat: "100" };
  await saveCard(
    db,
    { destination: "d", subject: "github/7/pipeline/ended" },
    { ...message, messageId: "1", now: 0 },
  );
  await saveCard(
    db,
    { destination: "d", subject: "github/7/pipeline/carded" },
    { ...message, messageId: "2", now: 50 * day },
  );
  await prune(db, keptMs.pipelines + day);
  const left = await db.selectFrom("subjects").select("revision").orderBy("revision").execute();
  expect(left.map(({ revision }) => revision)).toEqual([
    ...["carded", "mr", "pending", "running"],
    ...["sending", "unknown", "young"],
  ]);
  expect(await findMessageSubject(db, "100", "1")).toBeNull();
  expect(await findMessageSubject(db, "100", "2")).toBe("github/7/pipeline/carded");
});

it("takes thousands of rows in parts, so that others get their turn in between", async () => {
  const { db, raw } = await testDatabase();
  const insert = raw.prepare(
    "insert into nonces (nonce, meaning, chat, person, batch, expires_at) values (?, '{}', '1', null, 'b', 0)",
  );
  raw.transaction(() => {
    for (let n = 0; n < 2_300; n += 1) insert.run(`n${n}`);
  })();
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  expect(await prune(db, 30 * day)).toBe(2_300);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});
