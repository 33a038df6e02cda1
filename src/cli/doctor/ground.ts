import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BotIdentity } from "../../channels/telegram/api.js";
import type { Home } from "../../config/home.js";
import type { Config, LoadedConfig } from "../../config/load.js";
import type { Access } from "../../domain/connection.js";
import type { Subscription } from "../../domain/subscription.js";
import { type Clock, systemClock } from "../../lib/clock.js";
import type { SecretStore } from "../../secrets/secret-store.js";
import type { OpenDatabase } from "../../store/database.js";
import type { CliContext } from "../context.js";
import { type OpenPlatforms, openPlatforms } from "../open-platforms.js";
import { readSettings } from "../settings.js";

/** What the checks look at. Each part is opened when the first check asks for it, and asked of the network once. */
export interface Ground {
  home: Home;
  loaded: LoadedConfig;
  /** null: config.yaml is missing or wrong, and what depends on it cannot be looked at. */
  config: Config | null;
  clock: Clock;
  signal: AbortSignal;
  secrets(config: Config): Promise<SecretStore>;
  platforms(config: Config): Promise<OpenPlatforms>;
  /** Who the token of the connection is; rejects with a `Failure`. */
  access(config: Config, connectionId: string): Promise<Access>;
  bot(config: Config): Promise<BotIdentity>;
  /** Opened for reading alone. null: nothing was ever started in this home. Rejects with `DatabaseError`. */
  store: () => Promise<OpenDatabase | null>;
  /** The process that runs in this home, or null. */
  daemon(): Promise<number | null>;
  /** Declared and stored; the declared alone when the database cannot be read. */
  subscriptions(config: Config): Promise<readonly Subscription[]>;
  close(): Promise<void>;
}

export async function openGround(context: CliContext, signal: AbortSignal): Promise<Ground> {
  const { home, loaded } = await readSettings(context);
  const config = loaded.ok ? loaded.config : null;
  const closers: Array<() => Promise<void>> = [];
  const platforms = once(async (settings: Config) => {
    const opened = await openPlatforms(context, { home, config: settings });
    closers.push(() => opened.close());
    return opened;
  });
  const store = once(async () => {
    const opened = await openForReading(home);
    if (opened !== null) closers.push(() => opened.close());
    return opened;
  });
  const accesses = new Map<string, Promise<Access>>();
  const openSecrets = async (settings: Config) =>
    (await context.registry()).openSecretStore({ home, config: settings, env: context.env });
  return {
    ...{ home, loaded, config, clock: systemClock, signal, store, platforms },
    secrets: once(openSecrets),
    access: (settings, id) => {
      const asked = accesses.get(id) ?? platforms(settings).then((opened) => checkAccess(opened, id, signal));
      accesses.set(id, asked);
      return asked;
    },
    bot: once(async (settings: Config) => (await platforms(settings)).telegram.api.getMe(signal)),
    daemon: once(() => findRunning(home)),
    subscriptions: once((settings: Config) => listAll(settings, store)),
    close: async () => {
      for (const close of closers) await close();
    },
  };
}

/** The first call's answer, good or bad, for every later one. */
function once<Given extends unknown[], Answer>(
  make: (...given: Given) => Promise<Answer>,
): (...given: Given) => Promise<Answer> {
  let made: Promise<Answer> | undefined;
  return (...given) => (made ??= make(...given));
}

async function checkAccess(opened: OpenPlatforms, id: string, signal: AbortSignal): Promise<Access> {
  const live = opened.connections.live.get(id);
  if (live === undefined) throw new Error(`There is no connection ${id}.`);
  return live.client.checkAccess(signal);
}

async function openForReading(home: Home): Promise<OpenDatabase | null> {
  if (!existsSync(home.databaseFile) && !existsSync(`${home.databaseFile}.made`)) return null;
  const { openWithoutTrace } = await import("../copy-database.js");
  return openWithoutTrace(home.databaseFile);
}

/** Looking for the lock would make its file: where there is none, nobody ever ran. */
async function findRunning(home: Home): Promise<number | null> {
  if (!existsSync(join(home.stateDir, "daemon.lock"))) return null;
  const { findDaemon } = await import("../../lib/daemon-lock.js");
  return findDaemon(home.stateDir);
}

async function listAll(config: Config, store: Ground["store"]): Promise<readonly Subscription[]> {
  try {
    const opened = await store();
    if (opened === null) return config.subscriptions;
    const { listSubscriptions } = await import("../../store/subscriptions.js");
    return [...config.subscriptions, ...(await listSubscriptions(opened.db))];
  } catch {
    // The check of the database says what is wrong with it.
    return config.subscriptions;
  }
}
