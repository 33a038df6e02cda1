import * as z from "zod";
import { laterOf, withOverlap } from "../../domain/cursor.js";
import { isFailure } from "../../domain/failure.js";
import type { Shortfall } from "../../domain/shortfall.js";
import type { GitHubSession } from "./client.js";
import { limits } from "./limits.js";
import { assertInPlace, repoUrl, type Place } from "./projects.js";
import { run, type RunAnswer } from "./schema.js";

/** `newest`: the latest `updated_at` that the list had when it was last read. */
const list = z.object({ etag: z.string().optional(), newest: z.string().nullable() });
export const listsShape = z.object({ running: list, failed: list });
export type RunLists = z.infer<typeof listsShape>;

/**
 * A run that is run again keeps its old place in the list of runs, however old, and only its status shows it. What runs is seen
 * in one of these lists; what ended between two looks, and badly, in the other. Each poll asks one of them, in turn, with its
 * ETag, so that a quiet project costs nothing.
 */
const queries = { running: "status=in_progress", failed: "status=failure" };

export interface OldRuns {
  rows: RunAnswer[];
  lists: RunLists;
  /** The ids of the rows that could not be read. */
  refused: string[];
  shortfalls: Shortfall[];
}

export async function readOldRuns(
  session: GitHubSession,
  place: Place,
  given: { lists: RunLists; samePath: boolean; turn: number },
): Promise<OldRuns> {
  const name = given.turn % 2 === 0 ? "failed" : "running";
  const before = given.lists[name];
  const still = { rows: [], lists: given.lists, refused: [], shortfalls: [] };
  const url = `${repoUrl(place.project.path)}/actions/runs?${queries[name]}&per_page=${limits.oldRuns.perPage}`;
  const what = `the ${name} runs of ${place.project.path}`;
  try {
    const validator = given.samePath ? { etag: before.etag } : undefined;
    const answer = await session.readRowsIfChanged({ url, row: run, key: "workflow_runs", what, validator });
    if (answer.status === 304) return still;
    const all = answer.data;
    const owners = all.map((row) => row.repository);
    assertInPlace(place, answer, owners);
    const newest = all.reduce<string | null>(
      (latest, row) => laterOf(latest, row.updated_at) ?? null,
      before.newest,
    );
    const next = { etag: answer.validator.etag, newest };
    return {
      rows: name === "running" ? all : since(all, before.newest),
      lists: { ...given.lists, [name]: next },
      refused: answer.refused,
      shortfalls: [],
    };
  } catch (error) {
    // A server that knows no such filter still lists its runs; all but re-runs of old ones are seen there.
    if (!isFailure(error) || error.kind !== "rejected") throw error;
    const reason = error.status === undefined ? error.kind : `HTTP ${error.status}`;
    const values = { what: `actions/runs?${queries[name]}`, reason };
    return { ...still, shortfalls: [{ code: "blocked", key: "old runs", values }] };
  }
}

function since(rows: RunAnswer[], newest: string | null): RunAnswer[] {
  if (newest === null) return rows;
  const floor = Date.parse(withOverlap(newest));
  return rows.filter((row) => Date.parse(row.updated_at) >= floor);
}
