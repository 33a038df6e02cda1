import { Failure } from "./failure.js";

/** A position in a source. The adapter owns the shape and makes it from the server's data alone; the core only keeps it. */
export type Cursor = JsonValue;

export type JsonValue =
  string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue | undefined };

/** How far before its cursor a poll reads again: the platforms show some rows late (reliability.md 1.3: 120 s lost none). */
const overlapMs = 120_000;

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

/**
 * The shape of one kind of cursor in this version of gitnotify. A stored cursor is `{ v, … }`; one without `v` is of version 1.
 * A change of shape raises `version` and adds the step from the version before to `upgrades`, so that no update of gitnotify
 * loses a place: a cursor that became a baseline would swallow what happened in between.
 */
export interface CursorFormat<T> {
  version: number;
  schema: { safeParse(value: unknown): { success: boolean; data?: T | undefined } };
  /** By the version that they start from. */
  upgrades?: Readonly<Record<number, (before: Record<string, JsonValue | undefined>) => JsonValue>>;
}

/**
 * `lost`: there was a cursor and it cannot be read; the source begins anew and says so. One of a newer gitnotify is left as it is, for the
 * newer one to go on from: that rejects, and nothing is polled.
 */
export function readCursor<T>(
  format: CursorFormat<T>,
  cursor: Cursor | null,
): { position: T | null; lost: boolean } {
  if (cursor === null) return { position: null, lost: false };
  if (versionOf(cursor) > format.version) throw newerCursor();
  const parsed = format.schema.safeParse(upgraded(format, cursor));
  return parsed.success && parsed.data !== undefined
    ? { position: parsed.data, lost: false }
    : { position: null, lost: true };
}

/** A position as it is stored. */
export function writeCursor<T extends object>(format: CursorFormat<T>, position: T): Cursor {
  return { ...(position as Record<string, JsonValue | undefined>), v: format.version };
}

function newerCursor(): Failure {
  return new Failure("unreachable", {
    message: "The saved position was written by a newer gitnotify, and this one would lose what came since.",
    remedy: "Install the newer gitnotify again, or restore a backup from before the update.",
    code: "newer_cursor",
  });
}

function upgraded<T>(format: CursorFormat<T>, cursor: Cursor): Cursor {
  let value: Cursor = cursor;
  for (let version = versionOf(value); version < format.version; version += 1) {
    const step = format.upgrades?.[version];
    if (step === undefined || typeof value !== "object" || value === null || Array.isArray(value))
      return value;
    value = step(value);
  }
  return value;
}

function versionOf(cursor: Cursor): number {
  if (typeof cursor !== "object" || cursor === null || Array.isArray(cursor)) return 1;
  return typeof cursor["v"] === "number" ? cursor["v"] : 1;
}
