import type { Limits } from "./limits.js";
import {
  deleteMessage, editMessageReplyMarkup, editMessageText, findRoom, sendMessage, setMessageReaction,
} from "./messages.js"; // prettier-ignore
import { announce, type State } from "./model.js";
import { flag, integer, isRecord, structure, text, type Parameters } from "./parameters.js";
import { badRequest } from "./problem.js";
import { toBot, toChat } from "./shapes.js";
import type { UpdateQueue } from "./update-queue.js";

export interface Backend {
  state: State;
  queue: UpdateQueue;
  limits: Limits;
}

type Method = (backend: Backend, parameters: Parameters) => unknown;

/** A press can be answered for as long as it could have been delivered. */
const answerableMs = 150_000;

/** Every method that this server speaks, by its name in lower case (Telegram ignores case there). */
const methods: Record<string, Method> = {
  getme: ({ state }) => ({
    ...toBot(state),
    can_join_groups: true,
    can_read_all_group_messages: !state.bot.privacy,
    supports_inline_queries: false,
  }),
  getupdates: ({ queue }, parameters) => {
    const allowed = structure(parameters, "allowed_updates");
    return queue.poll({
      offset: integer(parameters, "offset") ?? 0,
      limit: integer(parameters, "limit") ?? 100,
      timeoutS: integer(parameters, "timeout") ?? 0,
      ...(Array.isArray(allowed) ? { allowed: allowed.map(String) } : {}),
    });
  },
  deletewebhook: ({ state, queue }, parameters) => {
    state.webhook = "";
    if (flag(parameters, "drop_pending_updates")) queue.clear();
    return true;
  },
  getwebhookinfo: ({ state, queue }) => ({
    url: state.webhook,
    has_custom_certificate: false,
    pending_update_count: queue.waiting().length,
  }),
  setmycommands: setMyCommands,
  getmycommands: ({ state }, parameters) => state.commands.get(commandScope(parameters)) ?? [],
  deletemycommands: ({ state }, parameters) => {
    state.commands.delete(commandScope(parameters));
    return true;
  },
  sendmessage: ({ state, limits }, parameters) => sendMessage(state, parameters, limits),
  editmessagetext: ({ state, limits }, parameters) => editMessageText(state, parameters, limits),
  editmessagereplymarkup: ({ state, limits }, parameters) =>
    editMessageReplyMarkup(state, parameters, limits),
  deletemessage: ({ state }, parameters) => deleteMessage(state, parameters),
  setmessagereaction: ({ state }, parameters) => setMessageReaction(state, parameters),
  answercallbackquery: answerCallbackQuery,
  getchat: ({ state }, parameters) => {
    const room = findRoom(state, parameters);
    return {
      ...toChat(state, room),
      accent_color_id: 0,
      max_reaction_count: 11,
      accepted_gift_types: noGifts,
    };
  },
  sendchataction: ({ state }, parameters) => {
    findRoom(state, parameters);
    if (!chatActions.includes(text(parameters, "action") ?? ""))
      throw badRequest("wrong parameter action in request");
    return true;
  },
};

const noGifts = {
  unlimited_gifts: false,
  limited_gifts: false,
  unique_gifts: false,
  premium_subscription: false,
  gifts_from_channels: false,
};

const chatActions = [
  "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
  "choose_sticker", "find_location", "record_video_note", "upload_video_note",
]; // prettier-ignore

export function findMethod(name: string): Method | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(methods, key) ? methods[key] : undefined;
}

function answerCallbackQuery({ state }: Backend, parameters: Parameters): true {
  const query = state.queries.get(text(parameters, "callback_query_id") ?? "");
  if (query === undefined || state.now() - query.at > answerableMs) {
    throw badRequest("query is too old and response timeout expired or query ID is invalid");
  }
  const shown = text(parameters, "text") ?? "";
  if (shown.length > 200) throw badRequest("MESSAGE_TOO_LONG");
  const { userId, chatId, messageId } = query;
  const alert = flag(parameters, "show_alert");
  state.answers.push({ queryId: query.id, userId, chatId, text: shown, alert });
  announce(state, { kind: "answered", chatId, messageId, userId, queryId: query.id, text: shown, alert });
  return true;
}

function setMyCommands({ state }: Backend, parameters: Parameters): true {
  const commands = structure(parameters, "commands");
  if (!Array.isArray(commands)) throw badRequest('parameter "commands" is required');
  if (commands.length > 100) throw badRequest("BOT_COMMANDS_TOO_MUCH");
  const checked = commands.map((entry: unknown) => {
    const { command, description } = isRecord(entry) ? entry : {};
    const name = typeof command === "string" ? command.replace(/^\//, "") : "";
    if (!/^[a-z0-9_]{1,32}$/.test(name)) throw badRequest("BOT_COMMAND_INVALID");
    if (typeof description !== "string" || description.length < 1 || description.length > 256)
      throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
    return { command: name, description };
  });
  state.commands.set(commandScope(parameters), checked);
  return true;
}

const scopes = [
  "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators", "chat_member",
]; // prettier-ignore

function commandScope(parameters: Parameters): string {
  const scope = structure(parameters, "scope");
  const language = text(parameters, "language_code") ?? "";
  if (!/^([a-z]{2})?$/.test(language)) throw badRequest("language code must be a two-letter code");
  const { type, chat_id: chat, user_id: user } = isRecord(scope) ? scope : { type: "default" };
  if (typeof type !== "string" || !scopes.includes(type)) throw badRequest("unsupported type specified");
  return JSON.stringify([type, chat ?? null, user ?? null, language]);
}
