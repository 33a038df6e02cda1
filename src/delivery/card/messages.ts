import type { Event } from "../../domain/event.js";
import type { Reader } from "../../domain/filter.js";
import type { Notice } from "../../domain/notice.js";
import type { TextNode } from "../../domain/notification.js";
import type { Project } from "../../domain/project.js";
import type { Snapshot } from "../../domain/snapshot.js";
import { toSubjectKey } from "../../domain/subject.js";
import { sayFailure } from "../../i18n/failures.js";
import { isMessageKey, type Translate } from "../../i18n/index.js";
import type { Platform } from "../../platforms/platform.js";
import type { CardText } from "./card.js";
import { sentence } from "./happening.js";
import { issueName } from "./merge-request.js";
import { pipelineName } from "./pipeline.js";
import { oneLine } from "../../lib/shorten.js";
import { joinLines, link, toLine } from "./text.js";

/** One owed event, with what is known of its subject now. */
export interface DigestItem {
  event: Event;
  /** Whether it asks the reader to act. */
  asks: boolean;
  snapshot: Snapshot;
  project: Project;
  words: Platform["words"];
}

interface DigestOptions {
  reader: Reader;
  translate: Translate;
}

/** As many subjects as stay readable in one message. */
const mostSubjects = 20;

/**
 * What piled up, as one message: one entry for each subject, with the last thing that happened to it. What asks the reader stays, however
 * much small talk came after it.
 */
export function renderDigest(items: readonly DigestItem[], { reader, translate }: DigestOptions): CardText {
  const bySubject = new Map<string, DigestItem>();
  for (const item of items) {
    const key = toSubjectKey(item.event.subject);
    const before = bySubject.get(key);
    // Taken out and put back, so that the newest come last.
    bySubject.delete(key);
    bySubject.set(key, before?.asks === true && !item.asks ? before : item);
  }
  const newestFirst = [...bySubject.values()].reverse();
  const lines = newestFirst
    .slice(0, mostSubjects)
    .map((item) => [
      { node: "bold", text: sentence(item.event, { reader, translate }) } satisfies TextNode,
      { node: "text", text: ": " } satisfies TextNode,
      subjectLink(item, translate),
    ]);
  const more = newestFirst.length - lines.length;
  return {
    text: joinLines([
      [{ node: "bold", text: translate("card.digest", { count: items.length }) }],
      ...lines,
      more > 0 ? [{ node: "text", text: translate("card.more", { count: more }) }] : [],
    ]),
  };
}

export interface FoldedOptions extends Omit<DigestItem, "event" | "asks"> {
  translate: Translate;
}

/** What is left of a card that was sent anew further down. */
export function renderFolded(options: FoldedOptions): CardText {
  const { translate } = options;
  return {
    text: joinLines([toLine([subjectLink(options, translate), `${translate("card.continued")} ↓`])]),
  };
}

/** A message of the daemon about itself. One that this version has no words for is shown as what it holds. */
export function renderNotice(notice: Notice, translate: Translate): CardText {
  const key = `notice.${notice.name}`;
  const text = isMessageKey(key)
    ? translate(key, {
        ...notice.values,
        ...(notice.failure && sayFailure(translate, notice.failure)),
        parts: toSentences(notice, translate),
      })
    : [notice.name, ...Object.entries(notice.values).map(([name, value]) => `${name}: ${value}`)].join(" · ");
  const lines = text.split("\n").map((line) => line.replace(/ {2,}/g, " ").trim());
  return { text: joinLines(lines.map((line) => toLine([line]))) };
}

function toSentences({ parts = [] }: Notice, translate: Translate): string {
  return parts.map(({ key, values }) => (isMessageKey(key) ? translate(key, values) : key)).join("\n");
}

/** What a message is about, all of it inside the link. */
function subjectLink(
  { snapshot, project, words }: Omit<DigestItem, "event" | "asks">,
  translate: Translate,
): TextNode {
  switch (snapshot.type) {
    case "merge_request": {
      const name = `${project.path} ${words.mergeRequest} ${words.sigil}${snapshot.number}`;
      return link(`${name} · ${oneLine(snapshot.title, 80)}`, snapshot.url);
    }
    case "issue":
      return link(`${issueName(project, snapshot)} · ${oneLine(snapshot.title, 80)}`, snapshot.url);
    case "pipeline":
      return link(
        [pipelineName({ snapshot, words, translate }), oneLine(snapshot.branch, 40), project.path].join(
          " · ",
        ),
        snapshot.url,
      );
    case "wiki_page":
      return link(`${oneLine(snapshot.title, 80) || snapshot.slug} · ${project.path}`, snapshot.url);
    case "docs_change":
      return link(`${oneLine(snapshot.branch, 40)} · ${project.path}`, snapshot.url);
  }
}
