import type { Home } from "../config/home.js";
import { ensureHome } from "../config/home.js";
import { takeDaemonLock } from "../lib/daemon-lock.js";
import { type OpenDatabase, openDatabase } from "../store/database.js";

export interface OpenHome extends OpenDatabase {
  release: () => Promise<void>;
}

/** Takes the home for this process alone and opens its database. Rejects with `LockedError` or `DatabaseError`. */
export async function openHome(home: Home): Promise<OpenHome> {
  ensureHome(home);
  const unlock = await takeDaemonLock(home.stateDir, process.pid);
  try {
    const database = await openDatabase(home.databaseFile);
    const release = async () => {
      await database.close();
      unlock();
    };
    return { ...database, release };
  } catch (error) {
    unlock();
    throw error;
  }
}
