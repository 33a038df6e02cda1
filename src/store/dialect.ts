import type SqliteDatabase from "better-sqlite3";
import { type DatabaseConnection, type Driver, SqliteDialect, SqliteDriver } from "kysely";

/** SQLite ends a transaction itself when the disk is full; a rollback after that would hide why by "cannot rollback". */
class CarefulDriver extends SqliteDriver {
  readonly #raw: SqliteDatabase.Database;

  constructor(raw: SqliteDatabase.Database) {
    super({ database: raw });
    this.#raw = raw;
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#raw.inTransaction) await super.rollbackTransaction(connection);
  }
}

export class CarefulDialect extends SqliteDialect {
  readonly #raw: SqliteDatabase.Database;

  constructor(raw: SqliteDatabase.Database) {
    super({ database: raw });
    this.#raw = raw;
  }

  override createDriver(): Driver {
    return new CarefulDriver(this.#raw);
  }
}
