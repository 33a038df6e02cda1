import type SqliteDatabase from "better-sqlite3";
import type { SqliteDialectConfig, SqliteStatement } from "kysely";

/** The store has about as many texts; those with lists of varying length come on top, and the oldest of all go. */
const most = 200;

/**
 * The connection as kysely takes it, with the statements that it prepared kept: kysely prepares each query anew, which takes SQLite
 * longer than to run most of them. Nothing of the store reads row by row, so that no statement is asked for while it still runs.
 */
export function withPreparedStatements(raw: SqliteDatabase.Database): SqliteDialectConfig["database"] {
  const prepared = new Map<string, SqliteStatement>();
  return {
    prepare: (text) => {
      const statement = prepared.get(text) ?? raw.prepare(text);
      // Put at the end again: the first of the map is always the one that was not used for longest.
      prepared.delete(text);
      prepared.set(text, statement);
      const [oldest] = prepared.keys();
      if (prepared.size > most && oldest !== undefined) prepared.delete(oldest);
      return statement;
    },
    close: () => {
      prepared.clear();
      raw.close();
    },
  };
}
