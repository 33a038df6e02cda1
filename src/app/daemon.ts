import { setMaxListeners } from "node:events";
import { createScheduler } from "../polling/scheduler.js";
import type { App } from "./app.js";
import { guardStore } from "./store-guard.js";
import { serveTelegram } from "./serve-telegram.js";
import { type DaemonSigns, noSigns } from "./vitals.js";

export interface DaemonOptions {
  app: App;
  /** Ends everything, in order. */
  signal: AbortSignal;
  /** One line for the person who started it. */
  print: (line: string) => void;
  /** Default: nobody watches. */
  signs?: DaemonSigns;
  /** When the process must be gone soon; until then what is under way gets a minute. Default: `signal`. */
  hurry?: AbortSignal;
}

/** How long the messages and actions under way get when the daemon stops, and when only its settings change. */
const drainMs = { stop: 8_000, reload: 60_000 };

/**
 * Runs until the signal: polls, delivers, listens. Polling begins without waiting for Telegram, which may be silent for long. Rejects
 * when the bot's token is refused.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { app, signal } = options;
  const ending = new AbortController();
  // What somebody asked for is carried to its end: cut off in the middle, nobody could say whether it was done.
  const working = new AbortController();
  // Every wait listens to these; that is by design and no leak.
  for (const each of [signal, ending.signal, working.signal]) setMaxListeners(0, each);
  await app.begin();
  const guard = await guardStore(app, options.signs ?? noSigns);
  const { delivering, listening, contact, failed } = begin(options, { ending, working });
  const scheduler = createScheduler({
    ...app.polling,
    planner: app.planner,
    schedule: app.options.config.polling,
    baseMs: app.baseMs,
    onOwed: () => app.worker.wake(),
  });
  const started = scheduler.start().then(
    () => void contact.then(() => options.signs?.ready()),
    (error: unknown) => ({ error }),
  );
  const ends = [untilAborted(signal), failed, guard.damaged, started.then((failure) => failure ?? endless())];
  const failure = await Promise.race(ends);
  ending.abort(new Error("The daemon is stopping."));
  await started;
  await scheduler.stop();
  guard.stop();
  await drain(options, { under: [delivering, listening], working });
  if (failure !== undefined) throw failure.error;
}

const endless = () => new Promise<never>(() => {});

interface Ends {
  ending: AbortController;
  working: AbortController;
}

/**
 * Delivers and listens, each for itself. `contact`: Telegram answered, or it is known that it does not. `failed`: one of them ended
 * before it should.
 */
function begin({ app, print, signs = noSigns }: DaemonOptions, { ending, working }: Ends) {
  const { signal } = ending;
  const delivering = app.worker.run(signal);
  let onContact: () => void = () => {};
  const contact = new Promise<void>((resolve) => (onContact = resolve));
  const listening = serveTelegram({
    ...{ app, print, signs, signal, working: working.signal },
    onContact,
  });
  const failed = new Promise<{ error: unknown }>((resolve) => {
    for (const work of [delivering, listening]) {
      work.catch((error: unknown) => {
        if (!signal.aborted) resolve({ error });
      });
    }
  });
  return { delivering, listening, contact, failed };
}

async function drain(
  { app, signal, hurry = signal }: DaemonOptions,
  { under, working }: { under: Array<Promise<void>>; working: AbortController },
): Promise<void> {
  const { clock, log } = app.options;
  // The waits end with the work: a timer that is left running would hold the process for as long as it was set.
  const wait = (ms: number) => clock.sleep(ms, working.signal).catch(() => {});
  const settled = Promise.allSettled(under).then(() => true);
  const patience = Promise.race([
    untilAborted(hurry).then(() => wait(drainMs.stop)),
    wait(drainMs.reload),
  ]).then(() => false);
  const isDone = await Promise.race([settled, patience]);
  if (!isDone) log.warn("What was under way did not end in time and is cut off");
  working.abort(new Error("The daemon has stopped."));
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
}
