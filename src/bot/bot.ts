import type { IncomingMessage, MembershipChange, Incoming } from "../channels/telegram/message.js";
import { withFields } from "../lib/log.js";
import { toUpdateTrace } from "../lib/trace.js";
import { makeButtons } from "../operations/buttons.js";
import { findRepliedSubject } from "../operations/find-target.js";
import { greetStranger, knownMember } from "../operations/members.js";
import { chatMoved, chatOpened } from "../operations/chat-changed.js";
import { type BotDependencies, runSafely } from "./answer.js";
import type { CommandContext } from "./command.js";
import { findCommand } from "./commands/index.js";
import { type Content, lines } from "./content.js";
import { createPressHandler } from "./press.js";

export interface Bot {
  /** Handles one update. Rejects when it should be tried again. */
  handle(incoming: Incoming, signal: AbortSignal): Promise<void>;
}

export function createBot(all: BotDependencies): Bot {
  return {
    handle: async (incoming, signal) => {
      const dependencies = withTrace(all, incoming.updateId);
      const press = createPressHandler(dependencies, (context, content) =>
        send(dependencies, context, { content }),
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
  // A forwarded command is somebody else's words, and an anonymous sender is nobody who could be allowed anything.
  if (message.forwarded || message.anonymous) return;
  const parsed = parseCommand(message.text, dependencies.username);
  if (parsed === null) return;
  const command = findCommand(parsed.name);
  const context = await toContext(dependencies, { message, words: parsed.words, signal });
  if (context.member === null) {
    const answer = command?.role === "anyone" ? await command.run(context) : null;
    return answer === null
      ? greet(dependencies, context, message)
      : send(dependencies, context, { content: answer, message });
  }
  // A member who writes to the bot there shows that the chat lives: what was held back for it goes out.
  await chatOpened(dependencies.operations, context.chat.id);
  if (command === undefined) {
    // In a group the command may be another bot's.
    if (context.chat.kind === "group" && !parsed.addressed) return;
    const content = { text: lines(dependencies.translate("bot.no-such-command", { name: parsed.name })) };
    return send(dependencies, context, { content, message });
  }
  dependencies.log.info("A command is carried out", { command: parsed.name, chat: context.chat.id });
  const content = await runSafely(context, parsed.name, () => command.run(context));
  if (content !== null) await send(dependencies, context, { content, message });
}

/** One polite line for a stranger, once; nothing in groups. */
async function greet(
  dependencies: BotDependencies,
  context: CommandContext,
  message: IncomingMessage,
): Promise<void> {
  if (context.chat.kind !== "private") return;
  if (!(await greetStranger(dependencies.operations, context.from.id))) return;
  const content = { text: lines(dependencies.translate("bot.stranger", { id: context.from.id })) };
  await send(dependencies, context, { content, message });
}

async function onMembership(dependencies: BotDependencies, change: MembershipChange): Promise<void> {
  if (change.movedTo !== undefined) await chatMoved(dependencies.operations, change.chat.id, change.movedTo);
  else if (change.canWrite) await chatOpened(dependencies.operations, change.chat.id);
}

async function toContext(
  dependencies: BotDependencies,
  { message, words, signal }: { message: IncomingMessage; words: string; signal: AbortSignal },
): Promise<CommandContext> {
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
  { content, message }: { content: Content; message?: IncomingMessage },
): Promise<void> {
  const owner = { chat: context.chat.id, person: context.from.id };
  const buttons = await makeButtons(dependencies.operations, content.buttons ?? [], owner);
  const destination = { channel: "telegram", chat: context.chat.id };
  const address =
    context.chat.topic === undefined ? destination : { ...destination, topic: context.chat.topic };
  await dependencies.speech.say(address, { text: content.text, buttons, silent: false }, message?.messageId);
  dependencies.log.info("An answer was sent", { chat: context.chat.id });
}
