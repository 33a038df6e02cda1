import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { App } from "../app/app.js";
import { systemClock } from "../lib/clock.js";
import { LockedError } from "../lib/daemon-lock.js";
import type { Home } from "../config/home.js";
import type { Log, LogLevel } from "../lib/log.js";
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

/** Everything that `start` and `poll` need: the home taken, the database open, the app built. Throws `CliError`. */
export async function openApp(context: CliContext, options: OpenAppOptions): Promise<OpenApp> {
  const settings = await requireSettings(context);
  const { config } = settings;
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
    const log = await openLog(context, {
      ...{ home, level: config.logging.level, quiet: options.quiet },
      redact: (text) => secretsSeen.redact(text),
    });
    closers.push(() => log.close());
    const registry = await context.registry();
    const { buildApp } = await import("../app/app.js");
    const app = await buildApp({
      config,
      db: opened.db,
      secrets: registry.openSecretStore({ home: settings.home, config, env: context.env }),
      cacheDir: home.cacheDir,
      version: readVersion(),
      clock: systemClock,
      log,
      random: Math.random,
      randomText: (bytes) => randomBytes(bytes).toString("base64url"),
      onSecret: (secret) => secretsSeen.add(secret),
    });
    closers.push(() => app.close());
    return { app, settings, log, close };
  } catch (error) {
    await close();
    throw error;
  }
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
  const { createLogger } = await import("../lib/logger.js");
  const level = context.globals().logLevel ?? (given.quiet ? "error" : given.level);
  return createLogger({
    level,
    file: { path: join(given.home.logsDir, "gitnotify.log"), maxBytes: 5_000_000, maxFiles: 5 },
    console: "pretty",
    redact: given.redact,
    stream: context.io.stderr,
  });
}
