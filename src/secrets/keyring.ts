import { randomUUID } from "node:crypto";
import { createNamesFile } from "./names-file.js";
import { elsewhere, KeyringSilent, toKeyringError } from "./keyring-errors.js";
import { SecretStoreError, type SecretStore } from "./secret-store.js";

export interface KeyringStoreOptions {
  /** The word under which people find the entries in their system's password program. Default `gitnotify`. */
  service?: string;
  /** Where the names are kept, for a keyring cannot be listed everywhere. */
  namesFile: string;
  /** Keeps two homes on one machine apart; "" for the default home, something derived from its path for another. */
  scope: string;
  /** For the remedy. Default: this system. */
  platform?: NodeJS.Platform;
  /** Default 3,000: a keyring that asks the person something answers when the person does. */
  timeoutMs?: number;
  /** Default: the credential manager of this system. */
  openEntry?: (service: string, account: string) => Promise<KeyringEntry>;
}

export interface KeyringEntry {
  getPassword(signal?: AbortSignal): Promise<string | null>;
  setPassword(password: string, signal?: AbortSignal): Promise<void>;
  deletePassword(signal?: AbortSignal): Promise<boolean>;
}

/** The Windows Credential Manager holds 2,560 bytes, which keyring fills with UTF-16. */
const windowsLimit = 1_280;

/** macOS keychain, Windows Credential Manager, or the Secret Service (GNOME Keyring, KWallet, KeePassXC) elsewhere. */
export function createKeyringStore(options: KeyringStoreOptions): SecretStore {
  const { service = "gitnotify", scope, platform = process.platform, openEntry = openSystemEntry } = options;
  const timeoutMs = options.timeoutMs ?? 3_000;
  const names = createNamesFile(options.namesFile);
  const inTurn = createTurns(timeoutMs);

  /**
   * Each call holds a thread of the pool that file and name lookups also need until the keyring answers, so there is
   * one at a time, and none is begun while one hangs.
   */
  async function ask<T>(
    name: string,
    use: (entry: KeyringEntry, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const account = scope === "" ? name : `${scope}:${name}`;
    try {
      return await inTurn(async (signal) => use(await openEntry(service, account), signal));
    } catch (cause) {
      throw cause instanceof SecretStoreError ? cause : toKeyringError(cause, platform);
    }
  }

  return {
    id: "keyring",
    place: places[platform === "darwin" || platform === "win32" ? platform : "linux"],
    readOnly: false,
    get: (name) => ask(name, (entry, signal) => entry.getPassword(signal)),
    async set(name, value) {
      if (platform === "win32" && value.length > windowsLimit) throw tooLong(name);
      // Read back, because some stores take a value and keep nothing.
      const kept = await ask(name, async (entry, signal) => {
        await entry.setPassword(value, signal);
        return entry.getPassword(signal);
      });
      if (kept !== value) throw notKept(name);
      await names.add(name);
    },
    async delete(name) {
      const existed = await ask(name, (entry, signal) => entry.deletePassword(signal));
      await names.remove(name);
      return existed;
    },
    list: () => names.read(),
    async probe() {
      const value = randomUUID();
      // A name of its own, so that two that try at once do not delete each other's; a crash leaves an entry without worth.
      const kept = await ask(`probe/${value}`, async (entry, signal) => {
        await entry.setPassword(value, signal);
        const given = await entry.getPassword(signal);
        await entry.deletePassword(signal);
        return given;
      });
      if (kept !== value) throw notKept("that was tried");
    },
  };
}

const places = {
  linux: "the keyring of this session (Secret Service)",
  darwin: "the login keychain",
  win32: "the Windows Credential Manager",
};

/**
 * On Linux the store is named: left to itself the library falls back to the kernel's keyring without a word, and that one
 * forgets after three days.
 */
async function openSystemEntry(service: string, account: string): Promise<KeyringEntry> {
  const { AsyncEntry } = await import("@napi-rs/keyring");
  return new AsyncEntry(service, account, { linux: { store: "secret-service" } });
}

type InTurn = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** One call at a time. The limit covers the waiting too. The next call begins when the last one has really ended. */
function createTurns(timeoutMs: number): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (call) => {
    const stop = new AbortController();
    const running = last.then(() => {
      stop.signal.throwIfAborted();
      return call(stop.signal);
    });
    last = running.catch(() => undefined);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const error = new KeyringSilent("no answer in time");
        stop.abort(error);
        reject(error);
      }, timeoutMs);
      running.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  };
}

function tooLong(name: string): SecretStoreError {
  const message = `The secret ${name} is longer than the ${windowsLimit} characters that the Windows Credential Manager holds.`;
  return new SecretStoreError("failed", message, `Use a shorter token, ${elsewhere}`);
}

function notKept(name: string): SecretStoreError {
  const message = `The keyring took the secret ${name} but does not give it back.`;
  return new SecretStoreError("failed", message, `Restart the keyring, ${elsewhere}`);
}
