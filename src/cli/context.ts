import type { Readable, Writable } from "node:stream";
import type { LogLevel } from "../lib/log.js";
import type { CommandNode } from "./command-tree.js";
import type { Registry } from "./registry.js";

/** What a command gets: the options before its name, the terminal, the environment. */
export interface CliContext {
  globals: () => GlobalOptions;
  io: CliIo;
  env: Record<string, string | undefined>;
  /** The platforms and secret stores of this build; loading them takes time, so that only who needs them asks. */
  registry: () => Promise<Registry>;
  /** Every command as its help tells it. */
  commandTree: () => Promise<CommandNode>;
}

export interface GlobalOptions {
  home?: string;
  config?: string;
  json?: boolean;
  logLevel?: LogLevel;
  /** False with --no-color. */
  color: boolean;
}

export interface CliIo {
  stdout: Writable;
  stderr: Writable;
  stdin: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  /** Whether a person reads stdout: colours and drawn tables are for terminals only. */
  isTTY: boolean;
  /** How wide the terminal is; absent or 0 where it does not say. */
  readonly columns?: number | undefined;
}
