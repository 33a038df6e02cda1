import type { Channel } from "../channels/channel.js";
import type { TelegramApi } from "../channels/telegram/api.js";
import { createTelegramApi } from "../channels/telegram/client.js";
import { toPlain } from "../channels/telegram/html.js";
import { createTelegramChannel } from "../channels/telegram/index.js";
import type { Incoming } from "../channels/telegram/message.js";
import { createUpdateLoop, type UpdateLoopOptions } from "../channels/telegram/updates.js";
import { botCommands } from "../bot/commands/index.js";
import { describe } from "../bot/describe-command.js";
import type { Failure } from "../domain/failure.js";
import type { Translate } from "../i18n/index.js";
import type { Clock } from "../lib/clock.js";
import { type HostLimit, unlimited } from "../lib/host-limit.js";
import { createHttpClient } from "../lib/http-client.js";
import type { HttpClient } from "../lib/http.js";
import type { Log } from "../lib/log.js";
import { telegramSecret } from "../secrets/secret-store.js";
import { isBusy } from "../store/faults.js";
import type { Database } from "../store/schema.js";
import { countTry, finishUpdate, nextOffset, pendingUpdates, saveUpdates } from "../store/updates.js";
import type { Credentials } from "./credentials.js";
import { hideEchoes } from "./hide-echoes.js";

export interface Telegram {
  api: TelegramApi;
  /** For looking at the way to the Bot API itself. */
  way: HttpClient;
  channel: Channel;
  /** Who the bot is; waits through outages, rejects when the token is refused. `onWait` hears of every try in vain. */
  identify(signal: AbortSignal, onWait?: (failure: Failure) => void): Promise<{ username: string }>;
  /** The menu that Telegram shows behind the slash. */
  showCommands(translate: Translate, signal: AbortSignal): Promise<void>;
  listen(options: ListenOptions): Promise<void>;
  /** From now on messages are written down instead of sent. */
  rehearse(): void;
  /** What would have been sent, as plain text. */
  rehearsed(): string[];
  close(): Promise<void>;
}

interface ListenOptions {
  db: Database;
  handle: (incoming: Incoming) => Promise<void>;
  giveUp?: UpdateLoopOptions["giveUp"];
  /** Once when no updates come in any more, and with null when they do again. */
  onTrouble?: UpdateLoopOptions["onTrouble"];
  signal: AbortSignal;
}

export interface TelegramOptions {
  apiRoot: string;
  /** As of a connection. */
  proxy?: string;
  caFile?: string;
  credentials: Credentials;
  limit: HostLimit;
  userAgent: string;
  clock: Clock;
  log: Log;
}

export async function openTelegram(options: TelegramOptions): Promise<Telegram> {
  const { apiRoot, credentials, clock, log } = options;
  const http = {
    ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
    ...(options.caFile === undefined ? {} : { caFile: options.caFile }),
    allowHttp: false,
    allowPrivateAddress: false,
    allowLoopbackHttp: true,
    userAgent: options.userAgent,
  };
  const sending = hideEchoes(createHttpClient({ ...http, limit: options.limit }), credentials.redact);
  // A long poll holds its connection for most of a minute: it must not take a place from the messages.
  const polling = hideEchoes(createHttpClient({ ...http, limit: unlimited }), credentials.redact);
  const token = () => credentials.read(telegramSecret);
  const api = createTelegramApi({ apiRoot, token, http: sending, clock });
  const pollingApi = createTelegramApi({ apiRoot, token, http: polling, clock });
  const real = createTelegramChannel({ api, log });
  let notes: string[] | null = null;
  const channel: Channel = {
    ...real,
    send: async (destination, notification, send) => {
      if (notes === null) return real.send(destination, notification, send);
      notes.push(`→ ${destination.chat}\n${toPlain(notification.text)}`);
      return { messageId: `rehearsed-${notes.length}` };
    },
    edit: async (message, notification, signal) => {
      if (notes === null) return real.edit(message, notification, signal);
      notes.push(`→ ${message.destination.chat} (edit)\n${toPlain(notification.text)}`);
    },
    remove: async (message, signal) => {
      if (notes === null) await real.remove?.(message, signal);
    },
  };
  return {
    api,
    way: sending,
    channel,
    identify: (signal, onWait = () => {}) => identify(api, { clock, log, signal, onWait }),
    showCommands: (translate, signal) => showCommands({ api, log, translate }, signal),
    listen: (listening) => listen({ api: pollingApi, clock, log }, listening),
    rehearse: () => (notes = []),
    rehearsed: () => notes ?? [],
    close: async () => void (await Promise.all([sending.close(), polling.close()])),
  };
}

const firstWaitMs = 1_000;

interface Identifying {
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  onWait: (failure: Failure) => void;
}

/**
 * An outage at the start is waited out, whatever answers in Telegram's place (a portal of a hotel, a proxy); a refused token is for a
 * person to mend.
 */
async function identify(
  api: TelegramApi,
  { clock, log, signal, onWait }: Identifying,
): Promise<{ username: string }> {
  const { isFailure } = await import("../domain/failure.js");
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, 60_000)) {
    try {
      return await api.getMe(signal);
    } catch (error) {
      if (!isFailure(error) || error.kind === "unauthorized") throw error;
      // Said once: an outage of a day would fill the log.
      if (waitMs === firstWaitMs)
        log.warn("Telegram does not answer; trying until it does", { reason: error.message });
      onWait(error);
      await clock.sleep(waitMs, signal);
    }
  }
}

async function showCommands(
  { api, log, translate }: { api: TelegramApi; log: Log; translate: Translate },
  signal: AbortSignal,
): Promise<void> {
  const commands = botCommands.flatMap((command) =>
    [command.name, ...(command.aliases ?? [])].map((name) => ({
      command: name,
      description: describe(translate, command.name),
    })),
  );
  const { isFailure } = await import("../domain/failure.js");
  try {
    await api.setCommands({ commands }, signal);
  } catch (error) {
    if (!isFailure(error)) throw error;
    log.warn("The command menu could not be set; the commands work all the same", { reason: error.message });
  }
}

function listen(
  { api, clock, log }: { api: TelegramApi; clock: Clock; log: Log },
  { db, handle, giveUp, onTrouble, signal }: ListenOptions,
): Promise<void> {
  const loop = createUpdateLoop({
    api,
    clock,
    log,
    handle,
    isPassing: isBusy,
    ...(giveUp === undefined ? {} : { giveUp }),
    ...(onTrouble === undefined ? {} : { onTrouble }),
    store: {
      offset: () => nextOffset(db),
      save: (updates) => saveUpdates(db, updates, clock.now()),
      pending: () => pendingUpdates(db),
      countTry: (updateId) => countTry(db, updateId),
      done: (updateId, note) => finishUpdate(db, updateId, note),
    },
  });
  return loop.run(signal);
}
