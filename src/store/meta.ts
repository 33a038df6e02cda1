import type { Executor } from "./schema.js";

/** Single values that have no table of their own. */
export type MetaKey =
  | "audit.end"
  | "telegram.bot"
  | "telegram.offset"
  | "daemon.clean-stop"
  | "daemon.started-at"
  | "settings.shown";

export async function readMeta(db: Executor, key: MetaKey): Promise<string | null> {
  const row = await db.selectFrom("meta").select("value").where("key", "=", key).executeTakeFirst();
  return row?.value ?? null;
}

export async function writeMeta(db: Executor, key: MetaKey, value: string): Promise<void> {
  await db
    .insertInto("meta")
    .values({ key, value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
    .execute();
}
