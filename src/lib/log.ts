export type LogLevel = "error" | "warn" | "info" | "debug";

/** The little of a logger that the rooms need; `logger.ts` makes the real one. Fields never hold secrets on purpose, and the sink redacts. */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

export type LogFields = Record<string, unknown>;

export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} };
