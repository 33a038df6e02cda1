import type { Command } from "commander";
import type { CliContext } from "../context.js";
import { toExit } from "../failure-exit.js";
import { openApp } from "../open-app.js";
import { requireSecrets } from "../require-secrets.js";
import { createStopSignal } from "../stop-signal.js";

export function register(command: Command, context: CliContext): void {
  command
    .description("run in the foreground until stopped: poll, deliver, listen")
    .addHelpText("after", "\nExample:\n  gitnotify --home ~/gitnotify start")
    .action(() => start(context));
}

async function start(context: CliContext): Promise<void> {
  // A small young generation keeps the idle daemon smaller. Set this late it helps only in part (docs/benchmarks.md).
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--max-semi-space-size=1");
  const opened = await openApp(context, { quiet: false });
  const stop = createStopSignal();
  try {
    await requireSecrets(opened.app);
    const { runDaemon } = await import("../../app/daemon.js");
    const print = (line: string) => void context.io.stdout.write(`${line}\n`);
    await runDaemon({ app: opened.app, signal: stop.signal, print });
  } catch (error) {
    if (!stop.signal.aborted) throw toExit(error);
  } finally {
    await opened.close();
    stop.dispose();
  }
}
