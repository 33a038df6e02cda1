import type { Guise, Person, Room, State, StoredMessage } from "./model.js";

/** The world's things as JSON of the Bot API. */

/** What Telegram shows as the sender of a group's anonymous administrators. */
const anonymousBot = { id: 1_087_968_824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" };
/** The same for messages on behalf of a channel. */
const channelBot = { id: 136_817_688, is_bot: true, first_name: "Channel", username: "Channel_Bot" };

export function toBot(state: State): Record<string, unknown> {
  const { id, firstName, username } = state.bot;
  return { id, is_bot: true, first_name: firstName, username };
}

export function toUser(person: Person): Record<string, unknown> {
  return {
    id: person.id,
    is_bot: false,
    first_name: person.firstName,
    ...(person.username === undefined ? {} : { username: person.username }),
    ...(person.language === undefined ? {} : { language_code: person.language }),
  };
}

export function toChat(state: State, room: Room): Record<string, unknown> {
  if (room.type === "private") {
    const person = state.people.get(room.id);
    return {
      id: room.id,
      type: "private",
      first_name: person?.firstName ?? "",
      ...(person?.username === undefined ? {} : { username: person.username }),
    };
  }
  return { id: room.id, type: room.type, title: room.title ?? "", ...(room.forum ? { is_forum: true } : {}) };
}

export function toMessage(state: State, room: Room, message: StoredMessage): Record<string, unknown> {
  return withoutUndefined({
    message_id: message.messageId,
    from: toSender(state, message),
    sender_chat: toSenderChat(state, room, message.as),
    chat: toChat(state, room),
    date: message.date,
    edit_date: message.editDate,
    message_thread_id: message.threadId,
    is_topic_message: message.threadId === undefined ? undefined : true,
    forward_origin: message.forwarded
      ? { type: "hidden_user", date: message.date, sender_user_name: "Somebody" }
      : undefined,
    reply_to_message: toReply(state, room, message.replyTo),
    text: message.text,
    entities: message.entities.length > 0 ? message.entities : undefined,
    reply_markup: message.keyboard.length > 0 ? { inline_keyboard: message.keyboard } : undefined,
  });
}

function toSender(state: State, message: StoredMessage): Record<string, unknown> {
  if (message.as === "anonymous_admin") return anonymousBot;
  if (message.as === "channel") return channelBot;
  if (message.from === "bot") return toBot(state);
  const person = state.people.get(message.from);
  return person === undefined ? { id: message.from, is_bot: false, first_name: "Deleted" } : toUser(person);
}

function toSenderChat(
  state: State,
  room: Room,
  guise: Guise | undefined,
): Record<string, unknown> | undefined {
  if (guise === "anonymous_admin") return toChat(state, room);
  if (guise === "channel") return { id: -1_009_000_000_001, type: "channel", title: "News" };
  return undefined;
}

/** The answered message, without the one that it answers in turn. */
function toReply(state: State, room: Room, id: number | undefined): Record<string, unknown> | undefined {
  const message = room.messages.find((other) => other.messageId === id && !other.deleted);
  if (message === undefined) return undefined;
  const alone = { ...message };
  delete alone.replyTo;
  return toMessage(state, room, alone);
}

/** A press on a message that is gone brings only its address, with date 0. */
export function toPressedMessage(state: State, room: Room, message: StoredMessage): Record<string, unknown> {
  if (!message.deleted) return toMessage(state, room, message);
  return { chat: toChat(state, room), message_id: message.messageId, date: 0 };
}

function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
