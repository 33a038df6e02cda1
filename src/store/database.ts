import { existsSync } from "node:fs";
import type SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { loadSqlite } from "../lib/sqlite-driver.js";
import { migrate } from "./migrate.js";
import type { Database, Schema } from "./schema.js";
import { markMade, openRaw, refuseDamaged, refuseEmptied, refuseNewer, schemaVersion } from "./sqlite.js";

export { DatabaseError } from "./sqlite.js";
export { schemaVersion };

export interface OpenDatabase {
  db: Database;
  /** The connection beneath, for backup and checks alone. */
  raw: SqliteDatabase.Database;
  close: () => Promise<void>;
}

/**
 * Opens (and where needed makes and migrates) the SQLite database. WAL with `synchronous=FULL`, set explicitly: better-sqlite3's
 * default in WAL may lose commits at power loss. The busy timeout is short because waiting blocks the event loop.
 */
export async function openDatabase(
  path: string,
  options: { readOnly?: boolean } = {},
): Promise<OpenDatabase> {
  const Sqlite = await loadSqlite();
  refuseEmptied(path);
  // A log beside the database is what an unclean stop leaves; a clean one folds it in.
  const stoppedUncleanly = existsSync(`${path}-wal`);
  const raw = openRaw(Sqlite, path, options.readOnly ?? false);
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: raw }) });
  try {
    refuseNewer(raw, path);
    if (!options.readOnly) {
      if (stoppedUncleanly) refuseDamaged(raw, path);
      await migrate(db, raw);
    }
  } catch (error) {
    await db.destroy();
    raw.close();
    throw error;
  }
  if (!options.readOnly) markMade(path);
  const close = async () => {
    await db.destroy();
    // kysely closes only what it has used.
    raw.close();
  };
  return { db, raw, close };
}
