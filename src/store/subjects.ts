import { type Subject, type SubjectType, toSubjectKey } from "../domain/subject.js";
import { fromJson, fromNullableJson } from "./json.js";
import type { Executor } from "./schema.js";

/** Revisions of the subjects of one type in one project that were seen since then (epoch milliseconds), by `toSubjectKey`. */
export async function loadRevisions(
  db: Executor,
  scope: { connectionId: string; projectId: string; type: SubjectType; since: number },
): Promise<Map<string, string>> {
  const { connectionId, projectId, type } = scope;
  const rows = await db
    .selectFrom("subjects")
    .select(["id", "revision"])
    .where("connection_id", "=", connectionId)
    .where("project_id", "=", projectId)
    .where("type", "=", type)
    .where("updated_at", ">=", scope.since)
    .execute();
  return new Map(
    rows.map(({ id, revision }) => [toSubjectKey({ connectionId, projectId, type, id }), revision]),
  );
}

/** Pipelines that had not ended when they were last seen. One that was silent for a week is not asked for any more: it may be gone. */
export async function openPipelines(
  db: Executor,
  { connectionId, projectId, now }: { connectionId: string; projectId: string; now: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom("subjects")
    .select("id")
    .where("connection_id", "=", connectionId)
    .where("project_id", "=", projectId)
    .where("type", "=", "pipeline")
    .where("open", "=", 1)
    .where("updated_at", ">=", now - 7 * 86_400_000)
    .execute();
  return rows.map((row) => row.id);
}

export async function findSnapshot<T>(db: Executor, subject: Subject): Promise<T | null> {
  const row = await db
    .selectFrom("subjects")
    .select("snapshot")
    .where("connection_id", "=", subject.connectionId)
    .where("project_id", "=", subject.projectId)
    .where("type", "=", subject.type)
    .where("id", "=", subject.id)
    .executeTakeFirst();
  return row === undefined ? null : fromJson<T>(row.snapshot);
}

/** With the instant (epoch milliseconds) of the last change. */
export async function findSeen<T>(
  db: Executor,
  subject: Subject,
): Promise<{ snapshot: T; since: number } | null> {
  const row = await db
    .selectFrom("subjects")
    .select(["snapshot", "updated_at"])
    .where("connection_id", "=", subject.connectionId)
    .where("project_id", "=", subject.projectId)
    .where("type", "=", subject.type)
    .where("id", "=", subject.id)
    .executeTakeFirst();
  return row === undefined ? null : { snapshot: fromJson<T>(row.snapshot), since: row.updated_at };
}

export interface NewSnapshot {
  subject: Subject;
  revision: string;
  snapshot: unknown;
  open: boolean;
  now: number;
}

export async function saveSnapshot(
  db: Executor,
  { subject, revision, snapshot, open, now }: NewSnapshot,
): Promise<void> {
  const values = { revision, snapshot: JSON.stringify(snapshot), open: open ? 1 : 0, updated_at: now };
  await db
    .insertInto("subjects")
    .values({
      connection_id: subject.connectionId,
      project_id: subject.projectId,
      type: subject.type,
      id: subject.id,
      ...values,
    })
    .onConflict((conflict) =>
      conflict.columns(["connection_id", "project_id", "type", "id"]).doUpdateSet(values),
    )
    .execute();
}

/** Changes what a snapshot says without a new answer of the platform: its revision stays. */
export async function amendSnapshot(db: Executor, subject: Subject, snapshot: unknown): Promise<void> {
  await db
    .updateTable("subjects")
    .set({ snapshot: JSON.stringify(snapshot) })
    .where("connection_id", "=", subject.connectionId)
    .where("project_id", "=", subject.projectId)
    .where("type", "=", subject.type)
    .where("id", "=", subject.id)
    .execute();
}

export async function findLine<T>(db: Executor, line: LineAddress): Promise<T | null> {
  const row = await db
    .selectFrom("pipeline_lines")
    .select("state")
    .where("connection_id", "=", line.connectionId)
    .where("project_id", "=", line.projectId)
    .where("line", "=", line.line)
    .executeTakeFirst();
  return fromNullableJson<T>(row?.state ?? null);
}

/** One workflow on one branch: what "broken since" and "fixed" are said of. */
export interface LineAddress {
  connectionId: string;
  projectId: string;
  line: string;
}

export async function saveLine(db: Executor, line: LineAddress, state: unknown): Promise<void> {
  const values = { state: JSON.stringify(state) };
  await db
    .insertInto("pipeline_lines")
    .values({ connection_id: line.connectionId, project_id: line.projectId, line: line.line, ...values })
    .onConflict((conflict) => conflict.columns(["connection_id", "project_id", "line"]).doUpdateSet(values))
    .execute();
}
