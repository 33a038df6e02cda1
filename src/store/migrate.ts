import type SqliteDatabase from "better-sqlite3";
import { sql } from "kysely";
import { migrations, type Migration } from "./migrations/index.js";
import type { Database } from "./schema.js";
import { schemaVersion } from "./sqlite.js";

/** Each migration in one transaction together with the version that it makes: one that fails leaves nothing behind. */
export async function migrate(
  db: Database,
  raw: SqliteDatabase.Database,
  list: readonly Migration[] = migrations,
): Promise<void> {
  for (let version = schemaVersion(raw); version < list.length; version += 1) {
    await db.transaction().execute(async (transaction) => {
      await list[version]?.up(transaction);
      await sql.raw(`pragma user_version = ${version + 1}`).execute(transaction);
    });
  }
}
