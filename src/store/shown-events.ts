import type { Event } from "../domain/event.js";
import { fromJson } from "./json.js";
import type { Executor } from "./schema.js";

export interface SubjectEvent {
  id: number;
  event: Event;
  /** It was, or is to be, told at the destination. */
  told: boolean;
}

/** The last events of a subject, oldest first, and which of them a destination has to do with. */
export async function eventsOfSubject(
  db: Executor,
  query: { destination: string; subject: string; limit: number },
): Promise<SubjectEvent[]> {
  const rows = await db
    .selectFrom("events")
    .select(["events.id", "events.event"])
    .select((select) =>
      select
        .exists(
          select
            .selectFrom("deliveries")
            .select("deliveries.id")
            .whereRef("deliveries.event_id", "=", "events.id")
            .where("deliveries.destination_key", "=", query.destination),
        )
        .as("told"),
    )
    .where("events.subject", "=", query.subject)
    .orderBy("events.id", "desc")
    .limit(query.limit)
    .execute();
  return rows
    .map((row) => ({ id: row.id, event: fromJson<Event>(row.event), told: Boolean(row.told) }))
    .reverse();
}
