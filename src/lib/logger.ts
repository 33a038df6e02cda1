import type { Writable } from "node:stream";
import { toJournalLine } from "./journal.js";
import { toJsonLine, toPrettyLine, type LogEntry } from "./log-line.js";
import { createFileSink, createStreamSink, type LogFile, type LogSink } from "./log-sink.js";
import type { Log, LogLevel } from "./log.js";

export interface LoggerOptions {
  level: LogLevel;
  /** JSON lines, for machines and for later. */
  file?: LogFile;
  /** Default `none`. */
  console?: "pretty" | "json" | "journal" | "none";
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

const lineOf = { pretty: toPrettyLine, json: toJsonLine, journal: toJournalLine };

interface Outlet {
  sink: LogSink;
  toLine: ToLine;
}

const order: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** Winston is loaded here, and only when there is a file to write: a short command does not pay for it. */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  const now = options.now ?? Date.now;
  let level = options.level;
  const outlets: Outlet[] = [];

  const emit = ({ sink, toLine }: Outlet, entry: LogEntry) => {
    sink.write(entry.level, options.redact(toSafeLine(toLine, entry, level === "debug")));
  };
  const write = (entryLevel: LogLevel, message: string, fields: Record<string, unknown> = {}) => {
    if (order.indexOf(entryLevel) > order.indexOf(level)) return;
    const entry: LogEntry = { at: now(), level: entryLevel, message, fields };
    for (const outlet of outlets) emit(outlet, entry);
  };

  if (options.console !== undefined && options.console !== "none") {
    const sink = createStreamSink(options.stream ?? process.stderr);
    outlets.push({ sink, toLine: lineOf[options.console] });
  }
  const { file } = options;
  if (file) {
    const { default: winston } = await import("winston");
    const onTrouble = (error: Error) => {
      const fields = { path: file.path, error };
      // To the console alone: the file would have to take what it cannot take.
      for (const outlet of outlets.filter(({ sink }) => sink !== fileSink)) {
        emit(outlet, {
          at: now(),
          level: "warn",
          message: "The log file cannot be written; lines are lost until it can.",
          fields,
        });
      }
    };
    const fileSink = createFileSink(winston, { ...file, onTrouble });
    outlets.push({ sink: fileSink, toLine: toJsonLine });
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
