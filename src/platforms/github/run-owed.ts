import type { Shortfall } from "../../domain/shortfall.js";
import { isFailure } from "../../domain/failure.js";
import { readEach, toShortfalls, type SetAside } from "../set-aside.js";
import type { GitHubSession } from "./client.js";
import { toNewsSince } from "./news.js";
import { assertInPlace, type Place } from "./projects.js";
import { runUrl } from "./run-jobs.js";
import { run, type RunAnswer } from "./schema.js";

interface Before {
  newest: string | null;
  baseline: string | null;
  aside?: SetAside[] | undefined;
}

interface Owed {
  rows: RunAnswer[];
  /** From when on these runs are news, by their id. */
  since: Map<string, string>;
  aside: SetAside[] | undefined;
  shortfalls: Shortfall[];
}

/**
 * Runs whose rows could not be read, each asked for by its id; those of earlier polls when their time comes. Whichever way one is
 * read in the end, it is news from when its row was seen: the source has gone on meanwhile.
 */
export async function readOwed(
  session: GitHubSession,
  place: Place,
  given: {
    before: Before | null;
    refused: readonly string[];
    now: string;
    seen: ReadonlyMap<string, RunAnswer>;
  },
): Promise<Owed> {
  const { seen, now, before } = given;
  const waiting = before?.aside ?? [];
  const since = (before === null ? now : toNewsSince(before)) ?? "";
  const known = new Map(waiting.map((one) => [one.id, one.since]));
  const refused = [...new Set(given.refused)].filter((id) => !known.has(id) && !seen.has(id));
  const fresh = refused.map((id) => ({ id, since }));
  const aside = waiting.filter(({ id }) => !seen.has(id));
  const read = await readEach({ fresh, aside, now }, ({ id }) => readRun(session, place, id));
  for (const { id } of fresh) known.set(id, since);
  return {
    rows: read.values,
    since: known,
    aside: read.aside.length === 0 ? undefined : read.aside,
    shortfalls: toShortfalls(read.aside, (id) => `run ${id}`),
  };
}

/** undefined: deleted meanwhile. */
async function readRun(
  session: GitHubSession,
  place: Place,
  id: string,
): Promise<{ value: RunAnswer } | undefined> {
  const what = `run ${id} of ${place.project.path}`;
  try {
    const answer = await session.read({ url: runUrl(place.project.path, id), schema: run, what });
    assertInPlace(place, answer, [answer.data.repository]);
    return { value: answer.data };
  } catch (error) {
    if (isFailure(error) && error.kind === "gone") return undefined;
    throw error;
  }
}
