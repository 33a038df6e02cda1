import { setMaxListeners } from "node:events";
import { createBot } from "../bot/bot.js";
import { closeUnfinished } from "../operations/perform-action.js";
import { createPairing } from "../operations/pairing.js";
import { reportStatus } from "../operations/report-status.js";
import { createScheduler } from "../polling/scheduler.js";
import { findOwner } from "../store/members.js";
import { translatorFor } from "./translator.js";
import type { App } from "./app.js";
import { createSpeech } from "./speech.js";

export interface DaemonOptions {
  app: App;
  /** Ends everything, in order. */
  signal: AbortSignal;
  /** One line for the person who started it. */
  print: (line: string) => void;
}

/** How long the messages and actions under way get when the daemon stops. */
const drainMs = 8_000;

/** Runs until the signal: polls, delivers, listens. Rejects when it cannot start. */
export async function runDaemon({ app, signal, print }: DaemonOptions): Promise<void> {
  // Every wait listens to this one signal; that is by design and no leak.
  setMaxListeners(0, signal);
  const { options, telegram, worker } = app;
  const identity = await telegram.identify(signal);
  print(`gitnotify ${options.version} · @${identity.username} · ${app.connections.live.size} connection(s)`);
  const translate = translatorFor(options.config);
  // What somebody asked for is carried to its end: cut off in the middle, nobody could say whether it was done.
  const working = new AbortController();
  const bot = createBot({
    operations: app.operations,
    translate,
    status: () => statusOf(app),
    username: identity.username,
    speech: createSpeech(telegram, working.signal),
    log: options.log,
  });
  await telegram.showCommands(translate, signal);
  // Before anybody can start a new action, which would look just like one that was interrupted.
  await closeUnfinished(app.operations, signal);
  const listening = telegram.listen({
    db: options.db,
    handle: (update) => bot.handle(update, working.signal),
    signal,
  });
  const delivering = worker.run(signal);
  const scheduler = createScheduler({
    ...app.polling,
    planner: app.planner,
    schedule: options.config.polling,
    baseMs: app.baseMs,
    onOwed: () => worker.wake(),
  });
  await scheduler.start();
  await offerPairing({ app, username: identity.username, print });
  await untilAborted(signal);
  print("Stopping…");
  await scheduler.stop();
  // The wait ends with the work: a timer that is left running would hold the process for as long as it was set.
  const patience = options.clock.sleep(drainMs, working.signal).catch(() => {});
  await Promise.race([Promise.allSettled([delivering, listening]), patience]);
  working.abort(new Error("The daemon has stopped."));
}

export function statusOf(app: App) {
  const { db, clock, config } = app.options;
  const connectionIds = config.connections.map((connection) => connection.id);
  return reportStatus(db, { connectionIds, declared: config.subscriptions.length, now: clock.now() });
}

/** Without an owner nothing can be delivered: whoever sends the code becomes one. */
async function offerPairing({
  app,
  username,
  print,
}: {
  app: App;
  username: string;
  print: (line: string) => void;
}): Promise<void> {
  if ((await findOwner(app.options.db)) !== null) return;
  const { code } = await createPairing(app.operations);
  print("Nobody owns this bot yet. Open this link within ten minutes and press Start:");
  print(`  https://t.me/${username}?start=${code}`);
  print(`or send the bot: /start ${code}`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
