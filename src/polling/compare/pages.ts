import type { DocsChangeFacts, WikiChangeFacts } from "../../domain/facts/index.js";
import type { DocsSnapshot, WikiSnapshot } from "../../domain/snapshot.js";
import { isNews, isOlder, toEvent, toScene, type Comparison, type CompareContext } from "./context.js";

/** A wiki change has an identity of its own: it is told once, and the snapshot is the newest one. */
export function compareWikiChange(
  prior: WikiSnapshot | null,
  facts: WikiChangeFacts,
  context: CompareContext,
): Comparison {
  const stale = prior?.at !== undefined && facts.at !== undefined && isOlder(facts.at, prior.at);
  const snapshot = stale ? prior : toWikiSnapshot(facts);
  const told = prior?.changeId === facts.changeId;
  const old = facts.at !== undefined && !isNews(facts.at, facts.newsSince);
  if (context.baseline || told || old) return { events: [], snapshot };
  const { actor, at } = facts;
  const scene = toScene({
    type: "wiki_page",
    id: facts.slug,
    attributes: { path: [facts.slug], ...(actor !== null && { author: [actor.login] }) },
    context,
  });
  const event = toEvent(scene, {
    kind: `wiki.${facts.change}`,
    key: facts.changeId,
    actor,
    ...(at !== undefined && { at }),
    detail: {
      url: facts.changeUrl ?? facts.url,
      path: facts.slug,
      ...(facts.summary !== undefined && facts.summary !== "" && { body: facts.summary }),
    },
  });
  return { events: [event], snapshot };
}

/** A push has one head, so that what was seen once is never news again. */
export function compareDocsChange(
  prior: DocsSnapshot | null,
  facts: DocsChangeFacts,
  context: CompareContext,
): Comparison {
  const snapshot = toDocsSnapshot(facts);
  if (context.baseline || prior !== null) return { events: [], snapshot };
  const authors = facts.commits.flatMap((commit) => commit.author ?? []);
  const scene = toScene({
    type: "docs_change",
    id: facts.headSha,
    attributes: {
      branch: [facts.branch],
      path: facts.files.map((file) => file.path),
      author: [...new Set(authors.map((author) => author.login))],
    },
    context,
  });
  const event = toEvent(scene, {
    kind: "docs.changed",
    key: "changed",
    actor: authors.at(-1) ?? null,
    ...(facts.at !== undefined && { at: facts.at }),
    detail: { url: facts.url, count: facts.files.length },
  });
  return { events: [event], snapshot };
}

function toWikiSnapshot(facts: WikiChangeFacts): WikiSnapshot {
  const { type, slug, title, formerTitle, change, changeId, actor, summary, url, changeUrl, at } = facts;
  return { type, slug, title, formerTitle, change, changeId, actor, summary, url, changeUrl, at };
}

function toDocsSnapshot(facts: DocsChangeFacts): DocsSnapshot {
  const { type, headSha, branch, commits, files, truncated, url, at } = facts;
  return { type, headSha, branch, commits, files, truncated, url, at };
}
