import {
  mediaFields,
  updateSchema,
  type CallbackQuery,
  type Chat,
  type Membership,
  type Message,
  type User,
} from "./schema.js";

export interface IncomingChat {
  id: string;
  /** Supergroups and channels count as groups. */
  kind: "private" | "group";
  title?: string;
  isForum: boolean;
}

export interface Sender {
  id: string;
  /** First and last name. */
  name: string;
  username?: string;
  /** IETF tag of the person's app. */
  language?: string;
}

/** Somebody wrote something, or sent something else. */
export interface IncomingMessage {
  type: "message";
  updateId: number;
  chat: IncomingChat;
  topic?: string;
  messageId: string;
  from: Sender;
  /** When it was written, by Telegram's clock: epoch milliseconds, of whole seconds. */
  sentAt: number;
  /** What was written; of anything else the caption, which may be empty. */
  text: string;
  /** A photo, a voice message, a sticker: nothing that is read as a command, whatever its caption says. */
  isMedia: boolean;
  /** The message that this one answers. */
  replyTo?: string;
  /** The answered message is a bot's. */
  replyToBot: boolean;
  /** Not the sender's own words: passed on from somebody else, or written by another bot for them. */
  forwarded: boolean;
  /** Nobody to whom a right could be given: an anonymous administrator, a channel, or another bot. */
  anonymous: boolean;
}

/** Somebody pressed a button. `data` comes from the person's app and proves nothing. */
export interface ButtonPress {
  type: "press";
  updateId: number;
  queryId: string;
  from: Sender;
  anonymous: boolean;
  chat: IncomingChat;
  topic?: string;
  messageId: string;
  data: string;
}

/** The bot was added, thrown out, blocked, unblocked; or the group became a supergroup. */
export interface MembershipChange {
  type: "membership";
  updateId: number;
  chat: IncomingChat;
  /** Who did it. */
  from?: Sender;
  /** The bot may write there now. */
  canWrite: boolean;
  /** The chat's new id, when a group became a supergroup: nothing can be written under the old one. */
  movedTo?: string;
}

export type Incoming = IncomingMessage | ButtonPress | MembershipChange;

/** Why an update was given up: it went wrong each time, or what passes by itself did not pass in time. */
export type GivenUp = "failed" | "held_up";

/** Telegram's stand-in for a group's anonymous administrators. */
const anonymousAdmin = 1_087_968_824;

/** What an update means; null: nothing for us (a pinned message, a press without data). Throws `ZodError` when it is no update. */
export function toIncoming(payload: unknown): Incoming | null {
  const update = updateSchema.parse(payload);
  if (update.message !== undefined) return fromMessage(update.update_id, update.message);
  if (update.callback_query !== undefined) return fromQuery(update.update_id, update.callback_query);
  if (update.my_chat_member !== undefined) return fromMembership(update.update_id, update.my_chat_member);
  return null;
}

function fromMessage(updateId: number, message: Message): Incoming | null {
  const chat = toChat(message.chat);
  if (message.migrate_to_chat_id !== undefined) {
    return {
      type: "membership",
      updateId,
      chat,
      canWrite: false,
      movedTo: String(message.migrate_to_chat_id),
    };
  }
  const isMedia = mediaFields.some((field) => message[field] !== undefined);
  if (message.from === undefined || (message.text === undefined && !isMedia)) return null;
  return {
    type: "message",
    updateId,
    chat,
    ...toTopic(message),
    messageId: String(message.message_id),
    from: toSender(message.from),
    sentAt: message.date * 1000,
    text: message.text ?? message.caption ?? "",
    isMedia,
    ...toReply(message),
    forwarded: isSecondHand(message),
    anonymous:
      isAnonymous(message.from) || message.sender_chat !== undefined || message.chat.type === "channel",
  };
}

function isSecondHand(message: Message): boolean {
  const { forward_origin: origin, forward_from: from, forward_from_chat: chat, forward_date: date } = message;
  const marks = [origin, from, chat, date, message.forward_sender_name, message.via_bot];
  return marks.some((mark) => mark !== undefined) || message.is_automatic_forward === true;
}

/** In a topic every message answers the topic's first one as far as Telegram tells; that is no answer to anybody. */
function toReply(message: Message): { replyTo?: string; replyToBot: boolean } {
  const reply = message.reply_to_message;
  if (reply === undefined || reply.message_id === message.message_thread_id) return { replyToBot: false };
  return { replyTo: String(reply.message_id), replyToBot: reply.from?.is_bot === true };
}

function fromQuery(updateId: number, query: CallbackQuery): ButtonPress | null {
  if (query.message === undefined || query.data === undefined) return null;
  return {
    type: "press",
    updateId,
    queryId: query.id,
    from: toSender(query.from),
    anonymous: isAnonymous(query.from),
    chat: toChat(query.message.chat),
    ...toTopic(query.message),
    messageId: String(query.message.message_id),
    data: query.data,
  };
}

function fromMembership(updateId: number, change: Membership): MembershipChange {
  const { status, is_member: isMember, can_send_messages: canSend } = change.new_chat_member;
  const isIn = ["creator", "administrator", "member"].includes(status);
  const mayWrite = isIn || (status === "restricted" && isMember === true && canSend === true);
  return {
    type: "membership",
    updateId,
    chat: toChat(change.chat),
    from: toSender(change.from),
    canWrite: mayWrite,
  };
}

/** A thread id outside a topic belongs to a chain of replies, and nothing can be sent there by it. */
function toTopic(place: { message_thread_id?: number | undefined; is_topic_message?: boolean | undefined }): {
  topic?: string;
} {
  if (place.is_topic_message !== true || place.message_thread_id === undefined) return {};
  return { topic: String(place.message_thread_id) };
}

function toChat(chat: Chat): IncomingChat {
  const kind = chat.type === "private" ? "private" : "group";
  return {
    id: String(chat.id),
    kind,
    isForum: chat.is_forum === true,
    ...(chat.title === undefined ? {} : { title: chat.title }),
  };
}

function toSender(user: User): Sender {
  return {
    id: String(user.id),
    name: [user.first_name, user.last_name].filter(Boolean).join(" "),
    ...(user.username === undefined ? {} : { username: user.username }),
    ...(user.language_code === undefined ? {} : { language: user.language_code }),
  };
}

function isAnonymous(user: User): boolean {
  return user.is_bot || user.id === anonymousAdmin;
}
