import type { ButtonPress } from "../channels/telegram/message.js";
import { isFailure } from "../domain/failure.js";
import { type ButtonMeaning, type PressedAction, verbsToConfirm } from "../domain/press.js";
import { type Subject, toSubjectKey } from "../domain/subject.js";
import type { MessageKey } from "../i18n/index.js";
import { lookAtPress, type Press, usePress } from "../operations/buttons.js";
import { findRepliedSubject } from "../operations/find-target.js";
import { knownMember } from "../operations/members.js";
import { findSubject } from "../operations/find-subject.js";
import { refuseAction } from "../operations/refuse-action.js";
import { renewCard } from "../operations/renew-card.js";
import { act } from "./act.js";
import { type BotDependencies, runSafely } from "./answer.js";
import type { CommandContext } from "./command.js";
import { findCommand } from "./commands/index.js";
import { type Content, lines } from "./content.js";
import { logOf } from "./log-of.js";
import { nameOf } from "./name-of.js";
import { question } from "./question.js";

/** `replyTo`: the message whose button was pressed. */
type Send = (context: CommandContext, content: Content, replyTo: string) => Promise<void>;

/** Handles presses of buttons: who may, once, and says how it went. */
export function createPressHandler(
  dependencies: BotDependencies,
  send: Send,
): (press: ButtonPress, signal: AbortSignal) => Promise<void> {
  return async (press, signal) => {
    const { operations, translate } = dependencies;
    const refuse = async (key: MessageKey) => {
      dependencies.log.info("A press was refused", { why: key, chat: press.chat.id, person: press.from.id });
      if (await answer(dependencies, press, { text: translate(key), box: true })) return;
      // Nobody waits for the answer to an old press: after a stop of the daemon it is a message, for members alone.
      const member = press.anonymous ? null : await knownMember(operations, press.from.id);
      if (member === null) return;
      await send(
        await toContext(dependencies, { press, member, signal }),
        { text: lines(translate(key)) },
        press.messageId,
      );
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
      const content = await runSafely(
        context,
        nameOf(context, meaning),
        async () => (await act(context, meaning)).content,
      );
      return rewrite(handling, content ?? { text: lines(dependencies.translate("bot.press.working")) });
    }
    case "dismiss":
      await acknowledge(handling, "bot.press.dismissed");
      return rewrite(handling, { text: lines(dependencies.translate("bot.press.dismissed")) });
    case "log": {
      await acknowledge(handling, "bot.press.working");
      const target = await findSubject(context.operations, meaning.subject);
      const content =
        target === null
          ? null
          : await runSafely(context, "/log", () => logOf(context, target, meaning.jobId));
      await renew(handling, meaning.subject);
      return send(
        context,
        content ?? { text: lines(dependencies.translate("bot.log.none")) },
        handling.press.messageId,
      );
    }
    case "command": {
      await acknowledge(handling, "bot.press.working");
      const command = findCommand(meaning.name);
      const inside = { ...context, words: meaning.words };
      const content =
        command === undefined ? null : await runSafely(inside, `/${meaning.name}`, () => command.run(inside));
      if (content !== null) await send(context, content, handling.press.messageId);
    }
  }
}

interface ActEnd {
  content: Content;
  /** The card shows it. */
  isDone: boolean;
}

/** The phone shows that it waits; Telegram forgets a press after some seconds. */
const quickMs = 2_500;

/**
 * What was done shows on the card and in the toast, and needs no message. What the card cannot show is a message below it: a question, and
 * why something was not done where a box is too small or came too late.
 */
async function onAct(handling: Handling, meaning: PressedAction): Promise<void> {
  const { context, send, press, dependencies } = handling;
  const { translate } = dependencies;
  const working = carryOut(handling, meaning);
  const quick = await within(context, quickMs, working);
  if (quick === null) await acknowledge(handling, "bot.press.working");
  const { content, isDone } = quick ?? (await working);
  await renew(handling, meaning.subject);
  if (content.buttons !== undefined) {
    if (quick !== null) await acknowledge(handling, "bot.press.confirm");
    return send(context, content, press.messageId);
  }
  if (quick === null && isDone) return;
  const said = plainOf(content, translate("bot.press.working"));
  const isTold =
    quick !== null &&
    (await answer(dependencies, press, { text: said, box: !isDone })) &&
    said.length <= boxLength;
  if (!isTold) await send(context, content, press.messageId);
}

async function carryOut({ context, dependencies }: Handling, meaning: PressedAction): Promise<ActEnd> {
  let isDone = false;
  const content = await runSafely(context, nameOf(context, meaning), async () => {
    if (verbsToConfirm.includes(meaning.verb)) return question(context, meaning);
    const end = await act(context, meaning);
    isDone = end.isDone;
    return end.content;
  });
  return { content: content ?? { text: lines(dependencies.translate("bot.press.working")) }, isDone };
}

/** null when it takes longer. */
async function within<T>(
  { operations, signal }: CommandContext,
  ms: number,
  work: Promise<T>,
): Promise<T | null> {
  const timer = new AbortController();
  const late = operations.clock
    .sleep(ms, AbortSignal.any([signal, timer.signal]))
    .then(() => null)
    .catch(() => null);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort(new Error("It was quick enough."));
  }
}

function plainOf({ text }: Content, otherwise: string): string {
  const plain = text.map((node) => (node.node === "break" ? "\n" : node.text)).join("");
  return plain === "" ? otherwise : plain;
}

/** Before the answer goes out: an answer that cannot be sent must not leave the card with a button that is used up. */
async function renew({ press, context }: Handling, subject: Subject): Promise<void> {
  const pressed = { chat: press.chat.id, messageId: press.messageId, subject: toSubjectKey(subject) };
  await renewCard(context.operations, pressed);
}

/** The spinner ends at once; what comes of it follows as a message. */
async function acknowledge(
  handling: Handling,
  key: "bot.press.working" | "bot.press.dismissed" | "bot.press.confirm",
): Promise<void> {
  const text = handling.dependencies.translate(key);
  await answer(handling.dependencies, handling.press, { text, box: false });
}

/** As much as Telegram shows. */
const boxLength = 200;

/** An answer that comes too late is no reason not to do what was asked; then it is false. */
async function answer(
  dependencies: BotDependencies,
  press: ButtonPress,
  { text, box }: { text: string; box: boolean },
): Promise<boolean> {
  try {
    await dependencies.speech.answer(press.queryId, { text: cut(text), box });
    dependencies.log.info("A press was answered", { chat: press.chat.id });
    return true;
  } catch (error) {
    if (!isFailure(error)) throw error;
    dependencies.log.debug("A press could not be answered", { reason: error.message });
    return false;
  }
}

/** Not inside an emoji. */
function cut(text: string): string {
  return text.length <= boxLength ? text : `${text.slice(0, boxLength - 2).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** The question becomes its answer; where that message is not there any more, the answer is a message of its own. */
async function rewrite({ dependencies, press, context, send }: Handling, content: Content): Promise<void> {
  const destination = { channel: "telegram", chat: press.chat.id };
  const notification = { text: content.text, buttons: [], silent: true };
  try {
    await dependencies.speech.rewrite({ destination, messageId: press.messageId }, notification);
  } catch (error) {
    if (!isFailure(error)) throw error;
    await send(context, content, press.messageId);
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
