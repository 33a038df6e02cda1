import { sql } from "kysely";
import type { SourceKind } from "../domain/source.js";
import type { Database, Executor } from "./schema.js";

const minute = 60_000;

/** Clocks are set by a few seconds all the time: that is nothing. */
const slackMs = 5_000;
/** Before this no clock is right: it has not been set yet, as on a board without a battery, and nothing is judged by it. */
const unsetBefore = Date.UTC(2026, 0, 1);

/** Things that happened: never later than now. */
const past: ReadonlyArray<readonly [table: string, column: string]> = [
  ["accounts", "refused_at"],
  ["accounts", "paused_at"],
  ["accounts", "down_since"],
  ["sources", "failing_since"],
  ["sources", "last_success_at"],
  ["sources", "stale_told_at"],
  ["sources", "paused_at"],
  ["shortfalls", "began_at"],
  ["shortfalls", "told_at"],
  ["shortfalls", "ended_at"],
  ["deliveries", "created_at"],
  ["deliveries", "claimed_at"],
  ["deliveries", "announced_at"],
  ["destinations", "parked_at"],
  ["subscriptions", "created_at"],
  ["members", "added_at"],
  ["strangers", "greeted_at"],
  ["updates", "received_at"],
  ["nonces", "used_at"],
  ["told", "at"],
];

/** Waits, and how far ahead the longest of them can lie. `sources.due_at` depends on its kind. */
const waits: ReadonlyArray<readonly [table: string, column: string, mostMs: number]> = [
  ["accounts", "throttled_until", 60 * minute],
  ["accounts", "probe_at", minute],
  ["deliveries", "next_attempt_at", 60 * minute],
  ["destinations", "wait_until", 60 * minute],
];

/** Ends of what is good for a while: they come as much nearer as the clock was ahead, so that nothing is good for longer than meant. */
const ends: ReadonlyArray<readonly [table: string, column: string]> = [
  ["pairings", "expires_at"],
  ["nonces", "expires_at"],
];

/**
 * How long a row is kept counts from these, and one that is kept longer does no harm. Were they set to a clock that is wrong itself, what
 * is still needed would be cleared away. When something happened is the server's word, and the audit is never changed.
 */
export const untouchedInstants: ReadonlyArray<readonly [table: string, column: string]> = [
  ["subjects", "updated_at"],
  ["events", "seen_at"],
  ["deliveries", "settled_at"],
  ["deliveries", "happened_at"],
  ["cards", "updated_at"],
  ["audit", "at"],
];

/** Every column that `mendInstants` sets right, for the test that none is forgotten. */
export const mendedInstants: ReadonlyArray<readonly [table: string, column: string]> = [
  ...past,
  ...waits.map(([table, column]) => [table, column] as const),
  ...ends,
  ["sources", "due_at"],
];

/**
 * Sets instants right that a clock wrote which was ahead: what waits for them would wait until they come. Returns by how much it was
 * ahead, as far as can be seen; 0 when all is well.
 */
export async function mendInstants(
  db: Database,
  { now, baseMs }: { now: number; baseMs: Readonly<Record<SourceKind, number>> },
): Promise<number> {
  if (now < unsetBefore) return 0;
  const aheadMs = await findAheadMs(db, now);
  const mended = await db.transaction().execute(async (transaction) => {
    let rows = 0;
    if (aheadMs > slackMs) {
      for (const [table, column] of ends) {
        const earlier = sql`${sql.ref(column)} - ${aheadMs}`;
        await set(transaction, { table, column, value: earlier, above: now });
      }
    }
    for (const [table, column] of past)
      rows += await set(transaction, { table, column, value: sql`${now}`, above: now + slackMs });
    for (const [table, column, mostMs] of waits)
      rows += await set(transaction, { table, column, value: sql`${now}`, above: now + mostMs + slackMs });
    return rows + (await mendDue(transaction, { now, baseMs }));
  });
  return mended === 0 ? 0 : Math.max(aheadMs, 1);
}

/** A source that waits out a throttle or looks for what is gone waits an hour at most; else its own interval. */
async function mendDue(
  db: Executor,
  { now, baseMs }: { now: number; baseMs: Readonly<Record<SourceKind, number>> },
): Promise<number> {
  let rows = 0;
  for (const [kind, intervalMs] of Object.entries(baseMs)) {
    const mostMs = Math.max(intervalMs, 60 * minute) + slackMs;
    const result = await sql`update sources set due_at = ${now}
      where kind = ${kind} and due_at > ${now} + max(${mostMs}, min_interval_ms)`.execute(db);
    rows += Number(result.numAffectedRows ?? 0n);
  }
  return rows;
}

/** From the youngest of what happened: the daemon writes some of it every minute. */
async function findAheadMs(db: Executor, now: number): Promise<number> {
  const parts = past.map(
    ([table, column]) => sql`select max(${sql.ref(column)}) as at from ${sql.table(table)}`,
  );
  const union = sql.join(parts, sql` union all `);
  const { rows } = await sql<{ at: number | null }>`select max(at) as at from (${union})`.execute(db);
  return Math.max(0, (rows[0]?.at ?? 0) - now);
}

async function set(
  db: Executor,
  mend: { table: string; column: string; value: ReturnType<typeof sql>; above: number },
): Promise<number> {
  const { table, column, value, above } = mend;
  const result = await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value}
    where ${sql.ref(column)} > ${above}`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}

/** When anything was last heard from anywhere; null before the first time. */
export async function lastHeardAt(db: Executor): Promise<number | null> {
  const row = await db
    .selectFrom("sources")
    .select((select) => select.fn.max<number | null>("last_success_at").as("at"))
    .executeTakeFirst();
  return row?.at ?? null;
}
