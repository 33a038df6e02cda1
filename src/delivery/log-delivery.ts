import { toDestinationKey } from "../domain/destination.js";
import type { Clock } from "../lib/clock.js";
import type { Log, LogFields } from "../lib/log.js";
import { toTrace } from "../lib/trace.js";
import { findEvents } from "../store/events.js";
import type { Database } from "../store/schema.js";
import type { Batch } from "./batch.js";
import type { Sent } from "./send-batch.js";

/** A digest may carry hundreds of events; so many are looked up for their time. */
const mostEvents = 100;

/** What names a batch in a log line: the traces of its events, its deliveries, and where it goes. */
export function toBatchFields(batch: Batch): LogFields {
  const head = batch.deliveries[0];
  const traces = batch.deliveries.flatMap(({ eventKey }) => (eventKey === null ? [] : [toTrace(eventKey)]));
  const [trace, ...more] = new Set(traces);
  return {
    ...(trace === undefined ? {} : more.length === 0 ? { trace } : { traces: [trace, ...more] }),
    deliveries: batch.deliveries.map(({ id }) => id),
    ...(head === undefined ? {} : { chat: toDestinationKey(head.destination) }),
    as: batch.kind === "card" ? batch.mode : batch.kind,
    ...(batch.kind === "card" ? { subject: batch.subject } : {}),
    ...(batch.kind === "notice" ? { notice: batch.delivery.notice?.name } : {}),
  };
}

/** `ms`: from the oldest of its happenings on the server, or where that is not told from when it was owed, to now. */
export async function logDelivered(
  { db, clock, log }: { db: Database; clock: Clock; log: Log },
  batch: Batch,
  sent: Sent,
): Promise<void> {
  const since = await oldestOf(db, batch).catch(() => null);
  log.info(sent.requests === 0 ? "A message needed no change" : "A message was delivered", {
    ...toBatchFields(batch),
    messageId: sent.messageId,
    note: sent.note,
    ...(since === null ? {} : { ms: Math.max(0, clock.now() - since) }),
  });
}

async function oldestOf(db: Database, batch: Batch): Promise<number | null> {
  const ids = batch.deliveries.flatMap(({ eventId }) => (eventId === null ? [] : [eventId]));
  const events = await findEvents(db, ids.slice(0, mostEvents));
  const times = events.map(({ event, seenAt }) => Date.parse(event.at ?? "") || seenAt);
  const owed = batch.deliveries.map(({ createdAt }) => createdAt);
  return [...times, ...owed].reduce<number | null>(
    (oldest, time) => (oldest === null ? time : Math.min(oldest, time)),
    null,
  );
}
