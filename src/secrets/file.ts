import {
  deriveKey,
  fits,
  newKeyHeader,
  openEnvelope,
  parseEnvelope,
  sealEnvelope,
  type DerivedKey,
  type Envelope,
  type KeyKind,
  type KeyHeader,
} from "./file-envelope.js";
import { defaultKeyFileOf, findKeySource, type KeySource } from "./file-key.js";
import { quote, readPrivateFile, replacePrivateFile, toOwners, type PrivateFile } from "./private-file.js";
import { SecretStoreError, type SecretStore } from "./secret-store.js";
import { withWriteLock } from "./write-lock.js";

export interface FileStoreOptions {
  /** `secrets.enc` in the state folder. */
  path: string;
  /** `secrets.keyFile` of config.yaml, absolute. */
  keyFile?: string | undefined;
  env: Record<string, string | undefined>;
}

/** What the file holds, and what is needed to write it again. */
interface Opened {
  secrets: Map<string, string>;
  header: KeyHeader;
  derived: DerivedKey;
  /** null for a file that is not there yet. */
  file: PrivateFile | null;
}

/**
 * All secrets in one encrypted file, for machines without a credential manager. With the key file beside it, which is the default, it
 * protects a copy of that one file (a backup, a support bundle, a synchronised folder that leaves the key out) and nothing else:
 * root and every program of the same user can read both. A key file on another disk protects a copy of the whole folder, and a
 * passphrase that is typed where the daemon starts protects a machine that is switched off. It never protects from root or from the
 * same user while the daemon runs.
 *
 * A file that cannot be opened is never overwritten. On Windows owner and mode are not checked: the folder of the user is closed there.
 */
export function createFileStore(options: FileStoreOptions): SecretStore {
  const { path } = options;
  const file = createSecretFile(options);

  /** One change at a time, in this process and among all: each is made to what the last one left. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const running = last.then(() => withWriteLock(`${path}.lock`, work));
    last = running.catch(() => undefined);
    return running;
  }

  return {
    id: "file",
    place: path,
    readOnly: false,
    get: async (name) => (await file.open())?.secrets.get(name) ?? null,
    list: async () => [...((await file.open())?.secrets.keys() ?? [])].sort(),
    set: (name, value) =>
      inTurn(async () => {
        const opened = (await file.open()) ?? (await file.begin());
        opened.secrets.set(name, value);
        await file.save(opened);
      }),
    async delete(name) {
      if (!(await file.exists())) return false;
      return inTurn(async () => {
        const opened = await file.open();
        if (opened === null || !opened.secrets.delete(name)) return false;
        await file.save(opened);
        return true;
      });
    },
    // Holding the lock for a moment shows that the folder can be written.
    probe: () => inTurn(() => file.tryKey()),
  };
}

/** The file by itself: who calls takes turns. */
function createSecretFile({ path, keyFile, env }: FileStoreOptions) {
  const defaultKeyFile = defaultKeyFileOf(path);
  const findKey = () => findKeySource({ env, keyFile, defaultKeyFile });
  const unlock = createUnlocker();
  const read = () =>
    readPrivateFile({ path, what: "the secret store", owners: toOwners(env), followLinks: false });

  /** null: there is no file yet. */
  async function open(): Promise<Opened | null> {
    const file = await read();
    if (file === null) return null;
    const envelope = toEnvelope(path, file.text);
    const source = await findKey();
    const derived = await unlock(envelope, () => requireKey(path, envelope, source));
    if (!fits(envelope, derived)) {
      unlock.forget();
      throw wrongKey(path, envelope, source);
    }
    const secrets = openEnvelope(envelope, derived);
    if (secrets === null) throw tampered(path);
    return { secrets, header: envelope, derived, file };
  }

  /** Makes the key file too, where a program may. */
  async function begin(): Promise<Opened> {
    const source = await findKey();
    if (source.create !== null && (await source.read()) === null) await source.create();
    const header = newKeyHeader(source.kind);
    const derived = await unlock(header, () => requireKey(path, header, source));
    return { secrets: new Map(), header, derived, file: null };
  }

  return {
    open,
    begin,
    exists: async () => (await read()) !== null,
    save: ({ secrets, header, derived, file }: Opened) =>
      replacePrivateFile(path, sealEnvelope(secrets, header, derived), file ?? undefined),
    /** Rejects when the file cannot be opened, or the key for a new one may not be used. */
    tryKey: async () => {
      if ((await open()) === null) await (await findKey()).read();
    },
  };
}

interface Unlocker {
  (header: KeyHeader, readKey: () => Promise<string>): Promise<DerivedKey>;
  /** After a wrong key: the right one may be given meanwhile. */
  forget(): void;
}

/** Derives once for each salt, that is once in the life of a process. The key is read again only when it must be derived again. */
function createUnlocker(): Unlocker {
  let kept: { salt: string; derived: Promise<DerivedKey> } | null = null;
  const forget = () => void (kept = null);
  const unlock = (header: KeyHeader, readKey: () => Promise<string>) => {
    const salt = JSON.stringify(header.kdf);
    if (kept?.salt === salt) return kept.derived;
    const derived = readKey().then((key) => deriveKey(key, header));
    kept = { salt, derived };
    derived.catch(forget);
    return derived;
  };
  return Object.assign(unlock, { forget });
}

async function requireKey(path: string, header: KeyHeader, source: KeySource): Promise<string> {
  const key = await source.read();
  if (key !== null) return key;
  const message =
    header.key === "passphrase"
      ? `${path} is encrypted with a passphrase, and none is given.`
      : `${path} is encrypted with a key file, and ${source.label} does not exist.`;
  throw new SecretStoreError("locked", message, header.key === "passphrase" ? needPassphrase : source.remedy);
}

const needPassphrase =
  "Set GITNOTIFY_PASSPHRASE, or GITNOTIFY_PASSPHRASE_FILE to the path of a file (mode 0600) with the passphrase; a service of systemd " +
  "may have it as the credential gitnotify.passphrase.";

function toEnvelope(path: string, text: string): Envelope {
  const parsed = parseEnvelope(text);
  if ("envelope" in parsed) return parsed.envelope;
  if (parsed.problem === "newer") {
    const message = `The secret store ${path} was written by a newer version of gitnotify.`;
    throw new SecretStoreError("failed", message, "Update gitnotify: npm install -g gitnotify@latest");
  }
  throw new SecretStoreError(
    "failed",
    `The secret store ${path} is damaged: it is cut off or was changed by something else than gitnotify.`,
    startAnew(path),
  );
}

function wrongKey(path: string, header: KeyHeader, source: KeySource): SecretStoreError {
  const madeWith = header.key === source.kind ? `another ${header.key}` : `a ${header.key}`;
  const message = `${source.label.charAt(0).toUpperCase()}${source.label.slice(1)} does not open ${path}, which was made with ${madeWith}.`;
  const remedies: Record<KeyKind, string> = {
    passphrase: needPassphrase,
    "key file":
      source.kind === "passphrase"
        ? "Give no passphrase (unset GITNOTIFY_PASSPHRASE and GITNOTIFY_PASSPHRASE_FILE), so that the key file counts."
        : `Put its own key file to ${defaultKeyFileOf(path)}, or name it with secrets: { keyFile: … } in config.yaml.`,
  };
  return new SecretStoreError("locked", message, remedies[header.key]);
}

function tampered(path: string): SecretStoreError {
  const message = `The secret store ${path} was changed by something else than gitnotify: the key is the right one, and its content is not genuine.`;
  return new SecretStoreError("failed", message, startAnew(path));
}

function startAnew(path: string): string {
  return (
    `Put a good copy in its place, or begin anew: mv ${quote(path)} ${quote(`${path}.damaged`)}, then store each token with ` +
    "`gitnotify secrets set`."
  );
}
