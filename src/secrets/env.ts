import { readFile, stat } from "node:fs/promises";
import { SecretStoreError, type SecretStore } from "./secret-store.js";

export interface EnvStoreOptions {
  env: Record<string, string | undefined>;
  /**
   * Names that may be set, from the configuration: `member/1/work` and `member_1_work` have one variable, so a variable
   * cannot be turned back into a name.
   */
  names: () => string[];
}

/** Read-only. `connection/work` is in GITNOTIFY_SECRET_CONNECTION_WORK, or in the file that GITNOTIFY_SECRET_CONNECTION_WORK_FILE names. */
export function createEnvStore({ env, names }: EnvStoreOptions): SecretStore {
  async function get(name: string): Promise<string | null> {
    const variable = toVariable(name);
    const value = env[variable];
    if (value !== undefined && value !== "") return value;
    const path = env[`${variable}_FILE`];
    return path === undefined || path === "" ? null : readSecretFile(path, `${variable}_FILE`);
  }

  const isSet = (name: string) => {
    const variable = toVariable(name);
    return [variable, `${variable}_FILE`].some((key) => (env[key] ?? "") !== "");
  };

  return {
    id: "env",
    place: "environment variables GITNOTIFY_SECRET_… of this process",
    readOnly: true,
    get,
    howToSet,
    async set(name) {
      throw readOnly(name, howToSet(name));
    },
    async delete(name) {
      throw readOnly(name, `Remove ${toVariable(name)} where the daemon is started, then restart it.`);
    },
    async list() {
      return [...new Set(names())].filter(isSet);
    },
  };
}

function howToSet(name: string): string {
  const variable = toVariable(name);
  return `Set ${variable}, or ${variable}_FILE to the path of a file with it (mode 0600), where gitnotify is started, then restart it.`;
}

export function toVariable(name: string): string {
  return `GITNOTIFY_SECRET_${name.replace(/[^A-Za-z0-9]/g, "_").toUpperCase()}`;
}

async function readSecretFile(path: string, variable: string): Promise<string | null> {
  let mode: number;
  let content: string;
  try {
    mode = (await stat(path)).mode;
    content = await readFile(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    const message = `The secret file ${path} (from ${variable}) could not be read (${code}).`;
    throw new SecretStoreError(
      "failed",
      message,
      `Check that ${variable} names a file that this user may read.`,
    );
  }
  // Windows has no such bits and answers 0666 for every file.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    const message = `The secret file ${path} (from ${variable}) can be read by other users.`;
    throw new SecretStoreError("failed", message, `Run: chmod 600 '${path}'`);
  }
  const value = content.replace(/\r?\n$/, "");
  return value === "" ? null : value;
}

function readOnly(name: string, remedy: string): SecretStoreError {
  const message = `The secret ${name} comes from the environment (secrets.store: env), which gitnotify cannot change.`;
  return new SecretStoreError("read_only", message, remedy);
}
