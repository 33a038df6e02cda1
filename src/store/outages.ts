import { keep, type ToldFailure } from "../domain/failure.js";
import type { Executor } from "./schema.js";

/** Takes the one probe that the connections to a server which does not answer may send; the next one is due at `nextAt`. */
export async function takeProbe(
  db: Executor,
  connectionIds: readonly string[],
  { now, nextAt }: { now: number; nextAt: number },
): Promise<boolean> {
  const probing = db
    .selectFrom("accounts")
    .select("connection_id")
    .where("connection_id", "in", connectionIds)
    .where("probe_at", ">", now);
  const result = await db
    .updateTable("accounts")
    .set({ probe_at: nextAt })
    .where("connection_id", "in", connectionIds)
    .where("down_since", "is not", null)
    .where((where) => where.not(where.exists(probing)))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function saveOutage(
  db: Executor,
  connectionIds: readonly string[],
  outage: { since: number; reason: ToldFailure; probeAt: number },
): Promise<void> {
  await db
    .updateTable("accounts")
    .set({ down_since: outage.since, down_reason: keep(outage.reason), probe_at: outage.probeAt })
    .where("connection_id", "in", connectionIds)
    .execute();
}

/** True when there was an outage. Its sources that had failed are due again: they need not wait out what they waited for. */
export async function endOutage(
  db: Executor,
  connectionIds: readonly string[],
  now: number,
): Promise<boolean> {
  const result = await db
    .updateTable("accounts")
    .set({ down_since: null, down_reason: null, probe_at: null })
    .where("connection_id", "in", connectionIds)
    .where("down_since", "is not", null)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  await db
    .updateTable("sources")
    .set({ due_at: now })
    .where("connection_id", "in", connectionIds)
    .where("failures", ">", 0)
    .where("paused_at", "is", null)
    .where("due_at", ">", now)
    .execute();
  return true;
}

/**
 * Whether another source of these connections has failed too since anything was last heard, or there is no other: then it is the server
 * that does not answer, and not one address of it.
 */
export async function isAlone(
  db: Executor,
  connectionIds: readonly string[],
  sourceId: string,
): Promise<boolean> {
  const rows = await db
    .selectFrom("sources")
    .select(["id", "failing_since", "last_success_at"])
    .where("connection_id", "in", connectionIds)
    .where("wanted", "=", 1)
    .where("paused_at", "is", null)
    .execute();
  const heardAt = Math.max(0, ...rows.map((row) => row.last_success_at ?? 0));
  const others = rows.filter(({ id }) => id !== sourceId);
  return others.length > 0 && !others.some((row) => (row.failing_since ?? -1) >= heardAt);
}
