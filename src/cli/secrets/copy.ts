import { SecretStoreError, type SecretStore } from "../../secrets/secret-store.js";

/** What was copied, and the way back. */
export interface Copied {
  names: string[];
  /** Puts the target back as it was. Never rejects: the names of what could not be put back. */
  undo(): Promise<string[]>;
}

/** Every value of `names` that the store has. Rejects with `SecretStoreError` when one cannot be read. */
export async function readAll(store: SecretStore, names: readonly string[]): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const name of names) {
    const value = await store.get(name);
    if (value !== null) values.set(name, value);
  }
  return values;
}

/** Copies each and reads it back. When one fails, those before it are put back as they were, and it rejects. */
export async function copyAll(values: ReadonlyMap<string, string>, target: SecretStore): Promise<Copied> {
  const before = new Map<string, string | null>();
  const undo = async () => {
    const left: string[] = [];
    for (const [name, old] of before) {
      try {
        if (old === null) await target.delete(name);
        else await target.set(name, old);
      } catch {
        left.push(name);
      }
    }
    return left;
  };
  try {
    for (const [name, value] of values) {
      before.set(name, await target.get(name));
      await target.set(name, value);
      if ((await target.get(name)) !== value) throw notKept(target.id, name);
    }
  } catch (error) {
    const left = await undo();
    throw left.length === 0 ? error : withLeft(error, target.id, left);
  }
  return { names: [...values.keys()], undo };
}

function notKept(store: string, name: string): SecretStoreError {
  const message = `The store “${store}” took the secret ${name} but does not give the same back.`;
  return new SecretStoreError(
    "failed",
    message,
    `Look at it with \`gitnotify doctor\`, or choose another store.`,
  );
}

function withLeft(error: unknown, store: string, left: readonly string[]): unknown {
  if (!(error instanceof SecretStoreError)) return error;
  const message = `${error.message} Copies of ${left.join(", ")} may still be in ${store}.`;
  return new SecretStoreError(error.code, message, error.remedy);
}
