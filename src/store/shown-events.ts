import { sql } from "kysely";
import type { Event } from "../domain/event.js";
import { fromJson } from "./json.js";
import type { Executor } from "./schema.js";

/** The last events that a card showed at a destination, oldest first, without those of the batch that is being made. */
export async function eventsShownAt(
  db: Executor,
  query: { destination: string; subject: string; without: readonly number[]; limit: number },
): Promise<Event[]> {
  let select = db
    .selectFrom("deliveries")
    .innerJoin("events", "events.id", "deliveries.event_id")
    .select("events.event")
    .where("deliveries.destination_key", "=", query.destination)
    .where("deliveries.subject", "=", query.subject)
    // Written out and not bound as a value: only so does SQLite see that the index of what is shown fits.
    .where(sql<boolean>`deliveries.state = 'delivered'`)
    .orderBy("events.id", "desc")
    .limit(query.limit);
  if (query.without.length > 0) select = select.where("events.id", "not in", [...query.without]);
  const rows = await select.execute();
  return rows.map((row) => fromJson<Event>(row.event)).reverse();
}
