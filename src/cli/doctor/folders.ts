import { accessSync, constants, existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Home } from "../../config/home.js";
import { type Check, type Finding, warning, well, wrong } from "./check.js";

/** Less than this and a database, its copy and a log may not fit any more. */
const leastFree = 200_000_000;

/** Whether the folders can be written to, are this user's own, and have room. */
export const folders: Check = {
  name: "folders",
  look: async ({ home }) => {
    const needed = [...new Set([home.stateDir, dirname(home.databaseFile), home.logsDir, home.cacheDir])];
    const closed = needed.flatMap((folder) => findClosed(folder));
    const findings = [...closed, ...findOpen(home), ...(await findFull(home.stateDir))];
    if (closed.length > 0) return findings;
    const state = existsSync(home.stateDir) ? "" : " (not there yet: `gitnotify start` makes it)";
    return [well(`home ${home.stateDir}${state}`), ...findings];
  },
};

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
    const remedy = `Give the folder to this user, for example \`sudo chown -R "$USER" '${present}'\`, or use another --home.`;
    return [wrong(`${present} cannot be written to by ${who}.`, remedy)];
  }
}

function nearestPresent(folder: string): string {
  for (let path = folder; ; path = dirname(path)) {
    if (existsSync(path) || path === dirname(path)) return path;
  }
}

/** The database holds what private projects say. Windows answers 0666 for every file, and has lists of its own. */
function findOpen(home: Home): Finding[] {
  if (process.platform === "win32") return [];
  const isShared = (path: string, bits: number) => existsSync(path) && (statSync(path).mode & bits) !== 0;
  const mayEnter = isShared(dirname(home.databaseFile), 0o011);
  if (!mayEnter || !isShared(home.databaseFile, 0o044)) return [];
  return [
    warning(
      `${home.databaseFile} can be read by other users of this machine.`,
      `Run \`chmod 600 '${home.databaseFile}'*\`, or close its folder with \`chmod 700 '${dirname(home.databaseFile)}'\`.`,
    ),
  ];
}

async function findFull(folder: string): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(nearestPresent(folder));
  const free = bavail * bsize;
  if (free >= leastFree) return [];
  return [
    warning(`Only ${Math.round(free / 1_000_000)} MB are free on the disk of ${folder}.`, "Make room there."),
  ];
}
