import { resolveHome, type Home } from "../config/home.js";
import type { Config, LoadedConfig } from "../config/load.js";
import type { Problem } from "../config/problems.js";
import { findHomedir } from "../lib/homedir.js";
import type { CliContext } from "./context.js";
import { CliError, exitCode } from "./exit-code.js";

export interface Settings {
  home: Home;
  config: Config;
  warnings: string[];
  /** Whether there is a config.yaml at all. */
  exists: boolean;
}

/** Where everything lies, after --home, --config and the environment. */
export function toHome({ env, globals }: Pick<CliContext, "env" | "globals">): Home {
  const { home, config } = globals();
  return resolveHome({ home, config, env, platform: process.platform, homedir: findHomedir() });
}

/** Reads config.yaml, right or wrong. */
export async function readSettings(context: CliContext): Promise<{ home: Home; loaded: LoadedConfig }> {
  const home = toHome(context);
  // zod and yaml take longer to load than everything else: only commands that need the settings pay for them.
  const [{ loadConfig }, registry] = await Promise.all([import("../config/load.js"), context.registry()]);
  return { home, loaded: loadConfig({ path: home.configFile, ...registry }) };
}

/** The settings of a right config.yaml, or `CliError` with every problem in it. */
export async function requireSettings(context: CliContext): Promise<Settings> {
  const { home, loaded } = await readSettings(context);
  if (loaded.ok) return { home, ...loaded };
  throw new CliError(
    exitCode.configInvalid,
    `the settings are not valid\n${loaded.problems.map(describeProblem).join("\n")}`,
  );
}

/** `config.yaml:12:5: …`, the form in which editors and terminals make a place clickable. */
export function describeProblem({ file, line, column, message, suggestion }: Problem): string {
  const hint = suggestion === undefined ? "" : `\n  did you mean: ${suggestion}`;
  return `${file}:${line}:${column}: ${message}${hint}`;
}
