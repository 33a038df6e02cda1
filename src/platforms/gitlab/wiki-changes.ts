import type { WikiChangeFacts } from "../../domain/facts/index.js";
import type { Person } from "../../domain/person.js";
import type { Project } from "../../domain/project.js";
import { toMark, toPersonOrNull } from "./normalize.js";
import type { RawEvent, RawWikiPage } from "./schema.js";

/** Slug → mark of the content; `-` where the content was not read. */
export type KnownPages = Record<string, string>;

export interface WikiComparison {
  project: Project;
  position: { pages: KnownPages; missing: string[]; lists: number };
  listed: RawWikiPage[];
  /** Of what is listed now. */
  known: KnownPages;
  /** Whether the contents were read; without them events tell what was updated. */
  contents: boolean;
  /** Wiki events since the last poll, in any order. */
  fresh: RawEvent[];
}

/**
 * What changed between two lists of pages. A page counts as deleted when an event says so, or when two lists in a row lack it;
 * until then it is `missing`. A page that comes back under another name with the same content was moved.
 */
export function compareWiki(comparison: WikiComparison): { facts: WikiChangeFacts[]; missing: string[] } {
  const { position, listed, known } = comparison;
  const absent = Object.keys(position.pages).filter((slug) => !Object.hasOwn(known, slug));
  const moves = findMoves(comparison, absent);
  const written = listed.flatMap((page) => toWritten(comparison, page, moves.get(page.slug)));
  const movedAway = new Set(moves.values());
  const stillAbsent = absent.filter((slug) => !movedAway.has(slug));
  const deleted = stillAbsent.filter(
    (slug) =>
      position.missing.includes(slug) || findEvent(comparison, slug, slug)?.action_name === "destroyed",
  );
  return {
    facts: [...written, ...deleted.map((slug) => toDeleted(comparison, slug))],
    missing: stillAbsent.filter((slug) => !deleted.includes(slug)),
  };
}

/** New slug → old slug. */
function findMoves(comparison: WikiComparison, absent: string[]): Map<string, string> {
  const { position, listed } = comparison;
  const moves = new Map<string, string>();
  for (const page of listed) {
    if (Object.hasOwn(position.pages, page.slug) || page.content == null || page.content === "") continue;
    const mark = toMark(page.content);
    const from = absent.find((slug) => position.pages[slug] === mark);
    if (from !== undefined && ![...moves.values()].includes(from)) moves.set(page.slug, from);
  }
  return moves;
}

function toWritten(
  comparison: WikiComparison,
  page: RawWikiPage,
  movedFrom: string | undefined,
): WikiChangeFacts[] {
  const { position, known, contents } = comparison;
  const before = Object.hasOwn(position.pages, page.slug) ? position.pages[page.slug] : undefined;
  const now = known[page.slug] ?? "-";
  const event = findEvent(comparison, page.slug, page.title ?? page.slug);
  const comparable = contents && before !== "-";
  const isSame = comparable ? before === now : event === undefined;
  if (before !== undefined && isSame) return [];
  const change = before === undefined && movedFrom === undefined ? "created" : "updated";
  return [
    {
      ...toBase(comparison, { slug: page.slug, event, mark: now }),
      title: page.title ?? page.slug,
      change,
      ...(movedFrom === undefined ? {} : { summary: `Moved from ${movedFrom}` }),
      changeUrl: `${toPageUrl(comparison.project, page.slug)}/history`,
    },
  ];
}

function toDeleted(comparison: WikiComparison, slug: string): WikiChangeFacts {
  const event = findEvent(comparison, slug, slug);
  const title = event?.target_title ?? slug.replaceAll("-", " ");
  return { ...toBase(comparison, { slug, event, mark: "deleted" }), title, change: "deleted" };
}

/** The event's id is the change's identity. Without an event the content's mark serves, with a count against coming twice. */
function toBase(
  comparison: WikiComparison,
  change: { slug: string; event: RawEvent | undefined; mark: string },
) {
  const { event, mark, slug } = change;
  const actor: Person | null = toPersonOrNull(event?.author);
  return {
    type: "wiki_page" as const,
    slug,
    changeId: event === undefined ? `${mark}:${comparison.position.lists}` : `event:${event.id}`,
    actor,
    url: toPageUrl(comparison.project, slug),
    ...(event === undefined ? {} : { at: event.created_at }),
    revision: mark,
  };
}

/** The latest one about the page. Events name the page, on older instances by its title only. */
function findEvent(comparison: WikiComparison, slug: string, title: string): RawEvent | undefined {
  const about = comparison.fresh.filter((event) =>
    event.wiki_page == null
      ? [title, slug, slug.replaceAll("-", " ")].includes(event.target_title ?? "")
      : event.wiki_page.slug === slug,
  );
  return about.reduce<RawEvent | undefined>((a, b) => (a !== undefined && a.id > b.id ? a : b), undefined);
}

/** Slashes in a slug are folders and stay; the rest is encoded. */
function toPageUrl(project: Project, slug: string): string {
  return `${project.url}/-/wikis/${slug.split("/").map(encodeURIComponent).join("/")}`;
}
