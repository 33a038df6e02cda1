import { statSync } from "node:fs";
import { migrations } from "../../store/migrations/index.js";
import { schemaVersion } from "../../store/sqlite.js";
import { toSize } from "../format.js";
import { type Check, toFinding, well, wrong } from "./check.js";

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
      if (answer !== "ok") {
        const remedy = "Stop the daemon and restore a backup with `gitnotify db restore FILE`.";
        return [wrong(`${home.databaseFile} is damaged: ${answer}`, remedy)];
      }
      const older =
        version < migrations.length ? ", older than this gitnotify: the next start brings it up" : "";
      const size = toSize(statSync(home.databaseFile).size);
      return [well(`database whole, schema version ${version}${older}, ${size}`)];
    } catch (error) {
      return [toFinding(error)];
    }
  },
};
