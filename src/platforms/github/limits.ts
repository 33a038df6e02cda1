/**
 * Every list that is read of GitHub, how much of it is read at once and in all, and what becomes of the rest:
 *
 * - `cut`    it is not read, and the source says so (`cut`).
 * - `later`  it is read as soon as it moves, or with the next poll.
 * - `rest`   a nested list of GraphQL that has more: the subject is read by REST, whose pages have no end.
 * - `shown`  only the display is shorter for it; nothing is told less.
 */
export interface ListLimit {
  /** As a shortfall names it (`shortfall.cut`). */
  name: string;
  perPage: number;
  rows: number;
  beyond: "cut" | "later" | "rest" | "shown";
}

export const limits = {
  /** `GET /user/repos`: as many as the caller wants. */
  repositories: { name: "projects", perPage: 100, rows: 2000, beyond: "cut" },
  teams: { name: "teams", perPage: 100, rows: 1000, beyond: "shown" },
  /** Notifications that moved since the last poll. */
  notifications: { name: "notifications", perPage: 50, rows: 1000, beyond: "cut" },
  /** Pull requests that moved since the last poll. */
  pulls: { name: "merge_requests", perPage: 50, rows: 2000, beyond: "cut" },
  /** Open pull requests at the first poll. */
  openPulls: { name: "open_merge_requests", perPage: 100, rows: 4000, beyond: "later" },
  /** Runs that began since the last poll. */
  runs: { name: "pipelines", perPage: 30, rows: 600, beyond: "cut" },
  /** Runs of any age that run or failed: what is behind them is seen when it moves. */
  oldRuns: { name: "pipelines", perPage: 100, rows: 100, beyond: "later" },
  /** Jobs of one run, among which the failed ones are looked for. */
  jobs: { name: "jobs", perPage: 100, rows: 1000, beyond: "shown" },
  /** Comments of one issue or pull request, remarks, reviews and events of one pull request: by REST. */
  comments: { name: "comments", perPage: 100, rows: 2000, beyond: "cut" },
  remarks: { name: "comments", perPage: 100, rows: 2000, beyond: "cut" },
  reviews: { name: "reviews", perPage: 100, rows: 1000, beyond: "cut" },
  events: { name: "events", perPage: 100, rows: 2000, beyond: "cut" },
  checkRuns: { name: "checks", perPage: 100, rows: 300, beyond: "shown" },
  /** Nested in one GraphQL answer about a pull request. */
  news: { name: "comments", perPage: 100, rows: 1100, beyond: "rest" },
  nestedRemarks: { name: "comments", perPage: 50, rows: 50, beyond: "rest" },
  standing: { name: "events", perPage: 100, rows: 100, beyond: "shown" },
  labels: { name: "labels", perPage: 100, rows: 100, beyond: "shown" },
  assignees: { name: "assignees", perPage: 20, rows: 20, beyond: "shown" },
  reviewRequests: { name: "reviewers", perPage: 100, rows: 100, beyond: "rest" },
  opinions: { name: "approvals", perPage: 100, rows: 100, beyond: "shown" },
  threads: { name: "threads", perPage: 100, rows: 100, beyond: "shown" },
} as const satisfies Record<string, ListLimit>;

/** An answer that is larger than a client takes is asked for again in parts of so many rows. */
export function toSmallerPage(perPage: number): number | undefined {
  if (perPage > 10) return 10;
  return perPage > 1 ? 1 : undefined;
}
