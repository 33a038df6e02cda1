import { toSize, toSpan } from "../format.js";
import { toHealth } from "../status/daemon.js";
import { readVersion } from "../version.js";
import { type Check, type Finding, warning, well, wrong } from "./check.js";

/** Nothing may hold the loop for so long: buttons and messages wait meanwhile. */
const slowLoopMs = 1_000;

/** Whether a daemon runs in this home, and is well. Not running is no fault: a timer may call `poll` instead. */
export const daemon: Check = {
  name: "daemon",
  needsSettings: true,
  look: async (ground) => {
    const running = await ground.daemon();
    if (!running.running) return [warning("The daemon does not run.", "Start it: `gitnotify start`.")];
    const now = ground.clock.now();
    const who = running.pid === null ? "daemon running" : `daemon running, process ${running.pid}`;
    const health = toHealth(running, now);
    if (running.at !== null && !health.ok) {
      const remedy = "Restart it. `gitnotify doctor --bundle` keeps what it logged for a report.";
      return [wrong(`${who}, but it hangs: no sign of life for ${toSpan(now - running.at)}.`, remedy)];
    }
    const since = running.startedAt === null ? "" : ` for ${toSpan(now - running.startedAt)}`;
    const memory = running.rssBytes === null ? "" : `, ${toSize(running.rssBytes)} of memory`;
    return [well(`${who}${since}${memory}`), ...lookCloser(running)];
  },
};

function lookCloser(running: {
  version: string | null;
  reloadProblem: string | null;
  loopDelayMs: number | null;
  storeTrouble?: { what: string } | null;
}): Finding[] {
  const findings: Finding[] = [];
  if (running.storeTrouble != null) findings.push(wrong(running.storeTrouble.what));
  const mine = readVersion();
  if (running.version !== null && running.version !== mine) {
    const text = `The daemon is gitnotify ${running.version}, this is ${mine}.`;
    findings.push(warning(text, "Restart the daemon, so that it runs the installed version."));
  }
  if (running.reloadProblem !== null) {
    findings.push(
      warning(
        `The daemon did not take the new config.yaml: ${running.reloadProblem}`,
        "Mend config.yaml and have it read again; until then the settings of before hold.",
      ),
    );
  }
  if (running.loopDelayMs !== null && running.loopDelayMs > slowLoopMs) {
    const seconds = (running.loopDelayMs / 1000).toFixed(1);
    findings.push(
      warning(
        `The daemon was held up for ${seconds} s within the last quarter of a minute.`,
        "See what else uses this machine's processor or disk.",
      ),
    );
  }
  return findings;
}
