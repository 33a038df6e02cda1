import { type Check, type Finding, toFinding } from "./check.js";
import type { Ground } from "./ground.js";

export interface Examination {
  ground: Ground;
  checks: readonly Check[];
  /** Hears which check is waited for. */
  onWait: (check: Check) => void;
  /** Hears of each check when it has looked, in the order of the list. */
  onFound: (check: Check, findings: Finding[]) => void;
}

/**
 * Every check in its order. Those that wait for servers begin together as soon as the first ones are through, so that the whole
 * takes as long as the slowest of them. Stops early, without an error, when the ground's signal is aborted.
 */
export async function examine({ ground, onWait, onFound, ...given }: Examination): Promise<void> {
  const checks = given.checks.filter(({ needsSettings = false }) => ground.loaded.exists || !needsSettings);
  const begun = new Map<Check, Promise<Finding[]>>();
  for (const check of checks) {
    if (ground.signal.aborted) return;
    if (check.when !== "first" && begun.size === 0) {
      for (const other of checks) if (other.when === "beside") begun.set(other, look(other, ground));
    }
    onWait(check);
    const findings = await (begun.get(check) ?? look(check, ground));
    if (!ground.signal.aborted) onFound(check, findings);
  }
}

/** A check that fails itself is a finding too: the others have their turn. */
async function look(check: Check, ground: Ground): Promise<Finding[]> {
  try {
    return await check.look(ground);
  } catch (error) {
    return [toFinding(error, `${check.name} could not be looked at: `)];
  }
}
