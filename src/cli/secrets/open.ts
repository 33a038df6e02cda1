import type { Config } from "../../config/load.js";
import { SecretStoreError, type SecretStore } from "../../secrets/secret-store.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { neededSecrets } from "../registry.js";
import { requireSettings } from "../settings.js";

export interface OpenSecrets {
  store: SecretStore;
  config: Config;
  /** The names that config.yaml needs. */
  expected: string[];
}

/** The store that config.yaml names. */
export async function openSecrets(context: CliContext): Promise<OpenSecrets> {
  const [{ home, config }, registry] = await Promise.all([requireSettings(context), context.registry()]);
  const store = registry.openSecretStore({ home, config, env: context.env });
  return { store, config, expected: neededSecrets(config) };
}

/** What a store refused, as the end of the command. */
export async function tell<T>(work: Promise<T> | T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SecretStoreError) throw new CliError(exitCode.failed, error.message, error.remedy);
    throw error;
  }
}
