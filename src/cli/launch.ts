import { secureEnvironment, type Environment } from "./environment.js";
import { useCodeCache } from "./code-cache.js";

/**
 * The command line in a process of its own: runs it and answers with the exit code. What is loaded before the code cache is on would
 * not come from it, so that the rest is imported afterwards.
 */
export async function launch(given: readonly string[]): Promise<number> {
  useCodeCache(given);
  const { runCli, endWith } = await import("./run.js");
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
  let env: Environment;
  try {
    env = secureEnvironment(process, (sentence) => void stderr.write(`gitnotify: ${sentence}\n`));
  } catch (error) {
    return endWith(error, stderr);
  }
  // Node 22 and later leave the environment out of a report altogether; a proxy's password may be in it.
  if (process.report !== undefined) Reflect.set(process.report, "excludeEnv", true);
  return runCli({
    argv: given,
    env,
    io: {
      // Opening stdin loads half of node's networking: only who reads it pays.
      get stdin() {
        return process.stdin;
      },
      stdout,
      stderr,
      isTTY: stdout.isTTY,
      get columns() {
        return stdout.columns;
      },
    },
  });
}
