import type { Home } from "../config/home.js";
import { closeHome, type OpenPlace } from "../config/home-modes.js";
import { ensureHome } from "../config/home.js";
import { takeDaemonLock } from "../lib/daemon-lock.js";
import { type OpenDatabase, openDatabase } from "../store/database.js";
import { toStoreFault } from "../store/faults.js";
import { toDatabaseError } from "../store/sqlite.js";

export interface OpenHome extends OpenDatabase {
  release: () => Promise<void>;
  /** What other users of this machine could reach until now. */
  closed: OpenPlace[];
}

/**
 * Takes the home for this process alone, closes it to other users and opens its database. Rejects with `LockedError`,
 * `DatabaseError` or `OpenHomeError`.
 */
export async function openHome(home: Home): Promise<OpenHome> {
  const unlock = await takeHome(home);
  try {
    const closed = closeHome(home);
    const database = await openDatabase(home.databaseFile);
    const release = async () => {
      await database.close();
      unlock();
    };
    return { ...database, release, closed };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** A disk that is full or may not be written shows itself here first. */
async function takeHome(home: Home): Promise<() => void> {
  try {
    ensureHome(home);
    return await takeDaemonLock(home.stateDir, process.pid);
  } catch (error) {
    if (toStoreFault(error) === null && !isNotOpened(error)) throw error;
    throw toDatabaseError(error, home.stateDir);
  }
}

/** SQLite says no more when it may not make a file. */
function isNotOpened(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_CANTOPEN");
}
