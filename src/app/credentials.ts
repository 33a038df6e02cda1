import { Failure } from "../domain/failure.js";
import type { Clock } from "../lib/clock.js";
import { createSecretRegistry } from "../lib/redaction.js";
import { SecretStoreError, toSetRemedy, type SecretStore } from "../secrets/secret-store.js";

/** Where the adapters get their tokens. */
export interface Credentials {
  /** Rejects with `unauthorized`, code `missing`, when there is none. */
  read(name: string): Promise<string>;
  has(name: string): Promise<boolean>;
  /** The text without any secret that was read so far. */
  redact: (text: string) => string;
}

/** A store may take a while to answer; a token that was changed counts after this long at the latest. */
const cacheMs = 60_000;

/** `onRead` hears of every secret before anybody else does, so that no log line can show it. */
export function createCredentials(options: {
  store: SecretStore;
  clock: Clock;
  onRead: (secret: string) => void;
}): Credentials {
  const registry = createSecretRegistry();
  const cache = new Map<string, { at: number; value: string }>();

  async function find(name: string): Promise<string | null> {
    const cached = cache.get(name);
    if (cached !== undefined && Math.abs(options.clock.now() - cached.at) < cacheMs) return cached.value;
    try {
      const value = await options.store.get(name);
      if (value === null) {
        cache.delete(name);
        return null;
      }
      for (const secret of [value, ...secretPartsOf(value)]) {
        registry.add(secret);
        options.onRead(secret);
      }
      cache.set(name, { at: options.clock.now(), value });
      return value;
    } catch (error) {
      // A keyring that locks itself must not stop a running daemon (reliability.md F60).
      if (error instanceof SecretStoreError && cached !== undefined) {
        // Nor may every request wait for it: it is asked again when the copy is old again.
        cache.set(name, { ...cached, at: options.clock.now() });
        return cached.value;
      }
      throw toFailure(name, error);
    }
  }

  return {
    redact: (text) => registry.redact(text),
    has: async (name) => (await find(name)) !== null,
    read: async (name) => {
      const value = await find(name);
      if (value !== null) return value;
      throw new Failure("unauthorized", {
        message: `The secret “${name}” is missing in the store “${options.store.id}”.`,
        remedy: toSetRemedy(options.store, name),
        code: "missing",
        values: { name },
      });
    },
  };
}

/** Of a bot token only the part behind the number is secret, and it is as good as the whole. */
function secretPartsOf(value: string): string[] {
  const part = /^\d+:(.{20,})$/.exec(value)?.[1];
  return part === undefined ? [] : [part];
}

function toFailure(name: string, error: unknown): Failure {
  if (!(error instanceof SecretStoreError)) throw error;
  return new Failure("unreachable", {
    message: `The secret “${name}” could not be read: ${error.message}`,
    remedy: error.remedy,
    code: `secret_store_${error.code}`,
    values: { name },
    cause: error,
  });
}
