import { sql } from "kysely";
import type { Database, Executor } from "./schema.js";

const day = 86_400_000;

/**
 * How long what is over is kept. A key must outlive every chance that a platform tells of the same thing again; a button can
 * be asked about for a week after it expired; a card that old is not edited any more.
 */
export const keptMs = {
  delivered: 30 * day,
  deadLetters: 90 * day,
  events: 90 * day,
  cards: 90 * day,
  pipelines: 90 * day,
  nonces: 7 * day,
  told: 30 * day,
};

/** Rows in one transaction: the event loop and every other writer wait for its end. */
const atOnce = 500;

/**
 * Clears away what is old and over, a little at a time. What is owed, what a card still shows, what has not ended, wiki pages
 * and merge requests (they are what later polls compare with) and the audit stay. Returns how many rows went.
 */
export async function prune(db: Database, now: number): Promise<number> {
  let pruned = 0;
  // In this order: an event goes after the deliveries that name it, a subject after the card that shows it.
  for (const step of [pruneDeliveries, pruneEvents, pruneCards, pruneSubjects, pruneNonces, pruneTold]) {
    for (;;) {
      const deleted = await db.transaction().execute((transaction) => step(transaction, now));
      pruned += deleted;
      if (deleted < atOnce) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return pruned;
}

async function pruneDeliveries(db: Executor, now: number): Promise<number> {
  return affected(
    await sql`delete from deliveries where id in (select id from deliveries where
      (state = 'delivered' and settled_at < ${now - keptMs.delivered})
      or (state = 'dead' and settled_at < ${now - keptMs.deadLetters}) limit ${atOnce})`.execute(db),
  );
}

async function pruneEvents(db: Executor, now: number): Promise<number> {
  return affected(
    await sql`delete from events where id in (select id from events where seen_at < ${now - keptMs.events}
      and not exists (select 1 from deliveries where event_id = events.id) limit ${atOnce})`.execute(db),
  );
}

async function pruneCards(db: Executor, now: number): Promise<number> {
  return affected(
    await sql`delete from cards where (destination, subject) in
      (select destination, subject from cards where updated_at < ${now - keptMs.cards} limit ${atOnce})`.execute(
      db,
    ),
  );
}

/** With the memory of which messages spoke of them. */
async function pruneSubjects(db: Executor, now: number): Promise<number> {
  const rows = await db
    .selectFrom("subjects")
    .select(["connection_id", "project_id", "type", "id"])
    .where(sql<boolean>`type in ('pipeline', 'docs_change') and open = 0`)
    .where("updated_at", "<", now - keptMs.pipelines)
    .where(sql<boolean>`not exists (select 1 from cards where subject = ${subjectKey})`)
    .where(
      sql<boolean>`not exists (select 1 from deliveries as owed where owed.subject = ${subjectKey}
      and owed.state in ('pending', 'sending', 'unknown'))`,
    )
    .limit(atOnce)
    .execute();
  for (const row of rows) {
    const { connection_id: connectionId, project_id: projectId, id } = row;
    await sql`delete from messages where subject = ${[connectionId, projectId, row.type, id].join("/")}`.execute(
      db,
    );
    await sql`delete from subjects where connection_id = ${connectionId} and project_id = ${projectId}
      and type = ${row.type} and id = ${id}`.execute(db);
  }
  return rows.length;
}

/** `toSubjectKey`, as SQL. */
const subjectKey = sql`subjects.connection_id || '/' || subjects.project_id || '/' || subjects.type || '/' || subjects.id`;

async function pruneNonces(db: Executor, now: number): Promise<number> {
  return affected(
    await sql`delete from nonces where nonce in
      (select nonce from nonces where expires_at < ${now - keptMs.nonces} limit ${atOnce})`.execute(db),
  );
}

async function pruneTold(db: Executor, now: number): Promise<number> {
  return affected(
    await sql`delete from told where rowid in
      (select rowid from told where at < ${now - keptMs.told} limit ${atOnce})`.execute(db),
  );
}

function affected(result: { numAffectedRows?: bigint }): number {
  return Number(result.numAffectedRows ?? 0n);
}
