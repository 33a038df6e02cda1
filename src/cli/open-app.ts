import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { App } from "../app/app.js";
import { systemClock } from "../lib/clock.js";
import { LockedError } from "../lib/daemon-lock.js";
import type { Home } from "../config/home.js";
import type { Config } from "../config/load.js";
import type { Log, LogLevel } from "../lib/log.js";
import type { Logger } from "../lib/logger.js";
import { createProgress } from "../lib/progress.js";
import type { StoreHealth } from "../store/faults.js";
import type { Database } from "../store/schema.js";
import type { CliContext } from "./context.js";
import { CliError, exitCode } from "./exit-code.js";
import { readVersion } from "./version.js";
import { requireSettings, type Settings } from "./settings.js";

export interface OpenApp {
  app: App;
  settings: Settings;
  log: Log;
  close(): Promise<void>;
}

export interface OpenAppOptions {
  /** Log lines of the terminal: everything for a daemon, only trouble for a command. */
  quiet: boolean;
  /** Where everything but the settings and the secrets lies instead (a dry run works on a copy). */
  home?: Home;
}

/** What outlives a change of the settings: the home taken, the database open, the log, and every secret that was ever read. */
export interface Ground {
  settings: Settings;
  db: Database;
  log: Logger;
  redact: (text: string) => string;
  /** An app with these settings and its own progress. The caller closes it. */
  build(config: Config): Promise<App>;
  close(): Promise<void>;
}

/** Everything that `poll` and `demo` need: the ground, and the app built on it. Throws `CliError`. */
export async function openApp(context: CliContext, options: OpenAppOptions): Promise<OpenApp> {
  const ground = await openGround(context, options);
  const { settings, log } = ground;
  try {
    const app = await ground.build(settings.config);
    const close = async () => {
      await app.close();
      await ground.close();
    };
    return { app, settings, log, close };
  } catch (error) {
    await ground.close();
    throw error;
  }
}

/** Throws `CliError`. */
export async function openGround(context: CliContext, options: OpenAppOptions): Promise<Ground> {
  const settings = await requireSettings(context);
  const { config } = settings;
  if (!settings.exists) throw nothingSetUp(settings.home);
  const home = options.home ?? settings.home;
  const closers: Array<() => Promise<void> | void> = [];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    const opened = await openLocked(home);
    closers.push(opened.release);
    const { createSecretRegistry } = await import("../lib/redaction.js");
    const secretsSeen = createSecretRegistry();
    const redact = (text: string) => secretsSeen.redact(text);
    const log = await openLog(context, {
      ...{ home, level: config.logging.level, quiet: options.quiet, redact },
    });
    closers.push(() => log.close());
    for (const { path, mode } of opened.closed)
      log.warn("Other users of this machine could reach this; it is closed to them now", {
        path,
        mode: mode.toString(8),
      });
    const onSecret = (secret: string) => secretsSeen.add(secret);
    const { db, health } = opened;
    const parts = {
      context,
      db,
      health,
      databaseFile: home.databaseFile,
      log,
      onSecret,
      cacheDir: home.cacheDir,
      home: settings.home,
    };
    return { settings, db: opened.db, log, redact, build: (next) => build(parts, next), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function nothingSetUp({ configFile }: Home): CliError {
  return new CliError(
    exitCode.configInvalid,
    `nothing is set up here: there is no ${configFile}`,
    "`gitnotify init` sets everything up, step by step. `gitnotify demo` shows it without a token.",
  );
}

interface Parts {
  context: CliContext;
  home: Home;
  cacheDir: string;
  db: Database;
  health: StoreHealth;
  databaseFile: string;
  log: Logger;
  onSecret: (secret: string) => void;
}

async function build({ context, home, ...parts }: Parts, config: Config): Promise<App> {
  const registry = await context.registry();
  const { buildApp } = await import("../app/app.js");
  return buildApp({
    ...parts,
    config,
    secrets: registry.openSecretStore({ home, config, env: context.env }),
    version: readVersion(),
    clock: systemClock,
    random: Math.random,
    randomText: (bytes) => randomBytes(bytes).toString("base64url"),
    progress: createProgress(),
  });
}

async function openLocked(home: Home) {
  const { openHome } = await import("../app/daemon-home.js");
  try {
    return await openHome(home);
  } catch (error) {
    throw await toCliError(error);
  }
}

/** What keeps a command from the database, in words for people. */
export async function toCliError(error: unknown): Promise<unknown> {
  const { DatabaseError } = await import("../store/database.js");
  if (error instanceof LockedError) {
    const who = error.pid === null ? "" : ` (process ${error.pid})`;
    return new CliError(
      exitCode.alreadyRunning,
      `gitnotify is already running in this home${who}.`,
      "Stop it first, or use another folder with --home.",
    );
  }
  if (error instanceof DatabaseError) return new CliError(exitCode.failed, error.message, error.remedy);
  return error;
}

async function openLog(
  context: CliContext,
  given: { home: Home; level: LogLevel; quiet: boolean; redact: (text: string) => string },
) {
  const [{ createLogger }, { isJournal }] = await Promise.all([
    import("../lib/logger.js"),
    import("../lib/journal.js"),
  ]);
  const level = context.globals().logLevel ?? (given.quiet ? "error" : given.level);
  return createLogger({
    level,
    file: { path: join(given.home.logsDir, "gitnotify.log"), maxBytes: 5_000_000, maxFiles: 5 },
    console: isJournal(context.io.stderr, context.env) ? "journal" : "pretty",
    redact: given.redact,
    stream: context.io.stderr,
  });
}
