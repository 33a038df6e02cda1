import type { Action, ActionVerb } from "../domain/action.js";
import type { Failure } from "../domain/failure.js";
import type { TextNode } from "../domain/notification.js";
import { type PressedAction, verbsToConfirm } from "../domain/press.js";
import type { ActionOutcome } from "../operations/perform-action.js";
import { performAction } from "../operations/perform-action.js";
import { sayFailure } from "../i18n/failures.js";
import type { Translate } from "../i18n/index.js";
import { type CommandContext, memberOf } from "./command.js";
import { type Content, code, joinLines, lines, text } from "./content.js";

/** As both platforms show it. */
export const shortSha = (sha: string): string => sha.slice(0, 7);

/** Asks once more where the verb wants it, else acts. */
export async function askOrAct(context: CommandContext, pressed: PressedAction): Promise<Content> {
  if (verbsToConfirm.includes(pressed.verb)) return question(context, pressed);
  return act(context, pressed);
}

/** Carries it out as the member and says how it went. */
export async function act(context: CommandContext, pressed: PressedAction): Promise<Content> {
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
  return { text: describeOutcome(context, pressed, outcome) };
}

function question(context: CommandContext, pressed: PressedAction): Content {
  const { translate } = context;
  const what = nameOf(context, pressed);
  const details: TextNode[] = [text(what)];
  if (pressed.branch !== undefined) details.push(text(" · "), code(pressed.branch));
  if (pressed.sha !== undefined) details.push(text(" @ "), code(shortSha(pressed.sha)));
  return {
    text: joinLines([[text(translate(`bot.ask.${confirmable(pressed.verb)}`))], details]),
    buttons: [
      [
        {
          label: translate(`bot.yes.${confirmable(pressed.verb)}`),
          style: "danger",
          meaning: { ...pressed, do: "confirmed" },
        },
        { label: translate("bot.no"), meaning: { do: "dismiss" } },
      ],
    ],
  };
}

function confirmable(verb: ActionVerb): "merge" | "cancel" {
  return verb === "merge" ? "merge" : "cancel";
}

/** In the spelling that the commands take too: `acme/api#12`, `platform/core!12`, `acme/api@991`. */
export function nameOf(
  { operations }: Pick<CommandContext, "operations">,
  { projectPath, subject }: Pick<PressedAction, "projectPath" | "subject">,
): string {
  const words = operations.connections.get(subject.connectionId)?.platform.words;
  return `${projectPath}${subject.type === "pipeline" ? "@" : (words?.sigil ?? "#")}${subject.id}`;
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

export function describeOutcome(
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
      return lines(translate("bot.repeated", { what }));
    case "unknown":
      return lines(translate("bot.unknown", { what, reason: sayFailure(translate, outcome.failure).reason }));
    case "refused":
    case "failed":
      return describeFailure(translate, { what, failure: outcome.failure });
  }
}

/** What happened and what to do; a head that moved is named. */
export function describeFailure(
  translate: Translate,
  { what, failure }: { what: string; failure: Failure },
): TextNode[] {
  if (failure.code === "head_moved" && failure.headSha !== undefined) {
    return lines(translate("bot.head-moved", { what, sha: shortSha(failure.headSha) }));
  }
  const { reason, remedy } = sayFailure(translate, failure);
  return lines(translate("bot.not-done", { what, reason }), ...(remedy === "" ? [] : [remedy]));
}
