import { createEnvStore } from "./env.js";
import { createFileStore } from "./file.js";
import { createKeyringStore } from "./keyring.js";
import { SecretStoreError, type SecretStore } from "./secret-store.js";
import { createSystemdStore } from "./systemd.js";

export interface SecretContext {
  env: Record<string, string | undefined>;
  /** The secrets that the configuration speaks of. */
  names: () => string[];
  namesFile: string;
  /** Where the store `file` lies: `secrets.enc` in the state folder. */
  storeFile: string;
  /** `secrets.keyFile` of config.yaml, absolute. */
  keyFile?: string | undefined;
  /** See `KeyringStoreOptions.scope`. */
  scope: string;
}

/** Every store, the default first. */
const stores = [
  {
    id: "keyring",
    create: ({ namesFile, scope }: SecretContext) => createKeyringStore({ namesFile, scope }),
  },
  { id: "systemd", create: ({ env }: SecretContext) => createSystemdStore({ env }) },
  {
    id: "file",
    create: ({ storeFile, keyFile, env }: SecretContext) =>
      createFileStore({ path: storeFile, keyFile, env }),
  },
  { id: "env", create: ({ env, names }: SecretContext) => createEnvStore({ env, names }) },
] as const;

export type SecretStoreId = (typeof stores)[number]["id"];

export const secretStoreIds: readonly SecretStoreId[] = stores.map(({ id }) => id);

/** `id` as `secrets.store` in config.yaml. Throws `SecretStoreError` (absent) for one that does not exist. */
export function createSecretStore(id: string, context: SecretContext): SecretStore {
  const store = stores.find((one) => one.id === id);
  if (store) return store.create(context);
  const remedy = `Set secrets: { store: … } in config.yaml to one of: ${secretStoreIds.join(", ")}.`;
  throw new SecretStoreError("absent", `There is no secret store "${id}" in this version.`, remedy);
}
