import type { App } from "./app.js";
import { runDaemon } from "./daemon.js";
import type { Reloads } from "./reloads.js";
import type { Vitals } from "./vitals.js";

/** The settings cannot be used as they are now. `problems`: one sentence each, with its place in the file where it has one. */
export class ReloadError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ReloadError";
    this.problems = problems;
  }
}

/** What was made of the settings as they are now. */
export interface Rebuilt {
  app: App;
  /** What is different, in words of the settings. */
  changes: readonly string[];
  /** Called when the app of before has ended. */
  takeEffect(): void;
}

export interface ReloadingOptions {
  first: App;
  reloads: Reloads;
  /** Builds an app beside the running one, which keeps running when this rejects with `ReloadError`. */
  rebuild: (current: App) => Promise<Rebuilt>;
  vitals: Vitals;
  signal: AbortSignal;
  print: (line: string) => void;
}

/**
 * Runs one app after the other, each with the settings of its time: the next one is built and checked first, then the running one
 * ends in order, with all that is under way, and the next begins. The database stays open all the while, so that nothing is lost
 * in between. Closes every app. Rejects when one cannot go on.
 */
export async function runReloading(options: ReloadingOptions): Promise<void> {
  let app = options.first;
  for (;;) {
    const running = begin(options, app);
    const next = await nextApp(options, { app, ended: running.ended });
    running.stop();
    try {
      await running.ended;
    } catch (error) {
      await next?.app.close();
      throw error;
    } finally {
      await app.close();
    }
    if (next === null) return;
    next.takeEffect();
    tellReloaded(options, next);
    app = next.app;
  }
}

interface RunningApp {
  ended: Promise<void>;
  stop(): void;
}

function begin({ vitals, print, signal }: ReloadingOptions, app: App): RunningApp {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error("The daemon is stopping."));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  vitals.watch(app);
  const ended = runDaemon({ app, signal: controller.signal, hurry: signal, print, signs: vitals });
  // Heard by whoever waits for it; until then it must not count as a rejection that nobody handles.
  ended.catch(() => {});
  return { stop, ended: ended.finally(() => signal.removeEventListener("abort", stop)) };
}

/** null when the running app has come to its end. */
async function nextApp(
  options: ReloadingOptions,
  { app, ended }: { app: App; ended: Promise<void> },
): Promise<Rebuilt | null> {
  const over = ended.then(
    () => "over" as const,
    () => "over" as const,
  );
  for (;;) {
    const asked = options.reloads.next().then(() => "asked" as const);
    if ((await Promise.race([over, asked])) === "over") return null;
    const next = await tryRebuild(options, app);
    if (next === null) continue;
    if (!options.signal.aborted) return next;
    await next.app.close();
    return null;
  }
}

async function tryRebuild({ vitals, rebuild, signal }: ReloadingOptions, app: App): Promise<Rebuilt | null> {
  vitals.reloading();
  try {
    return await rebuild(app);
  } catch (error) {
    if (signal.aborted) return null;
    const problems = error instanceof ReloadError ? error.problems : [messageOf(error)];
    vitals.reloadRefused(problems[0] ?? "");
    app.options.log.warn("The settings were not reloaded; those of before stay", { problems });
    return null;
  }
}

function tellReloaded({ vitals }: ReloadingOptions, { app, changes }: Rebuilt): void {
  const what = changes.length === 0 ? "nothing is different; secrets were read again" : changes.join(", ");
  // The state first: who reads in the log that it was reloaded finds it so in `status`.
  vitals.reloaded();
  app.options.log.info(`Settings reloaded: ${what}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
