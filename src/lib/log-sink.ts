import type { Writable } from "node:stream";
import type winston from "winston";
import type { LogLevel } from "./log.js";

/** Takes finished lines without their end. Never throws, and no trouble of its own ends the process. */
export interface LogSink {
  write(level: LogLevel, line: string): void;
  /** Waits for what was written, two seconds at most. */
  close(): Promise<void>;
}

export interface LogFile {
  path: string;
  /** A file that reaches this size is put aside. */
  maxBytes: number;
  maxFiles: number;
}

type Winston = typeof winston;

const pauseAfterErrorMs = 30_000;
const closeLimitMs = 2_000;

/**
 * Winston's file transport stops taking lines for good when its stream fails, and would hold them in memory. A full disk
 * may be emptied again, so the transport is dropped at an error and made anew half a minute later; lines in between are lost here.
 */
export function createFileSink(winston: Winston, file: LogFile, onError: (error: Error) => void): LogSink {
  let current: Opened | undefined;
  let notBefore = 0;
  let isClosed = false;

  const drop = (error: Error) => {
    current?.logger.close();
    current = undefined;
    notBefore = performance.now() + pauseAfterErrorMs;
    onError(error);
  };
  const open = (): Opened | undefined => {
    if (isClosed || performance.now() < notBefore) return undefined;
    try {
      const opened = openFile(winston, file, (error) => {
        if (current === opened) drop(error);
      });
      return opened;
    } catch (error) {
      drop(error instanceof Error ? error : new Error("log file"));
      return undefined;
    }
  };
  // At once, so that a folder that cannot be written is reported at the start and not with the first line.
  current = open();

  return {
    write(level, line) {
      current ??= open();
      current?.logger.log({ level, message: line });
    },
    async close() {
      isClosed = true;
      await (current && end(current));
    },
  };
}

interface Opened {
  logger: ReturnType<Winston["createLogger"]>;
  transport: InstanceType<Winston["transports"]["File"]>;
}

function openFile(winston: Winston, file: LogFile, onError: (error: Error) => void): Opened {
  const transport = new winston.transports.File({
    filename: file.path,
    maxsize: file.maxBytes,
    maxFiles: file.maxFiles,
    tailable: true,
    eol: "\n",
    options: { flags: "a", mode: 0o600 },
  });
  const logger = winston.createLogger({
    level: "debug",
    format: winston.format.printf((info) => String(info.message)),
    transports: [transport],
    exitOnError: false,
  });
  logger.on("error", onError);
  return { logger, transport };
}

function end({ logger, transport }: Opened): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, closeLimitMs);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    transport.once("finish", done).once("error", done);
    logger.end();
  });
}

/** A terminal or a pipe. The reader may go away at any time (EPIPE); then the lines go nowhere. */
export function createStreamSink(stream: Writable): LogSink {
  let isGone = false;
  const onError = () => {
    isGone = true;
  };
  stream.on("error", onError);
  return {
    write(_level, line) {
      if (!isGone && stream.writable) stream.write(`${line}\n`);
    },
    async close() {
      if (isGone || !stream.writable) return;
      // The listener stays: a late EPIPE must still find it. The stream is the process's and is not ended here.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, closeLimitMs);
        stream.write("", () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}
