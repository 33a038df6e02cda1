import { existsSync } from "node:fs";
import type { BotIdentity } from "../../channels/telegram/api.js";
import type { Home } from "../../config/home.js";
import type { Config, LoadedConfig } from "../../config/load.js";
import type { Access } from "../../domain/connection.js";
import type { Subscription } from "../../domain/subscription.js";
import { type Clock, systemClock } from "../../lib/clock.js";
import type { SecretStore } from "../../secrets/secret-store.js";
import type { DaemonStatus } from "../../operations/status-report.js";
import type { OpenDatabase } from "../../store/database.js";
import type { StatusRows } from "../../store/status-rows.js";
import type { CliContext } from "../context.js";
import { type OpenPlatforms, openPlatforms } from "../open-platforms.js";
import { readSettings } from "../settings.js";
import type { Answered, Site } from "./sites.js";

/** What the checks look at. Each part is opened when the first check asks for it, and asked of the network once. */
export interface Ground {
  home: Home;
  loaded: LoadedConfig;
  /** null: config.yaml is missing or wrong, and what depends on it cannot be looked at. */
  config: Config | null;
  env: CliContext["env"];
  /** Whether another program may be interrupted to find out that there is one. */
  listen: boolean;
  clock: Clock;
  signal: AbortSignal;
  secrets(config: Config): Promise<SecretStore>;
  platforms(config: Config): Promise<OpenPlatforms>;
  /** Every server that config.yaml names. */
  sites(config: Config): Promise<readonly Site[]>;
  /** What a server answers without a token; rejects with `HttpError`. */
  ask(config: Config, site: Site): Promise<Answered>;
  /** Whether all servers of a connection, or of `telegram`, answer. */
  isReached(config: Config, of: string): Promise<boolean>;
  /** Who the token of the connection is; rejects with a `Failure`. */
  access(config: Config, connectionId: string): Promise<Access>;
  bot(config: Config): Promise<BotIdentity>;
  /** Opened for reading alone. null: nothing was ever started in this home. Rejects with `DatabaseError`. */
  store: () => Promise<OpenDatabase | null>;
  /** What the status report is made of. null: nothing was ever started in this home. Rejects with `DatabaseError`. */
  rows: () => Promise<StatusRows | null>;
  /** The process that runs in this home. */
  daemon(): Promise<DaemonStatus>;
  /** Declared and stored; the declared alone when the database cannot be read. */
  subscriptions(config: Config): Promise<readonly Subscription[]>;
  close(): Promise<void>;
}

export interface GroundOptions {
  signal: AbortSignal;
  listen: boolean;
}

export async function openGround(context: CliContext, { signal, listen }: GroundOptions): Promise<Ground> {
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
  const { env } = context;
  return {
    ...{ home, loaded, config, env, clock: systemClock, signal, listen, store, platforms },
    ...createSurvey(platforms, signal),
    rows: once(async () => (await import("../../store/status-reader.js")).readStatus(home.databaseFile)),
    secrets: once(openSecrets),
    access: (settings, id) => {
      const asked = accesses.get(id) ?? platforms(settings).then((opened) => checkAccess(opened, id, signal));
      accesses.set(id, asked);
      return asked;
    },
    bot: once(async (settings: Config) => (await platforms(settings)).telegram.api.getMe(signal)),
    daemon: once(async () => (await import("../status/daemon.js")).readDaemon(home.stateDir)),
    subscriptions: once((settings: Config) => listAll(settings, store)),
    close: async () => {
      for (const close of closers) await close();
    },
  };
}

/** Each server is asked once, whoever wants to know. */
function createSurvey(
  platforms: Ground["platforms"],
  signal: AbortSignal,
): Pick<Ground, "sites" | "ask" | "isReached"> {
  const asked = new Map<Site, Promise<Answered>>();
  const sites = once(async (config: Config) => {
    const { toSites } = await import("./sites.js");
    return toSites(config, await platforms(config));
  });
  const ask = async (site: Site) => {
    const { askSite } = await import("./sites.js");
    return askSite(site, { now: () => systemClock.now(), signal });
  };
  const askOnce = (site: Site) => {
    const answer = asked.get(site) ?? ask(site);
    asked.set(site, answer);
    return answer;
  };
  return {
    sites,
    ask: (_config, site) => askOnce(site),
    isReached: async (config, of) => {
      const own = (await sites(config)).filter((site) => site.of === of);
      const answers = await Promise.allSettled(own.map(askOnce));
      return answers.every(({ status }) => status === "fulfilled");
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
