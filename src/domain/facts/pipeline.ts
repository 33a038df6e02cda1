import type { Person } from "../person.js";

export type PipelineStatus =
  "queued" | "running" | "success" | "failed" | "canceled" | "skipped" | "blocked" | "unknown";

/** The statuses after which nothing more comes unless somebody retries. */
export const finalStatuses: readonly PipelineStatus[] = ["success", "failed", "canceled", "skipped"];

export interface FailedJob {
  id: string;
  name: string;
  /** The failed step (GitHub) or stage (GitLab). */
  step?: string;
  url: string;
  /** A job of a child or downstream pipeline: the job that started that pipeline. */
  via?: { name: string; url: string };
  /** Where its log is read, when that is another project than the pipeline's. */
  projectId?: string;
  projectPath?: string;
  /** The lines of its log that say what went wrong, oldest first, redacted, at most three. */
  excerpt?: string[];
}

/** A GitLab pipeline or one GitHub Actions run, at one attempt. */
export interface PipelineFacts {
  type: "pipeline";
  id: string;
  /** GitHub: `run_attempt`. GitLab: 1 and counted up by the comparison when a finished pipeline moves again. */
  attempt?: number;
  /** The number people see: `#142` (GitHub run_number, GitLab iid or id). */
  number: number;
  status: PipelineStatus;
  /** The platform's own word, kept for display when it is new to us. */
  rawStatus: string;
  /** The name as people see it: GitHub's workflow, GitLab's pipeline name, or "". It may differ from run to run. */
  workflow: string;
  /** The lasting identity of what runs, where the platform has one (GitHub's `workflow_id`): lines are told apart by it, never by a name. */
  workflowId?: string;
  /** push, schedule, merge_request_event, … in the platform's word. */
  trigger: string;
  /** The branch, or the tag's name where `isTag`. */
  branch: string;
  isTag?: boolean;
  /** The fork that the commit lives in, as `owner/repo`: its branch `main` is not ours. */
  fork?: string;
  sha: string;
  commitTitle?: string;
  /** Who started this attempt. */
  actor: Person | null;
  /** Who wrote the commit, where the platform names the account. */
  commitAuthor?: Person | null;
  url: string;
  createdAt: string;
  /** When this attempt started and ended, where known. */
  startedAt?: string;
  finishedAt?: string;
  updatedAt: string;
  /** Known only when the adapter asked (failed and not seen failing before). */
  failedJobs?: FailedJob[];
  mergeRequest?: { number: number; title?: string; url: string };
  newsSince?: string;
  revision: string;
}
