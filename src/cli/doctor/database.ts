import { statSync } from "node:fs";
import { schemaVersion } from "../../store/database.js";
import { migrations } from "../../store/migrations/index.js";
import { countDeliveries } from "../../store/outbox.js";
import { listParked } from "../../store/destinations.js";
import type { Database } from "../../store/schema.js";
import { listSources } from "../../store/sources.js";
import { toMoment } from "../format.js";
import { type Check, type Finding, toFinding, warning, well, wrong } from "./check.js";

/** Whether the database is whole and of this version. */
export const database: Check = {
  name: "database",
  look: async (ground) => {
    const { home } = ground;
    try {
      const opened = await ground.store();
      if (opened === null) return [well("no database yet: `gitnotify start` makes it")];
      const answer = String(opened.raw.pragma("quick_check", { simple: true }));
      const version = schemaVersion(opened.raw);
      const size = `${Math.ceil(statSync(home.databaseFile).size / 1_000)} kB`;
      if (answer !== "ok") {
        const remedy = "Restore a backup with `gitnotify db restore FILE`.";
        return [wrong(`${home.databaseFile} is damaged: ${answer}`, remedy)];
      }
      const older =
        version < migrations.length ? ", older than this gitnotify: the next start brings it up" : "";
      return [well(`database whole, schema version ${version}${older}, ${size}`)];
    } catch (error) {
      return [toFinding(error)];
    }
  },
};

/** Whether a daemon runs in this home. Not running is no fault: a timer may call `poll` instead. */
export const daemon: Check = {
  name: "daemon",
  look: async (ground) => {
    const pid = await ground.daemon();
    if (pid !== null) return [well(`daemon running, process ${pid}`)];
    return [warning("The daemon does not run.", "Start it: `gitnotify start`.")];
  },
};

/** Sources that fail, chats that are closed, and what was given up. */
export const backlog: Check = {
  name: "deliveries",
  look: async (ground) => {
    const store = await ground.store().catch(() => null);
    if (store === null || schemaVersion(store.raw) !== migrations.length) return [];
    const counts = await countDeliveries(store.db);
    const owed = counts.pending + counts.sending + counts.unknown;
    const findings: Finding[] = [well(`${counts.delivered} delivered, ${owed} owed, ${counts.dead} dead`)];
    if (counts.dead > 0) {
      const remedy =
        "Look at them with `gitnotify deliveries list --state dead`, then retry them with `gitnotify deliveries retry ID`.";
      findings[0] = warning(`${counts.dead} message(s) could not be delivered and were given up.`, remedy);
    }
    for (const { key, parkedAt, parkedReason } of await listParked(store.db)) {
      const text = `The chat ${key} is closed since ${toMoment(parkedAt)}: ${parkedReason ?? ""}`;
      findings.push(warning(text, "Let the bot in again; what is owed there goes out then."));
    }
    return [...findings, ...(await lookAtSources(store.db))];
  },
};

async function lookAtSources(db: Database): Promise<Finding[]> {
  const failing = (await listSources(db)).filter((source) => source.failures > 0);
  return failing.map((source) =>
    warning(
      `${source.id} failed ${source.failures} time(s) since ${toMoment(source.failingSince)}: ${source.lastError ?? ""}`,
    ),
  );
}
