import { attemptOf } from "../actions.js";
import { pullsOf, toNodeId, type Attempt, type Job, type Run, type State } from "../state.js";
import { toSimpleUser } from "./account.js";
import { repositoryUrl, toMinimalRepository } from "./repository.js";

/** `workflow-run` of the official description, at its latest attempt. */
export function toRun(state: State, run: Run, excludePulls = false): object {
  const attempt = attemptOf(run);
  const repoUrl = repositoryUrl(state, run.repo);
  const url = `${repoUrl}/actions/runs/${run.id}`;
  const previous = attempt.number > 1 ? `${url}/attempts/${attempt.number - 1}` : null;
  return {
    id: run.id,
    name: run.workflow,
    node_id: toNodeId("Run", run.id),
    head_branch: run.branch,
    head_sha: run.sha,
    path: `.github/workflows/${run.workflow.toLowerCase().replace(/[^a-z\d]+/g, "-")}.yml`,
    display_title: run.title,
    run_number: run.runNumber,
    event: run.event,
    status: attempt.status,
    conclusion: attempt.conclusion,
    workflow_id: run.workflowId,
    check_suite_id: run.id + 1,
    check_suite_node_id: `CS_${run.id}`,
    url,
    html_url: `${state.urls.web}/${run.repo.fullName}/actions/runs/${run.id}`,
    pull_requests: excludePulls ? [] : toPulls(state, run),
    created_at: run.createdAt,
    updated_at: attempt.updatedAt,
    actor: toSimpleUser(state, run.actor),
    run_attempt: attempt.number,
    referenced_workflows: [],
    run_started_at: attempt.startedAt,
    triggering_actor: toSimpleUser(state, attempt.actor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repoUrl}/check-suites/${run.id + 1}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: previous,
    workflow_url: `${repoUrl}/actions/workflows/${run.workflowId}`,
    head_commit: toHeadCommit(run),
    repository: toMinimalRepository(state, run.repo),
    head_repository: run.headRepository && toMinimalRepository(state, run.headRepository),
  };
}

function toHeadCommit(run: Run): object | null {
  const commit = run.repo.git.commits.get(run.sha);
  if (commit === undefined) return null;
  const who = { name: commit.name, email: commit.email };
  const { sha, tree, message, at } = commit;
  return { id: sha, tree_id: tree, message, timestamp: at, author: who, committer: who };
}

function toPulls(state: State, run: Run): object[] {
  const url = repositoryUrl(state, run.repo);
  const repo = { id: run.repo.id, url, name: run.repo.fullName.split("/")[1] };
  return pullsOf(run.repo)
    .filter((pull) => pull.state === "OPEN" && pull.head === run.branch)
    .map((pull) => ({
      id: pull.id,
      number: pull.number,
      url: `${url}/pulls/${pull.number}`,
      head: { ref: pull.head, sha: pull.headSha, repo },
      base: { ref: pull.base, sha: pull.baseSha, repo },
    }));
}

/** `job` of the official description. */
export function toJob(state: State, run: Run, job: Job): object {
  const repoUrl = repositoryUrl(state, run.repo);
  const taken = job.status !== "queued";
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.workflow,
    head_branch: run.branch,
    run_url: `${repoUrl}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: toNodeId("Job", job.id),
    head_sha: run.sha,
    url: `${repoUrl}/actions/jobs/${job.id}`,
    html_url: `${state.urls.web}/${run.repo.fullName}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: job.startedAt,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    name: job.name,
    steps: toSteps(job),
    check_run_url: `${repoUrl}/check-runs/${job.id}`,
    labels: ["ubuntu-latest"],
    runner_id: taken ? 1 : null,
    runner_name: taken ? "sandbox runner" : null,
    runner_group_id: taken ? 1 : null,
    runner_group_name: taken ? "Default" : null,
  };
}

function toSteps(job: Job): object[] {
  if (job.status === "queued") return [];
  const names = ["Set up job", job.step ?? "Run tests", "Complete job"];
  return names.map((name, index) => {
    const isMain = index === 1;
    const done = job.status === "completed";
    return {
      name,
      status: done || index === 0 ? "completed" : isMain ? "in_progress" : "queued",
      conclusion: done ? (isMain ? job.conclusion : "success") : index === 0 ? "success" : null,
      number: index + 1,
      started_at: (isMain ? job.stepAt?.[0] : undefined) ?? job.startedAt,
      completed_at: (isMain ? job.stepAt?.[1] : undefined) ?? job.completedAt,
    };
  });
}

export function jobsOf(attempts: Attempt[]): Job[] {
  return attempts.flatMap((attempt) => attempt.jobs);
}
