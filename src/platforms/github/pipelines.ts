import * as z from "zod";
import { laterOf, withOverlap } from "../../domain/cursor.js";
import { isFailure } from "../../domain/failure.js";
import type { PipelineFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { PollOutcome, PollRequest } from "../platform.js";
import type { Answer, GitHubSession } from "./client.js";
import { toNewsSince } from "./news.js";
import { toFailedJobs, toPipelineFacts } from "./normalize-run.js";
import { assertInPlace, repoUrl, type Place } from "./projects.js";
import { jobList, run, runList, type RunAnswer } from "./schema.js";

/**
 * A run that failed lately: somebody may run it again, and then it keeps its old place in the list, out of sight
 * (`created_at` stays and there is no sorting by update).
 */
const watched = z.object({
  id: z.string(),
  updatedAt: z.string(),
  etag: z.string().optional(),
});

/**
 * - `page`: the runs on the newest page; a 304 says that none of them changed.
 * - `newest`: the latest `updated_at` seen. `newestCreated`: the latest `created_at`, up to which the list was read.
 * - `baseline`: `newest` as it was at the first poll.
 * - `running`: whether something on the page was running.
 * - `turn`: counts polls, to take turns among the watched ones.
 */
const cursorShape = z.object({
  path: z.string(),
  etag: z.string().optional(),
  page: z.array(z.string()),
  newest: z.string().nullable(),
  baseline: z.string().nullable(),
  newestCreated: z.string().nullable(),
  running: z.boolean(),
  watch: z.array(watched),
  turn: z.number(),
});
type RunCursor = z.infer<typeof cursorShape>;
type Watched = z.infer<typeof watched>;
type RunList = z.infer<typeof runList>;

const mostWatched = 20;
const watchedMs = 3 * 86_400_000;
/** Each watched run is looked at once in so many polls, at the cost of a 304. */
const watchEvery = 10;
const mostOpen = 20;
const mostJobReads = 20;
const mostPages = 20;

/** One poll of a project's runs. A quiet project costs one 304, and now and then one more for a failed run of late. */
export async function pollPipelines(
  session: GitHubSession,
  place: Place,
  request: PollRequest,
): Promise<PollOutcome> {
  const { project } = place;
  const before = cursorShape.safeParse(request.cursor).data;
  const turn = ((before?.turn ?? 0) + 1) % watchEvery;
  const watch = new Map((before?.watch ?? []).map((one) => [one.id, one]));
  const page = await readPage(session, place, before);
  const ids = asideOf({ request, page: page.ids, watch: [...watch.values()], turn });
  const aside = await readAsides(session, place, { ids, watch });
  // A run that slid onto the page meanwhile is there as it is now.
  const rows = [...new Map([...aside, ...page.rows].map((row) => [row.id, row])).values()];
  const newest = latest(
    rows.map((row) => row.updated_at),
    before?.newest ?? null,
  );
  const facts = await factsOf(session, { rows, project, before, request, newest });
  const cursor: RunCursor = {
    path: project.path,
    ...page.validator,
    page: page.ids,
    newest,
    baseline: before === undefined ? newest : before.baseline,
    newestCreated: latest(
      page.rows.map((row) => row.created_at),
      before?.newestCreated ?? null,
    ),
    running: page.running,
    watch: nextWatch(watch, rows, newest),
    turn,
  };
  const hot = cursor.running || aside.some(isRunning);
  return {
    facts: facts.map((one) => ({ project, facts: one })),
    cursor,
    activity: hot ? "hot" : facts.length > 0 ? "warm" : "cold",
  };
}

async function readAsides(
  session: GitHubSession,
  place: Place,
  { ids, watch }: { ids: string[]; watch: Map<string, Watched> },
): Promise<RunAnswer[]> {
  const rows: RunAnswer[] = [];
  for (const id of ids) {
    const entry = watch.get(id);
    const answer = await readAside(session, place, { id, etag: entry?.etag });
    if (answer === "gone") watch.delete(id);
    if (answer === "gone" || answer === "unchanged") continue;
    rows.push(answer.data);
    if (entry !== undefined) watch.set(id, { ...entry, ...etagOf(answer) });
  }
  return rows;
}

function etagOf(answer: Answer<unknown>): { etag?: string } {
  return answer.validator.etag === undefined ? {} : { etag: answer.validator.etag };
}

interface Page {
  rows: RunAnswer[];
  ids: string[];
  validator: { etag?: string };
  /** Whether something on the page runs. */
  running: boolean;
}

async function readPage(session: GitHubSession, place: Place, before: RunCursor | undefined): Promise<Page> {
  const { project } = place;
  const first = await session.readIfChanged({
    url: `${repoUrl(project.path)}/actions/runs?per_page=30`,
    schema: runList,
    what: `the workflow runs of ${project.path}`,
    validator: before?.path === project.path ? { etag: before.etag } : undefined,
  });
  if (first.status === 304) {
    const { page: ids = [], etag, running = false } = before ?? {};
    return { rows: [], ids, validator: etag === undefined ? {} : { etag }, running };
  }
  const answer = first;
  const rows = [...answer.data.workflow_runs];
  assertInPlace(
    place,
    answer,
    rows.map((row) => row.repository),
  );
  const ids = rows.map((row) => row.id);
  // A baseline is content with the newest page.
  if (before !== undefined) rows.push(...(await furtherRows(session, place, { answer, before })));
  return { rows, ids, validator: etagOf(answer), running: rows.some(isRunning) };
}

/** What was created since the last poll and is on no newest page any more. */
async function furtherRows(
  session: GitHubSession,
  { project }: Place,
  { answer, before }: { answer: Answer<RunList>; before: RunCursor },
): Promise<RunAnswer[]> {
  const since = before.newestCreated;
  const floor = since === null ? -Infinity : Date.parse(withOverlap(since));
  const rows: RunAnswer[] = [];
  let last = answer;
  for (let page = 1; last.next !== undefined && page < mostPages; page += 1) {
    const oldest = last.data.workflow_runs.at(-1);
    if (oldest === undefined || Date.parse(oldest.created_at) < floor) break;
    const what = `the workflow runs of ${project.path}`;
    last = await session.read({ url: last.next, schema: runList, what });
    rows.push(...last.data.workflow_runs.filter((row) => row.repository.id === project.id));
  }
  return rows;
}

/** The runs to be asked for one by one: those that were not final, and those of the watched ones whose turn it is. */
function asideOf(given: { request: PollRequest; page: string[]; watch: Watched[]; turn: number }): string[] {
  const { request, page, watch, turn } = given;
  const open = request.openPipelines.filter((id) => !page.includes(id));
  // Runs that wait for an approval can be many and old: they take turns too.
  const start = open.length <= mostOpen ? 0 : (turn * mostOpen) % open.length;
  const turned = [...open.slice(start), ...open.slice(0, start)].slice(0, mostOpen);
  const due = watch.filter((_, index) => index % watchEvery === turn % watchEvery).map((one) => one.id);
  return [...new Set([...turned, ...due])].filter((id) => !page.includes(id));
}

async function readAside(
  session: GitHubSession,
  place: Place,
  { id, etag }: { id: string; etag: string | undefined },
): Promise<Answer<RunAnswer> | "unchanged" | "gone"> {
  const url = runUrl(place.project.path, id);
  const what = `run ${id} of ${place.project.path}`;
  try {
    const answer = await session.readIfChanged({ url, schema: run, what, validator: { etag } });
    if (answer.status === 304) return "unchanged";
    assertInPlace(place, answer, [answer.data.repository]);
    return answer;
  } catch (error) {
    // Runs are deleted by people and by age; the list has just shown that the project is there.
    if (isFailure(error) && error.kind === "gone") return "gone";
    throw error;
  }
}

async function factsOf(
  session: GitHubSession,
  given: {
    rows: RunAnswer[];
    project: Project;
    before: RunCursor | undefined;
    request: PollRequest;
    newest: string | null;
  },
): Promise<PipelineFacts[]> {
  const { project, before, request } = given;
  const all = given.rows.map((row) => toPipelineFacts(row, project));
  all.sort((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt));
  if (before === undefined) {
    return all.map((one) => (given.newest === null ? one : { ...one, newsSince: given.newest }));
  }
  const changed = all.filter(
    (one) => request.known({ projectId: project.id, type: "pipeline", id: one.id }) !== one.revision,
  );
  const newsSince = toNewsSince(before);
  const asked = changed.filter((one) => one.status === "failed").slice(-mostJobReads);
  const facts: PipelineFacts[] = [];
  for (const one of changed) {
    const failedJobs = asked.includes(one) ? await tryFailedJobs(session, project, one) : undefined;
    facts.push({
      ...one,
      ...(failedJobs === undefined ? {} : { failedJobs }),
      ...(newsSince === undefined ? {} : { newsSince }),
    });
  }
  return facts;
}

/** A failure is worth telling even when its jobs cannot be read. */
async function tryFailedJobs(session: GitHubSession, project: Project, facts: PipelineFacts) {
  return readFailedJobs(session, project, facts).catch((error: unknown) => {
    const bearable = ["unreachable", "gone", "forbidden"];
    if (isFailure(error) && bearable.includes(error.kind)) return undefined;
    throw error;
  });
}

export async function readFailedJobs(session: GitHubSession, project: Project, facts: PipelineFacts) {
  const url = `${runUrl(project.path, facts.id)}/jobs?filter=latest&per_page=100`;
  const what = `the jobs of run ${facts.id} of ${project.path}`;
  return toFailedJobs((await session.read({ url, schema: jobList, what })).data, facts);
}

export function runUrl(path: string, id: string): string {
  return `${repoUrl(path)}/actions/runs/${encodeURIComponent(id)}`;
}

function isRunning(row: RunAnswer): boolean {
  return row.status !== "completed" && row.status !== "waiting";
}

function nextWatch(watch: Map<string, Watched>, rows: RunAnswer[], newest: string | null): Watched[] {
  for (const row of rows) {
    const kept = watch.get(row.id);
    const failed = row.status === "completed" && row.conclusion !== "success" && row.conclusion !== "skipped";
    if (failed) watch.set(row.id, { ...kept, id: row.id, updatedAt: row.updated_at });
    else watch.delete(row.id);
  }
  const floor = newest === null ? -Infinity : Date.parse(newest) - watchedMs;
  return [...watch.values()]
    .filter((one) => Date.parse(one.updatedAt) >= floor)
    .sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt))
    .slice(0, mostWatched);
}

function latest(instants: string[], floor: string | null): string | null {
  return instants.reduce<string | null>((newest, one) => laterOf(newest, one) ?? null, floor);
}

export async function readPipeline(
  session: GitHubSession,
  place: Place,
  id: string,
): Promise<{ facts: PipelineFacts }> {
  const { project } = place;
  const what = `run ${id} of ${project.path}`;
  const answer = await session.read({ url: runUrl(project.path, id), schema: run, what });
  assertInPlace(place, answer, [answer.data.repository]);
  const facts = toPipelineFacts(answer.data, project);
  if (facts.status !== "failed") return { facts };
  return { facts: { ...facts, failedJobs: await readFailedJobs(session, project, facts) } };
}

export async function listPipelines(
  session: GitHubSession,
  place: Place,
  limit: number,
): Promise<{ rows: PipelineFacts[] }> {
  const { project } = place;
  const answer = await session.read({
    url: `${repoUrl(project.path)}/actions/runs?per_page=${Math.min(limit, 100)}`,
    schema: runList,
    what: `the workflow runs of ${project.path}`,
  });
  const rows = answer.data.workflow_runs;
  assertInPlace(
    place,
    answer,
    rows.map((row) => row.repository),
  );
  return { rows: rows.slice(0, limit).map((row) => toPipelineFacts(row, project)) };
}
