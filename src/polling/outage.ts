import { type Failure, toTold } from "../domain/failure.js";
import type { LiveConnection } from "../platforms/platform.js";
import type { AccountState } from "../store/accounts.js";
import { isAlone, saveOutage, takeProbe } from "../store/outages.js";
import type { Database } from "../store/schema.js";

/**
 * While a server does not answer, one source at a time asks whether it does again; the others wait as they are, those of other
 * accounts on the same server too. Without that thirty projects ask a server in trouble thirty times over.
 */

/** One request in so long: with the hourly plan's own that stays below two a minute. */
export const probeMs = 35_000;

/** Causes of ours, or of one answer: they say nothing of the server. */
const notTheServer = ["defect", "inconsistent", "missing", "redirect", "newer_cursor"];

/** No answer, 5xx, or something that is no answer of the API (a page of a proxy). */
export function isSilence({ kind, code }: Failure): boolean {
  if (kind !== "unreachable" || code === undefined) return kind === "unreachable";
  return !notTheServer.includes(code) && !code.startsWith("secret_store");
}

/** The connections that go to the same server by the same way, this one included: they share its outages. */
export function sharersOf(connections: ReadonlyMap<string, LiveConnection>, live: LiveConnection): string[] {
  const way = toWay(live);
  return [...connections.values()]
    .filter((other) => toWay(other) === way)
    .map(({ connection }) => connection.id);
}

function toWay({ connection: { url, apiUrl = url, proxy = "" } }: LiveConnection): string {
  return `${URL.canParse(apiUrl) ? new URL(apiUrl).origin : apiUrl} ${proxy}`;
}

/** Whether a source may ask now: always, but during an outage. */
export async function mayAsk(
  db: Database,
  { downSince, sharers }: { downSince: number | null; sharers: readonly string[] },
  now: number,
): Promise<boolean> {
  return downSince === null || takeProbe(db, sharers, { now, nextAt: now + probeMs });
}

/** Writes down that a source got no answer. Returns since when nothing answers, or null while that may be this source alone. */
export async function noteSilence(
  db: Database,
  silence: { account: AccountState | null; sharers: readonly string[]; sourceId: string; failure: Failure },
  now: number,
): Promise<number | null> {
  const { account, sharers, sourceId, failure } = silence;
  if (account === null) return null;
  const since = account.downSince ?? now;
  if (account.downSince === null && (await isAlone(db, sharers, sourceId))) return null;
  await saveOutage(db, sharers, { since, reason: toTold(failure), probeAt: now + probeMs });
  return since;
}
