import type { Event } from "../domain/event.js";
import { toSubjectKey } from "../domain/subject.js";
import { fromJson } from "./json.js";
import type { Executor } from "./schema.js";

export interface StoredEvent {
  id: number;
  seenAt: number;
  event: Event;
}

/** Stores an event; null when its key is known already. */
export async function insertEvent(db: Executor, event: Event, now: number): Promise<number | null> {
  const row = await db
    .insertInto("events")
    .values({
      key: event.key,
      kind: event.kind,
      connection_id: event.subject.connectionId,
      project_id: event.subject.projectId,
      subject: toSubjectKey(event.subject),
      seen_at: now,
      event: JSON.stringify(event),
    })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function findEvents(db: Executor, ids: readonly number[]): Promise<StoredEvent[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("events")
    .selectAll()
    .where("id", "in", [...ids])
    .orderBy("id")
    .execute();
  return rows.map((row) => ({ id: row.id, seenAt: row.seen_at, event: fromJson<Event>(row.event) }));
}

/** The newest events, newest first; of one subject when given. */
export async function listEvents(
  db: Executor,
  query: { subject?: string; limit: number },
): Promise<StoredEvent[]> {
  let select = db.selectFrom("events").selectAll().orderBy("id", "desc").limit(query.limit);
  if (query.subject !== undefined) select = select.where("subject", "=", query.subject);
  return (await select.execute()).map((row) => ({
    id: row.id,
    seenAt: row.seen_at,
    event: fromJson<Event>(row.event),
  }));
}
