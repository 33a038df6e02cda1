import * as nodeModule from "node:module";
import { join } from "node:path";
import { resolveHome } from "../config/home.js";
import { findHomedir } from "../lib/homedir.js";

/**
 * The command line in a process of its own: runs it and answers with the exit code. What is loaded before the code cache is on would
 * not come from it, so that the rest is imported afterwards.
 */
export async function launch(given: readonly string[]): Promise<number> {
  useCodeCache();
  const { runCli } = await import("./run.js");
  const { stdout, stderr } = process;
  // A reader that has seen enough (`gitnotify events | head`) closes the pipe: that is no failure.
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  }
  // What nobody awaited still ends in a sentence and not in a stack trace.
  process.on("uncaughtException", (error: unknown) => {
    stderr.write(`gitnotify: ${error instanceof Error ? error.message : "something failed"}\n`);
    process.exit(1);
  });
  return runCli({
    argv: given,
    env: process.env,
    io: {
      // Opening stdin loads half of node's networking: only who reads it pays.
      get stdin() {
        return process.stdin;
      },
      stdout,
      stderr,
      isTTY: stdout.isTTY,
    },
  });
}

/**
 * Node 22 keeps compiled code between runs. It would keep it in the shared folder for temporary files, where another user
 * of the machine could plant code; a folder of this user's own is none of theirs.
 */
function useCodeCache(): void {
  const enable: unknown = Reflect.get(nodeModule, "enableCompileCache");
  if (typeof enable !== "function") return;
  try {
    const { env, platform } = process;
    const { cacheDir } = resolveHome({ env, platform, homedir: findHomedir() });
    Reflect.apply(enable, undefined, [join(cacheDir, "code")]);
  } catch {
    // Nowhere to keep it: it runs without, and whoever needs the home says what is wrong.
  }
}
