import type { MergeRequestFacts } from "../domain/facts/index.js";
import { Failure } from "../domain/failure.js";
import type { TextNode } from "../domain/notification.js";
import type { PressedAction } from "../domain/press.js";
import type { MessageKey } from "../i18n/index.js";
import { checksText, diffText } from "../i18n/measures.js";
import { refusalText, waitingText } from "../i18n/people.js";
import { findSubject } from "../operations/find-subject.js";
import { readSubject } from "../operations/read-subject.js";
import { nameOf, shortSha } from "./name-of.js";
import type { CommandContext } from "./command.js";
import { bold, code, type Content, joinLines, lines, link, text } from "./content.js";
import { oneLine } from "../lib/shorten.js";

/** Why an action that is usually done at once is asked for: `late` the command waited, `moved` its head is not the one that was shown. */
export type Doubt = "late" | "moved" | null;

/**
 * Asks once more, with what decides it: read now, not what a card of some time ago shows. What cannot work is refused before it is asked.
 */
export async function question(
  context: CommandContext,
  pressed: PressedAction,
  doubt: Doubt = null,
): Promise<Content> {
  const { translate } = context;
  const facts = await readMergeRequest(context, pressed);
  const obstacle = pressed.verb === "merge" && facts !== null ? obstacleTo(facts) : null;
  const what = nameOf(context, pressed);
  if (obstacle !== null) return { text: lines(translate(`bot.cannot-merge.${obstacle}`, { what })) };
  const details: TextNode[] =
    facts === null ? [bold(what)] : [link(`${what} · ${oneLine(facts.title, 120)}`, facts.url)];
  const place: TextNode[] = [];
  if (pressed.branch !== undefined) place.push(code(pressed.branch));
  if (pressed.sha !== undefined)
    place.push(text(place.length > 0 ? " @ " : "@ "), code(shortSha(pressed.sha)));
  const key = `bot.ask.${pressed.verb}` satisfies MessageKey;
  return {
    text: joinLines([
      ...(doubt === null ? [] : [[text(translate(`bot.ask.${doubt}`))]]),
      [text(translate(key))],
      details,
      ...(place.length > 0 ? [place] : []),
      ...(facts === null ? [] : standingOf(context, facts)),
    ]),
    buttons: [
      [
        {
          label: translate(`bot.yes.${pressed.verb}` satisfies MessageKey),
          style: pressed.verb === "merge" || pressed.verb === "cancel" ? "danger" : "primary",
          meaning: { ...pressed, do: "confirmed" },
        },
        { label: translate("bot.no"), meaning: { do: "dismiss" } },
      ],
    ],
  };
}

/** What the head that was shown had is no help once the head has moved: that is said here, not after the confirmation. */
async function readMergeRequest(
  { operations, signal }: CommandContext,
  pressed: PressedAction,
): Promise<MergeRequestFacts | null> {
  if (pressed.subject.type !== "merge_request") return null;
  const target = await findSubject(operations, pressed.subject);
  const facts = target === null ? null : await readSubject(target, signal);
  if (facts?.type !== "merge_request") return null;
  if (pressed.sha !== undefined && facts.headSha !== pressed.sha && facts.state === "open") {
    const message = "New commits were pushed since.";
    throw new Failure("conflict", { message, code: "head_moved", headSha: facts.headSha });
  }
  return facts;
}

function obstacleTo({ state, draft, conflict }: MergeRequestFacts) {
  if (state !== "open") return state;
  if (draft) return "draft" as const;
  return conflict === true ? ("conflict" as const) : null;
}

function standingOf({ translate }: CommandContext, facts: MergeRequestFacts): TextNode[][] {
  const { approvedBy, approvalsRequired, openThreads = 0 } = facts;
  const approvals =
    approvedBy === undefined
      ? undefined
      : approvalsRequired === undefined
        ? translate("bot.ask.approvals", { count: approvedBy.length })
        : translate("card.approvals_of", { count: approvedBy.length, required: approvalsRequired });
  const refusal = refusalText(facts.changesRequestedBy, translate);
  const parts = [
    checksText(facts.checks, translate),
    approvals,
    waitingText(facts, translate),
    openThreads > 0 ? translate("card.threads", { count: openThreads }) : undefined,
    facts.behind === true ? translate("card.behind") : undefined,
    diffText(facts.diff, translate),
  ].filter((part) => part !== undefined && part !== "");
  return [refusal, parts.join(" · ")].flatMap((line) =>
    line === undefined || line === "" ? [] : [[text(line)]],
  );
}
