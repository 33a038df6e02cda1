/** A position in a source. The adapter owns the shape and makes it from the server's data alone; the core only keeps it. */
export type Cursor = JsonValue;

export type JsonValue =
  string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue | undefined };

/** How far before its cursor a poll reads again: the platforms show some rows late (reliability.md 1.3: 120 s lost none). */
export const overlapMs = 120_000;

/** `instant` (ISO) minus the overlap, as ISO. */
export function withOverlap(instant: string): string {
  return new Date(Date.parse(instant) - overlapMs).toISOString();
}

/** The later of two ISO instants; either may be missing. */
export function laterOf(a: string | undefined | null, b: string | undefined | null): string | undefined {
  if (a == null) return b ?? undefined;
  if (b == null) return a;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}
