import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
  const { default: Sqlite } = await import("better-sqlite3");
  const pidFile = join(folder, "daemon.pid");
  const lock = new Sqlite(join(folder, "daemon.lock"), { timeout: waitMs });
  try {
    lock.pragma("journal_mode = DELETE");
    lock.exec("begin exclusive");
  } catch (error) {
    lock.close();
    if (error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY")) {
      throw new LockedError(readPid(pidFile));
    }
    throw error;
  }
  writeFileSync(pidFile, `${pid}\n`, { mode: 0o600 });
  return () => {
    rmSync(pidFile, { force: true });
    lock.close();
  };
}

/** The pid of the daemon that holds the folder's lock, or null when none does. */
export async function findDaemon(folder: string): Promise<number | null> {
  try {
    const release = await takeDaemonLock(folder, process.pid, 0);
    release();
    return null;
  } catch (error) {
    if (error instanceof LockedError) return error.pid ?? 0;
    throw error;
  }
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
