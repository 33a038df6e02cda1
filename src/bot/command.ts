import type { Member } from "../domain/member.js";
import type { Translate } from "../i18n/index.js";
import type { OperationContext } from "../operations/context.js";
import type { FoundTarget } from "../operations/find-target.js";
import type { StatusReport } from "../operations/report-status.js";
import type { Content } from "./content.js";

/** One bot command. `/help` and the menu in Telegram are made from the list (`commands/index.ts`). */
export interface BotCommand {
  /** Without the slash. Its description is the message `bot.command.<name>`. */
  name: string;
  /** Other names that do the same. */
  aliases?: readonly string[];
  /** `anyone`: strangers may use it too, so it must tell them nothing. */
  role: "anyone" | "member";
  run(context: CommandContext): Promise<Content | null>;
}

export interface BotEnvironment {
  operations: OperationContext;
  translate: Translate;
  status: () => Promise<StatusReport>;
  /** The bot's own user name, for links. */
  username: string;
}

export interface CommandContext extends BotEnvironment {
  /** null: a stranger. Only `anyone` commands see that. */
  member: Member | null;
  from: { id: string; name: string };
  chat: { id: string; kind: "private" | "group"; topic?: string };
  /** What stands behind the command. */
  words: string;
  /** What the message answers, where that is one of ours. */
  replied: FoundTarget | null;
  /** When a command in words was written (epoch milliseconds); undefined for a press. */
  writtenAt?: number;
  /** Names this very message or press. */
  request: string;
  signal: AbortSignal;
}

/** For a command that only members can reach. */
export function memberOf(context: CommandContext): Member {
  if (context.member === null) throw new Error("This command is for members.");
  return context.member;
}
