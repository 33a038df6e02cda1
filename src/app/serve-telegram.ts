import { createBot } from "../bot/bot.js";
import type { UpdateTrouble } from "../channels/telegram/weather.js";
import { type Failure, toTold } from "../domain/failure.js";
import { counted } from "../lib/counted.js";
import { createPairing } from "../operations/pairing.js";
import { closeUnfinished } from "../operations/settle-action.js";
import { reportStatus } from "../operations/report-status.js";
import { announceOtherPoller } from "../polling/announcements.js";
import { findOwner } from "../store/members.js";
import type { App } from "./app.js";
import { learnOwnerName } from "./owner-name.js";
import { createSpeech } from "./speech.js";
import { translatorFor } from "./translator.js";
import type { DaemonSigns } from "./vitals.js";

export interface Serving {
  app: App;
  signs: DaemonSigns;
  print: (line: string) => void;
  /** No more updates after this. */
  signal: AbortSignal;
  /** Ends what somebody asked for. */
  working: AbortSignal;
  /** Called when Telegram answered for the first time, or did not. */
  onContact: () => void;
}

/** Waits for Telegram, then listens until the signal. Rejects when the token is refused: that needs a person. */
export async function serveTelegram(serving: Serving): Promise<void> {
  const { app, signs, print, signal, working, onContact } = serving;
  const { options, telegram } = app;
  const head = `gitnotify ${options.version}`;
  const tail = counted(app.connections.live.size, "connection");
  // After a reload everybody knows already, and another pairing code would void the one that somebody is about to send.
  const isKnown = signs.state()?.bot != null;
  const greet = isKnown ? () => {} : print;
  let isLate = false;
  const identity = await telegram.identify(signal, (failure) => {
    signs.telegramTrouble(toTold(failure));
    if (!isLate) greet(`${head} · Telegram does not answer yet · ${tail}`);
    isLate = true;
    onContact();
  });
  signs.bot(identity.username);
  signs.telegramTrouble(null);
  greet(isLate ? `Telegram answers now: @${identity.username}` : `${head} · @${identity.username} · ${tail}`);
  onContact();
  const translate = translatorFor(options.config);
  const bot = createBot({
    operations: app.operations,
    translate,
    status: () => statusOf(app, signs),
    username: identity.username,
    speech: createSpeech({ telegram, db: options.db, clock: options.clock }, working),
    log: app.operations.log,
  });
  await telegram.showCommands(translate, signal);
  await learnOwnerName(app, signal);
  // Before anybody can start a new action, which would look just like one that was interrupted.
  await closeUnfinished(app.operations, signal);
  if (!isKnown) await offerPairing({ app, username: identity.username, print });
  await telegram.listen({
    db: options.db,
    handle: (update) => bot.handle(update, working),
    giveUp: (update, why) => bot.giveUp(update, why),
    onTrouble: (trouble) => void onTrouble(serving, trouble),
    signal,
  });
}

function statusOf(app: App, signs: DaemonSigns) {
  const { db, clock, config } = app.options;
  const connectionIds = config.connections.map((connection) => connection.id);
  const state = signs.state();
  return reportStatus(db, {
    connectionIds,
    declared: config.subscriptions.length,
    now: clock.now(),
    ...(state === null ? {} : { daemon: { ...state, running: true } }),
  });
}

async function onTrouble(
  { app, signs }: Serving,
  trouble: { what: UpdateTrouble; failure: Failure } | null,
): Promise<void> {
  signs.telegramTrouble(trouble === null ? null : toTold(trouble.failure));
  if (trouble?.what !== "other_poller" && trouble?.what !== "webhook") return;
  const { db, clock, log } = app.options;
  try {
    await announceOtherPoller(db, { what: trouble.what, now: clock.now() });
    app.worker.wake();
  } catch (error) {
    log.warn("The owner could not be told of another program with this bot's token", { error });
  }
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
