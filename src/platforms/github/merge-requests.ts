import * as z from "zod";
import { laterOf, readCursor, withOverlap, writeCursor, type CursorFormat } from "../../domain/cursor.js";
import { Failure, isFailure } from "../../domain/failure.js";
import type { MergeRequestFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { PollOutcome, PollRequest } from "../platform.js";
import {
  readEach,
  setAsideSchema,
  toShortfalls,
  withMarks,
  type SetAside,
  type Waiting,
} from "../set-aside.js";
import type { GitHubSession, RowsAnswer } from "./client.js";
import { readPulls } from "./details.js";
import { blockedSchema, toBlockedShortfall } from "./graphql-way.js";
import { limits } from "./limits.js";
import { readFirstRows, readList } from "./lists.js";
import { toNewsSince, toNow } from "./news.js";
import { toPullFacts } from "./normalize.js";
import { assertInPlace, type Place } from "./projects.js";
import { isSince, lastingEtag, listUrl, rowsSince } from "./pull-list.js";
import { createPullReader } from "./pull-reader.js";
import { pull, type PullAnswer } from "./schema.js";

/**
 * - `path`: the name that the ETag belongs to.
 * - `newest`: everything up to this `updated_at` has been told or set aside; null = there was no pull request yet.
 * - `baseline`: `newest` as it was at the first poll: what is older was never told and never will be.
 * - `perPage`: rows of a page, where they are too large for a whole one; the ETag is that of its address.
 * - `aside`: pull requests that could not be read, with what is owed of them.
 * - `blocked`: GraphQL cannot be had.
 */
const cursorFormat = {
  version: 1,
  schema: z.object({
    path: z.string(),
    etag: z.string().optional(),
    newest: z.string().nullable(),
    baseline: z.string().nullable(),
    perPage: z.number().optional(),
    aside: z.array(setAsideSchema).optional(),
    blocked: blockedSchema.optional(),
  }),
} satisfies CursorFormat<unknown>;
type PullCursor = z.infer<typeof cursorFormat.schema>;

/** So many pull requests are looked at in detail in one poll; the rest follows at once in the next. */
const mostDetails = 100;

interface Row {
  answer: PullAnswer;
  facts: MergeRequestFacts;
  changed: boolean;
}

/** One poll of a project's pull requests. A quiet project costs one 304. */
export async function pollMergeRequests(
  session: GitHubSession,
  place: Place,
  request: PollRequest,
): Promise<PollOutcome> {
  const { project } = place;
  const { position: before, lost } = readCursor(cursorFormat, request.cursor);
  if (lost) session.report({ code: "reread", key: "mergeRequests", values: { what: "mergeRequests" } });
  const { answer: first, perPage } = await readFirstRows(session, {
    url: listUrl(project.path, "state=all"),
    row: pull,
    limit: limits.pulls,
    what: `the pull requests of ${project.path}`,
    validator: before?.path === project.path ? { etag: before.etag } : undefined,
    perPage: before?.perPage,
  });
  if (before === null) {
    if (first.status === 304) throw new Error("A first poll asks without an ETag.");
    assertInPlace(
      place,
      first,
      first.data.map((row) => row.base.repo),
    );
    return baseline(session, project, { first, perPage });
  }
  if (first.status === 304) return unchanged(session, { project, before, headers: first.headers });
  assertInPlace(
    place,
    first,
    first.data.map((row) => row.base.repo),
  );
  return news(session, { project, before, first, perPage, request });
}

/** Nothing moved; those that were set aside may have their turn. */
async function unchanged(
  session: GitHubSession,
  { project, before, headers }: { project: Project; before: PullCursor; headers: Record<string, string> },
): Promise<PollOutcome> {
  const told = await tell(session, { project, before, fresh: [], now: toNow(headers, before.newest) });
  return {
    facts: told.facts.map((facts) => ({ project, facts })),
    cursor: writeCursor(cursorFormat, { ...before, ...told.kept }),
    activity: told.facts.length > 0 ? "warm" : "cold",
    shortfalls: told.shortfalls,
  };
}

/** What is there before anybody watched: the newest page and every open one, straight from the lists. */
async function baseline(
  session: GitHubSession,
  project: Project,
  { first, perPage }: { first: RowsAnswer<PullAnswer>; perPage: number | undefined },
): Promise<PollOutcome> {
  const rows = new Map(first.data.map((row) => [row.number, row]));
  if (first.next !== undefined) {
    const url = listUrl(project.path, "state=open");
    const what = `the open pull requests of ${project.path}`;
    const open = await readList(session, { url, row: pull, limit: limits.openPulls, what });
    for (const row of open.filter((one) => one.base.repo.id === project.id)) rows.set(row.number, row);
  }
  const newest = newestOf([...rows.values()], null);
  const facts = [...rows.values()].map(toPullFacts).sort(byUpdate);
  const cursor: PullCursor = {
    path: project.path,
    ...lastingEtag(first, newest),
    newest,
    baseline: newest,
    perPage,
    aside: toUnreadAtFirst(first.refused, toNow(first.headers, newest)),
  };
  return {
    facts: facts.map((one) => ({
      project,
      facts: newest === null ? one : { ...one, newsSince: newest },
    })),
    cursor: writeCursor(cursorFormat, cursor),
    activity: "warm",
  };
}

/** Nothing of these is news that happened before the first look, whenever they can be read. */
function toUnreadAtFirst(refused: readonly string[], now: string): SetAside[] | undefined {
  if (refused.length === 0) return undefined;
  return refused.map((id) => ({ id, since: now, tries: 0, next: now, reason: "schema" }));
}

async function news(
  session: GitHubSession,
  given: {
    project: Project;
    before: PullCursor;
    first: RowsAnswer<PullAnswer>;
    perPage: number | undefined;
    request: PollRequest;
  },
): Promise<PollOutcome> {
  const { project, before, first, request } = given;
  const since = before.newest === null ? undefined : withOverlap(before.newest);
  const refused = [...first.refused];
  const rows = await rowsSince(session, { project, first, since, refused });
  const candidates = rows
    .map((answer) => toRow(answer, project, request))
    .filter((row) => row.changed || isSince(row.answer.updated_at, since))
    .sort((a, b) => byUpdate(a.facts, b.facts));
  // Changed ones first: unchanged ones of the overlap alone could fill a poll for ever.
  const chosen = new Set([...candidates.filter((row) => row.changed), ...candidates].slice(0, mostDetails));
  const left = candidates.filter((row) => row.changed && !chosen.has(row)).map((row) => row.answer);
  const told = await tell(session, {
    project,
    before,
    fresh: [...candidates.filter((row) => chosen.has(row)), ...refusedRows(refused)],
    now: toNow(first.headers, before.newest),
  });
  const whole = left.length === 0;
  const cursor: PullCursor = {
    path: project.path,
    // With something left to do, or a row that could not be read, the next poll must see the list again, and not "unchanged".
    ...(whole && refused.length === 0 ? lastingEtag(first, newestOf(rows, before.newest)) : {}),
    newest: whole ? newestOf(rows, before.newest) : notBeyond(left, before.newest, rows),
    baseline: before.baseline,
    perPage: given.perPage,
    ...told.kept,
  };
  return {
    facts: told.facts.sort(byUpdate).map((facts) => ({ project, facts })),
    cursor: writeCursor(cursorFormat, cursor),
    activity: "warm",
    shortfalls: told.shortfalls,
    ...(whole ? {} : { more: true }),
  };
}

/** An odd row has a number all the same, and the pull request itself may well be readable. */
function refusedRows(refused: readonly string[]): FreshPull[] {
  return refused
    .map(Number)
    .filter(Number.isInteger)
    .map((number) => ({ number }));
}

function toRow(answer: PullAnswer, project: Project, request: PollRequest): Row {
  const facts = toPullFacts(answer);
  const subject = { projectId: project.id, type: "merge_request" as const, id: String(answer.number) };
  return { answer, facts, changed: request.known(subject) !== facts.revision };
}

/** A pull request of which there is news; `answer` is its row, where that could be read. */
interface FreshPull {
  number?: number;
  answer?: PullAnswer;
}

interface Telling {
  project: Project;
  before: PullCursor;
  fresh: readonly FreshPull[];
  now: string;
}

/**
 * The details of what moved, and of those set aside whose turn it is. GraphQL may lag behind the list: an older state than the row's
 * is no answer either.
 */
async function tell(session: GitHubSession, { project, before, fresh, now }: Telling) {
  const since = toNewsSince(before) ?? "";
  const waiting = fresh.map(({ number, answer }): Waiting => ({
    id: String(answer?.number ?? number),
    since,
    mark: answer?.updated_at,
  }));
  const aside = withMarks(before.aside ?? [], waiting);
  const nodes = new Map(fresh.map(({ answer }) => [String(answer?.number), answer?.node_id ?? undefined]));
  // What is set aside is read when its time comes, from where its news began.
  const known = new Set(aside.map(({ id }) => id));
  const queue = [...aside.filter(({ next }) => next <= now), ...waiting.filter(({ id }) => !known.has(id))];
  const reader = await createPullReader(session, { project, queue, nodes, blocked: before.blocked });
  const read = await readEach({ fresh: waiting, aside, now }, reader.read);
  const blocked = reader.blocked();
  return {
    facts: read.values,
    kept: { aside: read.aside.length === 0 ? undefined : read.aside, blocked },
    shortfalls: [...toShortfalls(read.aside, (id) => `#${id}`), ...toBlockedShortfall(blocked)],
  };
}

function byUpdate(a: MergeRequestFacts, b: MergeRequestFacts): number {
  return Date.parse(a.updatedAt) - Date.parse(b.updatedAt);
}

function newestOf(rows: PullAnswer[], floor: string | null): string | null {
  return rows.reduce<string | null>((newest, row) => laterOf(newest, row.updated_at) ?? null, floor);
}

/** The farthest that the cursor may go while these rows are still to be told. */
function notBeyond(waiting: PullAnswer[], floor: string | null, rows: PullAnswer[]): string | null {
  const limit = Math.min(...waiting.map((row) => Date.parse(row.updated_at)));
  return newestOf(
    rows.filter((row) => Date.parse(row.updated_at) <= limit),
    floor,
  );
}

export async function readMergeRequest(
  session: GitHubSession,
  project: Project,
  number: number,
): Promise<MergeRequestFacts> {
  const what = `pull request #${number} of ${project.path}`;
  const wanted = [{ path: project.path, number }];
  const [detail] = (await readPulls(session, wanted, { newsSince: undefined, what, byRest: false })).readings;
  if (isFailure(detail) && detail.code !== "lagging") throw detail;
  if (detail === undefined || isFailure(detail) || detail.projectId !== project.id) {
    throw new Failure("gone", {
      message: `GitHub has no pull request #${number} in ${project.path}, or this token may not see it.`,
      values: { server: "GitHub" },
    });
  }
  return detail.facts;
}

/** Open ones, most recently updated first, as the list shows them: without happenings. */
export async function listMergeRequests(
  session: GitHubSession,
  place: Place,
  limit: number,
): Promise<{ rows: MergeRequestFacts[] }> {
  const { project } = place;
  const answer = await session.readRows({
    url: listUrl(project.path, `state=open&per_page=${Math.min(limit, 100)}`),
    row: pull,
    what: `the open pull requests of ${project.path}`,
  });
  assertInPlace(
    place,
    answer,
    answer.data.map((row) => row.base.repo),
  );
  return { rows: answer.data.slice(0, limit).map(toPullFacts) };
}
