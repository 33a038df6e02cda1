/** What the sandbox remembers of the Telegram world. All ids are Telegram's numbers; dates are Unix seconds. */
export interface Person {
  id: number;
  firstName: string;
  username?: string;
  /** IETF tag of the person's app, `ru`. */
  language?: string;
  /** Has opened the private chat with the bot, without which the bot may not write. */
  started: boolean;
  blocked: boolean;
}

export interface Topic {
  name: string;
  closed: boolean;
}

export interface Room {
  id: number;
  type: "private" | "group" | "supergroup";
  title?: string;
  forum: boolean;
  members: Set<number>;
  topics: Map<number, Topic>;
  /** Whether the bot is in it. */
  bot: "member" | "kicked" | "left";
  /** Set once a group has become a supergroup. */
  movedTo?: number;
  messages: StoredMessage[];
  /** Supergroups count their messages themselves; private chats and basic groups share the account's counter. */
  lastMessageId: number;
}

export interface Entity {
  type: string;
  offset: number;
  length: number;
  url?: string;
  language?: string;
}

export interface KeyboardButton {
  text: string;
  url?: string;
  callback_data?: string;
  style?: string;
}

/** How a person may pose as somebody else: a group's anonymous administrator, or a channel. */
export type Guise = "anonymous_admin" | "channel";

export interface StoredMessage {
  messageId: number;
  from: "bot" | number;
  as?: Guise;
  forwarded: boolean;
  text: string;
  /** As the bot sent it; for people's messages the plain text. */
  html: string;
  entities: Entity[];
  keyboard: KeyboardButton[][];
  date: number;
  editDate?: number;
  replyTo?: number;
  threadId?: number;
  deleted: boolean;
  silent: boolean;
  /** Earlier texts, oldest first. */
  history: string[];
  reactions: string[];
}

/** A press that the bot has been told of. */
export interface Query {
  id: string;
  userId: number;
  chatId: number;
  messageId: number;
  at: number;
}

export interface Answer {
  queryId: string;
  userId: number;
  chatId: number;
  text: string;
  alert: boolean;
}

export type Change = { chatId: number; messageId: number } & (
  | { kind: "sent" | "edited" | "deleted" | "said" }
  | { kind: "pressed"; userId: number; label: string; queryId: string }
  | { kind: "answered"; userId: number; queryId: string; text: string; alert: boolean }
);

export interface BotAccount {
  id: number;
  username: string;
  firstName: string;
  /** Off: the bot sees everything that is said in groups. */
  privacy: boolean;
}

export interface State {
  /** Epoch milliseconds. */
  now: () => number;
  bot: BotAccount;
  people: Map<number, Person>;
  rooms: Map<number, Room>;
  queries: Map<string, Query>;
  answers: Answer[];
  /** By scope and language. */
  commands: Map<string, Array<{ command: string; description: string }>>;
  webhook: string;
  lastAccountMessageId: number;
  lastQueryId: number;
  listeners: Set<(change: Change) => void>;
}

export function createState(now: () => number, bot: BotAccount): State {
  return {
    now,
    bot,
    people: new Map(),
    rooms: new Map(),
    queries: new Map(),
    answers: [],
    commands: new Map(),
    webhook: "",
    lastAccountMessageId: 0,
    lastQueryId: 0,
    listeners: new Set(),
  };
}

export function seconds(state: State): number {
  return Math.floor(state.now() / 1000);
}

export function nextMessageId(state: State, room: Room): number {
  if (room.type === "supergroup") return ++room.lastMessageId;
  return ++state.lastAccountMessageId;
}

export function announce(state: State, change: Change): void {
  for (const listener of [...state.listeners]) listener(change);
}
