import type { Failure } from "../domain/failure.js";
import type { AccountState } from "../store/accounts.js";
import { isAlone, saveOutage, takeProbe } from "../store/outages.js";
import type { Database } from "../store/schema.js";

/**
 * While the server of a connection does not answer, one of its sources at a time asks whether it does again; the others wait as they
 * are. Without that thirty projects ask a server in trouble thirty times over.
 */

/** One request in so long: with the hourly plan's own that stays below two a minute. */
export const probeMs = 35_000;

/** Causes of ours, or of one answer: they say nothing of the server. */
const notTheServer = ["defect", "inconsistent", "missing", "redirect", "newer_cursor"];

/** No answer, 5xx, or something that is no answer of the API (a page of a proxy). */
export function isSilence({ kind, code = "" }: Failure): boolean {
  return kind === "unreachable" && !notTheServer.includes(code) && !code.startsWith("secret_store");
}

/** Whether a source may ask now: always, but during an outage. */
export async function mayAsk(
  db: Database,
  { connectionId, downSince }: Pick<AccountState, "connectionId" | "downSince">,
  now: number,
): Promise<boolean> {
  return downSince === null || takeProbe(db, connectionId, { now, nextAt: now + probeMs });
}

/** Writes down that a source got no answer. Returns since when nothing answers, or null while that may be this source alone. */
export async function noteSilence(
  db: Database,
  { account, sourceId, failure }: { account: AccountState | null; sourceId: string; failure: Failure },
  now: number,
): Promise<number | null> {
  if (account === null) return null;
  const since = account.downSince ?? now;
  if (account.downSince === null && (await isAlone(db, account.connectionId, sourceId))) return null;
  await saveOutage(db, account.connectionId, { since, reason: failure.message, probeAt: now + probeMs });
  return since;
}
