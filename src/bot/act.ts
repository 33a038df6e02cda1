import type { Action } from "../domain/action.js";
import { type Failure, recall, type ToldFailure } from "../domain/failure.js";
import type { TextNode } from "../domain/notification.js";
import { type PressedAction, verbsToConfirm } from "../domain/press.js";
import type { ActionOutcome, ActionEnd } from "../operations/perform-action.js";
import { performAction, wasRequested } from "../operations/perform-action.js";
import { foundUndone } from "../operations/settle-action.js";
import { shownHead } from "../operations/shown-subject.js";
import { sayFailure } from "../i18n/failures.js";
import type { Translate } from "../i18n/index.js";
import { type CommandContext, memberOf } from "./command.js";
import { type Content, lines } from "./content.js";
import { nameOf, shortSha } from "./name-of.js";
import { type Doubt, question } from "./question.js";

/** A command that waited longer is asked about again: the world may be another than when it was written. */
const freshMs = 60_000;

/** Asks once more where the verb wants it, or where something may have changed since the person wrote, else acts. */
export async function askOrAct(context: CommandContext, pressed: PressedAction): Promise<Content> {
  const doubt = await doubtOf(context, pressed);
  if (verbsToConfirm.includes(pressed.verb) || doubt !== null) return question(context, pressed, doubt);
  return (await act(context, pressed)).content;
}

async function doubtOf(context: CommandContext, { subject, sha }: PressedAction): Promise<Doubt> {
  const { writtenAt, operations } = context;
  // A button carries the head that it was shown with; the platform refuses another.
  if (writtenAt === undefined || (await wasRequested(operations, context.request))) return null;
  if (operations.clock.now() - writtenAt > freshMs) return "late";
  if (sha === undefined) return null;
  const shown = await shownHead(operations, subject);
  if (shown === null) return null;
  // Telegram tells whole seconds.
  return shown.sha !== sha || shown.since > writtenAt + 999 ? "moved" : null;
}

/** Carries it out as the member and says how it went. */
export async function act(
  context: CommandContext,
  pressed: PressedAction,
): Promise<{ content: Content; isDone: boolean }> {
  const outcome = await performAction(
    context.operations,
    {
      member: memberOf(context),
      chat: context.chat.id,
      action: toAction(pressed),
      subject: pressed.subject,
      request: context.request,
    },
    context.signal,
  );
  const result = outcome.result === "repeated" ? outcome.ended.result : outcome.result;
  return {
    content: { text: describeOutcome(context, pressed, outcome) },
    isDone: result === "done" || result === "already",
  };
}

function toAction(pressed: PressedAction): Action {
  const base = { projectPath: pressed.projectPath, projectId: pressed.subject.projectId };
  switch (pressed.verb) {
    case "retry":
    case "retry_failed":
    case "cancel":
      return { ...base, verb: pressed.verb, pipelineId: pressed.subject.id };
    case "approve":
    case "merge":
      return { ...base, verb: pressed.verb, number: Number(pressed.subject.id), sha: pressed.sha ?? "" };
  }
}

function describeOutcome(
  context: CommandContext,
  pressed: PressedAction,
  outcome: ActionOutcome,
): TextNode[] {
  const { translate } = context;
  const what = nameOf(context, pressed);
  switch (outcome.result) {
    case "done":
    case "already":
      return lines(
        translate(`bot.${outcome.result}.${pressed.verb}`, { what, account: outcome.account ?? "" }),
      );
    case "unlinked":
      return lines(
        translate("bot.unlinked", { connection: pressed.subject.connectionId, member: context.from.id }),
      );
    case "repeated":
      return describeEnd(context, pressed, outcome.ended);
    case "unknown":
      return lines(translate("bot.unknown", { what, reason: sayFailure(translate, outcome.failure).reason }));
    case "refused":
    case "failed":
      return describeFailure(translate, { what, failure: outcome.failure });
  }
}

/** How that ended which was asked for before a stop. */
function describeEnd(context: CommandContext, pressed: PressedAction, ended: ActionEnd): TextNode[] {
  const { translate } = context;
  const what = nameOf(context, pressed);
  const { result, detail = "", account = "" } = ended;
  if (result === "done" || result === "already")
    return lines(translate(`bot.${result}.${pressed.verb}`, { what, account }));
  if (detail === foundUndone) return lines(translate("bot.interrupted", { what }));
  if (result === "unknown") return lines(translate("bot.unknown", { what, reason: "" }));
  return describeFailure(translate, { what, failure: recall(detail) });
}

/** What happened and what to do; a head that moved is named. */
export function describeFailure(
  translate: Translate,
  { what, failure }: { what: string; failure: Failure | ToldFailure },
): TextNode[] {
  if ("headSha" in failure && failure.headSha !== undefined) {
    return lines(translate("bot.head-moved", { what, sha: shortSha(failure.headSha) }));
  }
  const { reason, remedy } = sayFailure(translate, failure);
  return lines(translate("bot.not-done", { what, reason }), ...(remedy === "" ? [] : [remedy]));
}
