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
  /** GitHub: the workflow's name. GitLab: the pipeline's name, or "". */
  workflow: string;
  /** push, schedule, merge_request_event, … in the platform's word. */
  trigger: string;
  branch: string;
  sha: string;
  commitTitle?: string;
  actor: Person | null;
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
