import type { FaultSwitches } from "../faults.js";
import type { Ledger } from "../ledger.js";
import { startSandboxServer, type Exchange, type Reply, type SandboxServer } from "../server.js";
import { createLimits, noLimits } from "./limits.js";
import { findMethod, type Backend } from "./methods.js";
import {
  createState,
  type Answer,
  type Change,
  type KeyboardButton,
  type Room,
  type State,
} from "./model.js";
import { readParameters } from "./parameters.js";
import { BotApiProblem } from "./problem.js";
import { renderMessage, renderRoom } from "./render.js";
import { createUpdateQueue, type UpdateQueue } from "./update-queue.js";
import { createWorld, findRoomOf, type World } from "./world.js";

export type { Answer, Change, KeyboardButton } from "./model.js";
export type { World } from "./world.js";

export interface TelegramSandboxOptions {
  port?: number;
  /** Epoch milliseconds; dates, flood limits and expiry go by it. Long polls wait in real time. */
  now?: () => number;
  botToken?: string;
  /** `none` (default) never answers 429. */
  limits?: "real" | "none";
  /** False: answers `getUpdates` at once whatever its `timeout` says, as a server without long polls does. Default true. */
  longPolls?: boolean;
  /** Default on, as @BotFather creates bots. */
  privacy?: boolean;
}

/** A message as a person sees it. */
export interface ShownMessage {
  messageId: number;
  from: "bot" | number;
  /** Plain, after entity parsing. */
  text: string;
  html: string;
  keyboard: KeyboardButton[][];
  /** Unix seconds. */
  date: number;
  edited: boolean;
  replyTo?: number;
  threadId?: number;
  deleted: boolean;
  silent: boolean;
  reactions: string[];
  /** Earlier texts, oldest first. */
  history: string[];
}

export interface TelegramSandbox extends World {
  url: string;
  port: number;
  token: string;
  bot: { id: number; username: string };
  server: SandboxServer;
  faults: FaultSwitches;
  ledger: Ledger;
  /** Every answer to a press, in order. */
  answers: Answer[];
  /** Deleted ones included, marked. */
  chat(chatId: number): ShownMessage[];
  /** The commands that the bot registered for a scope and language. */
  commands(scope?: object, language?: string): Array<{ command: string; description: string }>;
  queue: Pick<UpdateQueue, "waiting" | "repeat" | "clear" | "push">;
  renderChat(chatId: number): string;
  /** One message alone, for printing a chat as it grows. */
  renderMessage(chatId: number, messageId: number): string;
  /** Returns the function that stops listening. */
  onChange(listener: (change: Change) => void): () => void;
  /** Resolves with the first truthy value of `look`, tried now and after each change; rejects with the chats as they are when time is up. */
  waitFor<T>(look: () => T, options?: { timeoutMs?: number }): Promise<NonNullable<T>>;
  close(): Promise<void>;
}

const defaultToken = "700000001:AAsandbox-token-that-opens-nothing0000";

/** The Bot API on 127.0.0.1, with the people and chats behind it. */
export async function startTelegramSandbox(options: TelegramSandboxOptions = {}): Promise<TelegramSandbox> {
  const now = options.now ?? (() => Date.now());
  const token = options.botToken ?? defaultToken;
  const id = Number(/^\d+/.exec(token)?.[0] ?? 700_000_001);
  const bot = {
    id,
    username: "gitnotify_sandbox_bot",
    firstName: "gitnotify",
    privacy: options.privacy ?? true,
  };
  const state = createState(now, bot);
  const queue = createUpdateQueue(state, options);
  const backend = { state, queue, limits: options.limits === "real" ? createLimits() : noLimits };
  const server = await startSandboxServer({
    now,
    handle: (exchange) => answer(backend, token, exchange),
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  return {
    ...createWorld(state, queue),
    ...createViews(state),
    url: server.url,
    port: server.port,
    token,
    bot: { id, username: bot.username },
    server,
    faults: server.faults,
    ledger: server.ledger,
    answers: state.answers,
    queue,
    close: async () => {
      queue.close();
      await server.close();
    },
  };
}

async function answer(backend: Backend, token: string, exchange: Exchange): Promise<Reply> {
  const [, given = "", name = ""] = /^\/bot([^/]+)\/([A-Za-z]+)$/.exec(exchange.path) ?? [];
  const method = findMethod(name);
  try {
    if (!/^\d+:[\w-]+$/.test(decodeURIComponent(given))) throw new BotApiProblem(404, "Not Found");
    if (decodeURIComponent(given) !== token) throw new BotApiProblem(401, "Unauthorized");
    if (method === undefined) throw new BotApiProblem(404, "Not Found: method not found");
    const result = await method(backend, readParameters(exchange));
    return { status: 200, body: { ok: true, result }, operation: name, who: "bot" };
  } catch (error) {
    if (!(error instanceof BotApiProblem)) throw error;
    const { code, message, parameters } = error;
    const body = { ok: false, error_code: code, description: message, ...(parameters && { parameters }) };
    const wait = parameters?.retry_after;
    const headers: Record<string, string> = wait === undefined ? {} : { "retry-after": String(wait) };
    return { status: code, headers, body, operation: name, who: "bot" };
  }
}

type Views = Pick<
  TelegramSandbox,
  "chat" | "commands" | "renderChat" | "renderMessage" | "onChange" | "waitFor"
>;

function createViews(state: State): Views {
  return {
    chat: (chatId) => toShown(findRoomOf(state, chatId)),
    commands(scope, language = "") {
      const { type, chat_id: chat, user_id: user } = { type: "default", ...scope } as Record<string, unknown>;
      return state.commands.get(JSON.stringify([type, chat ?? null, user ?? null, language])) ?? [];
    },
    renderChat: (chatId) => renderRoom(state, findRoomOf(state, chatId)),
    renderMessage(chatId, messageId) {
      const room = findRoomOf(state, chatId);
      const message = room.messages.find((other) => other.messageId === messageId);
      return message === undefined ? "" : renderMessage(state, room, message);
    },
    onChange(listener) {
      state.listeners.add(listener);
      return () => state.listeners.delete(listener);
    },
    waitFor: (look, { timeoutMs = 5000 } = {}) => waitFor(state, look, timeoutMs),
  };
}

function waitFor<T>(state: State, look: () => T, timeoutMs: number): Promise<NonNullable<T>> {
  return new Promise((resolve, reject) => {
    const end = (then: () => void) => {
      clearTimeout(timer);
      state.listeners.delete(check);
      then();
    };
    const check = () => {
      try {
        const found = look();
        if (found) end(() => resolve(found));
      } catch (error) {
        end(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    };
    const timer = setTimeout(() => {
      const chats = [...state.rooms.values()].map((room) => renderRoom(state, room)).join("\n");
      end(() => reject(new Error(`nothing of the kind within ${timeoutMs} ms; the chats are:\n${chats}`)));
    }, timeoutMs);
    state.listeners.add(check);
    check();
  });
}

function toShown(room: Room): ShownMessage[] {
  return room.messages.map((message) => ({
    messageId: message.messageId,
    from: message.from,
    text: message.text,
    html: message.html,
    keyboard: message.keyboard,
    date: message.date,
    edited: message.editDate !== undefined,
    deleted: message.deleted,
    silent: message.silent,
    reactions: message.reactions,
    history: [...message.history],
    ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
    ...(message.threadId === undefined ? {} : { threadId: message.threadId }),
  }));
}
