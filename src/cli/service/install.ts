import { existsSync } from "node:fs";
import { findServiceManager } from "../../service/index.js";
import { isUnavailable, type InstallReport, type ServiceManager } from "../../service/service.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { requireSettings, toHome, type Settings } from "../settings.js";
import { requireManager, tell, toFindOptions, type WhichService } from "./managers.js";
import { findFleeting, findProgram, type Program, type Trouble } from "./program.js";
import { toUserSpec } from "./spec.js";

export interface InstallWishes extends WhichService {
  linger?: boolean;
  /** Default true. */
  start?: boolean;
  /** Goes on where `install` would refuse for the person's own good. */
  force?: boolean;
  onStep?: (text: string) => void;
}

/** The daemon of this home as a service of this person. Throws `CliError`. Also what `init` ends with. */
export async function installUserService(
  context: CliContext,
  wishes: InstallWishes = {},
): Promise<InstallReport> {
  const settings = await requireSettings(context);
  if (!settings.exists) throw nothingSetUp(settings.home.configFile);
  const program = findOwnProgram(context);
  const manager = requireManager(context, wishes);
  const { spec, notes } = toUserSpec({ context, home: settings.home, program, platform: process.platform });
  if (!wishes.force) {
    if (process.getuid?.() === 0 && process.platform === "linux") throw asRoot();
    refuse(findFleeting(program));
    refuse(await findTroubleWithSecrets(context, settings));
    await refuseOther(context, wishes, "system");
    await refuseForeign({ manager, home: spec.home });
    await refuseSecondDaemon({ manager, home: spec.home });
  }
  const { linger, start, onStep } = wishes;
  const report = await tell(
    manager.install(spec, {
      ...(linger !== undefined && { linger }),
      ...(start !== undefined && { start }),
      ...(onStep && { onStep }),
    }),
  );
  return { ...report, notes: [...notes, ...report.notes] };
}

/** This very program, by paths that last. */
export function findOwnProgram({ env }: CliContext): Program {
  return findProgram({ execPath: process.execPath, script: process.argv[1] ?? "", env });
}

export function refuse(trouble: Trouble | null): void {
  if (trouble === null) return;
  throw new CliError(exitCode.failed, trouble.why, `${trouble.remedy}\nTo go on all the same: --force`);
}

export function nothingSetUp(file: string): CliError {
  return new CliError(
    exitCode.configInvalid,
    `there is no ${file}, so that a service would have nothing to do`,
    "Set it up first: gitnotify init",
  );
}

function asRoot(): CliError {
  return new CliError(
    exitCode.usage,
    "you are root, and a daemon need not be",
    "For the whole machine: gitnotify service install --system. For one person: run it as that person, without sudo.\nTo go on all the same: --force",
  );
}

/** Two daemons with one bot take the updates away from each other. */
export async function refuseOther(
  context: CliContext,
  which: WhichService,
  other: "user" | "system",
): Promise<void> {
  const system = other === "system";
  const found = findServiceManager(toFindOptions(context, { ...which, system }));
  if (isUnavailable(found) || found.scope !== other) return;
  const state = await found.status();
  if (!state.running && !state.enabled) return;
  const words = system ? " --system" : "";
  throw new CliError(
    exitCode.alreadyRunning,
    `gitnotify is installed as ${state.label} already, and two daemons disturb each other`,
    `Remove that one first: gitnotify service uninstall${words}\nTo go on all the same: --force`,
  );
}

/** A service of another home is somebody's work. */
export async function refuseForeign({
  manager,
  home,
}: {
  manager: ServiceManager;
  home: string;
}): Promise<void> {
  const state = await manager.status();
  if (!state.installed || state.home === null || state.home === home) return;
  throw new CliError(
    exitCode.failed,
    `there is a service for another home already: ${state.home}`,
    "Give this one a name of its own: gitnotify service install --name other\nTo replace it: --force",
  );
}

/** One that was started in a terminal keeps the home locked. */
async function refuseSecondDaemon({
  manager,
  home,
}: {
  manager: ServiceManager;
  home: string;
}): Promise<void> {
  if (!existsSync(home) || (await manager.status()).running) return;
  const { findDaemon } = await import("../../lib/daemon-lock.js");
  const pid = await findDaemon(home);
  if (pid === null) return;
  throw new CliError(
    exitCode.alreadyRunning,
    `gitnotify is running in this home already (process ${pid})`,
    "Stop it first (Ctrl-C in its terminal), then install the service.",
  );
}

/** The variables of this terminal are not the service's: a token that is only here would be missing there. */
async function findTroubleWithSecrets(context: CliContext, { config }: Settings): Promise<Trouble | null> {
  const { env } = context;
  if (config.secrets.store === "file" && env["GITNOTIFY_PASSPHRASE"]) {
    return {
      why: "the passphrase of the secrets is in GITNOTIFY_PASSPHRASE, which the service does not get",
      remedy:
        "Put it into a file of yours alone (chmod 600) and set GITNOTIFY_PASSPHRASE_FILE to its path, then install again.",
    };
  }
  if (config.secrets.store !== "env") return null;
  const [{ neededSecrets }, { toVariable }] = await Promise.all([
    import("../registry.js"),
    import("../../secrets/env.js"),
  ]);
  const lost = neededSecrets(config)
    .map(toVariable)
    .filter((name) => env[`${name}_FILE`] === undefined);
  if (lost.length === 0) return null;
  return {
    why: `the tokens come from variables of this terminal (${lost.join(", ")}), which the service does not get`,
    remedy: "Keep them where the service finds them: gitnotify secrets move file",
  };
}

/** The home of this command, for those who need no valid settings. */
export function homeOf(context: CliContext): string {
  return toHome(context).stateDir;
}
