import { sql } from "kysely";
import { type Delivery, inParts, toDelivery } from "./outbox.js";
import type { Executor } from "./schema.js";

/** Written out and not bound as a value: only so does SQLite see that the index of dead letters fits. */
const isDead = sql<boolean>`state = 'dead'`;

/** Dead letters that the owner was not told of, oldest first. One that would have told of others is not told of itself. */
export async function untoldDead(db: Executor): Promise<Delivery[]> {
  const rows = await db
    .selectFrom("deliveries")
    .selectAll()
    .where(isDead)
    .where("announced_at", "is", null)
    .where(sql<boolean>`coalesce(json_extract(notice, '$.name'), '') <> 'dead'`)
    .orderBy("id")
    .limit(1_000)
    .execute();
  return rows.map(toDelivery);
}

/** When the owner was last told of any; 0 for never. */
export async function lastToldDead(db: Executor): Promise<number> {
  const row = await db
    .selectFrom("deliveries")
    .where(isDead)
    .select((select) => select.fn.max<number | null>("announced_at").as("at"))
    .executeTakeFirst();
  return row?.at ?? 0;
}

export async function markDeadTold(db: Executor, ids: readonly number[], now: number): Promise<void> {
  for (const part of inParts(ids))
    await db.updateTable("deliveries").set({ announced_at: now }).where("id", "in", part).execute();
}
