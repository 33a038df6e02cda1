import { execFile } from "node:child_process";
import { createSecretStore, type SecretContext, type SecretStoreId } from "./index.js";
import { SecretStoreError } from "./secret-store.js";

/** How the daemon will run: by hand, by the service manager of a person, by that of the machine, in a container. */
export type RunsAs = "terminal" | "user-service" | "system-service" | "container";

export interface ChooseOptions {
  runsAs: RunsAs;
  /** For a user service: whether it must work before anybody logs in (on Linux: linger). Default false. */
  startsBeforeLogin?: boolean;
  context: SecretContext;
  /** Default: this system. */
  platform?: NodeJS.Platform;
  /** The version of `systemd-creds`, or null where there is none. Default: asks it. */
  findSystemdCreds?: () => Promise<number | null>;
}

export interface StoreChoice {
  id: SecretStoreId;
  /** One sentence for people. */
  why: string;
  /** What would be better and does not work here, the best first. */
  passedOver: PassedOver[];
}

export interface PassedOver {
  id: SecretStoreId;
  why: string;
  remedy: string;
  /** What the store itself said; a locked one can be unlocked on the spot. */
  code?: SecretStoreError["code"];
}

/** What was found out about this machine; only what matters for the way the daemon runs. */
export interface Surroundings {
  runsAs: RunsAs;
  startsBeforeLogin: boolean;
  platform: NodeJS.Platform;
  /** null: it works. Absent: it was not asked. */
  keyringProblem?: SecretStoreError | null;
  systemdCreds: number | null;
  /** Whether any GITNOTIFY_SECRET_… is set. */
  hasVariables: boolean;
}

/**
 * The best store that works for the way the daemon will run. Never `env` unless its variables are there already: nothing is
 * written in plain text without being asked for. `systemd` is read-only: keep the secrets in `file` until
 * `gitnotify service install --system` makes credentials of them. Asking the keyring may show the person its question.
 */
export async function chooseStore(options: ChooseOptions): Promise<StoreChoice> {
  const { runsAs, startsBeforeLogin = false, context, platform = process.platform } = options;
  const found: Surroundings = {
    ...{ runsAs, startsBeforeLogin, platform },
    systemdCreds: null,
    hasVariables: Object.entries(context.env).some(
      ([name, value]) => name.startsWith("GITNOTIFY_SECRET_") && value,
    ),
  };
  if (canUseKeyring(found)) found.keyringProblem = await probeKeyring(context);
  if (runsAs === "system-service" && platform === "linux")
    found.systemdCreds = await (options.findSystemdCreds ?? findSystemdCreds)();
  return decideStore(found);
}

/** Pure. */
export function decideStore(found: Surroundings): StoreChoice {
  switch (found.runsAs) {
    case "terminal":
    case "user-service":
      return decideForPerson(found);
    case "system-service":
      return decideForMachine(found);
    case "container":
      if (found.hasVariables) {
        const why = "This container is given its tokens in environment variables (GITNOTIFY_SECRET_…).";
        return { id: "env", why, passedOver: [] };
      }
      return toFile(
        "A container has no keyring, so tokens are kept in an encrypted file in its state folder.",
      );
  }
}

function decideForPerson(found: Surroundings): StoreChoice {
  if (!canUseKeyring(found)) {
    return toFile("A service that starts before anybody logs in keeps its tokens in an encrypted file.", {
      id: "keyring",
      why: "The keyring is locked until its owner logs in.",
      remedy: "Let the service start at login instead (without linger) to use the keyring.",
    });
  }
  const problem = found.keyringProblem;
  if (problem == null) {
    const why = `${keyringNames[found.platform] ?? "The keyring of your session"} works and keeps tokens encrypted for you alone.`;
    return { id: "keyring", why, passedOver: [] };
  }
  return toFile("Tokens are kept in an encrypted file, because the keyring cannot be used here.", {
    id: "keyring",
    why: problem.message,
    remedy: problem.remedy,
    code: problem.code,
  });
}

const keyringNames: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "The login keychain",
  win32: "The Windows Credential Manager",
};

/** `systemd-creds` and LoadCredentialEncrypted= came with this version. */
const firstWithCredentials = 250;

function decideForMachine({ platform, systemdCreds }: Surroundings): StoreChoice {
  if (platform !== "linux")
    return toFile("A service of the machine has no keyring, so tokens are kept in an encrypted file.");
  if (systemdCreds !== null && systemdCreds >= firstWithCredentials) {
    const why = `systemd ${systemdCreds} encrypts tokens for this machine and gives them to the service alone.`;
    return { id: "systemd", why, passedOver: [] };
  }
  const [why, remedy] =
    systemdCreds === null
      ? ["There is no program systemd-creds here.", "Install systemd 250 or newer."]
      : [`systemd ${systemdCreds} has no encrypted credentials.`, "Update to systemd 250 or newer."];
  return toFile("Tokens are kept in an encrypted file, because this systemd cannot encrypt them.", {
    ...{ id: "systemd", why, remedy },
  });
}

/** A Linux service of a person who has not logged in finds the keyring locked; macOS and Windows start those at login only. */
function canUseKeyring({ runsAs, startsBeforeLogin, platform }: Surroundings): boolean {
  if (runsAs === "terminal") return true;
  return runsAs === "user-service" && !(startsBeforeLogin && platform === "linux");
}

function toFile(why: string, passedOver?: PassedOver): StoreChoice {
  return { id: "file", why, passedOver: passedOver === undefined ? [] : [passedOver] };
}

async function probeKeyring(context: SecretContext): Promise<SecretStoreError | null> {
  try {
    await createSecretStore("keyring", context).probe?.();
    return null;
  } catch (error) {
    if (error instanceof SecretStoreError) return error;
    throw error;
  }
}

/** Reads "systemd 252 (252.39-1~deb12u2)". */
function findSystemdCreds(): Promise<number | null> {
  return new Promise((resolve) => {
    execFile("systemd-creds", ["--version"], { timeout: 3_000 }, (error, printed) => {
      const version = /^systemd (\d+)/.exec(printed)?.[1];
      resolve(error !== null || version === undefined ? null : Number(version));
    });
  });
}
