import { createHash } from "node:crypto";
import { fromNullableJson } from "./json.js";
import { readMeta, writeMeta } from "./meta.js";
import type { AuditRow, Executor } from "./schema.js";

/** One line of the audit: who had what done where, and how it ended. Rows are only ever added. */
export interface AuditEntry {
  at: number;
  /** Telegram user id. */
  person: string;
  chat: string;
  connectionId: string;
  project: string;
  action: string;
  target: string;
  sha?: string | undefined;
  /** Login of the account that it was done as. */
  account?: string | undefined;
  result: "started" | "done" | "already" | "refused" | "failed" | "unknown";
  /** A sentence of ours, or a failure as `keep` writes it. */
  detail?: string | undefined;
  /** The `started` row that this one ends. */
  startedId?: number | undefined;
  /** What asked for it (`nonce:…`, `update:…`). */
  request?: string | undefined;
}

/** Each row carries the hash of the row before, so that a change shows (`verifyAudit`). Returns the row's id. */
export async function addAudit(db: Executor, entry: AuditEntry): Promise<number> {
  // Two chats act at the same time: between reading the last hash and adding to it nobody else may add.
  if (!db.isTransaction) return db.transaction().execute((transaction) => addAudit(transaction, entry));
  // What the end was, not what is there now: rows that were cut off leave a gap which no later row closes.
  const end = (await readEnd(db)) ?? (await lastRow(db));
  const row = toRow(entry, end?.hash ?? "");
  const { id } = await db.insertInto("audit").values(row).returning("id").executeTakeFirstOrThrow();
  await writeMeta(db, "audit.end", JSON.stringify({ id, hash: row.hash } satisfies AuditEnd));
  return id;
}

export async function listAudit(db: Executor, limit: number): Promise<Array<AuditEntry & { id: number }>> {
  const rows = await db.selectFrom("audit").selectAll().orderBy("id", "desc").limit(limit).execute();
  return rows.map(toEntry);
}

/** Whether something was started for this request before: then it must not be started again. */
export async function wasStarted(db: Executor, request: string): Promise<boolean> {
  const row = await db
    .selectFrom("audit")
    .select("id")
    .where("request", "=", request)
    .where("result", "=", "started")
    .executeTakeFirst();
  return row !== undefined;
}

/** What was started for a request, and how it ended where that is known. */
export async function findByRequest(
  db: Executor,
  request: string,
): Promise<{ started: AuditEntry & { id: number }; ended: AuditEntry | null }> {
  const started = await db
    .selectFrom("audit")
    .selectAll()
    .where("request", "=", request)
    .where("result", "=", "started")
    .executeTakeFirstOrThrow();
  const ended = await db
    .selectFrom("audit")
    .selectAll()
    .where("started_id", "=", started.id)
    .executeTakeFirst();
  return { started: toEntry(started), ended: ended === undefined ? null : toEntry(ended) };
}

/** Actions that were started and of whose end nothing is known: the daemon stopped in between. */
export async function unfinishedActions(db: Executor): Promise<Array<AuditEntry & { id: number }>> {
  const ended = db.selectFrom("audit").select("started_id").where("started_id", "is not", null);
  const rows = await db
    .selectFrom("audit")
    .selectAll()
    .where("result", "=", "started")
    .where("id", "not in", ended)
    .execute();
  return rows.map(toEntry);
}

/** The last row, kept apart from the chain: a chain whose end was cut off is whole in itself. */
interface AuditEnd {
  id: number;
  hash: string;
}

async function readEnd(db: Executor): Promise<AuditEnd | null> {
  return fromNullableJson<AuditEnd>(await readMeta(db, "audit.end"));
}

function lastRow(db: Executor): Promise<AuditEnd | undefined> {
  return db.selectFrom("audit").select(["id", "hash"]).orderBy("id", "desc").limit(1).executeTakeFirst();
}

/** The id of the first row that is not what was written, or that is missing at the end; null: all is well. */
export async function verifyAudit(db: Executor): Promise<number | null> {
  let last: AuditEnd = { id: 0, hash: "" };
  for (const row of await db.selectFrom("audit").selectAll().orderBy("id").execute()) {
    if (row.previous_hash !== last.hash || row.hash !== hashOf(row)) return row.id;
    last = row;
  }
  // A home of an earlier version has none before its next action.
  const end = (await readEnd(db)) ?? last;
  return end.id === last.id && end.hash === last.hash ? null : Math.max(1, Math.min(end.id, last.id + 1));
}

function toRow(entry: AuditEntry, previousHash: string): Omit<AuditRow, "id"> {
  const row = {
    at: entry.at,
    person: entry.person,
    chat: entry.chat,
    connection_id: entry.connectionId,
    project: entry.project,
    action: entry.action,
    target: entry.target,
    sha: entry.sha ?? null,
    account: entry.account ?? null,
    result: entry.result,
    detail: entry.detail ?? null,
    started_id: entry.startedId ?? null,
    request: entry.request ?? null,
    previous_hash: previousHash,
  };
  return { ...row, hash: hashOf(row) };
}

function hashOf(row: Omit<AuditRow, "id" | "hash">): string {
  const said = [row.at, row.person, row.chat, row.connection_id, row.project, row.action, row.target, row.sha, row.account,
    row.result, row.detail, row.started_id, row.request, row.previous_hash]; // prettier-ignore
  return createHash("sha256").update(JSON.stringify(said)).digest("hex");
}

function toEntry(row: AuditRow): AuditEntry & { id: number } {
  return {
    id: row.id,
    at: row.at,
    person: row.person,
    chat: row.chat,
    connectionId: row.connection_id,
    project: row.project,
    action: row.action,
    target: row.target,
    sha: row.sha ?? undefined,
    account: row.account ?? undefined,
    result: row.result as AuditEntry["result"],
    detail: row.detail ?? undefined,
    startedId: row.started_id ?? undefined,
    request: row.request ?? undefined,
  };
}
