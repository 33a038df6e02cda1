import pLimit from "p-limit";
import type { SourceKind } from "../domain/source.js";
import { isResting, listSources } from "../store/sources.js";
import { type PollDependencies, type PollReport, pollSource } from "./poll-source.js";

/** Requests to one host are limited below; more sources at once would only queue. */
const sourcesAtOnce = 4;

/** One round, now: polls every source that is due, or every source, in a fixed order. */
export async function pollRound(
  dependencies: PollDependencies,
  options: { all: boolean; baseMs: Record<SourceKind, number> },
  signal: AbortSignal,
): Promise<PollReport[]> {
  const now = dependencies.clock.now();
  const sources = (await listSources(dependencies.db)).filter(({ dueAt }) => options.all || dueAt <= now);
  sources.sort((a, b) => a.id.localeCompare(b.id));
  const limit = pLimit(sourcesAtOnce);
  return Promise.all(
    sources
      .filter((source) => !isResting(source))
      .map((source) =>
        limit(() =>
          pollSource(dependencies, { source, tickAt: now, baseMs: options.baseMs[source.kind] }, signal),
        ),
      ),
  );
}
