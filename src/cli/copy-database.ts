import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Home, resolveHome } from "../config/home.js";
import { DatabaseError, openDatabase, type OpenDatabase } from "../store/database.js";
import type { CliContext } from "./context.js";
import { toHome } from "./settings.js";

export interface Rehearsal {
  /** A home whose folders are all in a temporary one. */
  home: Home;
  dispose(): void;
}

/** A home of its own with a copy of the database, for work that must leave no trace: not a file, not a row, not the lock. */
export async function openRehearsal(context: CliContext): Promise<Rehearsal> {
  const { databaseFile: source } = toHome(context);
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-rehearsal-"));
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  const home = resolveHome({ home: folder, env: {}, platform: process.platform, homedir: folder });
  try {
    if (existsSync(source)) await copyDatabase(source, home.databaseFile);
    return { home, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/**
 * Opens a database for reading and leaves no file behind. A reader of a database that nobody has open makes `-wal` and `-shm`
 * beside it and cannot take them away; made by another user (`sudo`) they would lock the daemon out. So then a copy is read.
 */
export async function openWithoutTrace(databaseFile: string): Promise<OpenDatabase> {
  if (!existsSync(databaseFile) || isOpenElsewhere(databaseFile)) {
    return openDatabase(databaseFile, { readOnly: true });
  }
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-look-"));
  const copy = join(folder, "gitnotify.db");
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  try {
    await copyDatabase(databaseFile, copy);
    const opened = await openDatabase(copy, { readOnly: true });
    const close = async () => {
      await opened.close();
      opened.raw.close();
      dispose();
    };
    return { ...opened, close };
  } catch (error) {
    dispose();
    if (!(error instanceof DatabaseError)) throw error;
    const name = (text: string) => text.replaceAll(copy, databaseFile);
    throw new DatabaseError(error.code, name(error.message), name(error.remedy));
  }
}

/** Whoever has it open, or was killed, leaves the log of its last changes beside it. */
function isOpenElsewhere(databaseFile: string): boolean {
  return existsSync(`${databaseFile}-wal`);
}

/** A plain copy while nobody has it open; where somebody does, now or meanwhile, SQLite makes a whole one. */
async function copyDatabase(source: string, target: string): Promise<void> {
  if (existsSync(`${source}.made`)) await copyFile(`${source}.made`, `${target}.made`);
  if (!isOpenElsewhere(source)) await copyFile(source, target);
  if (!isOpenElsewhere(source)) return;
  rmSync(target, { force: true });
  const { raw } = await openDatabase(source, { readOnly: true });
  try {
    await raw.backup(target);
  } finally {
    raw.close();
  }
}
