import { existsSync, readFileSync } from "node:fs";
import { systemClock } from "../../lib/clock.js";
import { findDaemon } from "../../lib/daemon-lock.js";
import { createEnvStore } from "../../secrets/env.js";
import { SecretStoreError } from "../../secrets/secret-store.js";
import type { Home } from "../../config/home.js";
import type { Say } from "../../i18n/wizard.js";
import type { CliContext } from "../context.js";
import { readStored } from "./read-stored.js";
import { requireSettings, type Settings } from "../settings.js";
import { type Answers, toAnswerMap } from "./answers.js";
import type { Ask } from "./ask.js";
import type { Draft, Existing, TelegramWay } from "./draft.js";
import { createFiles } from "./files.js";
import { createGivenAsk } from "./given.js";
import { createNet } from "./net.js";
import type { Ports, ServerSettings } from "./ports.js";
import { createRules } from "./rule-store.js";
import { createServices } from "./services.js";
import { createStores } from "./stores.js";

export interface OpenOptions {
  context: CliContext;
  answers: Answers;
  /** Secrets of stdin, by name. */
  secrets: ReadonlyMap<string, string>;
  /** null: nobody can be asked. */
  terminal: Ask | null;
  say: Say;
  signal: AbortSignal;
}

export interface Opened {
  ports: Ports;
  draft: Draft;
  /** Whether anything was written so far. */
  wrote: () => boolean;
}

/** Reads what is set up and builds everything that the wizard works with. Throws `CliError` when config.yaml is wrong. */
export async function openWizard(options: OpenOptions): Promise<Opened> {
  const { context, answers, say } = options;
  const settings = await requireSettings(context);
  const { home, config } = settings;
  const existing = await readExisting(context, settings);
  if (existing.text.trim() !== "" && answers.language === undefined) say.language = config.language;
  const files = createFiles({ context, home, say, before: existing.text });
  const resolve = (path: string) => files.resolve(path);
  let wrote = false;
  const ports: Ports = {
    ask: toAsk(options),
    say,
    net: await createNet({ clock: systemClock, cacheDir: home.cacheDir, env: context.env }),
    stores: createStores({ context, home, config, wanted: answers.secrets.store }),
    services: createServices(context),
    files: {
      ...files,
      write: async (text) => {
        await files.write(text);
        wrote = true;
      },
    },
    rules: createRules({ home, clock: systemClock }),
    clock: systemClock,
    findDaemon: () => daemonOf(home),
    preset: (place) => toPreset(answers, place, resolve),
    presetId: (place) => connectionAt(answers, place)?.id,
  };
  const draft: Draft = {
    existing,
    wanted: new Set(),
    connections: [],
    telegram: toTelegramWay(answers, config, resolve),
    service: "none",
    startsBeforeLogin: false,
    refused: [],
  };
  return { ports, draft, wrote: () => wrote };
}

function toTelegramWay(
  { telegram: given }: Answers,
  { telegram: before }: Settings["config"],
  resolve: (path: string) => string,
): TelegramWay {
  const proxy = given.proxy ?? before.proxy;
  const caFile = given.caFile === undefined ? before.caFile : resolve(given.caFile);
  return {
    apiRoot: given.apiRoot ?? before.apiRoot,
    ...(proxy === undefined ? {} : { proxy }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

function toAsk({ context, answers, secrets, terminal, say, signal }: OpenOptions): Ask {
  const environment = createEnvStore({ env: context.env, names: () => [] });
  return createGivenAsk({
    answers: toAnswerMap(answers),
    secret: async (name) => secrets.get(name) ?? (await environment.get(name)),
    next: terminal,
    say,
    print: (line) => void context.io.stderr.write(`${line}\n`),
    signal,
  });
}

function connectionAt({ connections }: Answers, place: string) {
  const index = /^connections\[(\d+)\]$/.exec(place)?.[1];
  return index === undefined ? undefined : connections[Number(index)];
}

/** Paths are those of whoever wrote the answers; config.yaml gets them whole. */
function toPreset(
  answers: Answers,
  place: string,
  resolve: (path: string) => string,
): Partial<ServerSettings> {
  const { apiUrl, caFile, proxy, allowHttp, allowPrivateAddress } = connectionAt(answers, place) ?? {};
  return {
    ...(apiUrl === undefined ? {} : { apiUrl }),
    ...(caFile === undefined ? {} : { caFile: resolve(caFile) }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(allowHttp === undefined ? {} : { allowHttp }),
    ...(allowPrivateAddress === undefined ? {} : { allowPrivateAddress }),
  };
}

async function daemonOf({ stateDir }: Home): Promise<number | null> {
  return existsSync(stateDir) ? findDaemon(stateDir) : null;
}

async function readExisting(context: CliContext, settings: Settings): Promise<Existing> {
  const { home, config, exists } = settings;
  const { configFile } = home;
  const stored = await readStored(home.databaseFile);
  return {
    ...{ configFile, config },
    text: exists ? readFileSync(configFile, "utf8") : "",
    ...(await readSecretNames(context, settings)),
    daemon: await daemonOf(home),
    owner: stored.owner,
    stored: stored.rules,
  };
}

async function readSecretNames(
  context: CliContext,
  { home, config, exists }: Settings,
): Promise<Pick<Existing, "secrets" | "secretsProblem">> {
  if (!exists) return { secrets: [] };
  const store = (await context.registry()).openSecretStore({ home, config, env: context.env });
  try {
    return { secrets: await store.list() };
  } catch (error) {
    if (!(error instanceof SecretStoreError)) throw error;
    return { secrets: [], secretsProblem: error };
  }
}
