import { toMoment } from "../format.js";
import type { AccountRow } from "../../store/status-rows.js";
import { type Check, type Finding, warning, well } from "./check.js";

/** What the servers last said of the requests that are left, and what they refused. From the database: asking costs requests. */
export const quota: Check = {
  name: "quota",
  needsSettings: true,
  look: async (ground) => {
    const { config } = ground;
    const rows = config === null ? null : await ground.rows().catch(() => null);
    if (config === null || rows === null) return [];
    const now = ground.clock.now();
    return config.connections.flatMap(({ id }) => {
      const account = rows.accounts.find(({ connectionId }) => connectionId === id);
      return account === undefined ? [] : lookAt(account, now);
    });
  },
};

function lookAt({ connectionId: id, ...account }: AccountRow, now: number): Finding[] {
  const { quota: left, throttledUntil, pausedAt } = account;
  const findings: Finding[] = [];
  if (left !== null && Date.parse(left.resetAt) > now) {
    const text = `${id}: ${left.remaining} of ${left.limit} requests are left until ${toMoment(Date.parse(left.resetAt))}`;
    // Below a tenth of the quota, polls will soon wait.
    const isLow = left.remaining * 10 < left.limit;
    findings.push(
      isLow
        ? warning(`${text}.`, "Poll less often (`polling` in config.yaml), or watch fewer projects.")
        : well(text),
    );
  }
  if (throttledUntil !== null && throttledUntil > now) {
    findings.push(
      warning(
        `${id}: the server wants no requests until ${toMoment(throttledUntil)}.`,
        "Polling goes on by itself then. If it comes back, poll less often (`polling` in config.yaml).",
      ),
    );
  }
  if (pausedAt !== null) {
    const text = `${id}: polling is paused since ${toMoment(pausedAt)}, for the token was refused then.`;
    const remedy = `Store a token that works with \`gitnotify secrets set connection/${id}\`: a running daemon sees it by itself.`;
    findings.push(warning(text, remedy));
  }
  return findings;
}
