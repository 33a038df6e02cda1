import { readMeta, writeMeta } from "./meta.js";
import type { Database } from "./schema.js";

/** Updates of the chat service as they came, each handled once. */
export interface StoredUpdateRow {
  updateId: number;
  payload: string;
  tries: number;
}

/** The next offset to ask for; 0 when nothing was ever stored. */
export async function nextOffset(db: Database): Promise<number> {
  return Number((await readMeta(db, "telegram.offset")) ?? 0);
}

/** Stores updates and the offset that confirms them in one transaction; those known already are left as they are. */
export async function saveUpdates(
  db: Database,
  updates: ReadonlyArray<{ updateId: number; payload: string }>,
  now: number,
): Promise<void> {
  if (updates.length === 0) return;
  await db.transaction().execute(async (transaction) => {
    for (const update of updates) {
      await transaction
        .insertInto("updates")
        .values({
          update_id: update.updateId,
          payload: update.payload,
          state: "pending",
          tries: 0,
          note: null,
          received_at: now,
        })
        .onConflict((conflict) => conflict.column("update_id").doNothing())
        .execute();
    }
    const last = Math.max(...updates.map((update) => update.updateId));
    await writeMeta(transaction, "telegram.offset", String(last + 1));
  });
}

/** Not handled yet, oldest first. */
export async function pendingUpdates(db: Database): Promise<StoredUpdateRow[]> {
  const rows = await db
    .selectFrom("updates")
    .selectAll()
    .where("state", "=", "pending")
    .orderBy("update_id")
    .execute();
  return rows.map((row) => ({ updateId: row.update_id, payload: row.payload, tries: row.tries }));
}

/** Counted before it is handled, so that an update that takes the daemon down is not tried for ever. */
export async function countTry(db: Database, updateId: number): Promise<number> {
  const row = await db
    .updateTable("updates")
    .set((set) => ({ tries: set("tries", "+", 1) }))
    .where("update_id", "=", updateId)
    .returning("tries")
    .executeTakeFirst();
  return row?.tries ?? 0;
}

/** Handled, or given up with a note. Old ones go: their ids are below the confirmed offset. */
export async function finishUpdate(db: Database, updateId: number, note?: string): Promise<void> {
  const state = note === undefined ? "done" : "dead";
  await db
    .updateTable("updates")
    .set({ state, note: note ?? null })
    .where("update_id", "=", updateId)
    .execute();
  await db
    .deleteFrom("updates")
    .where("state", "=", "done")
    .where("update_id", "<", updateId - 1000)
    .execute();
}
