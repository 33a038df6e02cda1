import * as z from "zod";
import type { Cursor } from "../domain/cursor.js";
import { shortfallCodes, type Shortfall } from "../domain/shortfall.js";

/** What the requests of one poll met on the way. */
export interface Reported {
  shortfalls: Shortfall[];
  /** A list answered "unchanged". */
  unchanged: boolean;
}

/** Collects what the requests of one poll meet; each thing once. */
export function createReport(): {
  add: (shortfall: Shortfall) => void;
  unchanged: () => void;
  read: () => Reported;
} {
  const shortfalls = new Map<string, Shortfall>();
  let unchanged = false;
  return {
    add: (shortfall) => void shortfalls.set(nameOf(shortfall), shortfall),
    unchanged: () => void (unchanged = true),
    read: () => ({ shortfalls: [...shortfalls.values()], unchanged }),
  };
}

/** What the lists of this poll lack. An unchanged list still lacks what it lacked, so that this is kept beside the position. */
export function toFound({ shortfalls, unchanged }: Reported, before: Cursor | null): Shortfall[] {
  const kept = unchanged ? (foundSchema.safeParse(before).data?.found ?? []) : [];
  return [...new Map([...kept, ...shortfalls].map((one) => [nameOf(one), one])).values()];
}

/** The cursor with what its lists lack. */
export function withFound(cursor: Cursor, found: readonly Shortfall[]): Cursor {
  if (typeof cursor !== "object" || cursor === null || Array.isArray(cursor)) return cursor;
  return { ...cursor, found: found.length === 0 ? undefined : found.map((one) => ({ ...one })) };
}

const foundSchema = z.object({
  found: z.array(
    z.object({
      code: z.enum(shortfallCodes),
      key: z.string(),
      values: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
});

function nameOf({ code, key }: Shortfall): string {
  return `${code} ${key}`;
}
