import type { Recipient } from "../domain/subscription.js";
import type { CommandContext } from "./command.js";

/** Whom a subscription made here is for: the one who asks in private, the group or topic elsewhere. */
export function recipientOf({ chat, member, from }: CommandContext): Recipient {
  if (chat.kind === "group")
    return chat.topic === undefined ? { chat: chat.id } : { chat: chat.id, topic: chat.topic };
  return member?.role === "owner" ? "owner" : { member: from.id };
}
