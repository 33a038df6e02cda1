import * as z from "zod";
import { laterOf, readCursor, withOverlap, writeCursor, type CursorFormat } from "../../domain/cursor.js";
import type { PollOutcome, PollRequest } from "../platform.js";
import { setAsideSchema } from "../set-aside.js";
import type { GitHubSession, RowsAnswer } from "./client.js";
import { blockedSchema } from "./graphql-way.js";
import { tellThreads } from "./inbox-threads.js";
import { limits } from "./limits.js";
import { sayCut } from "./lists.js";
import { toNewsSince, toNow } from "./news.js";
import { notification, type NotificationAnswer } from "./schema.js";

const oddThread = z.union([
  z.object({ id: z.string(), since: z.string() }),
  // Of earlier versions, which did not note from when on they are news.
  z.string().transform((id) => ({ id, since: "" })),
]);

/**
 * `newest`: the `updated_at` up to which threads have been told or set aside; null = the inbox was empty. `baseline`: the first one.
 * `aside`: subjects that could not be read. `odd`: threads of a shape that is unknown, to be told once it is known. `blocked`: GraphQL cannot be had.
 */
const cursorFormat = {
  version: 1,
  schema: z.object({
    etag: z.string().optional(),
    lastModified: z.string().optional(),
    newest: z.string().nullable(),
    baseline: z.string().nullable(),
    aside: z.array(setAsideSchema).optional(),
    odd: z.array(oddThread).optional(),
    blocked: blockedSchema.optional(),
  }),
} satisfies CursorFormat<unknown>;
type InboxCursor = z.infer<typeof cursorFormat.schema>;

/** So many threads are looked at in one poll; the rest follows at once in the next. */
const mostThreads = 60;
const defaultIntervalMs = 60_000;

/**
 * However quiet it is: one request for the whole account, free where nothing is new, and what comes here is what somebody waits for.
 * GitHub's own wish (`X-Poll-Interval`) holds all the same.
 */
const activity = "warm";

/**
 * One poll of the account's notifications. A row is only a hint that something happened to its subject: its `reason` stays
 * what it was at first (GitHub's "About notification reasons"), so the subject itself is read. `all=true` shows what was
 * read on the web between two polls.
 */
export async function pollInbox(session: GitHubSession, request: PollRequest): Promise<PollOutcome> {
  const { position: before, lost } = readCursor(cursorFormat, request.cursor);
  if (lost) session.report({ code: "reread", key: "inbox", values: { what: "inbox" } });
  const first = await session.readRowsIfChanged({
    url: `/notifications?all=true&per_page=${limits.notifications.perPage}`,
    row: notification,
    what: "your notifications",
    // Notifications are documented with Last-Modified; the ETag is the fallback.
    validator:
      before?.lastModified === undefined ? { etag: before?.etag } : { lastModified: before.lastModified },
  });
  const minIntervalMs = intervalOf(first.headers);
  if (before === null) {
    if (first.status === 304) throw new Error("A first poll asks without an ETag.");
    const newest = newestOf(first.data, null);
    const odd = first.refused.map((id) => ({ id, since: toNow(first.headers, newest) }));
    const cursor = writeCursor<InboxCursor>(cursorFormat, {
      ...(odd.length === 0 ? first.validator : {}),
      newest,
      baseline: newest,
      odd: odd.length === 0 ? undefined : odd,
    });
    return { facts: [], cursor, activity, minIntervalMs };
  }
  const answer = first.status === 304 ? null : first;
  return { ...(await news(session, { before, answer, headers: first.headers, request })), minIntervalMs };
}

function intervalOf(headers: Record<string, string>): number {
  const seconds = Number(headers["x-poll-interval"]);
  return seconds > 0 ? seconds * 1000 : defaultIntervalMs;
}

interface News {
  before: InboxCursor;
  /** null: unchanged; those set aside may have their turn all the same. */
  answer: RowsAnswer<NotificationAnswer> | null;
  headers: Record<string, string>;
  request: PollRequest;
}

async function news(
  session: GitHubSession,
  { before, answer, headers, request }: News,
): Promise<PollOutcome> {
  const since = before.newest === null ? undefined : withOverlap(before.newest);
  const owed = toOwed(before);
  const odd = new Map(owed);
  const list = { first: answer, since, odd, newsSince: toNewsSince(before) };
  const threads = (await threadsSince(session, list)).sort(byUpdate);
  const chosen = chunkOf(threads, before.newest);
  const left = threads.slice(chosen.length);
  keepOwed(left, { owed, odd });
  // An inbox that was empty has no newest: what is in it now began with its oldest thread.
  const newsSince = toNewsSince(before) ?? (threads[0] && withOverlap(threads[0].updated_at));
  const told = await tellThreads(session, {
    threads: chosen,
    newsSince,
    owed,
    aside: before.aside ?? [],
    blocked: before.blocked,
    now: toNow(headers, before.newest),
    request,
  });
  const isWhole = left.length === 0 && answer !== null && odd.size === 0;
  const cursor: InboxCursor = {
    ...(isWhole ? answer.validator : answer === null ? validatorOf(before) : {}),
    newest: notBeyond(chosen, left, before.newest),
    baseline: before.baseline,
    aside: told.aside.length === 0 ? undefined : told.aside,
    odd: toOdd(odd),
    blocked: told.blocked,
  };
  return {
    facts: told.facts,
    cursor: writeCursor(cursorFormat, cursor),
    activity,
    shortfalls: [...told.shortfalls, ...(session.hidesOrganizations() ? [hidden] : [])],
    ...(left.length === 0 ? {} : { more: true }),
  };
}

function validatorOf({ etag, lastModified }: InboxCursor): Pick<InboxCursor, "etag" | "lastModified"> {
  return { etag, lastModified };
}

/** From when on threads are news that could not be read, by their id. */
function toOwed({ odd = [] }: InboxCursor): Map<string, string> {
  return new Map(odd.map(({ id, since }) => [id, since]));
}

function toOdd(odd: ReadonlyMap<string, string>): InboxCursor["odd"] {
  if (odd.size === 0) return undefined;
  return [...odd].slice(-mostOdd).map(([id, since]) => ({ id, since }));
}

/** What is owed of threads that are readable by now and have to wait for the next poll. */
function keepOwed(
  left: readonly NotificationAnswer[],
  { owed, odd }: { owed: ReadonlyMap<string, string>; odd: Map<string, string> },
): void {
  for (const { id } of left) {
    const since = owed.get(id);
    if (since !== undefined) odd.set(id, since);
  }
}

const hidden = { code: "hidden" as const, key: "organizations", values: {} };

/** Enough threads to get past what the overlap shows again, or a busy two minutes would be read for ever. */
function chunkOf(threads: NotificationAnswer[], newest: string | null): NotificationAnswer[] {
  const fresh = threads.findIndex(
    (thread) => newest === null || Date.parse(thread.updated_at) > Date.parse(newest),
  );
  return fresh === -1 ? threads : threads.slice(0, fresh + mostThreads);
}

/** More than these, and it is not single ones. */
const mostOdd = 200;

/** Threads that moved, and those of `odd` that can be read by now; `odd` takes in those that cannot, with what is owed of them. */
async function threadsSince(
  session: GitHubSession,
  given: {
    first: RowsAnswer<NotificationAnswer> | null;
    since: string | undefined;
    odd: Map<string, string>;
    newsSince: string | undefined;
  },
): Promise<NotificationAnswer[]> {
  const { first, since, odd } = given;
  if (first === null) return [];
  const what = "your notifications";
  const threads = new Map<string, NotificationAnswer>();
  const isFresh = (row: NotificationAnswer) =>
    since === undefined || Date.parse(row.updated_at) >= Date.parse(since);
  let answer = first;
  for (let rows = first.data.length; ; rows += answer.data.length) {
    for (const row of answer.data) {
      if (isFresh(row) || odd.has(row.id)) threads.set(row.id, row);
      odd.delete(row.id);
    }
    for (const id of answer.refused) if (!odd.has(id)) odd.set(id, given.newsSince ?? "");
    if (!answer.data.every(isFresh) || answer.next === undefined) return [...threads.values()];
    if (rows >= limits.notifications.rows) {
      sayCut(session, limits.notifications, what);
      return [...threads.values()];
    }
    answer = await session.readRows({ url: answer.next, row: notification, what });
  }
}

function byUpdate(a: NotificationAnswer, b: NotificationAnswer): number {
  return Date.parse(a.updated_at) - Date.parse(b.updated_at);
}

function newestOf(threads: NotificationAnswer[], floor: string | null): string | null {
  return threads.reduce<string | null>((newest, row) => laterOf(newest, row.updated_at) ?? null, floor);
}

function notBeyond(
  told: NotificationAnswer[],
  waiting: NotificationAnswer[],
  floor: string | null,
): string | null {
  const limit = Math.min(Infinity, ...waiting.map((row) => Date.parse(row.updated_at)));
  return newestOf(
    told.filter((row) => Date.parse(row.updated_at) <= limit),
    floor,
  );
}
