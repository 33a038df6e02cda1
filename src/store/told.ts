import type { Database } from "./schema.js";

/**
 * Writes down that something is said now, unless it was said `most` times since (epoch milliseconds) already: then false, and it is not to
 * be said.
 */
export async function tellAtMost(
  db: Database,
  limits: ReadonlyArray<{ what: string; most: number; since: number }>,
  now: number,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    for (const { what, most, since } of limits) {
      const { count } = await transaction
        .selectFrom("told")
        .select((select) => select.fn.countAll<number>().as("count"))
        .where("what", "=", what)
        .where("at", ">", since)
        .executeTakeFirstOrThrow();
      if (count >= most) return false;
    }
    for (const { what } of limits) await transaction.insertInto("told").values({ what, at: now }).execute();
    return true;
  });
}
