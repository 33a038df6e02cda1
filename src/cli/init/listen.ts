import type { TelegramApi } from "../../channels/telegram/api.js";
import { createUpdateLoop } from "../../channels/telegram/updates.js";
import type { UpdateTrouble } from "../../channels/telegram/weather.js";
import type { Incoming } from "../../channels/telegram/message.js";
import { parseCommand } from "../../bot/bot.js";
import type { Clock } from "../../lib/clock.js";
import { silentLog } from "../../lib/log.js";
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

async function tryCode({ context, onNews }: Waiting, incoming: Incoming): Promise<Paired | null> {
  if (incoming.type !== "message" || incoming.chat.kind !== "private") return null;
  if (incoming.forwarded || incoming.anonymous) return null;
  const command = parseCommand(incoming.text, "");
  // Some copy the code alone.
  const code = command?.name === "start" ? command.words : command === null ? incoming.text.trim() : "";
  if (code === "") return null;
  const { id, name } = incoming.from;
  if ((await completePairing(context, { code, id, name })) === null) {
    onNews({ is: "wrong_code", name });
    return null;
  }
  return { id, name };
}
