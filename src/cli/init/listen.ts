import type { TelegramApi } from "../../channels/telegram/api.js";
import { createUpdateLoop } from "../../channels/telegram/updates.js";
import type { UpdateTrouble } from "../../channels/telegram/weather.js";
import type { Incoming } from "../../channels/telegram/message.js";
import { parseCommand } from "../../bot/bot.js";
import { isFailure } from "../../domain/failure.js";
import type { Translate } from "../../i18n/index.js";
import type { Clock } from "../../lib/clock.js";
import { silentLog } from "../../lib/log.js";
import { mayGuideStranger } from "../../operations/members.js";
import { completePairing, createPairing } from "../../operations/pairing.js";
import { openDatabase } from "../../store/database.js";
import { countTry, finishUpdate, nextOffset, pendingUpdates, saveUpdates } from "../../store/updates.js";

export interface Paired {
  /** Telegram user id. */
  id: string;
  name: string;
}

/** A code that waits for its person. Whoever opens it must close it. */
export interface Pairing {
  code: string;
  expiresAt: number;
  /** Resolves with whoever sends the code in a private chat; null when it expires first. Rejects with the signal's reason. */
  wait(options: WaitOptions): Promise<Paired | null>;
  close(): Promise<void>;
}

export interface WaitOptions {
  signal: AbortSignal;
  /** In which those are answered who send something else. */
  translate: Translate;
  /** Somebody sent another code, or nothing comes in. */
  onNews: (news: { is: "wrong_code"; name: string } | { is: "trouble"; what: UpdateTrouble | null }) => void;
}

/**
 * The daemon's own pairing over a database in memory: until everything is confirmed, nothing of it is on the disk. Who was
 * found is written into config.yaml, which the daemon believes before its database.
 */
export async function openPairing(given: {
  api: TelegramApi;
  clock: Clock;
  randomText: (bytes: number) => string;
}): Promise<Pairing> {
  const { clock } = given;
  const opened = await openDatabase(":memory:");
  const context = { db: opened.db, clock, randomText: given.randomText, declared: [] };
  const { code, expiresAt } = await createPairing(context);
  return {
    ...{ code, expiresAt, close: opened.close },
    wait: (options) => waitForCode({ ...given, ...options, context, expiresAt }),
  };
}

interface Waiting extends WaitOptions {
  api: TelegramApi;
  clock: Clock;
  context: Parameters<typeof completePairing>[0];
  expiresAt: number;
}

async function waitForCode(given: Waiting): Promise<Paired | null> {
  const { api, clock, context, expiresAt, signal } = given;
  const { db } = context;
  const found = new AbortController();
  const ending = AbortSignal.any([signal, found.signal]);
  let paired: Paired | null = null;
  const loop = createUpdateLoop({
    ...{ api, clock, log: silentLog, timeoutS: 25 },
    store: {
      offset: () => nextOffset(db),
      save: (updates) => saveUpdates(db, updates, clock.now()),
      pending: () => pendingUpdates(db),
      countTry: (updateId) => countTry(db, updateId),
      done: (updateId, note) => finishUpdate(db, updateId, note),
    },
    onTrouble: (trouble) => given.onNews({ is: "trouble", what: trouble?.what ?? null }),
    handle: async (incoming) => {
      const person = paired === null ? await tryCode(given, incoming) : null;
      if (person === null) return;
      paired = person;
      found.abort(new Error("The code came."));
    },
  });
  const expiry = clock.sleep(expiresAt - clock.now(), ending).then(
    () => found.abort(new Error("The code has expired.")),
    () => undefined,
  );
  await loop.run(ending);
  await expiry;
  if (paired === null) signal.throwIfAborted();
  return paired;
}

async function tryCode(waiting: Waiting, incoming: Incoming): Promise<Paired | null> {
  const { context, onNews } = waiting;
  if (incoming.type !== "message" || incoming.chat.kind !== "private") return null;
  if (incoming.forwarded || incoming.anonymous) return null;
  const command = parseCommand(incoming.text, "");
  // Some copy the code alone.
  const code = command?.name === "start" ? command.words : command === null ? incoming.text.trim() : "";
  const { id, name } = incoming.from;
  if (code !== "" && (await completePairing(context, { code, id, name })) !== null) return { id, name };
  const triedCode = command === null ? /^[\w-]{16,}$/.test(code) : code !== "";
  if (triedCode) onNews({ is: "wrong_code", name });
  await guide(waiting, incoming, triedCode);
  return null;
}

/** The person may well look at the chat and not at the terminal: it says there what is awaited. As seldom as the daemon says it. */
async function guide(
  { api, context, translate, signal }: Waiting,
  { chat, from }: Extract<Incoming, { type: "message" }>,
  triedCode: boolean,
): Promise<void> {
  if (!(await mayGuideStranger(context, from.id))) return;
  const words = [translate(triedCode ? "bot.pair.wrong" : "bot.pair.unowned"), translate("bot.pair.how")];
  try {
    await api.sendMessage({ chat: chat.id, text: words.join("\n"), html: false, keyboard: [] }, signal);
  } catch (error) {
    // The code that is awaited may come all the same.
    if (!isFailure(error)) throw error;
  }
}
