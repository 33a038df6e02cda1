import type { Recipient } from "../../domain/subscription.js";
import { CliError, exitCode } from "../exit-code.js";

/** `owner`, `member:ID`, the id of a chat, or `CHAT/TOPIC`. A bare positive number is a person: that is what Telegram's ids say. */
export function parseRecipient(text: string): Recipient {
  const wanted = text.trim();
  if (wanted.toLowerCase() === "owner") return "owner";
  const member = /^(?:member:)?([1-9]\d{0,15})$/i.exec(wanted)?.[1];
  if (member !== undefined) return { member };
  const [, chat, topic] = /^(-[1-9]\d{0,15}|@\w+)(?:\/([1-9]\d{0,15}))?$/.exec(wanted) ?? [];
  if (chat !== undefined) return topic === undefined ? { chat } : { chat, topic };
  throw new CliError(
    exitCode.usage,
    `“${text}” is nobody that --to could mean`,
    "Write owner, member:123456789, the id of a group like -1001234567890, or -1001234567890/7 for a topic of it.",
  );
}

/** As `parseRecipient` reads it. */
export function describeRecipient(to: Recipient): string {
  if (to === "owner") return to;
  if ("member" in to) return `member:${to.member}`;
  return to.topic === undefined ? to.chat : `${to.chat}/${to.topic}`;
}
