import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { KeyKind } from "./file-envelope.js";
import { createPrivateFile, quote, readPrivateFile, toOwners } from "./private-file.js";
import { SecretStoreError } from "./secret-store.js";
import { readCredential } from "./systemd.js";

export interface KeyOptions {
  env: Record<string, string | undefined>;
  /** `secrets.keyFile` of config.yaml. */
  keyFile?: string | undefined;
  /** Where the key lies when nothing else is said: beside the secrets. */
  defaultKeyFile: string;
}

/** Where the key of the encrypted file comes from. */
export interface KeySource {
  kind: KeyKind;
  /** For people: "the key file /…/secrets.key". */
  label: string;
  /** null: there is none (yet). Rejects with `SecretStoreError` when it may not be used. */
  read(): Promise<string | null>;
  /** Makes a key file of 32 random bytes; null where only a person can make the key. */
  create: (() => Promise<void>) | null;
  /** For when `read` says null and there is a file that it should open. */
  remedy: string;
}

/** The name, after `gitnotify.`, of the credential that opens the file in a service. */
const passphraseCredential = "passphrase";

/**
 * In this order: `secrets.keyFile`, GITNOTIFY_PASSPHRASE, GITNOTIFY_PASSPHRASE_FILE, the credential `gitnotify.passphrase` that
 * systemd gives to a service, the key file beside the secrets.
 */
export async function findKeySource(options: KeyOptions): Promise<KeySource> {
  const { env, keyFile, defaultKeyFile } = options;
  if (keyFile !== undefined) return keyFileSource(keyFile, { env, isDefault: false });
  const passphrase = env["GITNOTIFY_PASSPHRASE"];
  if (passphrase) return passphraseSource("the passphrase in GITNOTIFY_PASSPHRASE", async () => passphrase);
  const path = env["GITNOTIFY_PASSPHRASE_FILE"];
  if (path) return passphraseFileSource(path, env);
  const folder = env["CREDENTIALS_DIRECTORY"];
  if (folder) {
    const credential = await readCredential(folder, `gitnotify.${passphraseCredential}`);
    const label = `the passphrase in the credential gitnotify.${passphraseCredential}`;
    if (credential !== null) return passphraseSource(label, async () => credential);
  }
  return keyFileSource(defaultKeyFile, { env, isDefault: true });
}

function passphraseSource(label: string, read: KeySource["read"]): KeySource {
  return { kind: "passphrase", label, read, create: null, remedy: otherPassphrase };
}

const otherPassphrase =
  "Give the passphrase in GITNOTIFY_PASSPHRASE, in the file that GITNOTIFY_PASSPHRASE_FILE names, or to a service as the " +
  `credential gitnotify.${passphraseCredential}.`;

function passphraseFileSource(path: string, env: KeyOptions["env"]): KeySource {
  const label = `the passphrase in ${path} (GITNOTIFY_PASSPHRASE_FILE)`;
  const read = async () => {
    const text = await readKey(path, env, "the passphrase file");
    if (text !== null) return text;
    throw new SecretStoreError(
      "failed",
      `The passphrase file ${path} (GITNOTIFY_PASSPHRASE_FILE) does not exist.`,
      "Write the passphrase into it, mode 0600, or unset GITNOTIFY_PASSPHRASE_FILE.",
    );
  };
  return passphraseSource(label, read);
}

function keyFileSource(path: string, how: { env: KeyOptions["env"]; isDefault: boolean }): KeySource {
  return {
    kind: "key file",
    label: `the key file ${path}`,
    read: () => readKey(path, how.env, "the key file"),
    create: async () => {
      // The folder of a key file that a person named may be a disk that is not there at the moment.
      if (how.isDefault) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await createPrivateFile(path, `${randomBytes(32).toString("base64")}\n`);
    },
    remedy: how.isDefault
      ? `Put the key file back to ${path} (chmod 600 ${quote(path)}), or name it with secrets: { keyFile: … } in config.yaml.`
      : `Put the key file back to ${path}, mode 0600, or correct secrets: { keyFile: … } in config.yaml.`,
  };
}

/** Without the line end that an editor leaves. Root may own it: that is how keys are given to services. */
async function readKey(path: string, env: KeyOptions["env"], what: string): Promise<string | null> {
  const owners = toOwners(env);
  const file = await readPrivateFile({
    path,
    what,
    owners: owners.length === 0 ? [] : [...owners, 0],
    // Mounted secrets are often links into a folder that is exchanged as a whole.
    followLinks: true,
  });
  if (file === null) return null;
  const key = file.text.replace(/\r?\n$/, "");
  if (key.trim() !== "") return key;
  throw new SecretStoreError(
    "failed",
    `${what.charAt(0).toUpperCase()}${what.slice(1)} ${path} is empty.`,
    `Put the key into it, or when there are no secrets yet, remove it: rm ${quote(path)}`,
  );
}

export function defaultKeyFileOf(storeFile: string): string {
  return join(dirname(storeFile), "secrets.key");
}
