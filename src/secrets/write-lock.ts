import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { SecretStoreError } from "./secret-store.js";
import { toFileError } from "./private-file.js";
import { loadSqlite } from "../lib/sqlite-driver.js";

const waitMs = 2_500;
const retryMs = 20;

/**
 * Runs `work` while no other process runs any under the same lock file: a command beside the daemon does not lose what the other
 * writes. The lock is SQLite's exclusive lock on an empty file (as in lib/daemon-lock.ts): the system lets go of it when its holder
 * dies, so that no lock is ever left over. Not for network file systems. It is tried again and again rather than waited for,
 * because SQLite's own waiting would stop the whole process.
 */
export async function withWriteLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  const unlock = await take(lockFile);
  try {
    return await work();
  } finally {
    unlock();
  }
}

async function take(lockFile: string): Promise<() => void> {
  const Sqlite = await loadSqlite();
  const folder = dirname(lockFile);
  const tryOnce = (): (() => void) | null => {
    const lock = new Sqlite(lockFile, { timeout: 0 });
    try {
      lock.exec("begin exclusive");
      return () => void lock.close();
    } catch (error) {
      lock.close();
      if (error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY"))
        return null;
      throw error;
    }
  };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let waited = 0; waited < waitMs; waited += retryMs) {
      const unlock = tryOnce();
      if (unlock !== null) return unlock;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  } catch (cause) {
    throw toFileError(withSystemCode(cause), "lock", lockFile);
  }
  throw new SecretStoreError(
    "timeout",
    `Another gitnotify has been changing the secrets in ${folder} for more than ${waitMs / 1000} seconds.`,
    "Wait until it has ended and try again.",
  );
}

/** SQLite says that it cannot open or write a file, not why; nearly always it may not. */
function withSystemCode(cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "SQLITE_CANTOPEN" || code === "SQLITE_READONLY")
    return Object.assign(new Error(code), { code: "EACCES" });
  return code === "SQLITE_FULL" ? Object.assign(new Error(code), { code: "ENOSPC" }) : cause;
}
