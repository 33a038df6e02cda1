import type { TextNode } from "../../domain/notification.js";
import type { IssueSnapshot, MergeRequestSnapshot } from "../../domain/snapshot.js";
import type { CardOptions, CardText } from "./card.js";
import { happeningLines, leadLine, leadOf } from "./happening.js";
import { joinLines, link, oneLine, toLine } from "./text.js";

/** Whom it asks, what it is, how it stands, what was said. */
export function renderMergeRequest(options: CardOptions<MergeRequestSnapshot>): CardText {
  const { snapshot } = options;
  const lead = leadOf(options);
  return {
    text: joinLines([
      leadLine(lead, options),
      [{ node: "text", text: `${iconOf(snapshot)} ` }, ...titleLine(options)],
      stateLine(options),
      happeningLines(lead, options),
    ]),
  };
}

export function titleLine({ snapshot, project, words }: CardOptions<MergeRequestSnapshot>): TextNode[] {
  const name = `${project.path} ${words.mergeRequest} ${words.sigil}${snapshot.number}`;
  return toLine([link(name, snapshot.url), { node: "bold", text: oneLine(snapshot.title, 120) }]);
}

function iconOf({ state, draft }: MergeRequestSnapshot): string {
  if (state === "merged") return "🟣";
  if (state === "closed") return "🔴";
  return draft ? "⚪" : "🟢";
}

function stateLine({ snapshot, translate, actions }: CardOptions<MergeRequestSnapshot>): TextNode[] {
  const open = snapshot.state === "open";
  const state = open && snapshot.draft ? "draft" : snapshot.state;
  const approvals = snapshot.approvedBy?.length ?? 0;
  const acts = actions.includes("approve") || actions.includes("merge");
  return toLine([
    translate(`card.state.${state}`),
    translate("card.branches", {
      author: snapshot.author?.login ?? oneLine(snapshot.head, 40),
      base: oneLine(snapshot.base, 40),
    }),
    approvals > 0 && translate("card.approvals", { count: approvals }),
    open && waitingFor(snapshot, translate),
    open && snapshot.conflict === true && `⚠️ ${translate("card.conflict")}`,
    open && acts && translate("card.head", { sha: snapshot.headSha.slice(0, 7) }),
  ]);
}

function waitingFor(snapshot: MergeRequestSnapshot, translate: CardOptions["translate"]): string | undefined {
  const names = (snapshot.reviewRequests ?? []).map((request) => request.person?.login ?? request.team ?? "");
  if (names.length === 0) return undefined;
  const shown = names.slice(0, 3).join(", ");
  const more = names.length > 3 ? ` ${translate("card.more", { count: names.length - 3 })}` : "";
  return translate("card.waiting", { whom: shown + more });
}

/** An issue has no state worth a line of its own: it is here because somebody is meant. */
export function renderIssue(options: CardOptions<IssueSnapshot>): CardText {
  const { snapshot, project } = options;
  const lead = leadOf(options);
  const name = link(`${project.path}#${snapshot.number}`, snapshot.url);
  const title = toLine([
    name,
    { node: "bold", text: oneLine(snapshot.title, 120) },
    oneLine(snapshot.state, 20),
  ]);
  return {
    text: joinLines([
      leadLine(lead, options),
      [{ node: "text", text: "📋 " }, ...title],
      happeningLines(lead, options),
    ]),
  };
}
