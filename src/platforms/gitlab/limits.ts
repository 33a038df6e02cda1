/**
 * Every list that is read of GitLab, how much of it is read at once and in all, and what becomes of the rest:
 *
 * - `cut`    it is not read, and the source says so (`cut`).
 * - `later`  it is read as soon as it moves, or with the next poll.
 * - `shown`  only the display is shorter for it; nothing is told less.
 *
 * A list without `rows` comes whole in one answer.
 */
export interface ListLimit {
  /** As a shortfall names it (`shortfall.cut`). */
  name: string;
  perPage?: number;
  rows?: number;
  beyond: "cut" | "later" | "shown";
}

export interface PagedLimit extends ListLimit {
  perPage: number;
  rows: number;
}

export const limits = {
  /** `GET /projects`: as many as the caller wants. */
  projects: { name: "projects", perPage: 100, rows: 2000, beyond: "cut" },
  /** Projects that are called alike, when a path is looked for by its last part. */
  namesakes: { name: "projects", perPage: 100, rows: 500, beyond: "shown" },
  /** Groups that the account belongs to. */
  groups: { name: "groups", perPage: 100, rows: 1000, beyond: "shown" },
  /** Merge requests that moved since the last poll. */
  mergeRequests: { name: "merge_requests", perPage: 50, rows: 2000, beyond: "cut" },
  /** Open merge requests at the first poll. */
  openMergeRequests: { name: "open_merge_requests", perPage: 100, rows: 4000, beyond: "later" },
  /** Notes of one merge request or issue that are news. */
  notes: { name: "comments", perPage: 100, rows: 2000, beyond: "cut" },
  /** Come whole. */
  approvals: { name: "approvals", beyond: "shown" },
  reviewers: { name: "reviewers", beyond: "shown" },
  /** Threads of one merge request, to count the open ones. */
  discussions: { name: "threads", perPage: 100, rows: 500, beyond: "shown" },
  /** Pipelines that moved since the last poll. */
  pipelines: { name: "pipelines", perPage: 30, rows: 1200, beyond: "cut" },
  /** Failed jobs of one pipeline. */
  jobs: { name: "jobs", perPage: 100, rows: 300, beyond: "shown" },
  /** Jobs of one pipeline that start another. */
  bridges: { name: "trigger_jobs", perPage: 100, rows: 300, beyond: "shown" },
  /** Pushes among which the one to the default branch is looked for. */
  pushes: { name: "pushes", perPage: 50, rows: 500, beyond: "shown" },
  /** Changed files of a push whose comparison is too large for one answer, commit by commit. */
  commits: { name: "commits", perPage: 100, rows: 100, beyond: "cut" },
  files: { name: "files", perPage: 100, rows: 1000, beyond: "cut" },
  /** Events of the wiki since the last poll. */
  wikiEvents: { name: "wiki_events", perPage: 100, rows: 2000, beyond: "cut" },
  wikiPages: { name: "wiki_pages", beyond: "shown" },
  /** Pending to-dos. */
  todos: { name: "todos", perPage: 100, rows: 2000, beyond: "cut" },
} as const satisfies Record<string, ListLimit>;

/** An answer that is larger than a client takes is asked for again in parts of so many rows. */
export function toSmallerPage(perPage: number): number | undefined {
  if (perPage > 10) return 10;
  return perPage > 1 ? 1 : undefined;
}
