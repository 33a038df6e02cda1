import type { GivenUp, IncomingMessage, MembershipChange, Incoming } from "../channels/telegram/message.js";
import { withFields } from "../lib/log.js";
import { nearest } from "../lib/nearest.js";
import { toUpdateTrace } from "../lib/trace.js";
import { makeButtons } from "../operations/buttons.js";
import { findRepliedSubject } from "../operations/find-target.js";
import { knownMember } from "../operations/members.js";
import { oweApology } from "../operations/apologize.js";
import { chatMoved, chatOpened } from "../operations/chat-changed.js";
import { type BotDependencies, runSafely } from "./answer.js";
import type { CommandContext } from "./command.js";
import { botCommands, findCommand } from "./commands/index.js";
import { type Content, joinLines, lines } from "./content.js";
import { answerPlainText, suggest } from "./plain-text.js";
import { createPressHandler } from "./press.js";
import { answerStranger } from "./strangers.js";
import { shorten } from "../lib/shorten.js";

export interface Bot {
  /** Handles one update. Rejects when it should be tried again. */
  handle(incoming: Incoming, signal: AbortSignal): Promise<void>;
  /** An update that could not be handled however often it was tried, or however long it waited for the database: whoever sent it is told. */
  giveUp(incoming: Incoming, why: GivenUp): Promise<void>;
}

export function createBot(all: BotDependencies): Bot {
  return {
    giveUp: (incoming, why) => apologize(all, { incoming, wasHeldUp: why === "held_up" }),
    handle: async (incoming, signal) => {
      const dependencies = withTrace(all, incoming.updateId);
      const press = createPressHandler(dependencies, (context, content, replyTo) =>
        send(dependencies, context, { content, replyTo }),
      );
      switch (incoming.type) {
        case "message":
          return onMessage(dependencies, incoming, signal);
        case "press":
          return press(incoming, signal);
        case "membership":
          return onMembership(dependencies, incoming);
      }
    },
  };
}

/** Every line of what comes of one update carries its trace. */
function withTrace(dependencies: BotDependencies, updateId: number): BotDependencies {
  const trace = toUpdateTrace(updateId);
  const operations = { ...dependencies.operations, log: withFields(dependencies.operations.log, { trace }) };
  return { ...dependencies, operations, log: withFields(dependencies.log, { trace }) };
}

async function onMessage(
  dependencies: BotDependencies,
  message: IncomingMessage,
  signal: AbortSignal,
): Promise<void> {
  // Nobody to whom a right could be given.
  if (message.anonymous) return;
  const parsed = message.isMedia ? null : parseCommand(message.text, dependencies.username);
  const context = await toContext(dependencies, { message, words: parsed?.words ?? "", signal });
  const content = await answerTo(context, { message, parsed });
  if (content !== null) await send(dependencies, context, { content, replyTo: message.messageId });
}

type Parsed = NonNullable<ReturnType<typeof parseCommand>>;

async function answerTo(
  context: CommandContext & BotDependencies,
  { message, parsed }: { message: IncomingMessage; parsed: Parsed | null },
): Promise<Content | null> {
  const isPrivate = context.chat.kind === "private";
  if (message.forwarded) {
    // The words are not the sender's own, whoever the sender is.
    return isPrivate && context.member !== null ? { text: lines(context.translate("bot.forwarded")) } : null;
  }
  if (context.member === null) return answerUnknown(context, { message, parsed });
  if (parsed === null) return answerPlainText(context, message);
  // A member who writes to the bot there shows that the chat lives: what was held back for it goes out.
  await chatOpened(context.operations, context.chat.id);
  const command = findCommand(parsed.name);
  // In a group the command may be another bot's.
  if (command === undefined) return isPrivate || parsed.addressed ? unknownCommand(context, parsed) : null;
  context.log.info("A command is carried out", { command: parsed.name, chat: context.chat.id });
  return runSafely(context, `/${parsed.name}`, () => command.run(context));
}

async function answerUnknown(
  context: CommandContext,
  { message, parsed }: { message: IncomingMessage; parsed: Parsed | null },
): Promise<Content | null> {
  if (parsed === null && context.chat.kind === "group") return answerPlainText(context, message);
  const command = parsed === null ? undefined : findCommand(parsed.name);
  const answer = command?.role === "anyone" ? await command.run(context) : null;
  const triedCode = command?.name === "start" && parsed?.words !== "";
  return answer ?? answerStranger(context, { triedCode });
}

function unknownCommand(context: CommandContext, { name, words }: Parsed): Content {
  const near = nearest(
    name,
    botCommands.flatMap((command) => [command.name, ...(command.aliases ?? [])]),
  );
  // GitHub and GitLab for Slack and Mattermost put their own name first: `/github subscribe owner/repo`.
  const [first = "", ...rest] = words.split(/\s+/);
  const inside = near === undefined ? findCommand(first.toLowerCase()) : undefined;
  if (inside !== undefined) return suggest(context, inside.name, rest.join(" "));
  const unknown = lines(context.translate("bot.no-such-command", { name }));
  if (near === undefined) return { text: unknown };
  const meant = suggest(context, near, words);
  return { ...meant, text: joinLines([unknown, meant.text]) };
}

async function apologize(
  { operations, translate }: BotDependencies,
  { incoming, wasHeldUp }: { incoming: Incoming; wasHeldUp: boolean },
): Promise<void> {
  if (incoming.type === "membership") return;
  if (incoming.type === "message" && incoming.chat.kind === "group" && !incoming.text.startsWith("/")) return;
  const what =
    incoming.type === "message"
      ? translate("card.quoted", { text: shorten(incoming.text, 60) })
      : translate("bot.a-press");
  const { updateId, chat, from } = incoming;
  await oweApology(operations, { chat: chat.id, person: from.id, what, updateId, wasHeldUp });
}

async function onMembership(dependencies: BotDependencies, change: MembershipChange): Promise<void> {
  if (change.movedTo !== undefined) await chatMoved(dependencies.operations, change.chat.id, change.movedTo);
  else if (change.canWrite) await chatOpened(dependencies.operations, change.chat.id);
}

async function toContext(
  dependencies: BotDependencies,
  { message, words, signal }: { message: IncomingMessage; words: string; signal: AbortSignal },
): Promise<CommandContext & BotDependencies> {
  const { operations } = dependencies;
  const chat = { id: message.chat.id, kind: message.chat.kind };
  return {
    ...dependencies,
    member: await knownMember(operations, message.from.id),
    from: { id: message.from.id, name: message.from.name },
    chat: message.topic === undefined ? chat : { ...chat, topic: message.topic },
    words,
    replied:
      message.replyTo === undefined
        ? null
        : await findRepliedSubject(operations, { chat: message.chat.id, messageId: message.replyTo }),
    writtenAt: message.sentAt,
    request: `update:${message.updateId}`,
    signal,
  };
}

/** `/name@bot words`; null when it is no command or another bot's. */
export function parseCommand(
  written: string,
  username: string,
): { name: string; words: string; addressed: boolean } | null {
  const match = /^\/([a-z0-9_]{1,32})(?:@(\w+))?(?:\s+([\s\S]*))?$/i.exec(written.trim());
  if (match === null) return null;
  const [, name = "", bot, words = ""] = match;
  if (bot !== undefined && bot.toLowerCase() !== username.toLowerCase()) return null;
  return { name: name.toLowerCase(), words: words.trim(), addressed: bot !== undefined };
}

async function send(
  dependencies: BotDependencies,
  context: CommandContext,
  { content, replyTo }: { content: Content; replyTo: string },
): Promise<void> {
  const owner = { chat: context.chat.id, person: context.from.id };
  const buttons = await makeButtons(dependencies.operations, content.buttons ?? [], owner);
  const destination = { channel: "telegram", chat: context.chat.id };
  const address =
    context.chat.topic === undefined ? destination : { ...destination, topic: context.chat.topic };
  await dependencies.speech.say(address, { text: content.text, buttons, silent: false }, replyTo);
  dependencies.log.info("An answer was sent", { chat: context.chat.id });
}
