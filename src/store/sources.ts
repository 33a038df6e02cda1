import type { Cursor } from "../domain/cursor.js";
import { keep, recall, type ToldFailure } from "../domain/failure.js";
import { type Activity, type Source, type SourceKind, toSourceId } from "../domain/source.js";
import { fromNullableJson } from "./json.js";
import type { Executor, SourceRow } from "./schema.js";

/** A source with how its polling stands. Instants are epoch milliseconds. */
export interface StoredSource extends Source {
  id: string;
  cursor: Cursor | null;
  dueAt: number;
  activity: Activity;
  minIntervalMs: number;
  failures: number;
  failingSince: number | null;
  lastError: ToldFailure | null;
  lastSuccessAt: number | null;
  lastPollMs: number | null;
  staleToldAt: number | null;
  pausedAt: number | null;
}

/** Makes the wanted sources exist and the others rest. A source that comes back keeps its cursor. */
export async function syncSources(
  db: Executor,
  connectionId: string,
  wanted: readonly Source[],
): Promise<void> {
  const rows = await db
    .selectFrom("sources")
    .select("id")
    .where("connection_id", "=", connectionId)
    .where("wanted", "=", 1)
    .execute();
  const before = new Set(rows.map(({ id }) => id));
  const after = new Set(wanted.map(toSourceId));
  // Most plans are those of an hour ago: only what is different is written.
  for (const id of before) {
    if (!after.has(id)) await db.updateTable("sources").set({ wanted: 0 }).where("id", "=", id).execute();
  }
  for (const source of wanted.filter((each) => !before.has(toSourceId(each)))) {
    await db
      .insertInto("sources")
      .values({
        ...newSource,
        id: toSourceId(source),
        connection_id: connectionId,
        kind: source.kind,
        project_id: source.projectId,
      })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ wanted: 1 }))
      .execute();
  }
}

const newSource = { cursor: null, due_at: 0, activity: "warm", min_interval_ms: 0, failures: 0, wanted: 1,
  failing_since: null, last_error: null, last_success_at: null, last_poll_ms: null, stale_told_at: null, paused_at: null }; // prettier-ignore

export type SourceRhythm = Pick<StoredSource, "id" | "kind" | "dueAt" | "activity" | "minIntervalMs"> & {
  lastSuccessAt: number;
};

/** What is known of a source before its turn has come; its cursor is read then. */
export interface DueSource {
  id: string;
  connectionId: string;
  kind: SourceKind;
  activity: Activity;
  /** False until its first poll has succeeded. */
  hasCursor: boolean;
}

/**
 * Wanted, not resting, and due at `now`; those that waited longest first. Of one kind, of one connection, or all. The sources of a project
 * that is gone rest until the plan finds it; an inbox that is gone is asked again itself.
 */
export async function dueSources(
  db: Executor,
  query: { kind?: SourceKind; connectionId?: string; now: number },
): Promise<DueSource[]> {
  let select = db
    .selectFrom("sources")
    .select(["id", "connection_id", "kind", "activity"])
    .select((each) => each("cursor", "is not", null).as("has_cursor"))
    .where("wanted", "=", 1)
    .where((where) => where.or([where("paused_at", "is", null), where("project_id", "is", null)]));
  if (query.kind !== undefined) select = select.where("kind", "=", query.kind);
  if (query.connectionId !== undefined) select = select.where("connection_id", "=", query.connectionId);
  const rows = await select.where("due_at", "<=", query.now).orderBy("due_at").orderBy("id").execute();
  return rows.map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    kind: row.kind as SourceKind,
    activity: row.activity as Activity,
    hasCursor: Boolean(row.has_cursor),
  }));
}

export async function listSources(db: Executor): Promise<StoredSource[]> {
  const rows = await db.selectFrom("sources").selectAll().where("wanted", "=", 1).orderBy("id").execute();
  return rows.map(toStoredSource);
}

/** Of each wanted source that succeeded the last time: when, and what its next time depends on. */
export async function listRhythms(db: Executor): Promise<SourceRhythm[]> {
  const rows = await db
    .selectFrom("sources")
    .select(["id", "kind", "due_at", "activity", "min_interval_ms", "last_success_at"])
    .where("wanted", "=", 1)
    .where("failures", "=", 0)
    .execute();
  return rows.flatMap((row) =>
    row.last_success_at === null
      ? []
      : [
          {
            id: row.id,
            kind: row.kind as SourceKind,
            dueAt: row.due_at,
            activity: row.activity as Activity,
            minIntervalMs: row.min_interval_ms,
            lastSuccessAt: row.last_success_at,
          },
        ],
  );
}

/** Whether nothing is asked of it until the plan finds its project again. */
export function isResting({ pausedAt, projectId }: Pick<StoredSource, "pausedAt" | "projectId">): boolean {
  return pausedAt !== null && projectId !== null;
}

/** Inboxes that are gone are due at once: at a start, when whoever mended it wants to see. */
export async function lookForInboxes(db: Executor): Promise<void> {
  await db
    .updateTable("sources")
    .set({ due_at: 0 })
    .where("paused_at", "is not", null)
    .where("project_id", "is", null)
    .execute();
}

/** Those of projects that were taken for gone. */
export async function pausedSources(
  db: Executor,
  connectionId: string,
): Promise<Array<{ id: string; projectId: string }>> {
  const rows = await db
    .selectFrom("sources")
    .select(["id", "project_id"])
    .where("connection_id", "=", connectionId)
    .where("wanted", "=", 1)
    .where("paused_at", "is not", null)
    .execute();
  return rows.flatMap(({ id, project_id: projectId }) => (projectId === null ? [] : [{ id, projectId }]));
}

/** null also of one that nobody wants any more. */
export async function findSource(db: Executor, id: string): Promise<StoredSource | null> {
  const row = await db
    .selectFrom("sources")
    .selectAll()
    .where("id", "=", id)
    .where("wanted", "=", 1)
    .executeTakeFirst();
  return row === undefined ? null : toStoredSource(row);
}

/** Whether a source of the connection still waits for its first answer; one that fails holds nobody up. */
export async function waitingForBaseline(db: Executor, connectionId: string): Promise<boolean> {
  const row = await db
    .selectFrom("sources")
    .select("id")
    .where("connection_id", "=", connectionId)
    .where("wanted", "=", 1)
    .where("cursor", "is", null)
    .where("failures", "=", 0)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** When people were told that nothing is heard of this connection; null while all is well. */
export async function currentOutage(db: Executor, connectionId: string): Promise<number | null> {
  const row = await db
    .selectFrom("sources")
    .select((select) => select.fn.min<number | null>("stale_told_at").as("outage"))
    .where("connection_id", "=", connectionId)
    .where("wanted", "=", 1)
    .executeTakeFirst();
  return row?.outage ?? null;
}

export interface SourceUpdate {
  cursor?: Cursor;
  dueAt?: number;
  activity?: Activity;
  minIntervalMs?: number;
  failures?: number;
  failingSince?: number | null;
  lastError?: ToldFailure | string | null;
  lastSuccessAt?: number;
  lastPollMs?: number;
  staleToldAt?: number | null;
  pausedAt?: number | null;
}

export async function updateSource(db: Executor, id: string, update: SourceUpdate): Promise<void> {
  const columns = {
    cursor: update.cursor === undefined ? undefined : JSON.stringify(update.cursor),
    due_at: update.dueAt,
    activity: update.activity,
    min_interval_ms: update.minIntervalMs,
    failures: update.failures,
    failing_since: update.failingSince,
    last_error: update.lastError == null ? update.lastError : keep(update.lastError),
    last_success_at: update.lastSuccessAt,
    last_poll_ms: update.lastPollMs,
    stale_told_at: update.staleToldAt,
    paused_at: update.pausedAt,
  };
  await db.updateTable("sources").set(columns).where("id", "=", id).execute();
}

function toStoredSource(row: SourceRow): StoredSource {
  return {
    id: row.id,
    connectionId: row.connection_id,
    kind: row.kind as SourceKind,
    projectId: row.project_id,
    cursor: fromNullableJson<Cursor>(row.cursor),
    dueAt: row.due_at,
    activity: row.activity as Activity,
    minIntervalMs: row.min_interval_ms,
    failures: row.failures,
    failingSince: row.failing_since,
    lastError: row.last_error === null ? null : recall(row.last_error),
    lastSuccessAt: row.last_success_at,
    lastPollMs: row.last_poll_ms,
    staleToldAt: row.stale_told_at,
    pausedAt: row.paused_at,
  };
}
