import { laterOf, withOverlap } from "../../domain/cursor.js";

/**
 * Since when things are news (ISO; undefined = whenever): a while before the newest that was told, because some things show
 * late, but nothing from before the baseline. The last thing that happened before the baseline bears the very second at
 * which it stopped, so news begins with the second after it.
 */
export function toNewsSince(cursor: { newest: string | null; baseline: string | null }): string | undefined {
  if (cursor.newest === null) return undefined;
  const start =
    cursor.baseline === null ? undefined : new Date(Date.parse(cursor.baseline) + 1000).toISOString();
  return laterOf(withOverlap(cursor.newest), start);
}

/** The server's clock, by which what is set aside waits. */
export function toNow(headers: Record<string, string>, otherwise?: string | null): string {
  const at = Date.parse(headers["date"] ?? "");
  return new Date(Number.isNaN(at) ? Date.parse(otherwise ?? "") || 0 : at).toISOString();
}
