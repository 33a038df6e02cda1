import { fstatSync } from "node:fs";
import type { Writable } from "node:stream";
import { toPlainLine, type LogEntry } from "./log-line.js";
import type { LogLevel } from "./log.js";

/** Levels as sd-daemon(3) has them. */
const priority: Record<LogLevel, number> = { error: 3, warn: 4, info: 6, debug: 7 };

/**
 * Whether the stream leads into systemd's journal. `JOURNAL_STREAM` names device and inode of its socket (systemd.exec(5)); a
 * process that inherits the variable and has been redirected since is not meant.
 */
export function isJournal(stream: Writable, env: Record<string, string | undefined>): boolean {
  const named = env["JOURNAL_STREAM"];
  const fd: unknown = Reflect.get(stream, "fd");
  if (named === undefined || typeof fd !== "number") return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return named === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** The journal has a time of its own, and takes the level from the front. */
export function toJournalLine(entry: LogEntry, withStack: boolean): string {
  return `<${priority[entry.level]}>${toPlainLine(entry, withStack)}`;
}
