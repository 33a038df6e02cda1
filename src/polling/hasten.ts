import type { SourceKind } from "../domain/source.js";
import { listRhythms, updateSource } from "../store/sources.js";
import { nextInterval } from "./interval.js";
import type { PollDependencies } from "./poll-source.js";

/**
 * When a source is due next was written down under the schedule of its last poll. Under a quicker one it is due sooner; under a slower
 * one the next poll brings the new rhythm. A source that fails keeps its wait.
 */
export async function hasten({
  db,
  adaptive,
  baseMs,
}: Pick<PollDependencies, "db" | "adaptive"> & { baseMs: Record<SourceKind, number> }): Promise<void> {
  for (const source of await listRhythms(db)) {
    const { activity, minIntervalMs } = source;
    const interval = nextInterval({ baseMs: baseMs[source.kind], activity, adaptive, minIntervalMs });
    const dueAt = source.lastSuccessAt + interval;
    if (dueAt < source.dueAt) await updateSource(db, source.id, { dueAt });
  }
}
