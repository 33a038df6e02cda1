import {
  announce, nextMessageId, seconds, type Entity, type Guise, type Person, type Room, type State, type StoredMessage,
} from "./model.js"; // prettier-ignore
import { cleanMessage } from "./html.js";
import { toBot, toChat, toMessage, toPressedMessage, toUser } from "./shapes.js";
import type { UpdateQueue } from "./update-queue.js";

export interface Utterance {
  userId: number;
  chatId: number;
  text: string;
  replyTo?: number;
  threadId?: number;
  /** Poses as the group itself or as a channel. */
  as?: Guise;
  forwarded?: boolean;
}

export interface Press {
  userId: number;
  chatId: number;
  messageId: number;
  /** Label or callback data of a button on the message as it is now. */
  button: string;
  /** Sends `button` as data though no such button is there, as a forged or outdated app can. */
  forged?: boolean;
}

/** What people do in Telegram. Ids are Telegram's; a method that names something absent throws. */
export interface World {
  addUser(person: { id: number; firstName: string; username?: string; language?: string }): void;
  /** The person opens the chat with the bot. Returns its id, which is the person's. */
  privateChat(userId: number): number;
  /** The bot is added to a new group. A forum, or an id like -100…, is a supergroup. */
  addGroup(group: { id: number; title: string; members: number[]; forum?: boolean }): number;
  addTopic(chatId: number, name: string): number;
  closeTopic(chatId: number, threadId: number): void;
  deleteTopic(chatId: number, threadId: number): void;
  /** Returns the message's id. With privacy mode on, the bot is told only of what it may see. */
  say(utterance: Utterance): number;
  /** Returns the id of the callback query. */
  press(press: Press): string;
  block(userId: number): void;
  unblock(userId: number): void;
  /** The bot is thrown out of the group. */
  kick(chatId: number): void;
  /** The group becomes a supergroup with a new id, which is returned. */
  migrate(chatId: number): number;
  /** A person deletes a message; the bot is not told. */
  forget(chatId: number, messageId: number): void;
  setWebhook(url: string): void;
}

export function createWorld(state: State, queue: UpdateQueue): World {
  return {
    ...createGroups(state, queue),
    addUser(person) {
      state.people.set(person.id, { ...person, started: false, blocked: false });
    },
    privateChat: (userId) => openPrivateRoom(state, userId).id,
    say: (utterance) => say(state, queue, utterance),
    press: (press) => pressButton(state, queue, press),
    block: (userId) => setBlocked(state, queue, { userId, blocked: true }),
    unblock: (userId) => setBlocked(state, queue, { userId, blocked: false }),
    forget(chatId, messageId) {
      findMessage(findRoomOf(state, chatId), messageId).deleted = true;
      announce(state, { kind: "deleted", chatId, messageId });
    },
    setWebhook(url) {
      state.webhook = url;
    },
  };
}

type Groups = Pick<World, "addGroup" | "addTopic" | "closeTopic" | "deleteTopic" | "kick" | "migrate">;

function createGroups(state: State, queue: UpdateQueue): Groups {
  return {
    addGroup({ id, title, members, forum = false }) {
      const type = forum || String(id).startsWith("-100") ? "supergroup" : "group";
      const room = addRoom(state, { id, type, title, forum, members: new Set(members) });
      const by = state.people.get(members[0] ?? 0);
      if (by !== undefined) tellMembership(state, queue, { room, by, now: "member" });
      return id;
    },
    addTopic(chatId, name) {
      const room = findGroup(state, chatId);
      if (!room.forum) throw new Error(`chat ${chatId} is no forum`);
      const id = nextMessageId(state, room);
      room.topics.set(id, { name, closed: false });
      return id;
    },
    closeTopic(chatId, threadId) {
      const topic = findGroup(state, chatId).topics.get(threadId);
      if (topic !== undefined) topic.closed = true;
    },
    deleteTopic(chatId, threadId) {
      findGroup(state, chatId).topics.delete(threadId);
    },
    kick(chatId) {
      const room = findGroup(state, chatId);
      const by = state.people.get([...room.members][0] ?? 0);
      room.bot = "kicked";
      if (by !== undefined) tellMembership(state, queue, { room, by, now: "kicked" });
    },
    migrate(chatId) {
      const room = findGroup(state, chatId);
      const id = Number(`-100${Math.abs(chatId)}`);
      const { title = "", members } = room;
      const next = addRoom(state, { id, type: "supergroup", title, forum: false, members: new Set(members) });
      room.movedTo = id;
      tellMigration(state, queue, [room, next]);
      return id;
    },
  };
}

/** A forum's General topic is its message 1. */
function addRoom(
  state: State,
  room: Pick<Room, "id" | "type" | "forum" | "members"> & { title?: string },
): Room {
  const added: Room = {
    topics: new Map(),
    bot: "member",
    messages: [],
    lastMessageId: room.forum ? 1 : 0,
    ...room,
  };
  state.rooms.set(room.id, added);
  return added;
}

function openPrivateRoom(state: State, userId: number): Room {
  findPerson(state, userId).started = true;
  const room = state.rooms.get(userId);
  return room ?? addRoom(state, { id: userId, type: "private", forum: false, members: new Set([userId]) });
}

function setBlocked(state: State, queue: UpdateQueue, to: { userId: number; blocked: boolean }): void {
  const person = findPerson(state, to.userId);
  person.blocked = to.blocked;
  const room = openPrivateRoom(state, to.userId);
  tellMembership(state, queue, { room, by: person, now: to.blocked ? "kicked" : "member" });
}

function say(state: State, queue: UpdateQueue, utterance: Utterance): number {
  const { userId, chatId, replyTo, threadId } = utterance;
  findPerson(state, userId);
  const room = userId === chatId ? openPrivateRoom(state, userId) : findGroup(state, chatId);
  if (!room.members.has(userId)) throw new Error(`user ${userId} is not in chat ${chatId}`);
  const { text } = cleanMessage({ text: utterance.text, entities: [] });
  const message: StoredMessage = {
    messageId: nextMessageId(state, room),
    from: userId,
    forwarded: utterance.forwarded === true,
    text,
    html: text,
    entities: toCommandEntities(text),
    keyboard: [],
    date: seconds(state),
    deleted: false,
    silent: false,
    history: [],
    reactions: [],
    ...(utterance.as === undefined ? {} : { as: utterance.as }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(threadId === undefined ? {} : { threadId }),
  };
  room.messages.push(message);
  if (room.bot === "member" && isSeen(state, room, message))
    queue.push("message", toMessage(state, room, message));
  announce(state, { kind: "said", chatId: room.id, messageId: message.messageId });
  return message.messageId;
}

/** Commands as Telegram marks them: `/name` or `/name@bot` at a word's start. */
function toCommandEntities(text: string): Entity[] {
  return [...text.matchAll(/(?<=^|\s)\/[A-Za-z0-9_]{1,64}(@[A-Za-z0-9_]{3,32})?(?![\w/])/g)].map((found) => ({
    type: "bot_command",
    offset: found.index,
    length: found[0].length,
  }));
}

/** Privacy mode: in groups the bot sees commands that may be meant for it, and answers to its own messages. */
function isSeen(state: State, room: Room, message: StoredMessage): boolean {
  if (room.type === "private" || !state.bot.privacy) return true;
  const answered = room.messages.find((other) => other.messageId === message.replyTo);
  if (answered?.from === "bot") return true;
  return message.entities.some((entity) => {
    const [, addressee] = message.text.slice(entity.offset, entity.offset + entity.length).split("@");
    if (addressee !== undefined) return addressee.toLowerCase() === state.bot.username.toLowerCase();
    return entity.offset === 0;
  });
}

function pressButton(state: State, queue: UpdateQueue, press: Press): string {
  const { userId, chatId, messageId } = press;
  const person = findPerson(state, userId);
  const room = findRoomOf(state, chatId);
  if (!room.members.has(userId)) throw new Error(`user ${userId} is not in chat ${chatId}`);
  const message = findMessage(room, messageId);
  const button = message.keyboard
    .flat()
    .find((other) => other.text === press.button || other.callback_data === press.button);
  const data = press.forged === true ? press.button : button?.callback_data;
  if (data === undefined) {
    const labels = message.keyboard.flat().map((other) => other.text);
    throw new Error(
      `message ${messageId} has no button "${press.button}" that calls back, only: ${labels.join(", ")}`,
    );
  }
  const id = String(4_000_000_000_000_000 + ++state.lastQueryId);
  state.queries.set(id, { id, userId, chatId, messageId, at: state.now() });
  queue.push("callback_query", {
    id,
    from: toUser(person),
    message: toPressedMessage(state, room, message),
    chat_instance: String(chatId),
    data,
  });
  announce(state, { kind: "pressed", chatId, messageId, userId, label: button?.text ?? data, queryId: id });
  return id;
}

function tellMembership(
  state: State,
  queue: UpdateQueue,
  change: { room: Room; by: Person; now: "member" | "kicked" },
): void {
  const before = change.now === "member" ? (change.room.type === "private" ? "kicked" : "left") : "member";
  const toMember = (status: string) =>
    status === "kicked" ? { status, user: toBot(state), until_date: 0 } : { status, user: toBot(state) };
  queue.push("my_chat_member", {
    chat: toChat(state, change.room),
    from: toUser(change.by),
    date: seconds(state),
    old_chat_member: toMember(before),
    new_chat_member: toMember(change.now),
  });
}

/** Two service messages: one in the old group, one in the new. */
function tellMigration(state: State, queue: UpdateQueue, [before, after]: [Room, Room]): void {
  const service = (room: Room, content: object) => ({
    message_id: nextMessageId(state, room),
    from: toBot(state),
    chat: toChat(state, room),
    date: seconds(state),
    ...content,
  });
  queue.push("message", service(before, { migrate_to_chat_id: after.id }));
  queue.push("message", service(after, { migrate_from_chat_id: before.id }));
}

function findPerson(state: State, id: number): Person {
  const person = state.people.get(id);
  if (person === undefined) throw new Error(`no user ${id}`);
  return person;
}

export function findRoomOf(state: State, id: number): Room {
  const room = state.rooms.get(id);
  if (room === undefined) throw new Error(`no chat ${id}`);
  return room;
}

function findGroup(state: State, id: number): Room {
  const room = findRoomOf(state, id);
  if (room.type === "private") throw new Error(`chat ${id} is no group`);
  return room;
}

function findMessage(room: Room, id: number): StoredMessage {
  const message = room.messages.find((other) => other.messageId === id);
  if (message === undefined) throw new Error(`no message ${id} in chat ${room.id}`);
  return message;
}
