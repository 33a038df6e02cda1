import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Home, resolveHome } from "../config/home.js";
import type { CliContext } from "./context.js";
import { toHome } from "./settings.js";

export interface Rehearsal {
  /** A home whose folders are all in a temporary one. */
  home: Home;
  dispose(): void;
}

/**
 * A home of its own with a copy of the database, for work that must leave no trace: not a file, not a row, not the lock. The
 * copy is taken by a reader, so that a running daemon is not in the way and an older database stays as it is.
 */
export async function openRehearsal(context: CliContext): Promise<Rehearsal> {
  const { databaseFile: source } = toHome(context);
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-rehearsal-"));
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  const home = resolveHome({ home: folder, env: {}, platform: process.platform, homedir: folder });
  try {
    if (existsSync(source)) {
      const { openDatabase } = await import("../store/database.js");
      const { raw, close } = await openDatabase(source, { readOnly: true });
      try {
        await raw.backup(home.databaseFile);
      } finally {
        await close();
      }
    }
    return { home, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
