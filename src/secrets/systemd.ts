import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, quote } from "./private-file.js";
import { SecretStoreError, type SecretStore } from "./secret-store.js";

export interface SystemdStoreOptions {
  /** For $CREDENTIALS_DIRECTORY, which systemd sets for a service that has credentials. */
  env: Record<string, string | undefined>;
}

const prefix = "gitnotify.";

/** Where `systemd-creds encrypt` puts what a unit loads with `LoadCredentialEncrypted=`, by the custom of systemd.exec(5). */
export const credentialStore = "/etc/credstore.encrypted";

/** What is in the folder and is no token: the passphrase of the store `file`. */
const others: readonly string[] = ["gitnotify.passphrase"];

/** `connection/work` is the credential `gitnotify.connection.work`: a credential is a file, and a name with "/" is none. */
export function toCredentialName(name: string): string {
  return prefix + name.replaceAll("/", ".");
}

/** The name of the secret, or null for a credential that is no secret of gitnotify. Ids hold no dots (config/schema.ts). */
export function fromCredentialName(credential: string): string | null {
  if (!credential.startsWith(prefix) || others.includes(credential)) return null;
  return credential.slice(prefix.length).replaceAll(".", "/");
}

/**
 * The commands that ask for each value without showing it and encrypt it for this machine. `systemd-creds` reads the value from
 * the pipe, so that it is on no command line. The folder is not there on every system (Debian 12 has none).
 */
export function toEncryptCommands(names: readonly string[]): string[] {
  const commands = names.map((name) => {
    const credential = toCredentialName(name);
    const encrypt = `systemd-creds encrypt --name=${credential} - ${credentialStore}/${credential}`;
    return `systemd-ask-password -n ${quote(`Value of ${name}:`)} | sudo ${encrypt}`;
  });
  return [`sudo mkdir -p -m 700 ${credentialStore}`, ...commands];
}

/**
 * Read-only: the credentials that systemd gives to a service in a folder that it alone can read. Neither owner nor mode of the files
 * is looked at: systemd makes them, and where it grants access by an ACL their mode looks like 0440.
 */
export function createSystemdStore({ env }: SystemdStoreOptions): SecretStore {
  const folderOf = (): string => {
    const folder = env["CREDENTIALS_DIRECTORY"];
    if (folder) return folder;
    throw new SecretStoreError(
      "absent",
      "There are no credentials of systemd here: $CREDENTIALS_DIRECTORY is not set, so that this is not the service, or its unit loads none.",
      "Only the service sees them: look at it with `gitnotify service status`, make it with `sudo gitnotify service install --system`, " +
        "or keep secrets elsewhere: secrets: { store: file } in config.yaml.",
    );
  };
  const list = async (): Promise<string[]> => {
    const folder = folderOf();
    try {
      const files = await readdir(folder);
      return files.flatMap((file) => fromCredentialName(file) ?? []).sort();
    } catch (cause) {
      throw unreadable(folder, cause);
    }
  };
  return {
    id: "systemd",
    place: env["CREDENTIALS_DIRECTORY"] || "$CREDENTIALS_DIRECTORY, which is set inside the service alone",
    readOnly: true,
    get: async (name) => readCredential(folderOf(), toCredentialName(name)),
    async set(name) {
      throw readOnly(name, howToSet(name));
    },
    async delete(name) {
      const file = `${credentialStore}/${toCredentialName(name)}`;
      throw readOnly(name, `Run: sudo rm ${file}\nThen: sudo gitnotify service install --system`);
    },
    list,
    probe: async () => void (await list()),
    howToSet,
  };
}

/** null when there is none. One line end is taken off, as files have. */
export async function readCredential(folder: string, credential: string): Promise<string | null> {
  try {
    const value = (await readFile(join(folder, credential), "utf8")).replace(/\r?\n$/, "");
    return value === "" ? null : value;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return null;
    throw unreadable(join(folder, credential), cause);
  }
}

function howToSet(name: string): string {
  const commands = toEncryptCommands([name]).join(" && ");
  return `Run: ${commands}\nThen, so that the unit loads it: sudo gitnotify service install --system`;
}

function readOnly(name: string, remedy: string): SecretStoreError {
  const message = `The secret ${name} is a credential of systemd (secrets.store: systemd), which gitnotify cannot change.`;
  return new SecretStoreError("read_only", message, remedy);
}

function unreadable(path: string, cause: unknown): SecretStoreError {
  return new SecretStoreError(
    "failed",
    `The credentials of systemd in ${path} cannot be read (${codeOf(cause)}).`,
    "Start the service again with `gitnotify service restart`; systemd makes them anew.",
  );
}
