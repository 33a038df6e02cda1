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

/** The same log with these fields on every line; a line's own field of the same name wins. */
export function withFields(log: Log, fields: LogFields): Log {
  return {
    error: (message, own) => log.error(message, { ...fields, ...own }),
    warn: (message, own) => log.warn(message, { ...fields, ...own }),
    info: (message, own) => log.info(message, { ...fields, ...own }),
    debug: (message, own) => log.debug(message, { ...fields, ...own }),
  };
}
