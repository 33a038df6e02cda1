import * as z from "zod";
import { laterOf, writeCursor, type CursorFormat } from "../../domain/cursor.js";
import { isFailure } from "../../domain/failure.js";
import { toActivity } from "./activity.js";
import type { Answer } from "./client.js";
import { toDayBefore } from "./events.js";
import { limits } from "./limits.js";
import { toMark } from "./normalize.js";
import { isTooLarge, readFirstPage, readPages, type Paged } from "./pages.js";
import { readProject } from "./projects.js";
import * as schema from "./schema.js";
import { toPosition, unless, type PartOutcome, type ProjectPoll } from "./visit.js";
import { compareWiki, type KnownPages } from "./wiki-changes.js";

/**
 * - `pages`: slug → mark of the content, as last listed.
 * - `missing`: slugs that the latest list lacked without anything saying that they were deleted.
 * - `lastEvent`, `newest`: id and instant of the latest wiki event that was seen.
 * - `day`: the events are asked for from here; kept for as long as a 304 can come of the same address.
 * - `polls`: since the pages were listed.
 * - `lists`: how many lists brought a change; it tells two changes to the same content apart.
 * - `contents: false`: the wiki was too big to list with contents, so that events alone tell of changes.
 */
const cursorFormat = {
  version: 1,
  schema: z.object({
    etag: z.string().optional(),
    pages: z.record(z.string(), z.string()),
    missing: z.array(z.string()),
    lastEvent: z.number(),
    newest: z.string().optional(),
    day: z.string().optional(),
    polls: z.number(),
    lists: z.number(),
    contents: z.boolean(),
    filter: z.boolean(),
  }),
} satisfies CursorFormat<unknown>;

export type WikiPosition = z.infer<typeof cursorFormat.schema>;

type Events = schema.RawEvent[];

/** The pages are listed when an event tells of a change, and each so many polls in case an event was missed. */
const listEvery = 12;
const wikiTarget = "WikiPage::Meta";
/** Known to GitLab, but not to gitbeaker's types. */
const wikiFilter: object = { targetType: "wiki" };

/**
 * GitLab's wiki pages tell neither who changed them nor when, and listing them brings all their contents. So one cheap question
 * for wiki events goes first; the pages are listed when it has news.
 */
export async function pollWiki(poll: ProjectPoll): Promise<PartOutcome> {
  try {
    const { position } = toPosition(poll.session, cursorFormat, poll.request);
    return position === null ? await pollBaseline(poll) : await pollChanges(poll, position);
  } catch (error) {
    if (!isFailure(error) || (error.kind !== "forbidden" && error.kind !== "gone")) throw error;
    if (error.code === "insufficient_scope") throw error;
    return pollWithoutWiki(poll);
  }
}

/** A wiki that is switched off has no pages to show, which does not mean that they were deleted. A project that is gone rejects. */
async function pollWithoutWiki(poll: ProjectPoll): Promise<PartOutcome> {
  const project = await readProject(poll, poll.project.id, poll.project.path);
  const moved = project.path !== poll.project.path || project.hasWiki !== poll.project.hasWiki;
  return {
    facts: [],
    cursor: poll.request.cursor ?? {},
    activity: "cold",
    shortfalls: [{ code: "denied", key: "wiki", values: { what: "wiki", scope: "api" } }],
    ...(moved ? { renamed: project } : {}),
  };
}

/** Events before pages: what is written between the two is then news to the next poll, not lost. */
async function pollBaseline(poll: ProjectPoll): Promise<PartOutcome> {
  const empty = { pages: {}, missing: [], lastEvent: 0, polls: 0, lists: 0, contents: true, filter: true };
  const asked = await askEvents(poll, empty);
  const events = asked.answer === "unchanged" ? [] : wikiEvents(asked.answer.data);
  const { pages, contents } = await listPages(poll, true);
  const serverTime = poll.session.serverTime();
  const newest = events[0]?.created_at;
  const day = toDayBefore(serverTime);
  const cursor: WikiPosition = {
    ...empty,
    ...(newest === undefined ? {} : { newest }),
    ...(day === undefined ? {} : { day }),
    pages: toKnownPages(pages),
    lastEvent: latestId(events, 0),
    contents,
    filter: asked.filter,
  };
  return { facts: [], cursor: writeCursor(cursorFormat, cursor), activity: toActivity(newest, serverTime) };
}

async function pollChanges(poll: ProjectPoll, position: WikiPosition): Promise<PartOutcome> {
  const { session, project } = poll;
  const asked = await askEvents(poll, position);
  const events = asked.answer === "unchanged" ? [] : wikiEvents(asked.answer.data);
  const fresh = events.filter((event) => event.id > position.lastEvent);
  const seen = toSeen(position, asked, { events, serverTime: session.serverTime() });
  const isDue = fresh.length > 0 || position.missing.length > 0 || seen.polls >= listEvery;
  const activity = toActivity(seen.newest, session.serverTime());
  if (!isDue) return { facts: [], cursor: writeCursor(cursorFormat, seen), activity };
  const listed = await listPages(poll, position.contents || seen.polls >= listEvery);
  const contents = listed.contents;
  const pages = toKnownPages(listed.pages);
  const { facts, missing } = compareWiki({
    project,
    position,
    listed: listed.pages,
    known: { ...pages, ...refusedPages(position, listed.refused) },
    contents,
    fresh,
  });
  const kept: KnownPages = Object.fromEntries(missing.map((slug) => [slug, position.pages[slug] ?? ""]));
  const cursor: WikiPosition = {
    ...seen,
    pages: { ...kept, ...refusedPages(position, listed.refused), ...pages },
    missing,
    polls: 0,
    lists: position.lists + (facts.length > 0 ? 1 : 0),
    contents,
  };
  return {
    facts: facts.map((one) => ({ project, facts: one })),
    cursor: writeCursor(cursorFormat, cursor),
    activity,
  };
}

/** The position after the events were read, before the pages are. */
function toSeen(
  position: WikiPosition,
  asked: AskedEvents,
  now: { events: Events; serverTime: string | undefined },
): WikiPosition {
  const base = { ...position, polls: position.polls + 1, filter: asked.filter };
  if (asked.answer === "unchanged") return base;
  const day = toDayBefore(now.serverTime) ?? position.day;
  const newest = laterOf(position.newest, now.events[0]?.created_at);
  return {
    ...base,
    // An ETag belongs to its address, and the day is part of that.
    etag: day === position.day ? asked.answer.etag : undefined,
    ...(day === undefined ? {} : { day }),
    ...(newest === undefined ? {} : { newest }),
    lastEvent: latestId(now.events, position.lastEvent),
  };
}

interface AskedEvents {
  answer: Answer<Events> | "unchanged";
  /** Whether the instance knows the filter for wiki events. Older ones answer 400. */
  filter: boolean;
}

async function askEvents(poll: ProjectPoll, position: WikiPosition): Promise<AskedEvents> {
  const ask = (filter: boolean) => readEvents(poll, position, filter);
  const filtered = position.filter ? await unless(ask(true), ["rejected"]) : undefined;
  if (filtered !== undefined) return { answer: filtered, filter: true };
  return { answer: await ask(false), filter: false };
}

/** Newest first, as far as they are news. Without the filter they are the events of everything, texts and all. */
async function readEvents(
  poll: ProjectPoll,
  position: WikiPosition,
  filter: boolean,
): Promise<Answer<Events> | "unchanged"> {
  const list: Paged<schema.RawEvent> = {
    row: schema.event,
    limit: limits.wikiEvents,
    ask: (page, perPage) => (gl) =>
      gl.events.all({
        projectId: poll.project.id,
        ...(filter ? wikiFilter : {}),
        ...(position.day === undefined ? {} : { after: position.day }),
        perPage,
        page,
      }),
    call: { what: `the wiki events of ${poll.project.path}`, etag: position.etag },
  };
  const { answer, perPage } = await readFirstPage(poll.session, list);
  if (answer === "unchanged") return answer;
  const wantsMore = (rows: Events) => position.lastEvent > 0 && (rows.at(-1)?.id ?? 0) > position.lastEvent;
  const data = await readPages(poll.session, { ...list, wantsMore, first: { answer, perPage } });
  return { ...answer, data };
}

function wikiEvents(events: Events): Events {
  return events.filter((event) => event.target_type === wikiTarget || event.wiki_page != null);
}

function latestId(events: Events, before: number): number {
  return events.reduce((latest, event) => Math.max(latest, event.id), before);
}

/** A page whose row was left out is there: as far as is known, as it was. */
function refusedPages(position: WikiPosition, slugs: string[]): KnownPages {
  const known = slugs.filter((slug) => Object.hasOwn(position.pages, slug));
  return Object.fromEntries(known.map((slug) => [slug, position.pages[slug] ?? "-"]));
}

interface ListedPages {
  pages: schema.RawWikiPage[];
  contents: boolean;
  refused: string[];
}

/** With contents, unless they are more than a client takes; then without. */
async function listPages(poll: ProjectPoll, withContent: boolean): Promise<ListedPages> {
  const list = async (contents: boolean): Promise<ListedPages> => {
    const { data, refused = [] } = await poll.session.readRows(
      schema.wikiPage,
      (gl) => gl.projectWikis.all(poll.project.id, contents ? { withContent: true } : {}),
      { what: `the wiki of ${poll.project.path}` },
    );
    return { pages: data, contents, refused };
  };
  if (!withContent) return list(false);
  try {
    return await list(true);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    return list(false);
  }
}

/** Slug → mark of the content, or `-` without it, so that a change between the two is no edit. */
function toKnownPages(pages: schema.RawWikiPage[]): KnownPages {
  return Object.fromEntries(
    pages.map((page) => [page.slug, page.content == null ? "-" : toMark(page.content)]),
  );
}
