import { createHash } from "node:crypto";

/**
 * Twelve hexadecimal digits that stand for one event (made from its key) or one update of a chat (`update/<id>`) in every log line
 * about it. Made from the name alone: no table has to carry it, and it is the same after a restart.
 */
export function toTrace(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 12);
}

/** The trace of everything that follows from one update of Telegram. */
export function toUpdateTrace(updateId: number): string {
  return toTrace(`update/${updateId}`);
}
