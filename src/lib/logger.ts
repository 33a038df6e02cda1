import type { Writable } from "node:stream";
import { toJsonLine, toPrettyLine, type LogEntry } from "./log-line.js";
import { createFileSink, createStreamSink, type LogFile, type LogSink } from "./log-sink.js";
import type { Log, LogLevel } from "./log.js";

export interface LoggerOptions {
  level: LogLevel;
  /** JSON lines, for machines and for later. */
  file?: LogFile;
  /** Default `none`. */
  console?: "pretty" | "json" | "none";
  /** Applied to every finished line, whatever made it. */
  redact: (text: string) => string;
  /** Where the console lines go; default stderr, as stdout belongs to a command's own output. */
  stream?: Writable;
  now?: () => number;
}

export interface Logger extends Log {
  setLevel(level: LogLevel): void;
  close(): Promise<void>;
}

type ToLine = (entry: LogEntry, withStack: boolean) => string;

const order: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** Winston is loaded here, and only when there is a file to write: a short command does not pay for it. */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  const now = options.now ?? Date.now;
  let level = options.level;
  const outlets: Array<{ sink: LogSink; toLine: ToLine }> = [];

  const write = (entryLevel: LogLevel, message: string, fields: Record<string, unknown> = {}) => {
    if (order.indexOf(entryLevel) > order.indexOf(level)) return;
    const entry: LogEntry = { at: now(), level: entryLevel, message, fields };
    for (const { sink, toLine } of outlets) {
      sink.write(entryLevel, options.redact(toSafeLine(toLine, entry, level === "debug")));
    }
  };

  if (options.console === "pretty" || options.console === "json") {
    const sink = createStreamSink(options.stream ?? process.stderr);
    outlets.push({ sink, toLine: options.console === "json" ? toJsonLine : toPrettyLine });
  }
  const { file } = options;
  if (file) {
    const { default: winston } = await import("winston");
    // Reaches the console alone: the file's own sink drops what comes while it is out of order.
    const onError = (error: Error) => {
      write("warn", "The log file cannot be written; trying again in 30 s.", { path: file.path, error });
    };
    outlets.push({ sink: createFileSink(winston, file, onError), toLine: toJsonLine });
  }

  return {
    error: (message, fields) => write("error", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    info: (message, fields) => write("info", message, fields),
    debug: (message, fields) => write("debug", message, fields),
    setLevel: (next) => {
      level = next;
    },
    async close() {
      await Promise.all(outlets.map(({ sink }) => sink.close()));
    },
  };
}

/** A getter that throws must not turn a log line into a failure of what was logged. */
function toSafeLine(toLine: ToLine, entry: LogEntry, withStack: boolean): string {
  try {
    return toLine(entry, withStack);
  } catch {
    return toLine({ ...entry, fields: { note: "the fields could not be written" } }, false);
  }
}
