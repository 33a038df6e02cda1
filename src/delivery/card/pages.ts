import type { TextNode } from "../../domain/notification.js";
import type { DocsSnapshot, WikiSnapshot } from "../../domain/snapshot.js";
import { kindOf } from "../../event-kinds/index.js";
import type { CardOptions, CardText } from "./card.js";
import { listNames, nameOf } from "../../i18n/people.js";
import { oneLine } from "../../lib/shorten.js";
import { joinLines, link, toLine, toQuote, words } from "./text.js";

const mostFiles = 8;

/** `📖 Setup · acme/api`, by whom, and what the change says of itself. */
export function renderWikiPage({ snapshot, project, translate }: CardOptions<WikiSnapshot>): CardText {
  const { actor, change, changeUrl, formerTitle, summary } = snapshot;
  const kind = `wiki.${change}` as const;
  const title = oneLine(snapshot.title, 100) || snapshot.slug;
  const name = `${title} · ${project.path}`;
  const heading: TextNode = change === "deleted" ? { node: "bold", text: name } : link(name, snapshot.url);
  const what = translate(`event.${kind}`, { known: actor === null ? "no" : "yes", actor: nameOf(actor) });
  return {
    text: joinLines([
      [{ node: "text", text: `${kindOf(kind)?.icon ?? ""} ` }, heading],
      toLine([words(what), changeUrl !== undefined && link(translate("card.change"), changeUrl)]),
      formerTitle === undefined
        ? []
        : toLine([words(translate("card.former_title", { title: oneLine(formerTitle, 100) }))]),
      summary === undefined ? [] : toQuote(summary),
    ]),
  };
}

const changeMarks = { added: "+", modified: "~", removed: "−", renamed: "→" } as const;

/** Where, by whom, which files, and the last commits' titles. */
export function renderDocsChange({ snapshot, project, translate }: CardOptions<DocsSnapshot>): CardText {
  const authors = [...new Set(snapshot.commits.flatMap(({ author }) => nameOf(author) || []))];
  const [author] = authors;
  const by =
    authors.length > 1
      ? translate("card.by_many", { names: oneLine(listNames(authors, translate), 80) })
      : author !== undefined && translate("card.by", { name: author });
  const title = snapshot.commits.at(-1)?.title;
  const where = translate("card.docs", { branch: oneLine(snapshot.branch, 60) });
  const heading = link(`${where} · ${project.path}`, snapshot.url);
  return {
    text: joinLines([
      [{ node: "text", text: "📄 " }, ...toLine([heading, by])],
      title === undefined ? [] : [words(translate("card.quoted", { text: oneLine(title, 120) }))],
      ...fileLines(snapshot, translate),
    ]),
  };
}

function fileLines(snapshot: DocsSnapshot, translate: CardOptions["translate"]): TextNode[][] {
  const shown = snapshot.files.slice(0, mostFiles).map((file): TextNode[] => [
    { node: "text", text: `${changeMarks[file.change]} ` },
    { node: "code", text: oneLine(file.path, 100) },
  ]);
  const more = snapshot.files.length - shown.length;
  // A list that the platform cut has no honest count.
  if (snapshot.truncated) return [...shown, [{ node: "text", text: translate("card.more_or_so") }]];
  return more > 0 ? [...shown, [{ node: "text", text: translate("card.more", { count: more }) }]] : shown;
}
