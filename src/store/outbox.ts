import { sql } from "kysely";
import type { DeliveryMode, DeliveryState } from "../domain/delivery.js";
import { type Destination, toDestination, toDestinationKey } from "../domain/destination.js";
import { keep, recall, type ToldFailure } from "../domain/failure.js";
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
  /** Key of that event; null where there is none. */
  eventKey: string | null;
  notice: Notice | null;
  state: DeliveryState;
  attempts: number;
  /** At most so many go out with it, after a crash while it was being sent with others. */
  together: number | null;
  nextAttemptAt: number;
  createdAt: number;
  /** When what it tells happened on the server, where that is told. */
  happenedAt: number | null;
  settledAt: number | null;
  /** In English; `failure` tells it in any language. */
  reason: string | null;
  failure: ToldFailure | null;
  messageId: string | null;
}

export interface OwedEvent {
  destination: Destination;
  mode: DeliveryMode;
  subject: string;
  eventId: number;
  eventKey: string;
  /** Epoch milliseconds, where the server tells. */
  happenedAt?: number | undefined;
}

/** In `dedupe_key` between the destination and the key of the event. */
const eventMark = "|event|";

/** Owes an event to a destination, once. Call inside the transaction that stores the event. */
export async function oweEvent(db: Executor, owed: OwedEvent, now: number): Promise<void> {
  const key = toDestinationKey(owed.destination);
  await owe(db, {
    ...emptyDelivery(owed.destination, now),
    mode: owed.mode,
    subject: owed.subject,
    event_id: owed.eventId,
    happened_at: owed.happenedAt ?? null,
    dedupe_key: `${key}${eventMark}${owed.eventKey}`,
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

/** Whether a card has an edit before it that nobody has begun: it will show everything that is known by then. */
export async function isEditOwed(
  db: Executor,
  address: { destination: string; subject: string },
): Promise<boolean> {
  const row = await db
    .selectFrom("deliveries")
    .select("id")
    .where("destination_key", "=", address.destination)
    .where("subject", "=", address.subject)
    .where(isUnsettled)
    .where("state", "=", "pending")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
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
    crashes: 0,
    together: null,
    next_attempt_at: now,
    created_at: now,
    happened_at: null,
    claimed_at: null,
    settled_at: null,
    reason: null,
    message_id: null,
    announced_at: null,
  };
}

async function owe(db: Executor, row: OwedRow): Promise<void> {
  await db
    .insertInto("deliveries")
    .values(row)
    .onConflict((conflict) => conflict.column("dedupe_key").doNothing())
    .execute();
}

/** In `dedupe_key` of an edit that only makes up for one that was buried. */
const mendMark = "|mend ";

/** A card whose edit, or whose news, became a dead letter must not stay as it was: it is edited once more, and that is not made up for again. */
export async function mendCards(db: Executor, ids: readonly number[], now: number): Promise<void> {
  for (const part of inParts(ids)) {
    const rows = await db
      .selectFrom("deliveries")
      .innerJoin("cards", (join) =>
        join
          .onRef("cards.destination", "=", "deliveries.destination_key")
          .onRef("cards.subject", "=", "deliveries.subject"),
      )
      .select(["deliveries.id", "cards.destination", "cards.subject", "deliveries.dedupe_key as key"])
      .where("deliveries.id", "in", part)
      .execute();
    for (const { id, destination, subject, key } of rows)
      if (!key.includes(mendMark))
        await oweUpdate(db, { destination, subject, once: `${mendMark}${id}` }, now);
  }
}

/** Written out and not bound as values: only so does SQLite see that the index of what is owed fits. */
export const isUnsettled = sql<boolean>`deliveries.state in ('pending', 'sending', 'unknown')`;

/**
 * Destinations where something is owed, the longest waiting first, each with when its next delivery may go. Order per chat: the
 * oldest delivery holds back the rest until its own time.
 */
export async function owedDestinations(db: Executor): Promise<Array<{ key: string; dueAt: number }>> {
  const heads = db
    .selectFrom("deliveries")
    .where(isUnsettled)
    .groupBy("deliveries.destination_key")
    .select((select) => select.fn.min<number>("deliveries.id").as("id"))
    .as("heads");
  const rows = await db
    .selectFrom(heads)
    .innerJoin("deliveries as head", "head.id", "heads.id")
    .leftJoin("destinations", "destinations.key", "head.destination_key")
    .select([
      "head.destination_key as key",
      "head.next_attempt_at as nextAt",
      "destinations.wait_until as waitUntil",
    ])
    .orderBy("head.id")
    .execute();
  return rows.map((row) => ({ key: row.key, dueAt: Math.max(row.nextAt, row.waitUntil ?? 0) }));
}

export async function unsettledDeliveries(db: Executor, destinationKey: string): Promise<Delivery[]> {
  const rows = await db
    .selectFrom("deliveries")
    .selectAll()
    .where("destination_key", "=", destinationKey)
    .where(isUnsettled)
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
  | { state: "delivered"; messageId: string | null; reason?: Reason }
  /** `known`: the owner need not be told. */
  | { state: "dead"; reason: Reason; known?: boolean }
  | { state: "pending" | "unknown"; nextAttemptAt: number; reason: Reason };

/** A note of ours, or the failure to tell of. */
type Reason = string | ToldFailure;

export async function settleDeliveries(
  db: Executor,
  { ids, settlement, now }: { ids: readonly number[]; settlement: Settlement; now: number },
): Promise<void> {
  const ended = settlement.state === "delivered" || settlement.state === "dead";
  const values = {
    state: settlement.state,
    reason: settlement.reason === undefined ? null : keep(settlement.reason),
    settled_at: ended ? now : null,
    ...(settlement.state === "delivered" ? { message_id: settlement.messageId } : {}),
    ...(settlement.state === "dead" ? { announced_at: settlement.known === true ? now : null } : {}),
    ...("nextAttemptAt" in settlement ? { next_attempt_at: settlement.nextAttemptAt } : {}),
  };
  for (const part of inParts(ids))
    await db.updateTable("deliveries").set(values).where("id", "in", part).execute();
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
    .set({
      state: "pending",
      attempts: 0,
      crashes: 0,
      together: null,
      next_attempt_at: now,
      settled_at: null,
      reason: null,
    })
    .where("id", "=", id)
    .where("state", "=", "dead")
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** How many deliveries are owed. Reads the index of what is owed alone, however long the history is. */
export async function countOwed(db: Executor): Promise<number> {
  const row = await db
    .selectFrom("deliveries")
    .where(isUnsettled)
    .select((select) => select.fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  return row.n;
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
export function* inParts(ids: readonly number[]): Generator<number[]> {
  for (let start = 0; start < ids.length; start += 500) yield ids.slice(start, start + 500);
}

function toEventKey(row: DeliveryRow): string | null {
  const at = row.dedupe_key.indexOf(eventMark);
  return row.event_id === null || at < 0 ? null : row.dedupe_key.slice(at + eventMark.length);
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    destination: fromJson<Destination>(row.destination),
    mode: row.mode as DeliveryMode,
    subject: row.subject,
    eventId: row.event_id,
    eventKey: toEventKey(row),
    notice: fromNullableJson<Notice>(row.notice),
    state: row.state as DeliveryState,
    attempts: row.attempts,
    together: row.together,
    nextAttemptAt: row.next_attempt_at,
    createdAt: row.created_at,
    happenedAt: row.happened_at,
    settledAt: row.settled_at,
    ...toReason(row.reason),
    messageId: row.message_id,
  };
}

function toReason(kept: string | null): Pick<Delivery, "reason" | "failure"> {
  const failure = kept === null ? null : recall(kept);
  return { reason: failure?.message ?? null, failure };
}
