import type { SecretStore } from "../../src/secrets/secret-store.js";

/** Keeps secrets for as long as the test runs. */
export function createMemorySecretStore(initial: Record<string, string> = {}): SecretStore {
  const secrets = new Map(Object.entries(initial));
  return {
    id: "memory",
    readOnly: false,
    get: async (name) => secrets.get(name) ?? null,
    set: async (name, value) => void secrets.set(name, value),
    delete: async (name) => secrets.delete(name),
    list: async () => [...secrets.keys()].sort(),
  };
}
