import { findServiceManager } from "../../service/index.js";
import {
  isUnavailable,
  ServiceError,
  type ServiceManager,
  type ServiceScope,
} from "../../service/service.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { toHome } from "../settings.js";

/** Options that every `service` command takes. */
export interface WhichService {
  system?: boolean;
  name?: string;
  /** Of another machine, for `install --print`. */
  platform?: NodeJS.Platform;
  /** Only to be described: then no such manager need run here. */
  onPaper?: boolean;
}

/** The manager of this scope, or `CliError` with why there is none. */
export function requireManager(context: CliContext, which: WhichService): ServiceManager {
  const found = findServiceManager(toFindOptions(context, which));
  if (isUnavailable(found)) throw new CliError(exitCode.failed, found.why, found.remedy);
  return found;
}

/** The one that is installed: the person's own before the machine's. Without any: the person's own. */
export async function requireInstalled(context: CliContext, which: WhichService): Promise<ServiceManager> {
  if (which.system) return requireManager(context, which);
  const own = findServiceManager(toFindOptions(context, which));
  if (!isUnavailable(own) && (await own.status()).installed) return own;
  const ofMachine = findServiceManager(toFindOptions(context, { ...which, system: true }));
  if (isUnavailable(ofMachine)) return requireManager(context, which);
  // Root has no services of their own as a rule: "not installed" says more than that there is no session of theirs.
  if (isUnavailable(own) && process.getuid?.() === 0) return ofMachine;
  if ((await ofMachine.status()).installed) return ofMachine;
  return requireManager(context, which);
}

export function toFindOptions(context: CliContext, { system, name, platform, onPaper }: WhichService) {
  if (name !== undefined && !/^[a-z][a-z0-9-]{0,40}$/.test(name)) {
    throw new CliError(
      exitCode.usage,
      `“${name}” is no name for a service`,
      "Use lower-case letters, digits and hyphens.",
    );
  }
  const scope: ServiceScope = system ? "system" : "user";
  return {
    platform: platform ?? process.platform,
    ...(onPaper !== undefined && { onPaper }),
    scope,
    env: context.env,
    uid: process.getuid?.(),
    logsDir: toHome(context).logsDir,
    ...(name !== undefined && { name }),
  };
}

/** What a service manager refuses, as the end of a command. */
export async function tell<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ServiceError) throw new CliError(exitCode.failed, error.message, error.remedy);
    throw error;
  }
}
