import * as z from "zod";
import { laterOf, withOverlap } from "../../domain/cursor.js";
import type { MergeRequestFacts } from "../../domain/facts/index.js";
import { toActivity } from "./activity.js";
import type { Answer, Ask } from "./client.js";
import { readMergeRequestDetails } from "./merge-request-details.js";
import { toMergeRequestFacts, toMergeRequestRevision } from "./normalize.js";
import { toBaselineMoment, toNewsSince } from "./news.js";
import { findRenamed } from "./projects.js";
import * as schema from "./schema.js";
import { pollFeature, readPages, toCursor, unlessGone, type PartOutcome, type ProjectPoll } from "./visit.js";

/**
 * - `newest`: the latest `updated_at` that was dealt with.
 * - `from`: the moment of the baseline; nothing before it is news.
 * - `draining`: the poll before this one left changed merge requests for the next. `newest` has not moved, so that what
 *   happened to them still counts as news; what is known in its present revision is skipped.
 */
const cursorSchema = z.object({
  etag: z.string().optional(),
  newest: z.string().optional(),
  from: z.string().optional(),
  draining: z.boolean().optional(),
});

type Position = z.infer<typeof cursorSchema>;
type Rows = schema.RawMergeRequest[];

/** Merge requests in full per poll; at three or four requests each. */
const batch = 30;
const pageLimit = 40;
const rowsSchema = z.array(schema.mergeRequest);

export function pollMergeRequests(poll: ProjectPoll): Promise<PartOutcome> {
  return pollFeature(poll, "merge requests", () => {
    const position = toCursor(cursorSchema, poll.request.cursor);
    return position?.newest === undefined ? pollBaseline(poll) : pollChanges(poll, position, position.newest);
  });
}

/**
 * One address for every poll, so that 304 can come. `with_merge_status_recheck` makes GitLab look for conflicts in the
 * background; otherwise a conflict stays unseen until somebody opens the merge request.
 */
function askList(projectId: string, state: "all" | "opened"): (page: number) => Ask {
  return (page) => (gl) =>
    gl.mergeRequests.all({
      projectId,
      scope: "all",
      // Without a state GitLab lists all of them.
      ...(state === "opened" ? { state } : {}),
      orderBy: "updated_at",
      sort: "desc",
      withMergeStatusRecheck: true,
      perPage: state === "opened" ? 100 : 50,
      page,
    });
}

function toCall(poll: ProjectPoll, etag?: string) {
  return { what: `the merge requests of ${poll.project.path}`, etag };
}

/** Lists only: the latest of all states, and everything that is open. */
async function pollBaseline(poll: ProjectPoll): Promise<PartOutcome> {
  const { session, project } = poll;
  const ask = askList(project.id, "all");
  const first = await session.read(rowsSchema, ask(1), toCall(poll));
  const from = toBaselineMoment(session.serverTime(), first.data[0]?.updated_at);
  const open = await readPages(session, {
    schema: rowsSchema,
    ask: askList(project.id, "opened"),
    call: toCall(poll),
    limit: pageLimit,
    wantsMore: () => true,
  });
  const rows = unique([...first.data, ...open]);
  const newest = first.data[0]?.updated_at ?? from;
  return {
    facts: oldestFirst(rows).map((row) => ({ project, facts: toMergeRequestFacts(row) })),
    cursor: { etag: first.etag, newest, from },
    activity: toActivity(first.data[0]?.updated_at, session.serverTime()),
    ...(await toRenamed(poll, first.data)),
  };
}

async function pollChanges(poll: ProjectPoll, position: Position, newest: string): Promise<PartOutcome> {
  const { session, project } = poll;
  const ask = askList(project.id, "all");
  const first = await session.readIfChanged(rowsSchema, ask(1), toCall(poll, position.etag));
  if (first === "unchanged") {
    return { facts: [], cursor: position, activity: toActivity(newest, session.serverTime()) };
  }
  const since = withOverlap(newest);
  const rows = await readChangedPages(poll, first, since);
  const changed = oldestFirst(
    rows.filter((row) => isWorthReading(poll, row, position.draining ? null : since)),
  );
  const facts = await readAll(poll, changed.slice(0, batch), toNewsSince(newest, position.from));
  const more = changed.length > batch && facts.length > 0;
  const { from } = position;
  const latest = laterOf(newest, rows[0]?.updated_at);
  const cursor: Position = more
    ? { newest, from, draining: true }
    : { etag: first.etag, newest: latest, from };
  return {
    facts: facts.map((one) => ({ project, facts: one })),
    cursor,
    activity: toActivity(latest, session.serverTime()),
    ...(more ? { more } : {}),
    ...(await toRenamed(poll, rows)),
  };
}

async function readChangedPages(poll: ProjectPoll, first: Answer<Rows>, since: string): Promise<Rows> {
  const rows = await readPages(poll.session, {
    schema: rowsSchema,
    ask: askList(poll.project.id, "all"),
    call: toCall(poll),
    limit: pageLimit,
    wantsMore: (page) => (page.at(-1)?.updated_at ?? "") >= since,
    first,
  });
  return unique(rows);
}

/** Inside the overlap everything is read again, since a note may show later than the row that it moved. */
function isWorthReading(poll: ProjectPoll, row: schema.RawMergeRequest, since: string | null): boolean {
  if (since !== null && row.updated_at >= since) return true;
  const subject = { projectId: poll.project.id, type: "merge_request" as const, id: String(row.iid) };
  return poll.request.known(subject) !== toMergeRequestRevision(row);
}

/** The revision stays the row's: it is rows that the next poll compares. One that was deleted meanwhile is left out. */
async function readAll(poll: ProjectPoll, rows: Rows, newsSince: string): Promise<MergeRequestFacts[]> {
  const facts: MergeRequestFacts[] = [];
  for (const row of rows) {
    const one = await unlessGone(
      readMergeRequestDetails(poll, { project: poll.project, number: row.iid, newsSince }),
    );
    if (one !== undefined) facts.push({ ...one, revision: toMergeRequestRevision(row) });
  }
  return facts;
}

/** Open ones, most recently updated first. */
export async function listMergeRequests(
  poll: Pick<ProjectPoll, "session" | "project">,
  limit: number,
): Promise<MergeRequestFacts[]> {
  const { data } = await poll.session.read(rowsSchema, askList(poll.project.id, "opened")(1), {
    what: `the merge requests of ${poll.project.path}`,
  });
  return data.slice(0, limit).map(toMergeRequestFacts);
}

function toRenamed(poll: ProjectPoll, rows: Rows) {
  const full = rows[0]?.references?.full;
  return findRenamed(poll, full === undefined ? undefined : full.replace(/!\d+$/, ""));
}

/** A row that moves while pages are read comes twice; the first has the later state. */
function unique(rows: Rows): Rows {
  return [...new Map([...rows].reverse().map((row) => [row.iid, row])).values()].reverse();
}

function oldestFirst(rows: Rows): Rows {
  return [...rows].sort((a, b) => a.updated_at.localeCompare(b.updated_at) || a.iid - b.iid);
}
