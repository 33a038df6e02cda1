import type { Project } from "../../domain/project.js";
import type { Answer, GitHubSession, RowsAnswer } from "./client.js";
import { limits } from "./limits.js";
import { sayCut } from "./lists.js";
import { repoUrl } from "./projects.js";
import { pull, type PullAnswer } from "./schema.js";

export function listUrl(path: string, query: string): string {
  return `${repoUrl(path)}/pulls?direction=desc&sort=updated&${query}`;
}

/**
 * `updated_at` has whole seconds: what happens in the rest of the second that the list was read in leaves the list as it is, and
 * a 304 would hide it for good. Such a list is read once more without its ETag, when that second has passed.
 */
export function lastingEtag(
  { headers, validator }: Pick<Answer<unknown>, "headers" | "validator">,
  newest: string | null,
): { etag?: string } {
  const readAt = Date.parse(headers["date"] ?? "");
  const settled = newest === null || Number.isNaN(readAt) || readAt - Date.parse(newest) >= 2000;
  return settled && validator.etag !== undefined ? { etag: validator.etag } : {};
}

/** Rows of the following pages too, until they are older than `since`; rows that slid between pages come once. */
export async function rowsSince(
  session: GitHubSession,
  given: {
    project: Project;
    first: RowsAnswer<PullAnswer>;
    since: string | undefined;
    refused: string[];
  },
): Promise<PullAnswer[]> {
  const rows = new Map<number, PullAnswer>();
  for (const row of given.first.data) rows.set(row.number, row);
  const oldest = given.first.data.at(-1);
  if (given.first.next === undefined || oldest === undefined) return [...rows.values()];
  if (!isSince(oldest.updated_at, given.since)) return [...rows.values()];
  for await (const row of rowsFrom(session, given.first.next, given)) {
    if (!isSince(row.updated_at, given.since)) break;
    if (!rows.has(row.number)) rows.set(row.number, row);
  }
  return [...rows.values()];
}

async function* rowsFrom(
  session: GitHubSession,
  start: string,
  { project, refused }: { project: Project; refused: string[] },
): AsyncGenerator<PullAnswer> {
  const what = `the pull requests of ${project.path}`;
  let url: string | undefined = start;
  for (let rows = limits.pulls.perPage; url !== undefined; rows += limits.pulls.perPage) {
    if (rows >= limits.pulls.rows) return sayCut(session, limits.pulls, what);
    const answer: RowsAnswer<PullAnswer> = await session.readRows({ url, row: pull, what });
    refused.push(...answer.refused);
    yield* answer.data.filter((row) => row.base.repo.id === project.id);
    url = answer.next;
  }
}

export function isSince(instant: string, since: string | undefined): boolean {
  return since === undefined || Date.parse(instant) >= Date.parse(since);
}
