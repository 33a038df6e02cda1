import { attemptOf } from "./actions.js";
import type { Job, PullRequest, Repository } from "./state.js";

/** The check runs of a commit: each job of the last attempt of each of its workflow runs is one. */
export function checksOf(repo: Repository, sha: string): Job[] {
  return repo.runs.filter((run) => run.sha === sha).flatMap((run) => attemptOf(run).jobs);
}

/** `CheckRunState` of GraphQL: how far it is, and once it has ended how. */
export function toCheckState(job: Job): string {
  const state = job.status === "completed" ? (job.conclusion ?? "neutral") : job.status;
  return state.toUpperCase();
}

/** `StatusState` of all checks together; null: there are none. */
export function rollupOf(jobs: readonly Job[]): string | null {
  if (jobs.length === 0) return null;
  const states = jobs.map(toCheckState);
  if (states.some((state) => ["FAILURE", "TIMED_OUT", "CANCELLED", "ACTION_REQUIRED"].includes(state)))
    return "FAILURE";
  return states.every((state) => ["SUCCESS", "NEUTRAL", "SKIPPED"].includes(state)) ? "SUCCESS" : "PENDING";
}

/** The sandbox keeps no contents of pull requests: each commit adds a line to one file. */
export function diffOf(pull: PullRequest): { additions: number; deletions: number; files: number } {
  return { additions: pull.commits.length, deletions: 0, files: 1 };
}
