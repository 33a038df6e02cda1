import { once } from "node:events";
import type { Writable } from "node:stream";
import type winston from "winston";
import type { LogLevel } from "./log.js";
import { createRotatingFile, type RotatingFileOptions } from "./rotating-file.js";

/** Takes finished lines without their end. Never throws, and no trouble of its own ends the process. */
export interface LogSink {
  write(level: LogLevel, line: string): void;
  /** Waits for what was written, two seconds at most. */
  close(): Promise<void>;
}

export type LogFile = Omit<RotatingFileOptions, "onTrouble">;

const closeLimitMs = 2_000;

/** A disk that hangs must not make the process grow: more than this in wait, and lines are dropped. */
const maxWaitingBytes = 4 * 1024 * 1024;

export function createFileSink(library: typeof winston, options: RotatingFileOptions): LogSink {
  const stream = createRotatingFile(options);
  const logger = library.createLogger({
    level: "debug",
    format: library.format.printf((info) => String(info.message)),
    transports: [new library.transports.Stream({ stream, eol: "\n" })],
    exitOnError: false,
  });
  logger.on("error", (error: Error) => options.onTrouble(error));
  return {
    write(level, line) {
      if (stream.writableLength < maxWaitingBytes) logger.log({ level, message: line });
    },
    async close() {
      const ended = once(logger, "finish");
      logger.end();
      await inTime(ended);
      await inTime(new Promise<void>((resolve) => stream.end(resolve)));
    },
  };
}

/** A terminal or a pipe. The reader may go away at any time (EPIPE); then the lines go nowhere. */
export function createStreamSink(stream: Writable): LogSink {
  let isGone = false;
  // Stays for the life of the process: an EPIPE may come after the last line.
  stream.on("error", () => (isGone = true));
  return {
    write(_level, line) {
      if (!isGone && stream.writable) stream.write(`${line}\n`);
    },
    async close() {
      // The stream is the process's own, so it is emptied and not ended.
      if (!isGone && stream.writable)
        await inTime(new Promise<void>((resolve) => stream.write("", () => resolve())));
    },
  };
}

async function inTime(done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, closeLimitMs)));
  await Promise.race([done, limit]);
  clearTimeout(timer);
}
