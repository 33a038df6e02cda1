import { existsSync } from "node:fs";
import type SqliteDatabase from "better-sqlite3";
import { loadSqlite, type SqliteConstructor } from "../lib/sqlite-driver.js";
import { refuseEmptied, refuseNewer, schemaVersion, toDatabaseError } from "./sqlite.js";
import { readStatusRows, type StatusRows } from "./status-rows.js";

/**
 * What the report on how it stands is made of, read from the database file without kysely, without a migration and without a
 * change. null: there is no database yet. Rejects with `DatabaseError` or `SqliteDriverError`.
 */
export async function readStatus(databaseFile: string): Promise<StatusRows | null> {
  refuseEmptied(databaseFile);
  if (!existsSync(databaseFile)) return null;
  const raw = open(await loadSqlite(), databaseFile);
  try {
    refuseNewer(raw, databaseFile);
    const version = schemaVersion(raw);
    if (version === 0) return null;
    // One moment for all statements: the daemon goes on writing meanwhile.
    raw.exec("begin");
    return await readStatusRows((statement) => raw.prepare(statement).all(), version);
  } catch (error) {
    throw toDatabaseError(error, databaseFile);
  } finally {
    raw.close();
  }
}

/**
 * Beside a daemon the file is opened for reading alone. Where nobody has it open, a reader would have to make `-wal` and `-shm`
 * files and could not take them away again, so that then it is opened as a writer that may write nothing: the last one to
 * close leaves no file.
 */
function open(Sqlite: SqliteConstructor, path: string): SqliteDatabase.Database {
  try {
    const raw = new Sqlite(path, { timeout: 250, fileMustExist: true, readonly: existsSync(`${path}-wal`) });
    raw.pragma("query_only = on");
    return raw;
  } catch (error) {
    throw toDatabaseError(error, path);
  }
}
