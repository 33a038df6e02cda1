import { createEnvStore } from "./env.js";
import { createFileStore } from "./file.js";
import { createKeyringStore } from "./keyring.js";
import { SecretStoreError, toSetRemedy, type SecretStore } from "./secret-store.js";
import { createSystemdStore } from "./systemd.js";
import { readTokenText } from "./token-text.js";

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
  if (store) return ofTokens(store.create(context));
  const remedy = `Set secrets: { store: … } in config.yaml to one of: ${secretStoreIds.join(", ")}.`;
  throw new SecretStoreError("absent", `There is no secret store "${id}" in this version.`, remedy);
}

/** Whatever keeps them, tokens come out and go in as a server takes them. */
function ofTokens(store: SecretStore): SecretStore {
  return {
    ...store,
    async get(name) {
      const text = await store.get(name);
      return text === null ? null : toToken(store, name, text);
    },
    async set(name, value) {
      const token = toToken(store, name, value);
      if (token === null) throw unusable(store, name, "is empty");
      await store.set(name, token);
    },
  };
}

/** null: nothing but what comes along with a token. */
function toToken(store: SecretStore, name: string, text: string): string | null {
  const read = readTokenText(text);
  if ("token" in read) return read.token;
  if (read.fault === "empty") return null;
  const what =
    read.fault === "spaces"
      ? "has a space or a line break inside"
      : "has characters that no token has; its file may be in UTF-16, or it was copied with something else";
  throw unusable(store, name, what);
}

function unusable(store: SecretStore, name: string, what: string): SecretStoreError {
  const message = `The secret ${name} (secrets.store: ${store.id}) cannot be a token: it ${what}.`;
  return new SecretStoreError("failed", message, `Give the token alone. ${toSetRemedy(store, name)}`);
}
