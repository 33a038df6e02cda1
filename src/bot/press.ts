import type { ButtonPress } from "../channels/telegram/message.js";
import { isFailure } from "../domain/failure.js";
import type { ButtonMeaning, PressedAction } from "../domain/press.js";
import { type Subject, toSubjectKey } from "../domain/subject.js";
import type { MessageKey } from "../i18n/index.js";
import { lookAtPress, type Press, usePress } from "../operations/buttons.js";
import { findRepliedSubject } from "../operations/find-target.js";
import { knownMember } from "../operations/members.js";
import { findSubject } from "../operations/find-subject.js";
import { refuseAction } from "../operations/refuse-action.js";
import { renewCard } from "../operations/renew-card.js";
import { act, askOrAct } from "./act.js";
import { type BotDependencies, runSafely } from "./answer.js";
import type { CommandContext } from "./command.js";
import { findCommand } from "./commands/index.js";
import { type Content, lines } from "./content.js";
import { logOf } from "./log-of.js";

type Send = (context: CommandContext, content: Content) => Promise<void>;

/** Handles presses of buttons: who may, once, and says how it went. */
export function createPressHandler(
  dependencies: BotDependencies,
  send: Send,
): (press: ButtonPress, signal: AbortSignal) => Promise<void> {
  return async (press, signal) => {
    const { operations, translate } = dependencies;
    const refuse = (key: MessageKey) => {
      dependencies.log.info("A press was refused", { why: key, chat: press.chat.id, person: press.from.id });
      return answer(dependencies, press, { text: translate(key), box: true });
    };
    const found = await lookAtPress(operations, {
      nonce: press.data,
      chat: press.chat.id,
      person: press.from.id,
      by: `update:${press.updateId}`,
    });
    const asked = { person: press.from.id, chat: press.chat.id };
    if (!found.ok) {
      if (found.why === "not_yours")
        await refuseAction(operations, { ...asked, meaning: found.meaning, why: "somebody else was asked" });
      return refuse(whyKey(found));
    }
    const member = press.anonymous ? null : await knownMember(operations, press.from.id);
    if (member === null) {
      await refuseAction(operations, { ...asked, meaning: found.meaning, why: "not a member" });
      return refuse("bot.press.not-member");
    }
    if (!(await usePress(operations, { nonce: press.data, by: `update:${press.updateId}` })))
      return refuse("bot.press.used");
    const { meaning } = found;
    const about = "subject" in meaning ? { subject: toSubjectKey(meaning.subject) } : {};
    dependencies.log.info("A button was pressed", { does: meaning.do, chat: press.chat.id, ...about });
    const context = await toContext(dependencies, { press, member, signal });
    await respond({ dependencies, press, context, send }, meaning);
  };
}

function whyKey(press: Extract<Press, { ok: false }>) {
  switch (press.why) {
    case "unknown":
    case "expired":
      return "bot.press.expired" as const;
    case "used":
      return "bot.press.used" as const;
    case "not_yours":
      return "bot.press.not-yours" as const;
  }
}

interface Handling {
  dependencies: BotDependencies;
  press: ButtonPress;
  context: CommandContext;
  send: Send;
}

async function respond(handling: Handling, meaning: ButtonMeaning): Promise<void> {
  const { dependencies, context, send } = handling;
  switch (meaning.do) {
    case "act":
      return onAct(handling, meaning);
    case "confirmed": {
      await acknowledge(handling, "bot.press.working");
      const content = await runSafely(context, meaning.verb, () => act(context, meaning));
      return rewrite(handling, content ?? { text: lines(dependencies.translate("bot.press.working")) });
    }
    case "dismiss":
      await acknowledge(handling, "bot.press.dismissed");
      return rewrite(handling, { text: lines(dependencies.translate("bot.press.dismissed")) });
    case "log": {
      await acknowledge(handling, "bot.press.working");
      const target = await findSubject(context.operations, meaning.subject);
      const content = target === null ? null : await runSafely(context, "log", () => logOf(context, target));
      await renew(handling, meaning.subject);
      return send(context, content ?? { text: lines(dependencies.translate("bot.log.none")) });
    }
    case "command": {
      await acknowledge(handling, "bot.press.working");
      const command = findCommand(meaning.name);
      const inside = { ...context, words: meaning.words };
      const content =
        command === undefined ? null : await runSafely(inside, meaning.name, () => command.run(inside));
      if (content !== null) await send(context, content);
    }
  }
}

/** A verb that needs a second word gets its question; the others are carried out and answered in a box. */
async function onAct(handling: Handling, meaning: PressedAction): Promise<void> {
  const { context, send } = handling;
  await acknowledge(handling, "bot.press.working");
  const content = await runSafely(context, meaning.verb, () => askOrAct(context, meaning));
  await renew(handling, meaning.subject);
  if (content !== null) await send(context, content);
}

/** Before the answer goes out: an answer that cannot be sent must not leave the card with a button that is used up. */
async function renew({ press, context }: Handling, subject: Subject): Promise<void> {
  const pressed = { chat: press.chat.id, messageId: press.messageId, subject: toSubjectKey(subject) };
  await renewCard(context.operations, pressed);
}

/** The spinner ends at once; what comes of it follows as a message. */
async function acknowledge(
  handling: Handling,
  key: "bot.press.working" | "bot.press.dismissed",
): Promise<void> {
  const text = handling.dependencies.translate(key);
  await answer(handling.dependencies, handling.press, { text, box: false });
}

/** An answer that comes too late is no reason not to do what was asked. */
async function answer(
  dependencies: BotDependencies,
  press: ButtonPress,
  { text, box }: { text: string; box: boolean },
): Promise<void> {
  try {
    await dependencies.speech.answer(press.queryId, { text: text.slice(0, 200), box });
  } catch (error) {
    if (!isFailure(error)) throw error;
    dependencies.log.debug("A press could not be answered", { reason: error.message });
  }
}

/** The question becomes its answer; where that message is not there any more, the answer is a message of its own. */
async function rewrite({ dependencies, press, context, send }: Handling, content: Content): Promise<void> {
  const destination = { channel: "telegram", chat: press.chat.id };
  const notification = { text: content.text, buttons: [], silent: true };
  try {
    await dependencies.speech.rewrite({ destination, messageId: press.messageId }, notification);
  } catch (error) {
    if (!isFailure(error)) throw error;
    await send(context, content);
  }
}

async function toContext(
  dependencies: BotDependencies,
  { press, member, signal }: { press: ButtonPress; member: CommandContext["member"]; signal: AbortSignal },
): Promise<CommandContext> {
  const chat = { id: press.chat.id, kind: press.chat.kind };
  return {
    ...dependencies,
    member,
    from: { id: press.from.id, name: press.from.name },
    chat: press.topic === undefined ? chat : { ...chat, topic: press.topic },
    words: "",
    replied: await findRepliedSubject(dependencies.operations, {
      chat: press.chat.id,
      messageId: press.messageId,
    }),
    request: `nonce:${press.data}`,
    signal,
  };
}
