import type { DeliveryMode, DeliveryState } from "../domain/delivery.js";
import { type Destination, toDestination, toDestinationKey } from "../domain/destination.js";
import type { Notice } from "../domain/notice.js";
import { fromJson, fromNullableJson } from "./json.js";
import type { DeliveryRow, Executor } from "./schema.js";

/** Instants are epoch milliseconds. */
export interface Delivery {
  id: number;
  destination: Destination;
  mode: DeliveryMode;
  /** `toSubjectKey`; null for a notice. */
  subject: string | null;
  eventId: number | null;
  notice: Notice | null;
  state: DeliveryState;
  attempts: number;
  nextAttemptAt: number;
  createdAt: number;
  settledAt: number | null;
  reason: string | null;
  messageId: string | null;
}

export interface OwedEvent {
  destination: Destination;
  mode: DeliveryMode;
  subject: string;
  eventId: number;
  eventKey: string;
}

/** Owes an event to a destination, once. Call inside the transaction that stores the event. */
export async function oweEvent(db: Executor, owed: OwedEvent, now: number): Promise<void> {
  const key = toDestinationKey(owed.destination);
  await owe(db, {
    ...emptyDelivery(owed.destination, now),
    mode: owed.mode,
    subject: owed.subject,
    event_id: owed.eventId,
    dedupe_key: `${key}|event|${owed.eventKey}`,
  });
}

/** Owes a card its next edit, without an event: something around its subject changed. `once` tells it from other such edits. */
export async function oweUpdate(
  db: Executor,
  owed: { destination: string; subject: string; once: string },
  now: number,
): Promise<void> {
  await owe(db, {
    ...emptyDelivery(toDestination(owed.destination), now),
    mode: "update",
    subject: owed.subject,
    dedupe_key: `${owed.destination}|update|${owed.subject}|${owed.once}`,
  });
}

/** Owes a notice to a destination; `once` tells it from every other notice there. */
export async function oweNotice(
  db: Executor,
  owed: { destination: Destination; notice: Notice; once: string },
  now: number,
): Promise<void> {
  await owe(db, {
    ...emptyDelivery(owed.destination, now),
    mode: "notice",
    notice: JSON.stringify(owed.notice),
    dedupe_key: `${toDestinationKey(owed.destination)}|notice|${owed.once}`,
  });
}

type OwedRow = Omit<DeliveryRow, "id">;

function emptyDelivery(destination: Destination, now: number): Omit<OwedRow, "mode" | "dedupe_key"> {
  return {
    destination_key: toDestinationKey(destination),
    destination: JSON.stringify(destination),
    subject: null,
    event_id: null,
    notice: null,
    state: "pending",
    attempts: 0,
    next_attempt_at: now,
    created_at: now,
    claimed_at: null,
    settled_at: null,
    reason: null,
    message_id: null,
  };
}

async function owe(db: Executor, row: OwedRow): Promise<void> {
  await db
    .insertInto("deliveries")
    .values(row)
    .onConflict((conflict) => conflict.column("dedupe_key").doNothing())
    .execute();
}

const unsettled: DeliveryState[] = ["pending", "sending", "unknown"];

/** Destinations where something is owed and may be sent at `now`, the longest waiting first; and when the next one may. */
export async function owedDestinations(
  db: Executor,
  now: number,
): Promise<{ ready: string[]; nextAt: number | null }> {
  const rows = await db
    .selectFrom("deliveries")
    .leftJoin("destinations", "destinations.key", "deliveries.destination_key")
    .where("deliveries.state", "in", unsettled)
    .where("destinations.parked_at", "is", null)
    .groupBy("deliveries.destination_key")
    .select((select) => [
      "deliveries.destination_key as key",
      select.fn.min<number>("deliveries.id").as("head"),
      select.fn.coalesce("destinations.wait_until", select.val(0)).as("waitUntil"),
    ])
    .orderBy("head")
    .execute();
  const ready: string[] = [];
  let nextAt: number | null = null;
  for (const row of rows) {
    const at = Math.max(row.waitUntil, await headDueAt(db, row.head));
    if (at <= now) ready.push(row.key);
    else nextAt = Math.min(nextAt ?? at, at);
  }
  return { ready, nextAt };
}

/** Order per chat: the oldest delivery holds back the rest until its own time. */
async function headDueAt(db: Executor, id: number): Promise<number> {
  const row = await db
    .selectFrom("deliveries")
    .select("next_attempt_at")
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.next_attempt_at ?? 0;
}

export async function unsettledDeliveries(db: Executor, destinationKey: string): Promise<Delivery[]> {
  const rows = await db
    .selectFrom("deliveries")
    .selectAll()
    .where("destination_key", "=", destinationKey)
    .where("state", "in", unsettled)
    .orderBy("id")
    .execute();
  return rows.map(toDelivery);
}

/** Before the send, in a commit of its own: from here on a crash leaves these in doubt. */
export async function claimDeliveries(db: Executor, ids: readonly number[], now: number): Promise<void> {
  for (const part of inParts(ids)) {
    await db
      .updateTable("deliveries")
      .set((set) => ({ state: "sending", claimed_at: now, attempts: set("attempts", "+", 1) }))
      .where("id", "in", part)
      .execute();
  }
}

export type Settlement =
  | { state: "delivered"; messageId: string | null; reason?: string }
  | { state: "dead"; reason: string }
  | { state: "pending" | "unknown"; nextAttemptAt: number; reason: string };

export async function settleDeliveries(
  db: Executor,
  { ids, settlement, now }: { ids: readonly number[]; settlement: Settlement; now: number },
): Promise<void> {
  const ended = settlement.state === "delivered" || settlement.state === "dead";
  const values = {
    state: settlement.state,
    reason: settlement.reason ?? null,
    settled_at: ended ? now : null,
    ...(settlement.state === "delivered" ? { message_id: settlement.messageId } : {}),
    ...("nextAttemptAt" in settlement ? { next_attempt_at: settlement.nextAttemptAt } : {}),
  };
  for (const part of inParts(ids))
    await db.updateTable("deliveries").set(values).where("id", "in", part).execute();
}

/**
 * After a crash: what was being sent is in doubt. One that crashed the daemon again and again becomes a dead letter.
 * Returns how many are in doubt.
 */
export async function recoverDeliveries(db: Executor, now: number): Promise<number> {
  const rows = await db.selectFrom("deliveries").selectAll().where("state", "=", "sending").execute();
  const poison = rows.filter((row) => row.attempts >= 3).map((row) => row.id);
  const doubtful = rows.filter((row) => row.attempts < 3).map((row) => row.id);
  const reason = "The daemon stopped three times while sending this.";
  await settleDeliveries(db, { ids: poison, settlement: { state: "dead", reason }, now });
  const again: Settlement = {
    state: "unknown",
    nextAttemptAt: now,
    reason: "The daemon stopped while sending this.",
  };
  await settleDeliveries(db, { ids: doubtful, settlement: again, now });
  return doubtful.length;
}

export async function listDeliveries(
  db: Executor,
  query: { states?: readonly DeliveryState[]; limit: number },
): Promise<Delivery[]> {
  let select = db.selectFrom("deliveries").selectAll().orderBy("id", "desc").limit(query.limit);
  if (query.states !== undefined) select = select.where("state", "in", [...query.states]);
  return (await select.execute()).map(toDelivery);
}

export async function findDelivery(db: Executor, id: number): Promise<Delivery | null> {
  const row = await db.selectFrom("deliveries").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toDelivery(row);
}

/** A dead letter is owed again. False when there is no dead letter with this id. */
export async function reviveDelivery(db: Executor, id: number, now: number): Promise<boolean> {
  const result = await db
    .updateTable("deliveries")
    .set({ state: "pending", attempts: 0, next_attempt_at: now, settled_at: null, reason: null })
    .where("id", "=", id)
    .where("state", "=", "dead")
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function countDeliveries(db: Executor): Promise<Record<DeliveryState, number>> {
  const counts = { pending: 0, sending: 0, unknown: 0, delivered: 0, dead: 0 };
  const rows = await db
    .selectFrom("deliveries")
    .groupBy("state")
    .select((select) => ["state", select.fn.countAll<number>().as("n")])
    .execute();
  for (const row of rows) counts[row.state as DeliveryState] = row.n;
  return counts;
}

/** SQLite binds a limited number of values in one statement. */
function* inParts(ids: readonly number[]): Generator<number[]> {
  for (let start = 0; start < ids.length; start += 500) yield ids.slice(start, start + 500);
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    destination: fromJson<Destination>(row.destination),
    mode: row.mode as DeliveryMode,
    subject: row.subject,
    eventId: row.event_id,
    notice: fromNullableJson<Notice>(row.notice),
    state: row.state as DeliveryState,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    createdAt: row.created_at,
    settledAt: row.settled_at,
    reason: row.reason,
    messageId: row.message_id,
  };
}
