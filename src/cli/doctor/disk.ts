import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { toSize } from "../format.js";
import { type Check, type Finding, warning, well, wrong } from "./check.js";
import { nearestPresent } from "./folders.js";

/** Less than this and a database, its copy and a log may not fit any more. */
const leastFree = 200_000_000;
/** Less than this and SQLite soon fails. */
const noneFree = 20_000_000;

/** Whether the disks of the database and of the log have room. */
export const disk: Check = {
  name: "disk",
  look: async ({ home }) => {
    const folders = [...new Set([dirname(home.databaseFile), home.logsDir].map(nearestPresent))];
    const databaseBytes = statSync(home.databaseFile, { throwIfNoEntry: false })?.size ?? 0;
    const seen = new Map<number, { folder: string; free: number }>();
    for (const folder of folders) {
      const { bavail, bsize } = await statfs(folder);
      seen.set(statSync(folder).dev, { folder, free: bavail * bsize });
    }
    return [...seen.values()].map((place) => toFinding({ ...place, databaseBytes }));
  },
};

/** A migration and a backup need room for the database once more. */
export function toFinding(place: { folder: string; free: number; databaseBytes: number }): Finding {
  const { folder, free, databaseBytes } = place;
  const needed = Math.max(leastFree, 2 * databaseBytes);
  const text = `${toSize(free)} free on the disk of ${folder}`;
  if (free >= needed) return well(text);
  const remedy = `Make room there: gitnotify wants ${toSize(needed)}, for a backup of its database and its log.`;
  return free < noneFree ? wrong(`Only ${text}.`, remedy) : warning(`Only ${text}.`, remedy);
}
