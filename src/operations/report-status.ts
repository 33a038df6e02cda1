import { toAsk } from "../store/ask.js";
import { newestVersion } from "../store/migrations/newest.js";
import type { Database } from "../store/schema.js";
import { readStatusRows } from "../store/status-rows.js";
import { type DaemonStatus, type StatusReport, stopped, toStatusReport } from "./status-report.js";

export type * from "./status-report.js";

/** The report through a database that is open anyway: for `/status` and for lists. `daemon`: default, none runs. */
export async function reportStatus(
  db: Database,
  given: {
    connectionIds: readonly string[];
    declared: number;
    now: number;
    daemon?: DaemonStatus;
  },
): Promise<StatusReport> {
  const rows = await readStatusRows(toAsk(db), newestVersion);
  return toStatusReport(rows, { daemon: stopped, ...given });
}
