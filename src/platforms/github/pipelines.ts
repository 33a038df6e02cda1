import * as z from "zod";
import { laterOf, readCursor, withOverlap, writeCursor, type CursorFormat } from "../../domain/cursor.js";
import type { PipelineFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { Shortfall } from "../../domain/shortfall.js";
import type { PollOutcome, PollRequest } from "../platform.js";
import { setAsideSchema } from "../set-aside.js";
import type { Answer, GitHubSession, RowsAnswer } from "./client.js";
import { limits } from "./limits.js";
import type { LogWay } from "./logs.js";
import { toNewsSince, toNow } from "./news.js";
import { toPipelineFacts } from "./normalize-run.js";
import { assertInPlace, repoUrl, type Place } from "./projects.js";
import { createFailureReader, readFailedJobs, runUrl } from "./run-jobs.js";
import { listsShape, readOldRuns, type OldRuns, type RunLists } from "./run-lists.js";
import { createRefReader, knownRefs } from "./run-refs.js";
import { readOwed } from "./run-owed.js";
import { asideOf, nextWatch, readAsides, watched, watchEvery } from "./run-watch.js";
import { run, type RunAnswer } from "./schema.js";

/**
 * - `page`: the runs on the newest page; a 304 says that none of them changed.
 * - `newest`: the latest `updated_at` seen. `newestCreated`: the latest `created_at`, up to which the list was read.
 * - `baseline`: `newest` as it was at the first poll.
 * - `running`: whether something on the page was running.
 * - `turn`: counts polls, to take turns among the watched ones and the lists.
 * - `aside`: runs whose rows could not be read, with the instant from which they are news.
 * - `lists`, `refs`: see `run-lists.ts` and `run-refs.ts`.
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
  lists: listsShape,
  refs: knownRefs,
  aside: z.array(setAsideSchema).optional(),
});
type RunCursor = z.infer<typeof cursorShape>;

const format: CursorFormat<RunCursor> = {
  version: 2,
  schema: cursorShape,
  upgrades: { 1: (before) => ({ ...before, lists: listsSince(before["newest"] ?? null), refs: noRefs }) },
};
const noRefs = { tags: [], others: [] };

function listsSince<T>(newest: T) {
  return { running: { newest }, failed: { newest } };
}

const mostJobReads = 20;

/** One poll of a project's runs. A quiet project costs 304s alone: the newest page, one list of older runs, now and then a run. */
export async function pollPipelines(way: LogWay, place: Place, request: PollRequest): Promise<PollOutcome> {
  const { project } = place;
  const { session } = way;
  const { position: before, lost } = readCursor(format, request.cursor);
  const turn = ((before?.turn ?? 0) + 1) % watchEvery;
  const watch = new Map((before?.watch ?? []).map((one) => [one.id, one]));
  const page = await readPage(session, place, before ?? undefined);
  const old = await readOlder(session, place, { before, turn });
  const ids = asideOf({ request, page: page.ids, watch: [...watch.values()], turn });
  const aside = [...(await readAsides(session, place, { ids, watch })), ...old.rows];
  // A run that slid onto the page meanwhile is there as it is now.
  const seen = new Map([...aside, ...page.rows].map((row) => [row.id, row]));
  const owed = await readOwed(session, place, {
    before,
    refused: [...page.refused, ...old.refused],
    now: page.now,
    seen,
  });
  const rows = [...seen.values(), ...owed.rows];
  const newest = latest(rows, "updated_at", before?.newest);
  const refs = createRefReader(session, project, before?.refs ?? noRefs);
  const facts = await factsOf(way, {
    rows,
    project,
    before,
    request,
    newest,
    withRef: refs.withRef,
    owed: owed.since,
  });
  const cursor: RunCursor = {
    ...placeOnPage(page, before),
    path: project.path,
    newest,
    baseline: before === null ? newest : before.baseline,
    watch: nextWatch(watch, rows, newest),
    turn,
    lists: before === null ? listsSince(newest) : old.lists,
    refs: refs.known(),
    aside: owed.aside,
  };
  const hot = cursor.running || aside.some(isRunning);
  return {
    facts: facts.map((one) => ({ project, facts: one })),
    cursor: writeCursor(format, cursor),
    activity: hot ? "hot" : facts.length > 0 ? "warm" : "cold",
    shortfalls: [...(lost ? [reread] : []), ...page.shortfalls, ...old.shortfalls, ...owed.shortfalls],
  };
}

function placeOnPage(page: Page, before: RunCursor | null) {
  const newestCreated = latest(page.rows, "created_at", before?.newestCreated);
  return { ...page.validator, page: page.ids, newestCreated, running: page.running };
}

const reread: Shortfall = { code: "reread", key: "pipelines", values: { what: "pipelines" } };

const cut: Shortfall = {
  code: "cut",
  key: "pipelines",
  values: { what: "pipelines", limit: limits.runs.rows },
};

/** A baseline is content with the newest page. */
async function readOlder(
  session: GitHubSession,
  place: Place,
  { before, turn }: { before: RunCursor | null; turn: number },
): Promise<OldRuns> {
  const none: RunLists = listsSince(null);
  if (before === null) return { rows: [], lists: none, refused: [], shortfalls: [] };
  return readOldRuns(session, place, {
    lists: before.lists,
    samePath: before.path === place.project.path,
    turn,
  });
}

function etagOf(answer: Answer<unknown>): { etag?: string } {
  return answer.validator.etag === undefined ? {} : { etag: answer.validator.etag };
}

interface Page {
  rows: RunAnswer[];
  /** The ids of the rows that could not be read. */
  refused: string[];
  shortfalls: Shortfall[];
  ids: string[];
  validator: { etag?: string };
  /** Whether something on the page runs. */
  running: boolean;
  /** By the server's clock. */
  now: string;
}

async function readPage(session: GitHubSession, place: Place, before: RunCursor | undefined): Promise<Page> {
  const { project } = place;
  const first = await session.readRowsIfChanged({
    url: `${repoUrl(project.path)}/actions/runs?per_page=${limits.runs.perPage}`,
    row: run,
    key: "workflow_runs",
    what: `the workflow runs of ${project.path}`,
    validator: before?.path === project.path ? { etag: before.etag } : undefined,
  });
  if (first.status === 304) {
    const { page: ids = [], etag, running = false } = before ?? {};
    const validator = etag === undefined ? {} : { etag };
    return { rows: [], refused: [], shortfalls: [], ids, validator, running, now: toNow(first.headers) };
  }
  const answer = first;
  const rows = [...answer.data];
  assertInPlace(
    place,
    answer,
    rows.map((row) => row.repository),
  );
  const ids = rows.map((row) => row.id);
  // A baseline is content with the newest page.
  const further = before === undefined ? null : await furtherRows(session, place, { answer, before });
  rows.push(...(further?.rows ?? []));
  return {
    rows,
    refused: [...answer.refused, ...(further?.refused ?? [])],
    shortfalls: further?.cut === true ? [cut] : [],
    ids,
    validator: etagOf(answer),
    running: rows.some(isRunning),
    now: toNow(answer.headers),
  };
}

/** What was created since the last poll and is on no newest page any more. */
async function furtherRows(
  session: GitHubSession,
  { project }: Place,
  { answer, before }: { answer: RowsAnswer<RunAnswer>; before: RunCursor },
): Promise<{ rows: RunAnswer[]; refused: string[]; cut: boolean }> {
  const since = before.newestCreated;
  const floor = since === null ? -Infinity : Date.parse(withOverlap(since));
  const rows: RunAnswer[] = [];
  const refused: string[] = [];
  let last = answer;
  const wantsMore = () => Date.parse(last.data.at(-1)?.created_at ?? "") >= floor;
  for (let page = 1; last.next !== undefined && wantsMore(); page += 1) {
    if (page * limits.runs.perPage >= limits.runs.rows) return { rows, refused, cut: true };
    const what = `the workflow runs of ${project.path}`;
    last = await session.readRows({ url: last.next, row: run, key: "workflow_runs", what });
    refused.push(...last.refused);
    rows.push(...last.data.filter((row) => row.repository.id === project.id));
  }
  return { rows, refused, cut: false };
}

interface Found {
  rows: RunAnswer[];
  project: Project;
  before: RunCursor | null;
  request: PollRequest;
  newest: string | null;
  withRef: (facts: PipelineFacts) => Promise<PipelineFacts>;
  /** From when on runs are news that could not be read when they were seen first, by their id. */
  owed: ReadonlyMap<string, string>;
}

async function factsOf(way: LogWay, given: Found): Promise<PipelineFacts[]> {
  const { project, before, request } = given;
  const all = given.rows.map((row) => toPipelineFacts(row, project));
  all.sort((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt));
  if (before === null) {
    return all.map((one) => (given.newest === null ? one : { ...one, newsSince: given.newest }));
  }
  const known = (one: PipelineFacts) =>
    request.known({ projectId: project.id, type: "pipeline", id: one.id });
  const changed = all.filter((one) => known(one) !== one.revision);
  const newsSince = toNewsSince(before);
  const asked = changed.filter((one) => one.status === "failed").slice(-mostJobReads);
  const readFailures = createFailureReader(way, project);
  const facts: PipelineFacts[] = [];
  for (const one of changed) {
    const failedJobs = asked.includes(one) ? await readFailures(one, known(one)) : undefined;
    const whole = await given.withRef(one);
    const since = given.owed.get(one.id) ?? newsSince;
    facts.push({
      ...whole,
      ...(failedJobs === undefined ? {} : { failedJobs }),
      ...(since ? { newsSince: since } : {}),
    });
  }
  return facts;
}

function isRunning(row: RunAnswer): boolean {
  return row.status !== "completed" && row.status !== "waiting";
}

function latest(rows: RunAnswer[], of: "updated_at" | "created_at", floor?: string | null): string | null {
  return rows.reduce<string | null>((newest, row) => laterOf(newest, row[of]) ?? null, floor ?? null);
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
  const refs = createRefReader(session, project, noRefs);
  const facts = await refs.withRef(toPipelineFacts(answer.data, project));
  if (facts.status !== "failed") return { facts };
  return { facts: { ...facts, failedJobs: await readFailedJobs(session, project, facts) } };
}

export async function listPipelines(
  session: GitHubSession,
  place: Place,
  limit: number,
): Promise<{ rows: PipelineFacts[] }> {
  const { project } = place;
  const answer = await session.readRows({
    url: `${repoUrl(project.path)}/actions/runs?per_page=${Math.min(limit, 100)}`,
    row: run,
    key: "workflow_runs",
    what: `the workflow runs of ${project.path}`,
  });
  const rows = answer.data;
  assertInPlace(
    place,
    answer,
    rows.map((row) => row.repository),
  );
  return { rows: rows.slice(0, limit).map((row) => toPipelineFacts(row, project)) };
}
