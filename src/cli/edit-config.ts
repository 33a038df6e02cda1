import { existsSync, readFileSync } from "node:fs";
import { findDaemon } from "../lib/daemon-lock.js";
import { join } from "node:path";
import type { Home } from "../config/home.js";
import type * as edits from "../config/edit.js";
import type { Problem } from "../config/problems.js";
import type { CliContext } from "./context.js";
import { CliError, exitCode } from "./exit-code.js";
import { requireSettings, type Settings } from "./settings.js";

/** The functions of config/edit.ts, which loads yaml and therefore comes late. */
export type Edit = typeof edits;

export interface ConfigFile {
  settings: Settings;
  /** Empty when there is no file yet. */
  text: string;
}

/** The file as it stands. A wrong one is refused with all its problems: nothing is built on it. */
export async function readConfigFile(context: CliContext): Promise<ConfigFile> {
  const settings = await requireSettings(context);
  const { configFile } = settings.home;
  return { settings, text: existsSync(configFile) ? readFileSync(configFile, "utf8") : "" };
}

/** What would be wrong with the file if this were its text; nothing is written. */
export async function findProblems(context: CliContext, home: Home, text: string): Promise<Problem[]> {
  const [{ loadConfig }, registry] = await Promise.all([import("../config/load.js"), context.registry()]);
  const loaded = loadConfig({ path: home.configFile, text, ...registry });
  return loaded.ok ? [] : loaded.problems;
}

/** Makes the change to the text, or ends with the sentence that tells why only a person can. */
export async function change(home: Home, make: (edit: Edit) => string): Promise<string> {
  const edit = await import("../config/edit.js");
  try {
    return make(edit);
  } catch (error) {
    if (!(error instanceof edit.EditError)) throw error;
    const message = `${home.configFile} cannot be edited by gitnotify: ${error.message}.`;
    throw new CliError(
      exitCode.failed,
      message,
      "Make the change by hand, then run `gitnotify config check`.",
    );
  }
}

/** Writes the file as a whole, and says when a daemon runs that does not know it yet. */
export async function writeConfigFile(home: Home, text: string): Promise<{ daemon: number | null }> {
  const { writeWhole } = await import("../config/edit.js");
  await writeWhole(home.configFile, text);
  const hasLock = existsSync(join(home.stateDir, "daemon.lock"));
  return { daemon: hasLock ? await findDaemon(home.stateDir) : null };
}

/** What to do about a daemon that runs meanwhile. `pid` 0: it could not be found out. */
export function reloadHint(pid: number, platform: NodeJS.Platform = process.platform): string {
  if (platform === "win32") return "The running daemon keeps its old settings until it is restarted.";
  const which = pid === 0 ? "PID" : String(pid);
  return `The running daemon keeps its old settings until you tell it to reload them: kill -HUP ${which}`;
}
