import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSqlite } from "./sqlite-driver.js";

/** Somebody else holds the lock. `pid` null: they have not written it yet, or the file is unreadable. */
export class LockedError extends Error {
  readonly pid: number | null;

  constructor(pid: number | null) {
    super(pid === null ? "Another process holds the lock." : `Process ${pid} holds the lock.`);
    this.name = "LockedError";
    this.pid = pid;
  }
}

/**
 * One process per folder. The lock is an exclusive lock on a small SQLite file: the operating system lets go of it the moment
 * its holder dies, however it dies (reliability.md 1.4: free 1 ms after SIGKILL), which a pid file alone cannot promise. The pid
 * file beside it is for people. Not for network file systems. It waits a moment, for a look by `findDaemon` holds it briefly.
 */
export async function takeDaemonLock(folder: string, pid: number, waitMs = 300): Promise<() => void> {
  const Sqlite = await loadSqlite();
  const pidFile = join(folder, "daemon.pid");
  const lock = new Sqlite(join(folder, "daemon.lock"), { timeout: waitMs });
  try {
    lock.pragma("journal_mode = DELETE");
    lock.exec("begin exclusive");
  } catch (error) {
    lock.close();
    throw isBusy(error) ? new LockedError(readPid(pidFile)) : error;
  }
  writeFileSync(pidFile, `${pid}\n`, { mode: 0o600 });
  return () => {
    rmSync(pidFile, { force: true });
    lock.close();
  };
}

/**
 * The pid of the daemon that holds the folder's lock (0: not known), or null when none does. It looks as a reader and leaves no
 * trace, so that whoever may read the folder may ask; a daemon that starts at this very moment waits for it.
 */
export async function findDaemon(folder: string): Promise<number | null> {
  const file = join(folder, "daemon.lock");
  if (!existsSync(file)) return null;
  const Sqlite = await loadSqlite();
  const lock = new Sqlite(file, { readonly: true, timeout: 0 });
  try {
    lock.prepare("select count(*) from sqlite_master").get();
    return null;
  } catch (error) {
    if (!isBusy(error)) throw error;
    return readPid(join(folder, "daemon.pid")) ?? 0;
  } finally {
    lock.close();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
