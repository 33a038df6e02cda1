import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Draft } from "../../../src/cli/init/draft.js";
import { createNet } from "../../../src/cli/init/net.js";
import type { Files, Net, Ports, Rules, Services, Stores } from "../../../src/cli/init/ports.js";
import { createRules } from "../../../src/cli/init/rule-store.js";
import { readStored } from "../../../src/cli/init/read-stored.js";
import { resolveHome } from "../../../src/config/home.js";
import type { Subscription } from "../../../src/domain/subscription.js";
import type { Language } from "../../../src/i18n/index.js";
import { createSay } from "../../../src/i18n/wizard.js";
import type { Config } from "../../../src/config/load.js";
import { systemClock } from "../../../src/lib/clock.js";
import { startSurroundings, type Surroundings } from "../../../src/sandbox/surroundings.js";
import type { SecretStore } from "../../../src/secrets/secret-store.js";
import { toConfig } from "../../e2e/harness.js";
import { createScriptedAsk, type Line, type ScriptedAsk } from "./scripted-ask.js";

/** The sandbox's three servers, the real network to them, and a machine in memory. */
export interface InitWorld extends Surroundings {
  home: string;
  net: Net;
  /** What the secret store holds. */
  secrets: Map<string, string>;
  /** What config.yaml holds; "" for none. */
  file: { text: string };
  /** Where the rules are, in SQLite. */
  databaseFile: string;
  /** The rules of the database. */
  rules(): Promise<Subscription[]>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<InitWorld> {
  const surroundings = await startSurroundings();
  const home = mkdtempSync(join(tmpdir(), "gitnotify-init-"));
  const databaseFile = toHome(home).databaseFile;
  const net = await createNet({ clock: systemClock, cacheDir: join(home, "cache"), env: {} });
  return {
    ...surroundings,
    databaseFile,
    rules: async () => (await readStored(databaseFile)).rules,
    ...{ home, net: { ...net, browse: async () => false }, secrets: new Map(), file: { text: "" } },
    close: async () => {
      await net.close();
      await surroundings.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const toHome = (home: string) => resolveHome({ home, env: {}, platform: process.platform, homedir: home });

export interface PortsOptions {
  stores?: Partial<Stores>;
  services?: Partial<Services>;
  files?: Partial<Files>;
  rules?: Partial<Rules>;
  net?: Partial<Net>;
  language?: Language;
  findDaemon?: Ports["findDaemon"];
}

export function toPorts(
  world: InitWorld,
  script: readonly Line[],
  options: PortsOptions = {},
): Ports & { ask: ScriptedAsk } {
  return {
    ask: createScriptedAsk(script),
    say: createSay(options.language ?? "en"),
    net: { ...world.net, ...options.net },
    stores: {
      choose: async () => ({ id: "keyring", why: "store.why.keyring", passedOver: [] }),
      open: async () => toStore(world.secrets),
      ...options.stores,
    },
    services: {
      find: async () => ({ ok: false, code: "no_systemd", values: {} }),
      ...options.services,
    },
    files: {
      write: async (text) => void (world.file.text = text),
      check: async (text) => {
        toConfig(text);
        return [];
      },
      resolve: (path) => path.trim(),
      checkAuthority: (path) => (path.endsWith(".pem") ? undefined : "ca.missing"),
      ...options.files,
    },
    rules: { ...createRules({ home: toHome(world.home), clock: systemClock }), ...options.rules },
    clock: systemClock,
    findDaemon: options.findDaemon ?? (async () => null),
    preset: () => ({}),
    presetId: () => undefined,
  };
}

export function toStore(secrets: Map<string, string>): SecretStore {
  return {
    id: "keyring",
    readOnly: false,
    get: async (name) => secrets.get(name) ?? null,
    set: async (name, value) => void secrets.set(name, value),
    delete: async (name) => secrets.delete(name),
    list: async () => [...secrets.keys()],
  };
}

export function toDraft(world: InitWorld, text = world.file.text): Draft {
  const config: Config = toConfig(text);
  return {
    existing: {
      ...{ configFile: join(world.home, "config.yaml"), text, config, daemon: null, owner: null },
      stored: [],
      secrets: [...world.secrets.keys()],
    },
    wanted: new Set(),
    connections: [],
    telegram: { apiRoot: world.telegram.url },
    service: "none",
    startsBeforeLogin: false,
    refused: [],
  };
}

/** The same with what the database holds, as a later run finds it. */
export async function toLaterDraft(world: InitWorld): Promise<Draft> {
  const draft = toDraft(world);
  return { ...draft, existing: { ...draft.existing, stored: await world.rules() } };
}

/** Plain http on this machine, as the sandbox has it: both questions that such an address brings. */
export function localAnswers(place: string, url: string): Line[] {
  return [
    [`${place}.url`, url],
    [`${place}.allowHttp`, true],
    [`${place}.allowPrivateAddress`, true],
  ];
}

export const randomText = (bytes: number): string => randomBytes(bytes).toString("base64url");
