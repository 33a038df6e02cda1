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
  why: StoreReason;
  /** What would be better and does not work here, the best first. */
  passedOver: PassedOver[];
}

/** Why it is that one; `init` has a sentence for each. */
export type StoreReason =
  | "keyring"
  | "keychain"
  | "credentialManager"
  | "noKeyring"
  | "beforeLogin"
  | "container"
  | "variables"
  | "machine"
  | "systemd"
  | "oldSystemd";

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
        return { id: "env", why: "variables", passedOver: [] };
      }
      return toFile("container");
  }
}

function decideForPerson(found: Surroundings): StoreChoice {
  if (!canUseKeyring(found)) {
    return toFile("beforeLogin", {
      id: "keyring",
      why: "The keyring is locked until its owner logs in.",
      remedy: "Let the service start at login instead (without linger) to use the keyring.",
    });
  }
  const problem = found.keyringProblem;
  if (problem == null) {
    return { id: "keyring", why: keyrings[found.platform] ?? "keyring", passedOver: [] };
  }
  return toFile("noKeyring", {
    id: "keyring",
    why: problem.message,
    remedy: problem.remedy,
    code: problem.code,
  });
}

const keyrings: Partial<Record<NodeJS.Platform, StoreReason>> = {
  darwin: "keychain",
  win32: "credentialManager",
};

/** `systemd-creds` and LoadCredentialEncrypted= came with this version. */
const firstWithCredentials = 250;

function decideForMachine({ platform, systemdCreds }: Surroundings): StoreChoice {
  if (platform !== "linux") return toFile("machine");
  if (systemdCreds !== null && systemdCreds >= firstWithCredentials) {
    return { id: "systemd", why: "systemd", passedOver: [] };
  }
  const [why, remedy] =
    systemdCreds === null
      ? ["There is no program systemd-creds here.", "Install systemd 250 or newer."]
      : [`systemd ${systemdCreds} has no encrypted credentials.`, "Update to systemd 250 or newer."];
  return toFile("oldSystemd", {
    ...{ id: "systemd", why, remedy },
  });
}

/** A Linux service of a person who has not logged in finds the keyring locked; macOS and Windows start those at login only. */
function canUseKeyring({ runsAs, startsBeforeLogin, platform }: Surroundings): boolean {
  if (runsAs === "terminal") return true;
  return runsAs === "user-service" && !(startsBeforeLogin && platform === "linux");
}

function toFile(why: StoreReason, passedOver?: PassedOver): StoreChoice {
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
