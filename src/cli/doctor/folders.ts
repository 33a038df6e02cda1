import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { findOpenPlaces } from "../../config/home-modes.js";
import type { Home } from "../../config/home.js";
import { type Check, type Finding, warning, well, wrong } from "./check.js";

/** Whether the folders and what is in them can be written to, and are this user's own. */
export const folders: Check = {
  name: "folders",
  when: "first",
  look: async ({ home }) => {
    const needed = [...new Set([home.stateDir, dirname(home.databaseFile), home.logsDir, home.cacheDir])];
    const closed = needed.flatMap((folder) => findClosed(folder));
    const findings = [...closed, ...findForeign(home), ...findOpen(home)];
    if (closed.length > 0) return findings;
    const state = existsSync(home.stateDir) ? "" : " (not there yet: `gitnotify start` makes it)";
    return [well(`home ${home.stateDir}${state}`), ...findings];
  },
};

const inExplorer = "Let this user change what is there (in Explorer: Properties, Security)";

/** A folder that is not there yet will be made in the nearest one above that is. */
function findClosed(folder: string): Finding[] {
  const present = nearestPresent(folder);
  try {
    if (!statSync(present).isDirectory())
      return [wrong(`${present} is not a folder.`, "Move it away, or use another --home.")];
    accessSync(present, constants.W_OK | constants.X_OK);
    return [];
  } catch {
    const who = process.platform === "win32" ? "this user" : `user ${process.getuid?.() ?? "?"}`;
    const remedy =
      process.platform === "win32"
        ? inExplorer
        : `Give the folder to this user, for example \`sudo chown -R "$USER" '${present}'\``;
    return [wrong(`${present} cannot be written to by ${who}.`, `${remedy}, or use another --home.`)];
  }
}

/** The folder itself, or the nearest one above it that is there. */
export function nearestPresent(folder: string): string {
  for (let path = folder; ; path = dirname(path)) {
    if (existsSync(path) || path === dirname(path)) return path;
  }
}

/** Files that a start with `sudo` left behind belong to root, and keep everybody else from starting. */
function findForeign(home: Home): Finding[] {
  const database = ["", "-wal", "-shm"].map((end) => `${home.databaseFile}${end}`);
  const files = [...database, join(home.stateDir, "daemon.lock"), join(home.logsDir, "gitnotify.log")];
  const foreign = files.filter((file) => existsSync(file) && !isWritable(file));
  if (foreign.length === 0) return [];
  const names = foreign.map((file) => `'${file}'`).join(" ");
  const remedy =
    process.platform === "win32"
      ? `${inExplorer}. They may come from a start as administrator.`
      : `Give them to this user: \`sudo chown "$USER" ${names}\`. They may come from a start with sudo.`;
  return [wrong(`This user cannot write to ${foreign.join(", ")}.`, remedy)];
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The next start closes what it may; until then it is said. */
function findOpen(home: Home): Finding[] {
  return findOpenPlaces(home).map(({ path, closedMode, isWritable }) =>
    warning(
      `${path} can be ${isWritable ? "changed" : "read"} by other users of this machine.`,
      `Run \`chmod ${closedMode.toString(8).padStart(4, "0")} '${path}'\`. The next \`gitnotify start\` does it too, where it may.`,
    ),
  );
}
