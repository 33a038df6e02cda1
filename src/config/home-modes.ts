import { chmodSync, readdirSync, statSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import type { Home } from "./home.js";

/** Something of the home that other users of this machine can reach. */
export interface OpenPlace {
  path: string;
  /** What it has now, and what it should have. */
  mode: number;
  closedMode: number;
  /** Others can put something else in its place, or write into it. */
  isWritable: boolean;
  owner: number;
}

export class OpenHomeError extends Error {
  readonly remedy: string;

  constructor({ path, closedMode }: OpenPlace) {
    super(`${path} can be changed by other users of this machine, and this user may not close it to them.`);
    this.name = "OpenHomeError";
    this.remedy = `Run as its owner: chmod ${closedMode.toString(8).padStart(4, "0")} '${path}', or use another folder with --home.`;
  }
}

/**
 * What others can read of the files, or change of the folders. A folder may stay open for reading, for a person named it; one with
 * the sticky bit (/tmp) lets nobody replace what is another's. Windows answers 0666 for every file, and has lists of its own.
 */
export function findOpenPlaces(home: Home): OpenPlace[] {
  if (process.platform === "win32") return [];
  const folders = [...new Set([home.stateDir, dirname(home.databaseFile)])];
  const database = ["", "-wal", "-shm"].map((end) => `${home.databaseFile}${end}`);
  const logs = list(home.logsDir).filter((name) => name.startsWith("gitnotify"));
  const files = [...database, ...logs.map((name) => join(home.logsDir, name))];
  return [
    ...folders.flatMap((path) => look(path, 0o022)),
    // It may lie among a person's own files (--config): others may read there, as its owner decided.
    ...look(dirname(home.configFile), 0o002).filter(({ path }) => !folders.includes(path)),
    ...(isReachable(home.configFile) ? look(home.configFile, 0o022) : []),
    ...files.filter(isReachable).flatMap((path) => look(path, 0o077)),
  ];
}

/**
 * Closes what is open and answers with it. What belongs to somebody else stays as they made it, a config.yaml of root for example,
 * unless everybody may write there: then it throws `OpenHomeError`.
 */
export function closeHome(home: Home, user = process.geteuid?.()): OpenPlace[] {
  return findOpenPlaces(home).filter((place) => {
    try {
      // Root may change the mode of anything, and must not do so to what is another's.
      if (place.owner !== user) throw new OpenHomeError(place);
      chmodSync(place.path, place.closedMode);
      return true;
    } catch {
      if (place.isWritable) throw new OpenHomeError(place);
      return false;
    }
  });
}

function look(path: string, bits: number): OpenPlace[] {
  const found = statOf(path);
  if (found === null) return [];
  const mode = found.mode & 0o7777;
  if ((mode & bits) === 0 || (found.isDirectory() && (mode & 0o1000) !== 0)) return [];
  return [{ path, mode, closedMode: mode & ~bits, isWritable: (mode & 0o002) !== 0, owner: found.uid }];
}

/** null: not there, or out of reach. Who needs it says so. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** A file in a folder that nobody else may enter is closed whatever its own mode. */
function isReachable(path: string): boolean {
  return ((statOf(dirname(path))?.mode ?? 0) & 0o011) !== 0;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
