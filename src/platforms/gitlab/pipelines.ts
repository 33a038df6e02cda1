import * as z from "zod";
import { laterOf, withOverlap, writeCursor, type CursorFormat } from "../../domain/cursor.js";
import type { PipelineFacts } from "../../domain/facts/index.js";
import type { Activity } from "../../domain/source.js";
import { toActivity } from "./activity.js";
import type { Ask } from "./client.js";
import { limits } from "./limits.js";
import { toBaselineMoment, toNewsSince } from "./news.js";
import { toPipelineFacts, toPipelineRevision, toPipelineStatus } from "./normalize.js";
import { readFirstPage, readPages, type Paged } from "./pages.js";
import { readPipelineDetails } from "./pipeline-details.js";
import { findRenamed } from "./projects.js";
import * as schema from "./schema.js";
import {
  readEach,
  setAsideSchema,
  toShortfalls,
  withMarks,
  type SetAside,
  type Try,
  type Waiting,
} from "../set-aside.js";
import { toProjectPath } from "./urls.js";
import {
  pollFeature,
  toPosition,
  unlessGone,
  unlessSpare,
  type PartOutcome,
  type ProjectPoll,
  type Visit,
} from "./visit.js";

/**
 * - `newest`: the latest `updated_at` that was dealt with; it stays until the last of several batches.
 * - `from`: the moment of the baseline; nothing before it is news.
 * - `running`: something was under way when the list was last read, so that a 304 still says so.
 * - `aside`: pipelines that could not be read, with what is owed of them.
 * - `turn`: counts the lists, to take turns with the unfinished pipelines that the list does not show.
 */
const cursorFormat = {
  version: 1,
  schema: z.object({
    etag: z.string().optional(),
    newest: z.string(),
    from: z.string().optional(),
    running: z.boolean().optional(),
    turn: z.number().optional(),
    aside: z.array(setAsideSchema).optional(),
  }),
} satisfies CursorFormat<unknown>;

type Position = z.infer<typeof cursorFormat.schema>;
type Row = schema.RawPipeline;
type Rows = Row[];

const batch = 30;
/** Unfinished pipelines beyond the list that are looked at with each list that changed. */
const strays = 3;

export function pollPipelines(poll: ProjectPoll): Promise<PartOutcome> {
  return pollFeature(poll, "pipelines", () => {
    const { position, lost } = toPosition(poll.session, cursorFormat, poll.request);
    return position === null ? pollBaseline(poll, lost) : pollChanges(poll, position);
  });
}

/** By `updated_at`, since a retry keeps the pipeline's id and brings an old one up again. */
function toList(poll: Pick<ProjectPoll, "project">, orderBy: "updated_at" | "id", etag?: string): Paged<Row> {
  const { id, path } = poll.project;
  const ask =
    (page: number, perPage: number): Ask =>
    (gl) =>
      gl.pipelines.all(id, { orderBy, sort: "desc", perPage, page });
  return {
    row: schema.pipeline,
    limit: limits.pipelines,
    ask,
    call: { what: `the pipelines of ${path}`, etag },
  };
}

/** After a lost position what is there is no news. */
async function pollBaseline(poll: ProjectPoll, lost: boolean): Promise<PartOutcome> {
  const { session, project } = poll;
  const { row, ask, call, limit } = toList(poll, "updated_at");
  const { data: rows, etag } = await session.readRows(row, ask(1, limit.perPage), call);
  const from = toBaselineMoment(session.serverTime(), rows[0]?.updated_at);
  const newest = rows[0]?.updated_at ?? from;
  const newsSince = lost ? from : undefined;
  return {
    facts: oldestFirst(rows).map((one) => ({
      project,
      facts: { ...toPipelineFacts(one, project), newsSince },
    })),
    cursor:
      newest === undefined
        ? {}
        : writeCursor<Position>(cursorFormat, { etag, newest, from, running: isRunning(rows), turn: 0 }),
    activity: toPipelineActivity(isRunning(rows), rows[0]?.updated_at, session.serverTime()),
    ...(await toRenamed(poll, rows)),
  };
}

async function pollChanges(poll: ProjectPoll, position: Position): Promise<PartOutcome> {
  const { session, project } = poll;
  const { newest } = position;
  const changed = await readChanged(poll, position, newest);
  const newsSince = toNewsSince(newest, position.from);
  const fresh = (changed?.rows ?? []).map((row) => toWaiting(row, newsSince));
  const known = withMarks(position.aside ?? [], fresh);
  const queued = fresh.filter(({ id }) => !known.some((one) => one.id === id));
  const now = session.serverTime() ?? newest;
  const read = await readEach({ fresh: queued.slice(0, batch), aside: known, now }, (one, how) =>
    readOne(poll, one, how),
  );
  const lost = changed === null ? [] : await readStrays(poll, changed.listed, position.turn ?? 0);
  const more = queued.length > batch;
  const running = changed?.running ?? position.running === true;
  return {
    facts: [...lost.map((one) => ({ ...one, newsSince })), ...read.values].map((facts) => ({
      project,
      facts,
    })),
    cursor: toCursor(position, { changed, more, aside: read.aside }),
    activity: toPipelineActivity(running, changed?.newest ?? newest, session.serverTime()),
    shortfalls: toShortfalls(read.aside, (id) => `#${id}`),
    ...(more ? { more } : {}),
    ...(changed === null ? {} : await toRenamed(poll, changed.listed)),
  };
}

function toWaiting(row: Row, since: string): Waiting {
  return { id: String(row.id), since, mark: toPipelineRevision(row) };
}

interface Changed {
  listed: Rows;
  /** Worth reading, the oldest change first. */
  rows: Rows;
  newest: string;
  etag: string | undefined;
  running: boolean;
}

async function readChanged(poll: ProjectPoll, position: Position, newest: string): Promise<Changed | null> {
  const list = toList(poll, "updated_at", position.etag);
  const { answer, perPage } = await readFirstPage(poll.session, list);
  if (answer === "unchanged") return null;
  const since = withOverlap(newest);
  const listed = await readPages(poll.session, {
    ...list,
    wantsMore: (page) => (page.at(-1)?.updated_at ?? "") >= since,
    first: { answer, perPage },
  });
  return {
    listed,
    rows: oldestFirst(listed).filter((row) => isChanged(poll, row)),
    newest: laterOf(newest, listed[0]?.updated_at) ?? newest,
    etag: answer.etag,
    running: isRunning(listed),
  };
}

function toCursor(
  position: Position,
  { changed, more, aside }: { changed: Changed | null; more: boolean; aside: SetAside[] },
) {
  const owed = aside.length === 0 ? undefined : aside;
  if (changed === null) return writeCursor(cursorFormat, { ...position, aside: owed });
  const { running } = changed;
  const { newest, from, turn = 0 } = position;
  const next: Position = { newest, from, running, turn: turn + 1, aside: owed };
  return writeCursor<Position>(
    cursorFormat,
    more ? next : { ...next, etag: changed.etag, newest: changed.newest },
  );
}

function isChanged(poll: ProjectPoll, row: schema.RawPipeline): boolean {
  const subject = { projectId: poll.project.id, type: "pipeline" as const, id: String(row.id) };
  return poll.request.known(subject) !== toPipelineRevision(row);
}

/** The revision stays the row's: it is rows that the next poll compares. */
async function readOne(poll: ProjectPoll, one: Waiting, how: Try) {
  const wanted = { project: poll.project, id: one.id };
  const found = await unlessGone(readPipelineDetails(poll, wanted, { ...how, excerpts: true }));
  if (found === undefined) return undefined;
  return { value: { ...found, newsSince: one.since, revision: one.mark ?? found.revision } };
}

/**
 * A pipeline that ends rises in the list, so the unfinished ones outside it have not moved. In case one did not rise, a few are
 * looked at in turn. All of them each time would cost a request for every pipeline that waits for somebody for months.
 */
async function readStrays(poll: ProjectPoll, rows: Rows, turn: number): Promise<PipelineFacts[]> {
  const listed = new Set(rows.map((row) => String(row.id)));
  const open = poll.request.openPipelines.filter((id) => !listed.has(id)).sort();
  const count = Math.min(strays, open.length);
  const ids = Array.from({ length: count }, (_, index) => open[(turn * strays + index) % open.length] ?? "");
  const facts: PipelineFacts[] = [];
  for (const id of ids) {
    const one = await unlessSpare(readPipelineDetails(poll, { project: poll.project, id }), {
      lenient: true,
    });
    const subject = { projectId: poll.project.id, type: "pipeline" as const, id };
    if (one !== undefined && one.revision !== poll.request.known(subject)) facts.push(one);
  }
  return facts;
}

/** Newest first. Those of merge requests by the branch that people know, with one request for all of them. */
export async function listPipelines(
  poll: Visit & Pick<ProjectPoll, "project">,
  limit: number,
): Promise<PipelineFacts[]> {
  const { row, ask, call } = toList(poll, "id");
  const perPage = Math.min(Math.max(limit, 1), 100);
  const { data } = await poll.session.readRows(row, ask(1, perPage), call);
  const facts = data.slice(0, limit).map((one) => toPipelineFacts(one, poll.project));
  const numbers = [...new Set(facts.flatMap((one) => one.mergeRequest?.number ?? []))];
  const requests = numbers.length === 0 ? [] : await readRequests(poll, numbers);
  return facts.map((one) => {
    const request = requests.find(({ iid }) => iid === one.mergeRequest?.number);
    if (request === undefined || one.mergeRequest === undefined) return one;
    const mergeRequest = { ...one.mergeRequest, title: request.title };
    return { ...one, branch: request.source_branch, mergeRequest };
  });
}

async function readRequests(
  { session, project }: Visit & Pick<ProjectPoll, "project">,
  numbers: number[],
): Promise<schema.RawMergeRequest[]> {
  const reading = session.readRows(
    schema.mergeRequest,
    (gl) =>
      gl.mergeRequests.all({ projectId: project.id, scope: "all", iids: numbers, perPage: 100, page: 1 }),
    { what: `the merge requests of ${project.path}` },
  );
  return (await unlessSpare(reading, { lenient: true }))?.data ?? [];
}

function isRunning(rows: Rows): boolean {
  return rows.some((row) => ["queued", "running"].includes(toPipelineStatus(row.status)));
}

function toPipelineActivity(
  running: boolean,
  newest: string | undefined,
  serverTime: string | undefined,
): Activity {
  if (running) return "hot";
  return toActivity(newest, serverTime) === "cold" ? "cold" : "warm";
}

function toRenamed(poll: ProjectPoll, rows: Rows) {
  const url = rows[0]?.web_url;
  return findRenamed(poll, url == null ? undefined : toProjectPath(poll.connection, url));
}

function oldestFirst(rows: Rows): Rows {
  return [...rows].sort((a, b) => a.updated_at.localeCompare(b.updated_at) || a.id - b.id);
}
