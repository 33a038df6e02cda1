import * as z from "zod";
import { isFailure } from "../../domain/failure.js";
import type { PollRequest } from "../platform.js";
import type { Answer, GitHubSession } from "./client.js";
import { assertInPlace, type Place } from "./projects.js";
import { runUrl } from "./run-jobs.js";
import { run, type RunAnswer } from "./schema.js";

/** A run that failed lately: somebody may run it again, and then its end is news. */
export const watched = z.object({
  id: z.string(),
  updatedAt: z.string(),
  etag: z.string().optional(),
});
export type Watched = z.infer<typeof watched>;

const mostWatched = 20;
const watchedMs = 3 * 86_400_000;
/** Each watched run is looked at once in so many polls, at the cost of a 304. */
export const watchEvery = 10;
const mostOpen = 20;

/** The runs to be asked for one by one: those that were not final, and those of the watched ones whose turn it is. */
export function asideOf(given: {
  request: PollRequest;
  page: string[];
  watch: Watched[];
  turn: number;
}): string[] {
  const { request, page, watch, turn } = given;
  const open = request.openPipelines.filter((id) => !page.includes(id));
  // Runs that wait for an approval can be many and old: they take turns too.
  const start = open.length <= mostOpen ? 0 : (turn * mostOpen) % open.length;
  const turned = [...open.slice(start), ...open.slice(0, start)].slice(0, mostOpen);
  const due = watch.filter((_, index) => index % watchEvery === turn % watchEvery).map((one) => one.id);
  return [...new Set([...turned, ...due])].filter((id) => !page.includes(id));
}

export async function readAsides(
  session: GitHubSession,
  place: Place,
  { ids, watch }: { ids: string[]; watch: Map<string, Watched> },
): Promise<RunAnswer[]> {
  const rows: RunAnswer[] = [];
  for (const id of ids) {
    const entry = watch.get(id);
    const answer = await readAside(session, place, { id, etag: entry?.etag });
    if (answer === "gone") watch.delete(id);
    if (answer === "gone" || answer === "unchanged") continue;
    rows.push(answer.data);
    if (entry !== undefined) watch.set(id, { ...entry, etag: answer.validator.etag });
  }
  return rows;
}

async function readAside(
  session: GitHubSession,
  place: Place,
  { id, etag }: { id: string; etag: string | undefined },
): Promise<Answer<RunAnswer> | "unchanged" | "gone"> {
  const url = runUrl(place.project.path, id);
  const what = `run ${id} of ${place.project.path}`;
  try {
    const answer = await session.readIfChanged({ url, schema: run, what, validator: { etag } });
    if (answer.status === 304) return "unchanged";
    assertInPlace(place, answer, [answer.data.repository]);
    return answer;
  } catch (error) {
    // Runs are deleted by people and by age; the list has just shown that the project is there.
    if (isFailure(error) && error.kind === "gone") return "gone";
    throw error;
  }
}

export function nextWatch(watch: Map<string, Watched>, rows: RunAnswer[], newest: string | null): Watched[] {
  for (const row of rows) {
    const kept = watch.get(row.id);
    const failed = row.status === "completed" && row.conclusion !== "success" && row.conclusion !== "skipped";
    if (failed) watch.set(row.id, { ...kept, id: row.id, updatedAt: row.updated_at });
    else watch.delete(row.id);
  }
  const floor = newest === null ? -Infinity : Date.parse(newest) - watchedMs;
  return [...watch.values()]
    .filter((one) => Date.parse(one.updatedAt) >= floor)
    .sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt))
    .slice(0, mostWatched);
}
