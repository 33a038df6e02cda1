import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Home } from "../config/home.js";
import type { Config } from "../config/load.js";
import type { Routes } from "../domain/routes.js";
import { platformIds, routesOf } from "../platforms/index.js";
import { createSecretStore, secretStoreIds, type SecretContext } from "../secrets/index.js";
import { connectionSecret, memberSecret, telegramSecret, type SecretStore } from "../secrets/secret-store.js";
import type { CliContext } from "./context.js";

/** What this build has: the commands ask here, so that a test can give them something else. */
export interface Registry {
  platformIds: readonly string[];
  /** How the addresses of each platform are built, by its id. */
  routes: Readonly<Record<string, Routes>>;
  secretStoreIds: readonly string[];
  /** The store that config.yaml names. Throws `SecretStoreError` when this build has none by that name. */
  openSecretStore: (settings: SecretStoreSettings) => SecretStore;
}

export interface SecretStoreSettings {
  home: Home;
  config: Config;
  env: CliContext["env"];
}

export function createRegistry(): Registry {
  return { platformIds, routes: routesOf, secretStoreIds, openSecretStore };
}

function openSecretStore(settings: SecretStoreSettings): SecretStore {
  return createSecretStore(settings.config.secrets.store, toSecretContext(settings));
}

/** What any store needs to know of this home, whichever one config.yaml names. */
export function toSecretContext({ home, config, env }: SecretStoreSettings): SecretContext {
  return {
    env,
    names: () => knownSecrets(config),
    namesFile: join(home.stateDir, "secrets.json"),
    storeFile: join(home.stateDir, "secrets.enc"),
    keyFile: config.secrets.keyFile,
    scope: toScope(home),
  };
}

/**
 * Homes in folders of their own have secrets of their own; the user's own home has the plain names. Windows knows a folder by its
 * name in any case, and some terminals write the drive's letter small.
 */
function toScope({ scope, stateDir }: Home): string {
  if (scope === "user") return "";
  const folder = process.platform === "win32" ? stateDir.toLowerCase() : stateDir;
  return createHash("sha256").update(folder).digest("hex").slice(0, 12);
}

/** The secrets without which something in config.yaml does not work. */
export function neededSecrets(config: Config): string[] {
  return [telegramSecret, ...config.connections.map(({ id }) => connectionSecret(id))];
}

/** Every secret that config.yaml speaks of. What members link in the bot is beside that. */
export function knownSecrets(config: Config): string[] {
  return [...neededSecrets(config), ...memberSecrets(config)];
}

/** The secrets that the members whom config.yaml names may have, for acting as themselves. */
function memberSecrets(config: Config): string[] {
  const { owner } = config.telegram;
  const members = new Set(owner === undefined ? [] : [owner]);
  for (const { to } of config.subscriptions) {
    if (typeof to === "object" && "member" in to) members.add(to.member);
  }
  return [...members].flatMap((member) => config.connections.map(({ id }) => memberSecret(member, id)));
}
