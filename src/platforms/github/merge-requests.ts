import * as z from "zod";
import { laterOf, withOverlap } from "../../domain/cursor.js";
import { Failure } from "../../domain/failure.js";
import type { MergeRequestFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { PollOutcome, PollRequest } from "../platform.js";
import type { Answer, GitHubSession } from "./client.js";
import { detailsById, detailsByNumber } from "./details.js";
import { toNewsSince } from "./news.js";
import { toPullFacts } from "./normalize.js";
import { assertInPlace, repoUrl, type Place } from "./projects.js";
import { pullList, type PullAnswer } from "./schema.js";

/**
 * - `path`: the name that the ETag belongs to.
 * - `newest`: everything up to this `updated_at` has been told; null = there was no pull request yet.
 * - `baseline`: `newest` as it was at the first poll: what is older was never told and never will be.
 * - `missed`: how often GitHub could not answer for a pull request, by its number.
 */
const cursorShape = z.object({
  path: z.string(),
  etag: z.string().optional(),
  newest: z.string().nullable(),
  baseline: z.string().nullable(),
  missed: z.record(z.string(), z.number()).optional(),
});
type PullCursor = z.infer<typeof cursorShape>;

/** So many pull requests are looked at in detail in one poll; the rest follows at once in the next. */
const mostDetails = 100;
/** After so many tries a pull request is told from the list alone, so that it does not hold up the others. */
const mostTries = 5;
const mostPages = 40;

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
  const before = cursorShape.safeParse(request.cursor).data;
  const first = await session.readIfChanged({
    url: listUrl(project.path, "state=all&per_page=50"),
    schema: pullList,
    what: `the pull requests of ${project.path}`,
    validator: before?.path === project.path ? { etag: before.etag } : undefined,
  });
  if (first.status === 304) return { facts: [], cursor: request.cursor, activity: "cold" };
  assertInPlace(
    place,
    first,
    first.data.map((row) => row.base.repo),
  );
  if (before === undefined) return baseline(session, project, first);
  return news(session, { project, before, first, request });
}

function listUrl(path: string, query: string): string {
  return `${repoUrl(path)}/pulls?direction=desc&sort=updated&${query}`;
}

/** What is there before anybody watched: the newest page and every open one, straight from the lists. */
async function baseline(
  session: GitHubSession,
  project: Project,
  first: Answer<PullAnswer[]>,
): Promise<PollOutcome> {
  const rows = new Map(first.data.map((row) => [row.number, row]));
  if (first.next !== undefined) {
    const url = listUrl(project.path, "state=open&per_page=100");
    for await (const row of rowsFrom(session, url, project)) rows.set(row.number, row);
  }
  const newest = newestOf([...rows.values()], null);
  const facts = [...rows.values()].map(toPullFacts).sort(byUpdate);
  const cursor: PullCursor = { path: project.path, ...lastingEtag(first, newest), newest, baseline: newest };
  return {
    facts: facts.map((one) => ({
      project,
      facts: newest === null ? one : { ...one, newsSince: newest },
    })),
    cursor,
    activity: "warm",
  };
}

async function news(
  session: GitHubSession,
  given: { project: Project; before: PullCursor; first: Answer<PullAnswer[]>; request: PollRequest },
): Promise<PollOutcome> {
  const { project, before, first, request } = given;
  const newsSince = toNewsSince(before);
  const since = before.newest === null ? undefined : withOverlap(before.newest);
  const rows = await rowsSince(session, { project, first, since });
  const candidates = rows
    .map((answer) => toRow(answer, project, request))
    .filter((row) => row.changed || isSince(row.answer.updated_at, since))
    .sort((a, b) => byUpdate(a.facts, b.facts));
  // Changed ones first: unchanged ones of the overlap alone could fill a poll for ever.
  const chosen = new Set([...candidates.filter((row) => row.changed), ...candidates].slice(0, mostDetails));
  const left = candidates.filter((row) => row.changed && !chosen.has(row));
  const told = await tell(session, {
    project,
    rows: candidates.filter((row) => chosen.has(row)),
    newsSince,
    before,
  });
  const waiting = [...left, ...told.missed].map((row) => row.answer);
  const whole = waiting.length === 0;
  const cursor: PullCursor = {
    path: project.path,
    // With something left to do the next poll must see the list again, and not "unchanged".
    ...(whole ? lastingEtag(first, newestOf(rows, before.newest)) : {}),
    newest: whole ? newestOf(rows, before.newest) : notBeyond(waiting, before.newest, rows),
    baseline: before.baseline,
    ...(told.missed.length === 0 ? {} : { missed: told.tries }),
  };
  return {
    facts: told.facts.sort(byUpdate).map((facts) => ({ project, facts })),
    cursor,
    activity: "warm",
    ...(left.length === 0 ? {} : { more: true }),
  };
}

/**
 * `updated_at` has whole seconds: what happens in the rest of the second that the list was read in leaves the list as it is, and
 * a 304 would hide it for good. Such a list is read once more without its ETag, when that second has passed.
 */
function lastingEtag(
  { headers, validator }: Pick<Answer<unknown>, "headers" | "validator">,
  newest: string | null,
): { etag?: string } {
  const readAt = Date.parse(headers["date"] ?? "");
  const settled = newest === null || Number.isNaN(readAt) || readAt - Date.parse(newest) >= 2000;
  return settled && validator.etag !== undefined ? { etag: validator.etag } : {};
}

function toRow(answer: PullAnswer, project: Project, request: PollRequest): Row {
  const facts = toPullFacts(answer);
  const subject = { projectId: project.id, type: "merge_request" as const, id: String(answer.number) };
  return { answer, facts, changed: request.known(subject) !== facts.revision };
}

/** The details of the rows. GraphQL may lag behind the list: an older state than the row's is no answer either. */
async function tell(
  session: GitHubSession,
  given: { project: Project; rows: Row[]; newsSince: string | undefined; before: PullCursor },
): Promise<{ facts: MergeRequestFacts[]; missed: Row[]; tries: Record<string, number> }> {
  const { project, rows, newsSince, before } = given;
  const ids = rows.map((row) => row.answer.node_id);
  const what = `the changed pull requests of ${project.path}`;
  const details = await detailsById(session, ids, { newsSince, what });
  const facts: MergeRequestFacts[] = [];
  const missed: Row[] = [];
  const tries: Record<string, number> = {};
  for (const row of rows) {
    const detail = details.get(row.answer.node_id)?.facts;
    const fresh = detail !== undefined && Date.parse(detail.updatedAt) >= Date.parse(row.answer.updated_at);
    if (fresh) {
      facts.push(detail);
      continue;
    }
    const count = (before.missed?.[row.answer.number] ?? 0) + 1;
    if (count >= mostTries) {
      facts.push(detail ?? { ...row.facts, ...(newsSince === undefined ? {} : { newsSince }) });
    } else {
      missed.push(row);
      tries[row.answer.number] = count;
    }
  }
  return { facts, missed, tries };
}

/** Rows of the following pages too, until they are older than `since`; rows that slid between pages come once. */
async function rowsSince(
  session: GitHubSession,
  given: { project: Project; first: Answer<PullAnswer[]>; since: string | undefined },
): Promise<PullAnswer[]> {
  const rows = new Map<number, PullAnswer>();
  for (const row of given.first.data) rows.set(row.number, row);
  const oldest = given.first.data.at(-1);
  if (given.first.next === undefined || oldest === undefined) return [...rows.values()];
  if (!isSince(oldest.updated_at, given.since)) return [...rows.values()];
  for await (const row of rowsFrom(session, given.first.next, given.project)) {
    if (!isSince(row.updated_at, given.since)) break;
    if (!rows.has(row.number)) rows.set(row.number, row);
  }
  return [...rows.values()];
}

async function* rowsFrom(
  session: GitHubSession,
  start: string,
  project: Project,
): AsyncGenerator<PullAnswer> {
  let url: string | undefined = start;
  for (let page = 0; url !== undefined && page < mostPages; page += 1) {
    const what = `the pull requests of ${project.path}`;
    const answer: Answer<PullAnswer[]> = await session.read({ url, schema: pullList, what });
    yield* answer.data.filter((row) => row.base.repo.id === project.id);
    url = answer.next;
  }
}

function isSince(instant: string, since: string | undefined): boolean {
  return since === undefined || Date.parse(instant) >= Date.parse(since);
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
  const addresses = [{ path: project.path, number }];
  const detail = (await detailsByNumber(session, addresses, { newsSince: undefined, what }))[0];
  if (detail?.projectId !== project.id) {
    throw new Failure("gone", {
      message: `GitHub has no pull request #${number} in ${project.path}, or this token may not see it.`,
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
  const answer = await session.read({
    url: listUrl(project.path, `state=open&per_page=${Math.min(limit, 100)}`),
    schema: pullList,
    what: `the open pull requests of ${project.path}`,
  });
  assertInPlace(
    place,
    answer,
    answer.data.map((row) => row.base.repo),
  );
  return { rows: answer.data.slice(0, limit).map(toPullFacts) };
}
