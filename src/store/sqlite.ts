import { existsSync, statSync, writeFileSync } from "node:fs";
import type SqliteDatabase from "better-sqlite3";
import type { SqliteConstructor } from "../lib/sqlite-driver.js";
import { toStoreFault } from "./faults.js";
import { newestVersion } from "./migrations/newest.js";

/** The database cannot be used as it is. Nothing was changed. */
export class DatabaseError extends Error {
  readonly code:
    "not_a_database" | "corrupt" | "newer" | "emptied" | "busy" | "full" | "read_only" | "failed";
  readonly remedy: string;

  constructor(code: DatabaseError["code"], message: string, remedy: string) {
    super(message);
    this.name = "DatabaseError";
    this.code = code;
    this.remedy = remedy;
  }
}

export function schemaVersion(raw: SqliteDatabase.Database): number {
  return Number(raw.pragma("user_version", { simple: true }));
}

/** So long one statement waits for another program, and the event loop with it. */
export const statementMs = 250;

export function openRaw(Sqlite: SqliteConstructor, path: string, readOnly: boolean): SqliteDatabase.Database {
  try {
    const raw = new Sqlite(path, { timeout: statementMs, readonly: readOnly, fileMustExist: readOnly });
    if (!readOnly) {
      raw.pragma("journal_mode = WAL");
      raw.pragma("synchronous = FULL");
      raw.pragma("foreign_keys = ON");
    }
    raw.pragma("user_version");
    return raw;
  } catch (error) {
    throw toDatabaseError(error, path);
  }
}

const restore =
  "Stop the daemon, see what is left with `gitnotify db check`, and restore a backup with `gitnotify db restore FILE`, or move the file away to start anew.";

export function toDatabaseError(error: unknown, path: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "SQLITE_NOTADB")
    return new DatabaseError("not_a_database", `${path} is not a gitnotify database.`, restore);
  switch (toStoreFault(error)) {
    case "damaged":
      return new DatabaseError("corrupt", `${path} is damaged.`, restore);
    case "busy":
      return new DatabaseError("busy", `${path} is in use by another program.`, "Try again in a moment.");
    case "full": {
      const remedy = "Make room there; nothing is lost, and gitnotify goes on where it was.";
      return new DatabaseError("full", `The disk of ${path} is full.`, remedy);
    }
    case "read_only": {
      const remedy =
        "Give the user who runs gitnotify the right to write there, or name another folder with --home.";
      return new DatabaseError("read_only", `${path} cannot be written.`, remedy);
    }
    case null: {
      const message = error instanceof Error ? error.message : String(error);
      const remedy = "Check the folder's permissions and free space.";
      return new DatabaseError("failed", `${path} cannot be opened: ${message}.`, remedy);
    }
  }
}

/** An emptied or deleted database must not be taken for a first run: everything old would come as news (reliability.md 1.4). */
export function refuseEmptied(path: string): void {
  if (path === ":memory:" || !existsSync(markerOf(path))) return;
  if (existsSync(path)) {
    if (statSync(path).size === 0) throw emptied(path);
    return;
  }
  throw new DatabaseError(
    "emptied",
    `${path} has gone, but it was here before.`,
    `Restore a backup with \`gitnotify db restore FILE\`, or delete ${markerOf(path)} to start anew.`,
  );
}

export function markMade(path: string): void {
  if (path === ":memory:" || existsSync(markerOf(path))) return;
  writeFileSync(
    markerOf(path),
    "gitnotify made the database beside this file. Delete both to start anew.\n",
    { mode: 0o600 },
  );
}

function markerOf(path: string): string {
  return `${path}.made`;
}

export function refuseNewer(raw: SqliteDatabase.Database, path: string): void {
  const version = schemaVersion(raw);
  if (version <= newestVersion) {
    if (version > 0 || !existsSync(markerOf(path))) return;
    throw emptied(path);
  }
  throw new DatabaseError(
    "newer",
    `${path} has schema version ${version}; this gitnotify knows versions up to ${newestVersion}.`,
    "Install the newer gitnotify again, or restore a backup from before the upgrade.",
  );
}

function emptied(path: string): DatabaseError {
  const remedy = `Restore a backup with \`gitnotify db restore FILE\`, or delete ${path} and ${markerOf(path)} to start anew.`;
  return new DatabaseError("emptied", `${path} is empty, but it was not before.`, remedy);
}

/** SQLite goes on writing into a damaged file (reliability.md 1.4: INSERT still succeeds), so it is looked at before. */
export function refuseDamaged(raw: SqliteDatabase.Database, path: string): void {
  try {
    if (raw.pragma("quick_check(1)", { simple: true }) === "ok") return;
  } catch (error) {
    throw toDatabaseError(error, path);
  }
  throw toDatabaseError(Object.assign(new Error("quick_check failed"), { code: "SQLITE_CORRUPT" }), path);
}
