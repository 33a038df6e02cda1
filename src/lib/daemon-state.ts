import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the running daemon says of itself, for `status` and health checks. Written every `beatMs` and at changes. */
export interface DaemonState {
  pid: number;
  version: string;
  /** Epoch milliseconds, like every time here. */
  startedAt: number;
  /** The last beat: much older than `beatMs` means hung or gone. */
  at: number;
  rssBytes: number;
  heapBytes: number;
  /** Version of Node without the v. */
  node: string;
  /** The longest that the event loop was held up since the beat before. */
  loopDelayMs: number;
  /** The bot's name without the @; null until Telegram said it. */
  bot: string | null;
  reloadedAt: number | null;
  /** Why the last reload changed nothing; null when it did, or when there was none. */
  reloadProblem: string | null;
  telegramTrouble: Trouble | null;
  /** What is wrong with the database or its disk; absent in the file of an older daemon. */
  storeTrouble?: Trouble | null;
}

export interface Trouble {
  /** In English. */
  what: string;
  /** The failure as the domain keeps one, to be told in other languages. */
  kept?: string;
  since: number;
}

/** Between two beats. A state that is older than three of them is no sign of life. */
export const beatMs = 15_000;

const fileOf = (stateDir: string) => join(stateDir, "daemon.json");

/** Puts the whole file in place at once, so that a reader sees the old or the new. Throws what the file system throws. */
export function writeDaemonState(stateDir: string, state: DaemonState): void {
  const file = fileOf(stateDir);
  // Without fsync: after a power cut nothing is alive anyway, and a beat must not wait for the disk.
  writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** null when there is none, or none that can be read. Never throws. After a crash it is the last one of the dead daemon. */
export function readDaemonState(stateDir: string): DaemonState | null {
  try {
    const read: unknown = JSON.parse(readFileSync(fileOf(stateDir), "utf8"));
    return isDaemonState(read) ? read : null;
  } catch {
    return null;
  }
}

export function removeDaemonState(stateDir: string): void {
  rmSync(fileOf(stateDir), { force: true });
}

const numbers = ["pid", "startedAt", "at", "rssBytes", "heapBytes", "loopDelayMs"] as const;

function isDaemonState(read: unknown): read is DaemonState {
  if (typeof read !== "object" || read === null) return false;
  const field = (name: keyof DaemonState): unknown => Reflect.get(read, name);
  const isTextOrNull = (value: unknown) => value === null || typeof value === "string";
  const reloadedAt = field("reloadedAt");
  return (
    numbers.every((name) => typeof field(name) === "number") &&
    typeof field("version") === "string" &&
    typeof field("node") === "string" &&
    isTextOrNull(field("bot")) &&
    isTextOrNull(field("reloadProblem")) &&
    (reloadedAt === null || typeof reloadedAt === "number") &&
    isTrouble(field("telegramTrouble")) &&
    isTrouble(field("storeTrouble") ?? null)
  );
}

function isTrouble(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  return typeof Reflect.get(value, "what") === "string" && typeof Reflect.get(value, "since") === "number";
}
