import { laterOf, withOverlap } from "../../domain/cursor.js";

/**
 * From when on something is news: the overlap before `newest`, but nothing from before `from`, the moment of the baseline. Without
 * that, the last thing that happened before the daemon came would be told as new.
 */
export function toNewsSince(newest: string, from: string | undefined): string {
  const since = withOverlap(newest);
  return laterOf(since, from) ?? since;
}

/**
 * The moment of a baseline by the server's clock, to the second. A server that does not tell its time has shown its newest row: then
 * it is the moment after that.
 */
export function toBaselineMoment(
  serverTime: string | undefined,
  newest: string | undefined,
): string | undefined {
  if (serverTime !== undefined) return serverTime;
  return newest === undefined ? undefined : new Date(Date.parse(newest) + 1).toISOString();
}
