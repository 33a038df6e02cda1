import { sql } from "kysely";
import type { FailureCode } from "../domain/failure-code.js";
import type { ToldFailure } from "../domain/failure.js";
import { inParts, isUnsettled, mendCards, type Settlement, settleDeliveries } from "./outbox.js";
import type { Database, Executor } from "./schema.js";

/** So many crashes while sending one message alone are not chance. */
const poisonAfter = 3;
/** A batch in whose sending the daemon stopped goes out in so many pieces, and each of them again. */
const pieces = 4;

const stoppedOften = "stopped_often" satisfies FailureCode;

interface Row {
  id: number;
  crashes: number;
}

/**
 * After a crash: what was being sent is in doubt. A batch falls apart, so that whatever the daemon died of keeps fewer and fewer
 * others back; only what was being sent alone in three crashes becomes a dead letter. Attempts that failed in an outage do not count.
 * Returns how many are in doubt. Call once at the start, while nothing is being sent.
 */
export async function recoverDeliveries(db: Database, now: number): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom("deliveries")
      .select(["id", "crashes", "destination_key", "claimed_at"])
      .where(isUnsettled)
      .where("state", "=", "sending")
      .execute();
    // What was claimed at once for one destination was one batch.
    const batches = new Map<string, Row[]>();
    for (const row of rows) {
      const key = `${row.destination_key} ${row.claimed_at}`;
      batches.set(key, [...(batches.get(key) ?? []), row]);
    }
    let doubtful = 0;
    for (const batch of batches.values()) doubtful += await recoverBatch(transaction, batch, now);
    return doubtful;
  });
}

async function recoverBatch(db: Executor, batch: readonly Row[], now: number): Promise<number> {
  const ids = batch.map(({ id }) => id);
  const [alone] = batch;
  if (batch.length === 1 && alone !== undefined && alone.crashes + 1 >= poisonAfter) {
    const reason = toStopped(stoppedOften, "gitnotify stopped three times while sending this.");
    await settleDeliveries(db, { ids, settlement: { state: "dead", reason }, now });
    await mendCards(db, ids, now);
    return 0;
  }
  for (const part of inParts(ids)) {
    await db
      .updateTable("deliveries")
      .set((set) =>
        batch.length === 1
          ? { crashes: set("crashes", "+", 1) }
          : { together: Math.ceil(batch.length / pieces) },
      )
      .where("id", "in", part)
      .execute();
  }
  const reason = toStopped("stopped", "gitnotify stopped while sending this.");
  const again: Settlement = { state: "unknown", nextAttemptAt: now, reason };
  await settleDeliveries(db, { ids, settlement: again, now });
  return batch.length;
}

/** Whether a message about the subject was put aside there after crashes: the chat may have got it all the same. */
export async function mayBeShown(
  db: Executor,
  { destination, subject }: { destination: string; subject: string },
): Promise<boolean> {
  const row = await db
    .selectFrom("deliveries")
    .select("id")
    .where(sql<boolean>`state = 'dead'`)
    .where("destination_key", "=", destination)
    .where("subject", "=", subject)
    .where("reason", "like", `%"${stoppedOften}"%`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function toStopped(code: FailureCode, message: string): ToldFailure {
  return { kind: "unreachable", code, values: {}, message };
}
