import type { TextNode } from "../../domain/notification.js";
import type { Project } from "../../domain/project.js";
import type { IssueSnapshot, MergeRequestSnapshot } from "../../domain/snapshot.js";
import type { CardOptions, CardText } from "./card.js";
import { happened } from "./happening.js";
import { isMessageKey } from "../../i18n/index.js";
import { checksText, diffText } from "../../i18n/measures.js";
import { nameOf } from "../../i18n/people.js";
import { reviewersLine } from "./reviewers.js";
import { oneLine } from "../../lib/shorten.js";
import { joinLines, link, toLine, words } from "./text.js";

const mostLabels = 6;

/** Whom it asks, what it is, how it stands, what was said. */
export function renderMergeRequest(options: CardOptions<MergeRequestSnapshot>): CardText {
  const { head, body } = happened(options);
  return {
    text: joinLines([
      head,
      titleLine(options),
      stateLine(options),
      reviewersLine(options),
      readinessLine(options),
      labelsLine(options),
      body,
    ]),
  };
}

/** The title is part of the link, so that a channel makes no links of its own out of it (`README.md`, `/merge`). */
function titleLine({ snapshot, project, words: platform }: CardOptions<MergeRequestSnapshot>): TextNode[] {
  const name = `${project.path} ${platform.mergeRequest} ${platform.sigil}${snapshot.number}`;
  const title = oneLine(snapshot.title, 120);
  return [
    { node: "text", text: `${iconOf(snapshot)} ` },
    link(title === "" ? name : `${name} · ${title}`, snapshot.url),
  ];
}

/** No traffic lights: green would read as "checks passed". */
function iconOf({ state, draft }: MergeRequestSnapshot): string {
  if (state === "merged") return "🟣";
  if (state === "closed") return "⛔";
  return draft ? "📝" : "🔀";
}

function stateLine({ snapshot, translate, actions }: CardOptions<MergeRequestSnapshot>): TextNode[] {
  const state = snapshot.state === "open" && snapshot.draft ? "draft" : snapshot.state;
  const acts = actions.includes("approve") || actions.includes("merge");
  return toLine([
    translate(`card.state.${state}`),
    translate("card.branches", { head: oneLine(snapshot.head, 40), base: oneLine(snapshot.base, 40) }),
    snapshot.author !== null && translate("card.by", { name: nameOf(snapshot.author) }),
    acts && translate("card.head", { sha: snapshot.headSha.slice(0, 7) }),
    diffText(snapshot.diff, translate),
  ]);
}

/** What stands between it and the merge. */
function readinessLine({ snapshot, translate }: CardOptions<MergeRequestSnapshot>): TextNode[] {
  if (snapshot.state !== "open") return [];
  const threads = snapshot.openThreads ?? 0;
  return toLine([
    checksText(snapshot.checks, translate),
    threads > 0 && translate("card.threads", { count: threads }),
    snapshot.conflict === true && `⚠️ ${translate("card.conflict")}`,
    snapshot.behind === true && translate("card.behind"),
  ]);
}

function labelsLine({ snapshot, translate }: CardOptions<MergeRequestSnapshot>): TextNode[] {
  const { labels } = snapshot;
  if (labels.length === 0) return [];
  const shown = labels.slice(0, mostLabels).map((label) => oneLine(label, 30));
  const more = labels.length - shown.length;
  const rest = more > 0 ? ` ${translate("card.more", { count: more })}` : "";
  return [{ node: "text", text: "🏷 " }, words(shown.join(", ")), { node: "text", text: rest }];
}

/** `acme/api#12`, or what another page is called: `acme/api 1a2b3c4d`. */
export function issueName(project: Project, { page, number }: IssueSnapshot): string {
  return page === undefined ? `${project.path}#${number}` : `${project.path} ${page.name}`;
}

/** An issue has no state worth a line of its own: it is here because somebody is meant. */
export function renderIssue(options: CardOptions<IssueSnapshot>): CardText {
  const { snapshot, project, translate } = options;
  const { head, body } = happened(options);
  const name = link(`${issueName(project, snapshot)} · ${oneLine(snapshot.title, 120)}`, snapshot.url);
  // Snapshots of earlier versions hold the platform's own word.
  const state = `card.issue.${snapshot.state}`;
  return {
    text: joinLines([
      head,
      [{ node: "text", text: "📋 " }, ...toLine([name, isMessageKey(state) && translate(state)])],
      body,
    ]),
  };
}
