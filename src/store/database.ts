import { existsSync, statSync } from "node:fs";
import type SqliteDatabase from "better-sqlite3";
import { Kysely } from "kysely";
import { loadSqlite } from "../lib/sqlite-driver.js";
import { CarefulDialect } from "./dialect.js";
import { migrate } from "./migrate.js";
import type { Database, Schema } from "./schema.js";
import { createHealthRecord, type StoreHealth } from "./faults.js";
import {
  markMade,
  openRaw,
  refuseDamaged,
  refuseEmptied,
  refuseNewer,
  schemaVersion,
  statementMs,
  toDatabaseError,
} from "./sqlite.js";

export { DatabaseError } from "./sqlite.js";
export { schemaVersion };

export interface OpenDatabase {
  db: Database;
  /** The connection beneath, for backup and checks alone. */
  raw: SqliteDatabase.Database;
  /** Whether it can be written, and is whole. */
  health: StoreHealth;
  close: () => Promise<void>;
}

/** So long a database that another program holds is waited for, before what is to be done fails. The loop goes on meanwhile. */
const busyMs = 10_000;

/** A file below this is looked through in no time: damage that came while it was closed is found before anything is written. */
const soonChecked = 64_000_000;

/**
 * Opens (and where needed makes and migrates) the SQLite database. WAL with `synchronous=FULL`, set explicitly: better-sqlite3's
 * default in WAL may lose commits at power loss. The busy timeout of a statement is short because it blocks the event loop; the waiting is the dialect's.
 */
export async function openDatabase(
  path: string,
  options: { readOnly?: boolean; busyMs?: number } = {},
): Promise<OpenDatabase> {
  const Sqlite = await loadSqlite();
  refuseEmptied(path);
  // A log beside the database is what an unclean stop leaves; a clean one folds it in.
  const stoppedUncleanly = existsSync(`${path}-wal`);
  const isSmall = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) < soonChecked;
  const raw = openRaw(Sqlite, path, options.readOnly ?? false);
  const health = createHealthRecord();
  const db = new Kysely<Schema>({
    dialect: new CarefulDialect(raw, { busyMs: options.busyMs ?? busyMs, statementMs }),
    log: (event) => {
      if (event.level === "error") health.failed(event.error);
      else health.went(event.query.sql);
    },
  });
  try {
    refuseNewer(raw, path);
    if (!options.readOnly) {
      if (stoppedUncleanly || isSmall) refuseDamaged(raw, path);
      await migrate(db, raw);
      markMade(path);
    }
  } catch (error) {
    await db.destroy();
    raw.close();
    throw toDatabaseError(error, path);
  }
  const close = async () => {
    await db.destroy();
    // kysely closes only what it has used.
    raw.close();
  };
  return { db, raw, health, close };
}
