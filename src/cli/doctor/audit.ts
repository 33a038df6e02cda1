import { verifyAudit } from "../../store/audit.js";
import { type Check, well, wrong } from "./check.js";

/** `row`: the first that is not what was written; null: every one is. */
export function sayAudit(row: number | null): string {
  return row === null
    ? "the audit is complete and unchanged"
    : `the audit of actions was changed from outside: row ${row} is missing or not what was written`;
}

/** Whether the audit is as it was written: nothing changed, nothing cut off. */
export const audit: Check = {
  name: "audit",
  look: async (ground) => {
    try {
      const opened = await ground.store();
      if (opened === null) return [];
      const row = await verifyAudit(opened.db);
      if (row === null) return [well(sayAudit(row))];
      return [
        wrong(
          `${sayAudit(row).replace(/^the/, "The")}.`,
          "Find out who can write to this home, then restore a backup with `gitnotify db restore FILE`.",
        ),
      ];
    } catch {
      // A database that cannot be read is told by its own check.
      return [];
    }
  },
};
