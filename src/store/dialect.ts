import { setTimeout as wait } from "node:timers/promises";
import type SqliteDatabase from "better-sqlite3";
import { CompiledQuery, type DatabaseConnection, type Driver, SqliteDialect, SqliteDriver } from "kysely";
import { isBusy } from "./faults.js";

/** Between two tries while another program holds the database; the loop is free meanwhile. */
const againMs = 50;

/**
 * kysely's driver, but for two things. SQLite ends a transaction itself when the disk is full, and a rollback after that would hide why by
 * "cannot rollback". And a database that another program holds is waited for: a transaction takes its place for writing with its first
 * word, so that it is either not begun, and can be tried again, or carried to its end.
 */
class CarefulDriver extends SqliteDriver {
  readonly #raw: SqliteDatabase.Database;
  readonly #tries: number;
  #connection: DatabaseConnection | undefined;

  constructor(raw: SqliteDatabase.Database, tries: number) {
    super({ database: raw });
    this.#raw = raw;
    this.#tries = tries;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return (this.#connection ??= toPatient(connection, this.#tries));
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(this.#raw.readonly ? "begin" : "begin immediate"));
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#raw.inTransaction) await super.rollbackTransaction(connection);
  }
}

function toPatient(connection: DatabaseConnection, tries: number): DatabaseConnection {
  return {
    executeQuery: async (query) => {
      for (let left = tries; ; left -= 1) {
        try {
          return await connection.executeQuery(query);
        } catch (error) {
          if (left <= 1 || !isBusy(error)) throw error;
          await wait(againMs);
        }
      }
    },
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
  };
}

export class CarefulDialect extends SqliteDialect {
  readonly #raw: SqliteDatabase.Database;
  readonly #tries: number;

  /** `busyMs`: so long a database that another program holds is waited for; `statementMs`: so long one try of that takes. */
  constructor(
    raw: SqliteDatabase.Database,
    { busyMs, statementMs }: { busyMs: number; statementMs: number },
  ) {
    super({ database: raw });
    this.#raw = raw;
    this.#tries = Math.max(1, Math.round(busyMs / (statementMs + againMs)));
  }

  override createDriver(): Driver {
    return new CarefulDriver(this.#raw, this.#tries);
  }
}
