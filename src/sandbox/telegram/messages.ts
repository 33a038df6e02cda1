import { cleanMessage, parseHtml } from "./html.js";
import { readKeyboard } from "./keyboard.js";
import type { Limits } from "./limits.js";
import {
  announce,
  nextMessageId,
  seconds,
  type Entity,
  type Room,
  type State,
  type StoredMessage,
} from "./model.js";
import { flag, integer, isRecord, structure, text, type Parameters } from "./parameters.js";
import { badRequest, forbidden } from "./problem.js";
import { toMessage } from "./shapes.js";

const maxText = 4096;

/** The chat of a call, when the bot may write to it. */
export function findRoom(state: State, parameters: Parameters): Room {
  const given = text(parameters, "chat_id");
  if (given === undefined || given === "") throw badRequest("chat_id is empty");
  const room = state.rooms.get(Number(given));
  if (room === undefined) throw badRequest("chat not found");
  if (room.movedTo !== undefined) {
    throw badRequest("group chat was upgraded to a supergroup chat", { migrate_to_chat_id: room.movedTo });
  }
  const person = state.people.get(room.id);
  if (room.type === "private" && person?.started !== true) throw badRequest("chat not found");
  if (room.type === "private" && person?.blocked === true) throw forbidden("bot was blocked by the user");
  if (room.bot === "kicked") throw forbidden(`bot was kicked from the ${room.type} chat`);
  if (room.bot === "left") throw forbidden(`bot is not a member of the ${room.type} chat`);
  return room;
}

export function sendMessage(state: State, parameters: Parameters, limits: Limits): object {
  const room = findRoom(state, parameters);
  const content = readContent(parameters);
  const keyboard = readKeyboard(parameters);
  const threadId = readTopic(room, parameters);
  const replyTo = readReply(room, parameters);
  limits.take(state, room, "send");
  const message: StoredMessage = {
    messageId: nextMessageId(state, room),
    from: "bot",
    forwarded: false,
    ...content,
    keyboard,
    date: seconds(state),
    deleted: false,
    silent: flag(parameters, "disable_notification"),
    history: [],
    reactions: [],
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(threadId === undefined ? {} : { threadId }),
  };
  room.messages.push(message);
  announce(state, { kind: "sent", chatId: room.id, messageId: message.messageId });
  return toMessage(state, room, message);
}

export function editMessageText(state: State, parameters: Parameters, limits: Limits): object {
  const room = findRoom(state, parameters);
  const message = findOwnMessage(room, parameters);
  const content = readContent(parameters);
  return change(state, { room, message, limits, next: { ...content, keyboard: readKeyboard(parameters) } });
}

export function editMessageReplyMarkup(state: State, parameters: Parameters, limits: Limits): object {
  const room = findRoom(state, parameters);
  const message = findOwnMessage(room, parameters);
  return change(state, { room, message, limits, next: { keyboard: readKeyboard(parameters) } });
}

export function deleteMessage(state: State, parameters: Parameters): true {
  const room = findRoom(state, parameters);
  const id = integer(parameters, "message_id");
  const message = room.messages.find((other) => other.messageId === id && !other.deleted);
  if (message === undefined) throw badRequest("message to delete not found");
  if (room.type !== "private" && message.from !== "bot") throw badRequest("message can't be deleted");
  message.deleted = true;
  announce(state, { kind: "deleted", chatId: room.id, messageId: message.messageId });
  return true;
}

export function setMessageReaction(state: State, parameters: Parameters): true {
  const room = findRoom(state, parameters);
  const id = integer(parameters, "message_id");
  const message = room.messages.find((other) => other.messageId === id && !other.deleted);
  if (message === undefined) throw badRequest("message to react not found");
  const reactions = structure(parameters, "reaction") ?? [];
  if (!Array.isArray(reactions)) throw badRequest("can't parse reaction");
  if (reactions.length > 1) throw badRequest("REACTIONS_TOO_MANY");
  message.reactions = reactions.map((reaction: unknown) => {
    const emoji = isRecord(reaction) ? reaction["emoji"] : undefined;
    if (typeof emoji !== "string") throw badRequest("REACTION_INVALID");
    return emoji;
  });
  announce(state, { kind: "edited", chatId: room.id, messageId: message.messageId });
  return true;
}

interface Content {
  text: string;
  html: string;
  entities: Entity[];
}

function readContent(parameters: Parameters): Content {
  const html = text(parameters, "text") ?? "";
  const mode = (text(parameters, "parse_mode") ?? "").toLowerCase();
  if (mode !== "" && mode !== "html") throw badRequest("unsupported parse_mode");
  const parsed = cleanMessage(mode === "html" ? parseHtml(html) : { text: html, entities: [] });
  // A text of nothing but invisible characters counts as empty.
  if (parsed.text.replace(/[\u200b-\u200f\u2060-\u2064\ufeff\s]/g, "") === "")
    throw badRequest("message text is empty");
  if (parsed.text.length > maxText) throw badRequest("message is too long");
  return { ...parsed, html };
}

/** The thread as it is stored: none for a chat that is no forum, and none for the General topic. */
function readTopic(room: Room, parameters: Parameters): number | undefined {
  const id = integer(parameters, "message_thread_id");
  if (id === undefined || id === 0) return undefined;
  const topic = room.topics.get(id);
  if (!room.forum || topic === undefined) throw badRequest("message thread not found");
  if (topic.closed) throw badRequest("TOPIC_CLOSED");
  return id;
}

function readReply(room: Room, parameters: Parameters): number | undefined {
  const reply = structure(parameters, "reply_parameters");
  if (reply === undefined) return undefined;
  if (!isRecord(reply)) throw badRequest("object expected as reply parameters");
  const id = Number(reply["message_id"]);
  if (room.messages.some((other) => other.messageId === id && !other.deleted)) return id;
  if (reply["allow_sending_without_reply"] === true) return undefined;
  throw badRequest("message to be replied not found");
}

function findOwnMessage(room: Room, parameters: Parameters): StoredMessage {
  const id = integer(parameters, "message_id");
  const message = room.messages.find((other) => other.messageId === id && !other.deleted);
  if (message === undefined) throw badRequest("message to edit not found");
  if (message.from !== "bot") throw badRequest("message can't be edited");
  return message;
}

function change(
  state: State,
  edit: { room: Room; message: StoredMessage; limits: Limits; next: Partial<StoredMessage> },
): object {
  const { room, message, next } = edit;
  const isSame = (["text", "entities", "keyboard"] as const).every(
    (field) => next[field] === undefined || JSON.stringify(next[field]) === JSON.stringify(message[field]),
  );
  if (isSame) {
    throw badRequest(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  }
  edit.limits.take(state, room, "edit");
  if (next.text !== undefined && next.text !== message.text) message.history.push(message.text);
  Object.assign(message, next, { editDate: seconds(state) });
  announce(state, { kind: "edited", chatId: room.id, messageId: message.messageId });
  return toMessage(state, room, message);
}
