import type { Command } from "commander";
import type { App } from "../../app/app.js";
import { createReloads, type Reloads } from "../../app/reloads.js";
import type { Vitals } from "../../app/vitals.js";
import { systemClock } from "../../lib/clock.js";
import type { CliContext } from "../context.js";
import { passEarlySignals } from "../early-signals.js";
import { toExit } from "../failure-exit.js";
import { onHangUp } from "../hang-up.js";
import { type Ground, openGround } from "../open-app.js";
import { requireSecrets } from "../require-secrets.js";
import { createStopSignal } from "../stop-signal.js";
import { readVersion } from "../version.js";

export function register(command: Command, context: CliContext): void {
  command
    .description("run in the foreground until stopped: poll, deliver, listen")
    .addHelpText(
      "after",
      "\nSIGHUP makes it read config.yaml and the secrets again.\n\nExample:\n  gitnotify --home ~/gitnotify start",
    )
    .action(() => start(context));
}

/** Longer nothing may hold up the end: systemd, Docker and people stop waiting after ten seconds. */
const stopLimitMs = 9_500;
/** The rush of the start is over: everything is loaded, and what was due is polled or waits for its turn. */
const settleMs = 10_000;

async function start(context: CliContext): Promise<void> {
  const reloads = createReloads();
  const stop = createStopSignal();
  // First of all: a SIGHUP that nobody hears ends the process.
  const end = () => {
    if (!stop.signal.aborted) stop.stop("SIGTERM");
  };
  const deafen = onHangUp({ reload: () => reloads.ask(), gone: end });
  outliveReaders(context);
  let limit: NodeJS.Timeout | undefined;
  const print = (line: string) => printIfPossible(context, line);
  stop.signal.addEventListener("abort", () => {
    print("Stopping…");
    limit = setTimeout(() => {
      context.io.stderr.write("gitnotify: it did not stop in time and is ended.\n");
      process.exit(1);
    }, stopLimitMs);
  });
  passEarlySignals();
  const settling = setTimeout(() => void settle(), settleMs);
  try {
    if (!stop.signal.aborted) await run(context, { reloads, stop: stop.signal, print });
  } catch (error) {
    if (!stop.signal.aborted) throw toExit(error);
  } finally {
    clearTimeout(limit);
    clearTimeout(settling);
    deafen();
    stop.dispose();
  }
}

/**
 * A small young generation keeps the idle daemon smaller; set this late it helps only in part (docs/benchmarks.md). Code that Node compiled
 * is good for the flags it is kept with: it is kept before.
 */
async function settle(): Promise<void> {
  const [nodeModule, { setFlagsFromString }] = await Promise.all([import("node:module"), import("node:v8")]);
  const keepCode: unknown = Reflect.get(nodeModule, "flushCompileCache");
  if (typeof keepCode === "function") Reflect.apply(keepCode, undefined, []);
  setFlagsFromString("--max-semi-space-size=1");
}

/**
 * A command ends when its output cannot be written: nobody reads it, or the disk is full. A daemon works on without it; what it said can
 * be read in its log.
 */
function outliveReaders({ io }: CliContext): void {
  for (const stream of [io.stdout, io.stderr]) {
    stream.removeAllListeners("error");
    stream.on("error", () => {});
  }
}

/** A file on a full disk throws where a pipe tells its listeners. */
function printIfPossible({ io }: CliContext, line: string): void {
  try {
    io.stdout.write(`${line}\n`);
  } catch {
    // Nobody reads it; the log has what matters.
  }
}

interface Running {
  reloads: Reloads;
  stop: AbortSignal;
  print: (line: string) => void;
}

async function run(context: CliContext, { reloads, stop, print }: Running): Promise<void> {
  const ground = await openGround(context, { quiet: false });
  const living = new AbortController();
  const vitals = await openVitals(context, ground);
  stop.addEventListener("abort", () => vitals.stopping());
  try {
    const first = await openFirst(ground);
    const beating = vitals.run(living.signal);
    const [{ runReloading }, { rebuild }] = await Promise.all([
      import("../../app/run-reloading.js"),
      import("../reload.js"),
    ]);
    await runReloading({
      ...{ first, reloads, vitals, signal: stop, print },
      rebuild: (current) => rebuild({ context, ground, signal: stop }, current),
    });
    living.abort();
    await beating;
  } finally {
    living.abort();
    vitals.end();
    await ground.close();
  }
}

async function openFirst(ground: Ground): Promise<App> {
  const app = await ground.build(ground.settings.config);
  try {
    await requireSecrets(app);
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function openVitals(context: CliContext, { settings, log, redact }: Ground): Promise<Vitals> {
  const [{ createVitals }, { createServiceNotifier }] = await Promise.all([
    import("../../app/vitals.js"),
    import("../../service/notify.js"),
  ]);
  return createVitals({
    ...{ stateDir: settings.home.stateDir, version: readVersion(), clock: systemClock, log, redact },
    notifier: createServiceNotifier({ env: context.env }),
  });
}
