import * as z from "zod";
import { laterOf, withOverlap } from "../../domain/cursor.js";
import { finalStatuses, type PipelineFacts } from "../../domain/facts/index.js";
import type { Activity } from "../../domain/source.js";
import { toActivity } from "./activity.js";
import type { Ask } from "./client.js";
import { toBaselineMoment, toNewsSince } from "./news.js";
import { toPipelineFacts, toPipelineRevision, toPipelineStatus } from "./normalize.js";
import { readPipelineDetails } from "./pipeline-details.js";
import { findRenamed } from "./projects.js";
import * as schema from "./schema.js";
import { toProjectPath } from "./urls.js";
import { pollFeature, readPages, toCursor, unlessGone, type PartOutcome, type ProjectPoll } from "./visit.js";

/**
 * - `newest`: the latest `updated_at` that was dealt with; it stays until the last of several batches.
 * - `from`: the moment of the baseline; nothing before it is news.
 * - `running`: something was under way when the list was last read, so that a 304 still says so.
 * - `turn`: counts the lists, to take turns with the unfinished pipelines that the list does not show.
 */
const cursorSchema = z.object({
  etag: z.string().optional(),
  newest: z.string().optional(),
  from: z.string().optional(),
  running: z.boolean().optional(),
  turn: z.number().optional(),
});

type Position = z.infer<typeof cursorSchema>;
type Rows = schema.RawPipeline[];

const batch = 30;
const pageLimit = 40;
/** Unfinished pipelines beyond the list that are looked at with each list that changed. */
const strays = 3;
const rowsSchema = z.array(schema.pipeline);

export function pollPipelines(poll: ProjectPoll): Promise<PartOutcome> {
  return pollFeature(poll, "pipelines", () => {
    const position = toCursor(cursorSchema, poll.request.cursor);
    return position?.newest === undefined ? pollBaseline(poll) : pollChanges(poll, position, position.newest);
  });
}

/** By `updated_at`, since a retry keeps the pipeline's id and brings an old one up again. */
function askList(projectId: string, orderBy: "updated_at" | "id", perPage: number): (page: number) => Ask {
  return (page) => (gl) => gl.pipelines.all(projectId, { orderBy, sort: "desc", perPage, page });
}

function toCall(poll: Pick<ProjectPoll, "project">, etag?: string) {
  return { what: `the pipelines of ${poll.project.path}`, etag };
}

async function pollBaseline(poll: ProjectPoll): Promise<PartOutcome> {
  const { session, project } = poll;
  const { data: rows, etag } = await session.read(
    rowsSchema,
    askList(project.id, "updated_at", 30)(1),
    toCall(poll),
  );
  const from = toBaselineMoment(session.serverTime(), rows[0]?.updated_at);
  const newest = rows[0]?.updated_at ?? from;
  return {
    facts: oldestFirst(rows).map((row) => ({ project, facts: toPipelineFacts(row, project) })),
    cursor: { etag, newest, from, running: isRunning(rows), turn: 0 },
    activity: toPipelineActivity(isRunning(rows), rows[0]?.updated_at, session.serverTime()),
    ...(await toRenamed(poll, rows)),
  };
}

async function pollChanges(poll: ProjectPoll, position: Position, newest: string): Promise<PartOutcome> {
  const { session, project } = poll;
  const ask = askList(project.id, "updated_at", 30);
  const first = await session.readIfChanged(rowsSchema, ask(1), toCall(poll, position.etag));
  if (first === "unchanged") {
    const activity = toPipelineActivity(position.running === true, newest, session.serverTime());
    return { facts: [], cursor: position, activity };
  }
  const { from } = position;
  const since = withOverlap(newest);
  const rows = await readPages(session, {
    schema: rowsSchema,
    ask,
    call: toCall(poll),
    limit: pageLimit,
    wantsMore: (page) => (page.at(-1)?.updated_at ?? "") >= since,
    first,
  });
  const changed = oldestFirst(rows).filter((row) => isChanged(poll, row));
  const facts = [
    ...(await readStrays(poll, rows, position.turn ?? 0)),
    ...(await readAll(poll, changed.slice(0, batch))),
  ];
  const more = changed.length > batch && facts.length > 0;
  const latest = laterOf(newest, rows[0]?.updated_at);
  const running = isRunning(rows);
  const turn = (position.turn ?? 0) + 1;
  const cursor: Position = more
    ? { newest, from, running, turn }
    : { etag: first.etag, newest: latest, from, running, turn };
  return {
    facts: facts.map((one) => ({ project, facts: { ...one, newsSince: toNewsSince(newest, from) } })),
    cursor,
    activity: toPipelineActivity(running, latest, session.serverTime()),
    ...(more ? { more } : {}),
    ...(await toRenamed(poll, rows)),
  };
}

function isChanged(poll: ProjectPoll, row: schema.RawPipeline): boolean {
  const subject = { projectId: poll.project.id, type: "pipeline" as const, id: String(row.id) };
  return poll.request.known(subject) !== toPipelineRevision(row);
}

/** The revision stays the row's: it is rows that the next poll compares. */
async function readAll(poll: ProjectPoll, rows: Rows): Promise<PipelineFacts[]> {
  const facts: PipelineFacts[] = [];
  for (const row of rows) {
    const one = await unlessGone(readPipelineDetails(poll, { project: poll.project, id: String(row.id) }));
    if (one !== undefined) facts.push({ ...one, revision: toPipelineRevision(row) });
  }
  return facts;
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
    const one = await unlessGone(readPipelineDetails(poll, { project: poll.project, id }));
    const subject = { projectId: poll.project.id, type: "pipeline" as const, id };
    if (one !== undefined && one.revision !== poll.request.known(subject)) facts.push(one);
  }
  return facts;
}

/** Newest first. */
export async function listPipelines(
  poll: Pick<ProjectPoll, "session" | "project">,
  limit: number,
): Promise<PipelineFacts[]> {
  const perPage = Math.min(Math.max(limit, 1), 100);
  const ask = askList(poll.project.id, "id", perPage);
  const { data } = await poll.session.read(rowsSchema, ask(1), toCall(poll));
  return data.slice(0, limit).map((row) => toPipelineFacts(row, poll.project));
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
  return findRenamed(poll, url === undefined ? undefined : toProjectPath(poll.connection, url));
}

function oldestFirst(rows: Rows): Rows {
  return [...rows].sort((a, b) => a.updated_at.localeCompare(b.updated_at) || a.id - b.id);
}

/** Nothing more comes of it unless somebody retries it. */
export function isFinal(rawStatus: string): boolean {
  return finalStatuses.includes(toPipelineStatus(rawStatus));
}
