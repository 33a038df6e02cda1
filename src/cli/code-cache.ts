import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";
import { resolveHome } from "../config/home.js";
import { findHomedir } from "../lib/homedir.js";

/**
 * Node 22 keeps compiled code between runs. It would keep it in the shared folder for temporary files, where another user
 * of the machine could plant code; the home of this gitnotify is none of theirs. `given`: the words of the command line.
 */
export function useCodeCache(given: readonly string[]): void {
  const enable: unknown = Reflect.get(nodeModule, "enableCompileCache");
  if (typeof enable !== "function") return;
  try {
    const { env, platform } = process;
    const { cacheDir } = resolveHome({ home: homeOf(given), env, platform, homedir: findHomedir() });
    // A look at a home that is not there must not make one.
    if (existsSync(cacheDir)) Reflect.apply(enable, undefined, [join(cacheDir, "code")]);
  } catch {
    // Nowhere to keep it: it runs without, and whoever needs the home says what is wrong.
  }
}

/** commander reads the same option later: this one must be known before commander is loaded. */
function homeOf(given: readonly string[]): string | undefined {
  const at = given.indexOf("--home");
  return at === -1
    ? given.find((word) => word.startsWith("--home="))?.slice("--home=".length)
    : given[at + 1];
}
