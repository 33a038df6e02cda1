import { existsSync } from "node:fs";
import type { OpenDatabase } from "../store/database.js";
import type { CliContext } from "./context.js";
import { toCliError } from "./open-app.js";
import { requireSettings, type Settings } from "./settings.js";

export interface OpenStore {
  settings: Settings;
  /** null: nothing was ever started in this home. */
  store: OpenDatabase | null;
}

/** The database beside a running daemon or without one: reading and small writes need no lock of the home. */
export async function withStore<T>(context: CliContext, use: (open: OpenStore) => Promise<T>): Promise<T> {
  const settings = await requireSettings(context);
  const { databaseFile } = settings.home;
  let store: OpenDatabase | null = null;
  try {
    if (existsSync(databaseFile)) {
      const { openDatabase } = await import("../store/database.js");
      store = await openDatabase(databaseFile);
    }
    return await use({ settings, store });
  } catch (error) {
    throw await toCliError(error);
  } finally {
    await store?.close();
    // Where nothing was asked through kysely, it has not begun and ends nothing.
    store?.raw.close();
  }
}

/** The same for a command that has something to store: a database that is not there yet is made. */
export async function withNewStore<T>(
  context: CliContext,
  use: (store: OpenDatabase) => Promise<T>,
): Promise<T> {
  const { home } = await requireSettings(context);
  const { ensureHome } = await import("../config/home.js");
  const { openDatabase } = await import("../store/database.js");
  let store: OpenDatabase | null = null;
  try {
    ensureHome(home);
    store = await openDatabase(home.databaseFile);
    return await use(store);
  } catch (error) {
    throw await toCliError(error);
  } finally {
    await store?.close();
    // Where nothing was asked through kysely, it has not begun and ends nothing.
    store?.raw.close();
  }
}
