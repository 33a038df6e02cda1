import * as z from "zod";
import { laterOf } from "../../domain/cursor.js";
import { isFailure } from "../../domain/failure.js";
import { toActivity } from "./activity.js";
import type { Answer } from "./client.js";
import { toDayBefore } from "./events.js";
import { toMark } from "./normalize.js";
import { readProject } from "./projects.js";
import * as schema from "./schema.js";
import { toCursor, unless, type PartOutcome, type ProjectPoll } from "./visit.js";
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
const cursorSchema = z.object({
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
});

export type WikiPosition = z.infer<typeof cursorSchema>;

type Events = schema.RawEvent[];

/** The pages are listed when an event tells of a change, and each so many polls in case an event was missed. */
const listEvery = 12;
const wikiTarget = "WikiPage::Meta";
/** Known to GitLab, but not to gitbeaker's types. */
const wikiFilter: object = { targetType: "wiki" };
const eventsSchema = z.array(schema.event);

/**
 * GitLab's wiki pages tell neither who changed them nor when, and listing them brings all their contents. So one cheap question
 * for wiki events goes first; the pages are listed when it has news.
 */
export async function pollWiki(poll: ProjectPoll): Promise<PartOutcome> {
  try {
    const position = toCursor(cursorSchema, poll.request.cursor);
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
  return { facts: [], cursor, activity: toActivity(newest, serverTime) };
}

async function pollChanges(poll: ProjectPoll, position: WikiPosition): Promise<PartOutcome> {
  const { session, project } = poll;
  const asked = await askEvents(poll, position);
  const events = asked.answer === "unchanged" ? [] : wikiEvents(asked.answer.data);
  const fresh = events.filter((event) => event.id > position.lastEvent);
  const seen = toSeen(position, asked, { events, serverTime: session.serverTime() });
  const isDue = fresh.length > 0 || position.missing.length > 0 || seen.polls >= listEvery;
  const activity = toActivity(seen.newest, session.serverTime());
  if (!isDue) return { facts: [], cursor: seen, activity };
  const listed = await listPages(poll, position.contents || seen.polls >= listEvery);
  const contents = listed.contents;
  const { facts, missing } = compareWiki({
    project,
    position,
    listed: listed.pages,
    known: toKnownPages(listed.pages),
    contents,
    fresh,
  });
  const kept: KnownPages = Object.fromEntries(missing.map((slug) => [slug, position.pages[slug] ?? ""]));
  const cursor: WikiPosition = {
    ...seen,
    pages: { ...kept, ...toKnownPages(listed.pages) },
    missing,
    polls: 0,
    lists: position.lists + (facts.length > 0 ? 1 : 0),
    contents,
  };
  return { facts: facts.map((one) => ({ project, facts: one })), cursor, activity };
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
  const what = `the wiki events of ${poll.project.path}`;
  const ask = (filter: boolean) =>
    poll.session.readIfChanged(
      eventsSchema,
      (gl) =>
        gl.events.all({
          projectId: poll.project.id,
          ...(filter ? wikiFilter : {}),
          ...(position.day === undefined ? {} : { after: position.day }),
          perPage: 100,
          page: 1,
        }),
      { what, etag: position.etag },
    );
  const filtered = position.filter ? await unless(ask(true), ["rejected"]) : undefined;
  if (filtered !== undefined) return { answer: filtered, filter: true };
  return { answer: await ask(false), filter: false };
}

function wikiEvents(events: Events): Events {
  return events.filter((event) => event.target_type === wikiTarget || event.wiki_page != null);
}

function latestId(events: Events, before: number): number {
  return events.reduce((latest, event) => Math.max(latest, event.id), before);
}

/** With contents, unless they are more than a client takes; then without. */
async function listPages(
  poll: ProjectPoll,
  withContent: boolean,
): Promise<{ pages: schema.RawWikiPage[]; contents: boolean }> {
  const ask = (contents: boolean) =>
    poll.session.read(
      z.array(schema.wikiPage),
      (gl) => gl.projectWikis.all(poll.project.id, contents ? { withContent: true } : {}),
      { what: `the wiki of ${poll.project.path}` },
    );
  if (!withContent) return { pages: (await ask(false)).data, contents: false };
  try {
    return { pages: (await ask(true)).data, contents: true };
  } catch (error) {
    if (!isFailure(error) || error.code !== "too_large") throw error;
    return { pages: (await ask(false)).data, contents: false };
  }
}

/** Slug → mark of the content, or `-` without it, so that a change between the two is no edit. */
export function toKnownPages(pages: schema.RawWikiPage[]): KnownPages {
  return Object.fromEntries(
    pages.map((page) => [page.slug, page.content == null ? "-" : toMark(page.content)]),
  );
}
