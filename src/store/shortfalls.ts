import type { Shortfall, ShortfallCode } from "../domain/shortfall.js";
import { fromJson } from "./json.js";
import type { Executor } from "./schema.js";

/** A shortfall of a source that is polled. Instants are epoch milliseconds. */
export interface StoredShortfall extends Shortfall {
  sourceId: string;
  connectionId: string;
  /** `acme/api pipelines`, `inbox`: for people. */
  place: string;
  beganAt: number;
  toldAt: number | null;
  endedAt: number | null;
}

/** What is lost is no state that passes: it is said when it happens, and listed for so long. */
const losses: readonly string[] = ["reread", "missed"] satisfies ShortfallCode[];
const lossKeptMs = 7 * 86_400_000;

/** What was left out of one answer is not in the next one either: it is told though it was over before anybody heard of it. */
const leftOut: readonly string[] = ["cut", "refused_row"] satisfies ShortfallCode[];

/** What this source lacks now. What it lacked before and lacks no more is over; nobody hears of that who did not hear of its begin. */
export async function saveShortfalls(
  db: Executor,
  sourceId: string,
  { shortfalls, now }: { shortfalls: readonly Shortfall[]; now: number },
): Promise<void> {
  const rows = await db.selectFrom("shortfalls").selectAll().where("source_id", "=", sourceId).execute();
  for (const row of rows) {
    if (shortfalls.some(({ code, key }) => code === row.code && key === row.key)) continue;
    if (losses.includes(row.code) && now - row.began_at < lossKeptMs) continue;
    await endShortfall(db, row, now);
  }
  for (const { code, key, values } of shortfalls) {
    const before = rows.find((row) => row.code === code && row.key === key);
    const details = JSON.stringify(values);
    if (before?.ended_at === null && before.details === details && !losses.includes(code)) continue;
    const begun = { source_id: sourceId, code, key, details, began_at: now, told_at: null, ended_at: null };
    const going = losses.includes(code) ? begun : { details, ended_at: null };
    await db
      .insertInto("shortfalls")
      .values(begun)
      .onConflict((conflict) => conflict.columns(["source_id", "code", "key"]).doUpdateSet(going))
      .execute();
  }
}

async function endShortfall(
  db: Executor,
  row: { source_id: string; code: string; key: string; told_at: number | null; ended_at: number | null },
  now: number,
): Promise<void> {
  if (row.ended_at !== null) return;
  const isForgotten = row.told_at === null && !leftOut.includes(row.code);
  if (isForgotten || losses.includes(row.code)) return removeShortfalls(db, [toName(row)]);
  await db
    .updateTable("shortfalls")
    .set({ ended_at: now })
    .where("source_id", "=", row.source_id)
    .where("code", "=", row.code)
    .where("key", "=", row.key)
    .execute();
}

type ShortfallName = Pick<StoredShortfall, "sourceId" | "code" | "key">;

function toName(row: { source_id: string; code: string; key: string }): ShortfallName {
  return { sourceId: row.source_id, code: row.code as ShortfallCode, key: row.key };
}

/** Of sources that are polled; those that began first come first. */
export async function listShortfalls(db: Executor): Promise<StoredShortfall[]> {
  const rows = await db
    .selectFrom("shortfalls")
    .innerJoin("sources", "sources.id", "shortfalls.source_id")
    .leftJoin("projects", (join) =>
      join
        .onRef("projects.connection_id", "=", "sources.connection_id")
        .onRef("projects.project_id", "=", "sources.project_id"),
    )
    .where("sources.wanted", "=", 1)
    .selectAll("shortfalls")
    .select(["sources.connection_id", "sources.kind", "projects.path"])
    .orderBy("began_at")
    .orderBy("source_id")
    .execute();
  return rows.map((row) => ({
    ...toName(row),
    connectionId: row.connection_id,
    place: row.path === null ? row.kind : `${row.path} ${row.kind}`,
    values: fromJson<Shortfall["values"]>(row.details),
    beganAt: row.began_at,
    toldAt: row.told_at,
    endedAt: row.ended_at,
  }));
}

export async function markShortfallsTold(
  db: Executor,
  told: readonly ShortfallName[],
  now: number,
): Promise<void> {
  for (const { sourceId, code, key } of told) {
    await db
      .updateTable("shortfalls")
      .set({ told_at: now })
      .where("source_id", "=", sourceId)
      .where("code", "=", code)
      .where("key", "=", key)
      .execute();
  }
}

export async function removeShortfalls(db: Executor, over: readonly ShortfallName[]): Promise<void> {
  for (const { sourceId, code, key } of over) {
    await db
      .deleteFrom("shortfalls")
      .where("source_id", "=", sourceId)
      .where("code", "=", code)
      .where("key", "=", key)
      .execute();
  }
}
