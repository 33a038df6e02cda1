import * as z from "zod";
import { laterOf, withOverlap, writeCursor, type CursorFormat } from "../../domain/cursor.js";
import type { MergeRequestFacts } from "../../domain/facts/index.js";
import { toActivity } from "./activity.js";
import type { Ask } from "./client.js";
import { limits } from "./limits.js";
import { readMergeRequestPatiently } from "./merge-request-details.js";
import { toMergeRequestFacts, toMergeRequestRevision } from "./normalize.js";
import { toBaselineMoment, toNewsSince } from "./news.js";
import { readFirstPage, readPages, toNextSize, type FirstPage, type Paged } from "./pages.js";
import { findRenamed } from "./projects.js";
import * as schema from "./schema.js";
import {
  readEach,
  setAsideSchema,
  toShortfalls,
  withMarks,
  type SetAside,
  type Waiting,
} from "../set-aside.js";
import { pollFeature, toPosition, unlessGone, type PartOutcome, type ProjectPoll } from "./visit.js";

/**
 * - `newest`: the latest `updated_at` that was dealt with.
 * - `from`: the moment of the baseline; nothing before it is news.
 * - `draining`: the poll before this one left changed merge requests for the next. `newest` has not moved, so that what
 *   happened to them still counts as news; what is known in its present revision is skipped.
 * - `perPage`: rows of a page, where they are too large for a whole one.
 * - `aside`: merge requests that could not be read, with what is owed of them.
 */
const cursorFormat = {
  version: 1,
  schema: z.object({
    etag: z.string().optional(),
    newest: z.string(),
    from: z.string().optional(),
    draining: z.boolean().optional(),
    perPage: z.number().optional(),
    aside: z.array(setAsideSchema).optional(),
  }),
} satisfies CursorFormat<unknown>;

type Position = z.infer<typeof cursorFormat.schema>;
type Row = schema.RawMergeRequest;
type Rows = Row[];

/** Merge requests in full per poll; at three or four requests each. */
const batch = 30;

export function pollMergeRequests(poll: ProjectPoll): Promise<PartOutcome> {
  return pollFeature(poll, "merge_requests", () => {
    const { position, lost } = toPosition(poll.session, cursorFormat, poll.request);
    return position === null ? pollBaseline(poll, lost) : pollChanges(poll, position);
  });
}

/**
 * One address for every poll, so that 304 can come. `with_merge_status_recheck` makes GitLab look for conflicts in the
 * background; otherwise a conflict stays unseen until somebody opens the merge request.
 */
function toList(poll: Pick<ProjectPoll, "project">, state: "all" | "opened", etag?: string): Paged<Row> {
  const { id: projectId, path } = poll.project;
  const ask =
    (page: number, perPage: number): Ask =>
    (gl) =>
      gl.mergeRequests.all({
        projectId,
        scope: "all",
        // Without a state GitLab lists all of them.
        ...(state === "opened" ? { state } : {}),
        orderBy: "updated_at",
        sort: "desc",
        withMergeStatusRecheck: true,
        perPage,
        page,
      });
  const limit = state === "opened" ? limits.openMergeRequests : limits.mergeRequests;
  return { row: schema.mergeRequest, limit, ask, call: { what: `the merge requests of ${path}`, etag } };
}

/** Lists only: the latest of all states, and everything that is open. After a lost position they are no news. */
async function pollBaseline(poll: ProjectPoll, lost: boolean): Promise<PartOutcome> {
  const { session, project } = poll;
  const { answer: first, perPage } = await readFirstPage(session, toList(poll, "all"));
  if (first === "unchanged") throw new Error("A first poll asks without an ETag.");
  const from = toBaselineMoment(session.serverTime(), first.data[0]?.updated_at);
  const open = await readPages(session, { ...toList(poll, "opened"), wantsMore: () => true });
  const rows = unique([...first.data, ...open]);
  const newest = first.data[0]?.updated_at ?? from;
  const newsSince = lost ? from : undefined;
  return {
    facts: oldestFirst(rows).map((row) => ({
      project,
      facts: { ...toMergeRequestFacts(row, project), newsSince },
    })),
    cursor:
      newest === undefined
        ? {}
        : writeCursor<Position>(cursorFormat, { etag: first.etag, newest, from, perPage: toSize(perPage) }),
    activity: toActivity(first.data[0]?.updated_at, session.serverTime()),
    ...(await toRenamed(poll, first.data)),
  };
}

async function pollChanges(poll: ProjectPoll, position: Position): Promise<PartOutcome> {
  const { session, project } = poll;
  const { newest } = position;
  const list = toList(poll, "all", position.etag);
  const first = await readFirstPage(session, list, position.perPage);
  const changed =
    first.answer === "unchanged" ? null : await readChanged(poll, position, { newest, list, first });
  const newsSince = toNewsSince(newest, position.from);
  const fresh = (changed?.rows ?? []).map((row) => toWaiting(row, newsSince));
  const now = session.serverTime() ?? newest;
  const known = withMarks(position.aside ?? [], fresh);
  const queued = fresh.filter(({ id }) => !known.some((one) => one.id === id));
  const { values, aside } = await readEach({ fresh: queued.slice(0, batch), aside: known, now }, (one, how) =>
    readOne(poll, one, how),
  );
  const more = queued.length > batch;
  return {
    facts: values.map((one) => ({ project, facts: one })),
    cursor: toCursor(position, { changed, more, aside }),
    activity: toActivity(changed?.newest ?? newest, session.serverTime()),
    shortfalls: toShortfalls(aside, (id) => `!${id}`),
    ...(more ? { more } : {}),
    ...(changed === null ? {} : await toRenamed(poll, changed.rows)),
  };
}

function toWaiting(row: Row, since: string): Waiting {
  return { id: String(row.iid), since, mark: toMergeRequestRevision(row) };
}

interface Changed {
  /** Worth reading, the oldest change first. */
  rows: Rows;
  newest: string;
  etag: string | undefined;
  perPage: number | undefined;
}

async function readChanged(
  poll: ProjectPoll,
  position: Position,
  { newest, list, first }: { newest: string; list: Paged<Row>; first: FirstPage<Row> },
): Promise<Changed | null> {
  const { answer, perPage } = first;
  if (answer === "unchanged") return null;
  const since = withOverlap(newest);
  const rows = unique(
    await readPages(poll.session, {
      ...list,
      wantsMore: (page) => (page.at(-1)?.updated_at ?? "") >= since,
      first: { answer, perPage },
    }),
  );
  const next = toNextSize(
    list.limit,
    perPage,
    answer.data.map((row) => row.description?.length ?? 0),
  );
  return {
    rows: oldestFirst(rows.filter((row) => isWorthReading(poll, row, position.draining ? null : since))),
    newest: laterOf(newest, rows[0]?.updated_at) ?? newest,
    // The ETag is that of this address, and the size is part of it.
    etag: next === perPage ? answer.etag : undefined,
    perPage: toSize(next),
  };
}

/** The usual size needs no word. */
function toSize(perPage: number): number | undefined {
  return perPage === limits.mergeRequests.perPage ? undefined : perPage;
}

function toCursor(
  position: Position,
  { changed, more, aside }: { changed: Changed | null; more: boolean; aside: SetAside[] },
) {
  const owed = aside.length === 0 ? undefined : aside;
  if (changed === null) return writeCursor(cursorFormat, { ...position, aside: owed });
  const { newest, from } = position;
  const { perPage } = changed;
  return writeCursor<Position>(
    cursorFormat,
    more
      ? { newest, from, draining: true, perPage, aside: owed }
      : { etag: changed.etag, newest: changed.newest, from, perPage, aside: owed },
  );
}

/** Inside the overlap everything is read again, since a note may show later than the row that it moved. */
function isWorthReading(poll: ProjectPoll, row: Row, since: string | null): boolean {
  if (since !== null && row.updated_at >= since) return true;
  const subject = { projectId: poll.project.id, type: "merge_request" as const, id: String(row.iid) };
  return poll.request.known(subject) !== toMergeRequestRevision(row);
}

/** The revision stays the row's: it is rows that the next poll compares. One that was deleted meanwhile is left out. */
async function readOne(poll: ProjectPoll, one: Waiting, how: { lenient: boolean }) {
  const wanted = { project: poll.project, number: Number(one.id), newsSince: one.since };
  const found = await unlessGone(readMergeRequestPatiently(poll, wanted, how));
  if (found === undefined) return undefined;
  const { value, missing } = found;
  return {
    value: missing === undefined ? { ...value, revision: one.mark ?? value.revision } : value,
    missing,
  };
}

/** Open ones, most recently updated first. */
export async function listMergeRequests(
  poll: Pick<ProjectPoll, "session" | "project">,
  limit: number,
): Promise<MergeRequestFacts[]> {
  const list = toList(poll, "opened");
  const rows = await readPages(poll.session, {
    ...list,
    limit: { ...list.limit, rows: limit, beyond: "shown" },
    wantsMore: () => true,
  });
  return rows.slice(0, limit).map((row) => toMergeRequestFacts(row, poll.project));
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
