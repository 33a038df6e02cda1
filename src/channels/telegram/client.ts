import type { Clock } from "../../lib/clock.js";
import type { HttpClient } from "../../lib/http.js";
import type { BotIdentity, ChatIdentity, OutgoingMessage, TelegramApi } from "./api.js";
import { createCaller, type Caller } from "./caller.js";
import { chatSchema, meSchema, sentSchema, updatesSchema, webhookSchema } from "./schema.js";

export type * from "./api.js";

export interface TelegramApiOptions {
  /** `https://api.telegram.org`, or a local Bot API server; a trailing slash does no harm. */
  apiRoot: string;
  /** Read at each call: a rotated token counts at once. */
  token: () => Promise<string>;
  http: HttpClient;
  /** For `retryAt`. */
  clock: Clock;
}

export function createTelegramApi(options: TelegramApiOptions): TelegramApi {
  const call = createCaller(options);
  return { ...createReads(call), ...createSettings(call), ...createMessages(call) };
}

type Reads = "getMe" | "getUpdates" | "getChat";
type Settings = "getWebhook" | "deleteWebhook" | "setCommands";

function createReads(call: Caller): Pick<TelegramApi, Reads> {
  return {
    getMe: (signal) =>
      call({
        method: "getMe",
        signal,
        run: (api) => api.getMe(signal),
        read: (result) => toBot(meSchema.parse(result)),
      }),
    getUpdates: ({ offset, limit = 100, timeoutS, allowed }, signal) =>
      call({
        method: "getUpdates",
        signal,
        run: (api) =>
          api.getUpdates(
            {
              offset,
              limit,
              timeout: timeoutS,
              ...(allowed === undefined ? {} : { allowed_updates: [...allowed] }),
            },
            signal,
          ),
        read: (result) =>
          updatesSchema.parse(result).map((payload) => ({ updateId: payload.update_id, payload })),
      }),
    getChat: (chat, signal) =>
      call({
        method: "getChat",
        chat,
        signal,
        run: (api) => api.getChat({ chat_id: toChatId(chat) }, signal),
        read: (result) => toChatIdentity(chatSchema.parse(result)),
      }),
  };
}

function createSettings(call: Caller): Pick<TelegramApi, Settings> {
  return {
    getWebhook: (signal) =>
      call({
        method: "getWebhookInfo",
        signal,
        run: (api) => api.getWebhookInfo(signal),
        read: (result) => toWebhook(webhookSchema.parse(result)),
      }),
    deleteWebhook: (signal) =>
      call({
        method: "deleteWebhook",
        signal,
        run: (api) => api.deleteWebhook({}, signal),
        read: () => undefined,
      }),
    setCommands: ({ commands, scope, language }, signal) =>
      call({
        method: "setMyCommands",
        signal,
        run: (api) =>
          api.setMyCommands(
            {
              commands: [...commands],
              ...(scope === undefined ? {} : { scope: { type: scope } }),
              ...(language === undefined ? {} : { language_code: language }),
            },
            signal,
          ),
        read: () => undefined,
      }),
  };
}

function createMessages(call: Caller): Omit<TelegramApi, Reads | Settings> {
  return {
    sendMessage: (message, signal) =>
      call({
        method: "sendMessage",
        chat: message.chat,
        repeatable: false,
        signal,
        run: (api) => api.sendMessage(toSendParameters(message), signal),
        read: (result) => ({ messageId: String(sentSchema.parse(result).message_id) }),
      }),
    editMessage: (message, signal) =>
      call({
        method: "editMessageText",
        chat: message.chat,
        signal,
        run: (api) =>
          api.editMessageText({ ...toContent(message), message_id: Number(message.messageId) }, signal),
        read: () => undefined,
      }),
    deleteMessage: ({ chat, messageId }, signal) =>
      call({
        method: "deleteMessage",
        chat,
        signal,
        run: (api) => api.deleteMessage({ chat_id: toChatId(chat), message_id: Number(messageId) }, signal),
        read: () => undefined,
      }),
    answerPress: (queryId, { text = "", box = false }, signal) =>
      call({
        method: "answerCallbackQuery",
        signal,
        run: (api) =>
          api.answerCallbackQuery(
            {
              callback_query_id: queryId,
              ...(text === "" ? {} : { text: shorten(text, 200) }),
              ...(box ? { show_alert: true } : {}),
            },
            signal,
          ),
        read: () => undefined,
      }),
    showTyping: (chat, signal) =>
      call({
        method: "sendChatAction",
        chat,
        signal,
        run: (api) => api.sendChatAction({ chat_id: toChatId(chat), action: "typing" }, signal),
        read: () => undefined,
      }),
  };
}

/** Ids beyond 2^53 do not occur (at most 52 bits); a channel's @name stays text. */
function toChatId(chat: string): number | string {
  return /^-?\d+$/.test(chat) ? Number(chat) : chat;
}

/** The General topic of a forum has id 1 and is only reached without an id (400 `message thread not found` otherwise). */
const generalTopic = "1";

function toContent(message: OutgoingMessage) {
  return {
    chat_id: toChatId(message.chat),
    text: message.text,
    ...(message.html ? { parse_mode: "HTML" as const } : {}),
    link_preview_options: { is_disabled: true },
    ...(message.keyboard.length > 0 ? { reply_markup: { inline_keyboard: message.keyboard } } : {}),
  };
}

function toSendParameters(message: OutgoingMessage) {
  const { topic, replyTo } = message;
  return {
    ...toContent(message),
    ...(message.silent === true ? { disable_notification: true } : {}),
    ...(topic === undefined || topic === generalTopic ? {} : { message_thread_id: Number(topic) }),
    ...(replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true } }),
  };
}

/** At most `limit` UTF-16 units, never half a character. */
function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Of the address only the host is kept: the rest is often the token itself. */
function toWebhook({ url, pending_update_count: pending }: ReturnType<typeof webhookSchema.parse>) {
  const host = URL.canParse(url) ? new URL(url).host : "an address of its own";
  return { host: url === "" ? null : host, pending };
}

type Me = ReturnType<typeof meSchema.parse>;

function toBot(me: Me): BotIdentity {
  return {
    id: String(me.id),
    username: me.username ?? "",
    name: me.first_name,
    readsGroups: me.can_read_all_group_messages === true,
  };
}

type Chat = ReturnType<typeof chatSchema.parse>;

function toChatIdentity(chat: Chat): ChatIdentity {
  const title = chat.title ?? [chat.first_name, chat.last_name].filter(Boolean).join(" ");
  const kind = chat.type === "supergroup" ? "group" : chat.type;
  return { id: String(chat.id), kind, title, isForum: chat.is_forum === true };
}
