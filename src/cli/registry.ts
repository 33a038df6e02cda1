import type { Config } from "../config/load.js";
import type { Home } from "../config/home.js";
import { platformIds } from "../platforms/index.js";
import type { SecretStore } from "../secrets/secret-store.js";
import type { CliContext } from "./context.js";

/** What this build has: the commands ask here, so that a test can give them something else. */
export interface Registry {
  platformIds: readonly string[];
  secretStoreIds: readonly string[];
  /** The store that config.yaml names. */
  openSecretStore(settings: SecretStoreSettings): Promise<SecretStore>;
}

export interface SecretStoreSettings {
  home: Home;
  config: Config;
  env: CliContext["env"];
}

export function createRegistry(): Registry {
  return {
    platformIds,
    secretStoreIds: ["keyring", "env"],
    async openSecretStore() {
      throw new Error("no secret store");
    },
  };
}
