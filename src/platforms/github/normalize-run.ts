import type { FailedJob, PipelineFacts, PipelineStatus } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { Person } from "../../domain/person.js";
import { toAccount } from "./git-author.js";
import { toPerson } from "./normalize.js";
import type { StepHint } from "../../domain/job-log/failed-step.js";
import type { JobAnswer, JobsAnswer, RunAnswer } from "./schema.js";

const running: Record<string, PipelineStatus> = {
  queued: "queued",
  requested: "queued",
  pending: "queued",
  // Somebody has to let the deployment go on.
  waiting: "blocked",
  in_progress: "running",
};

const concluded: Record<string, PipelineStatus> = {
  success: "success",
  failure: "failed",
  timed_out: "failed",
  startup_failure: "failed",
  cancelled: "canceled",
  // GitHub gives up on runs that never finished.
  stale: "canceled",
  skipped: "skipped",
  neutral: "skipped",
  // A run from a fork that a maintainer has to approve.
  action_required: "blocked",
};

export function toPipelineStatus(run: {
  status?: string | null;
  conclusion?: string | null;
}): PipelineStatus {
  if (run.status === "completed") return concluded[run.conclusion ?? ""] ?? "unknown";
  return running[run.status ?? ""] ?? "unknown";
}

export function toPipelineFacts(run: RunAnswer, project: Project): PipelineFacts {
  const status = toPipelineStatus(run);
  const rawStatus = (run.status === "completed" ? run.conclusion : run.status) ?? "";
  const mergeRequest = toMergeRequest(run, project);
  const attempt = run.run_attempt ?? 1;
  return {
    type: "pipeline",
    id: run.id,
    attempt,
    number: run.run_number,
    status,
    rawStatus,
    workflow: run.name ?? "",
    ...(run.workflow_id === undefined ? {} : { workflowId: run.workflow_id }),
    trigger: run.event,
    branch: run.head_branch ?? "",
    ...toFork(run),
    sha: run.head_sha,
    ...toCommitTitle(run),
    ...toCommitAuthor(run),
    actor: toPerson(run.triggering_actor ?? run.actor),
    url: run.html_url,
    createdAt: run.created_at,
    ...(run.run_started_at ? { startedAt: run.run_started_at } : {}),
    ...(run.status === "completed" ? { finishedAt: run.updated_at } : {}),
    updatedAt: run.updated_at,
    ...(mergeRequest === undefined ? {} : { mergeRequest }),
    revision: [attempt, run.status, run.conclusion, run.updated_at].join(":"),
  };
}

function toCommitTitle(run: RunAnswer): { commitTitle?: string } {
  const title = run.head_commit?.message.split("\n")[0] ?? run.display_title;
  return title ? { commitTitle: title } : {};
}

/** A fork that was deleted has no name any more; GitHub calls who is gone so. */
const deletedFork = "ghost";

function toFork({ head_repository: head, repository }: RunAnswer): { fork?: string } {
  if (head === undefined || head?.id === repository.id) return {};
  return { fork: head?.full_name ?? deletedFork };
}

/** The account, where the address is one that GitHub gives to it; of any other there is but a name, which is not an identity. */
function toCommitAuthor(run: RunAnswer): { commitAuthor?: Person } {
  const { name, email } = run.head_commit?.author ?? {};
  const account = toAccount(email ?? "");
  if (account === null) return {};
  const { login } = account;
  const started = [run.triggering_actor, run.actor].find(
    (user) => user?.login.toLowerCase() === login.toLowerCase(),
  );
  const id = account.id ?? started?.id;
  if (id === undefined) return {};
  return {
    commitAuthor: { id, login, ...(name && name !== login ? { name } : {}), bot: login.endsWith("[bot]") },
  };
}

/** GitHub lists pull requests that merely share the branch: only one with this very head is meant. */
function toMergeRequest(run: RunAnswer, project: Project): PipelineFacts["mergeRequest"] {
  const pull = (run.pull_requests ?? []).find(
    (one) => one.head.sha === run.head_sha && one.base.repo.id === project.id,
  );
  return pull && { number: pull.number, url: `${project.url}/pull/${pull.number}` };
}

const failures = ["failure", "timed_out", "startup_failure"];

export function toFailedJobs(answer: JobsAnswer, run: PipelineFacts): FailedJob[] {
  return answer.jobs
    .filter((job) => failures.includes(job.conclusion ?? ""))
    .map((job) => {
      const step = failedStep(job)?.name;
      return {
        id: job.id,
        name: job.name,
        ...(step === undefined ? {} : { step }),
        url: job.html_url ?? run.url,
      };
    });
}

/** Which part of the job's log is the failed step's. */
export function toStepHint(job: JobAnswer): StepHint {
  const step = failedStep(job);
  if (step === undefined) return {};
  const [from, to] = [step.started_at, step.completed_at].map((at) =>
    at == null ? undefined : Date.parse(at),
  );
  return { name: step.name, from, to };
}

function failedStep(job: JobAnswer) {
  return job.steps?.find((step) => failures.includes(step.conclusion ?? ""));
}
