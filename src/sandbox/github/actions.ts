import { headOf } from "./git-store.js";
import { notifyOfRun } from "./notifications.js";
import {
  repositoryOf,
  stamp,
  toInstant,
  userOf,
  type Attempt,
  type Job,
  type Run,
  type State,
} from "./state.js";

export interface NewRun {
  workflow: string;
  branch: string;
  actor: string;
  event?: string;
  title?: string;
  /** Default `in_progress`. */
  status?: "queued" | "in_progress";
  /** Default: the head of the branch. */
  sha?: string;
  /** The fork that the commit is in; null: one that was deleted. */
  headRepository?: string | null;
}

export interface JobResult {
  name: string;
  conclusion: string;
  /** The step that failed. */
  step?: string;
  log?: string;
  /** When the failed step ran; default: as long as the job. */
  stepAt?: [from: string, to: string];
}

export interface RunResult {
  conclusion: string;
  jobs?: JobResult[];
}

/** How long a rerun that was asked for waits before a runner takes it. */
const queueMs = 2000;

export function startRun(state: State, fullName: string, request: NewRun): { id: number } {
  const repo = repositoryOf(state, fullName);
  const head = headOf(repo.git, request.branch) ?? headOf(repo.git, repo.defaultBranch);
  const workflow = repo.runs.find((run) => run.workflow === request.workflow);
  const actor = userOf(state, request.actor).login;
  const run: Run = {
    repo,
    id: state.nextId("run"),
    runNumber: repo.runs.filter((known) => known.workflow === request.workflow).length + 1,
    workflow: request.workflow,
    workflowId: workflow?.workflowId ?? state.nextId("account"),
    branch: request.branch,
    sha: request.sha ?? head?.sha ?? "0".repeat(40),
    actor,
    event: request.event ?? "push",
    title: request.title ?? head?.message.split("\n")[0] ?? request.workflow,
    headRepository: headRepositoryOf(state, repo, request),
    createdAt: stamp(state),
    attempts: [],
  };
  addAttempt(state, run, { actor, status: request.status ?? "in_progress" });
  repo.runs.push(run);
  return { id: run.id };
}

function headRepositoryOf(state: State, repo: Run["repo"], { headRepository }: NewRun): Run["repo"] | null {
  if (headRepository === undefined) return repo;
  return headRepository === null ? null : repositoryOf(state, headRepository);
}

/** A runner takes a queued run. Happens by itself after two seconds. */
export function beginRun(state: State, fullName: string, id: number): void {
  const attempt = attemptOf(runOf(state, fullName, id));
  if (attempt.status !== "queued") return;
  attempt.status = "in_progress";
  attempt.updatedAt = stamp(state);
  for (const job of attempt.jobs) if (job.status === "queued") job.status = "in_progress";
}

export function finishRun(state: State, [fullName, id]: [string, number], result: RunResult): void {
  const run = runOf(state, fullName, id);
  const attempt = attemptOf(run);
  const at = stamp(state);
  attempt.status = "completed";
  attempt.conclusion = result.conclusion;
  attempt.updatedAt = at;
  const results = result.jobs ?? attempt.jobs.map(({ name }) => ({ name, conclusion: result.conclusion }));
  for (const job of results) applyResult(state, run, job);
  for (const job of attempt.jobs) {
    if (job.status === "completed") continue;
    Object.assign(job, { status: "completed", conclusion: result.conclusion, completedAt: at });
  }
  notifyOfRun(state, run);
}

/** Keeps the id and `created_at`; the attempt, `run_started_at` and `updated_at` go up. */
export function rerun(
  state: State,
  [fullName, id]: [string, number],
  request: { by: string; failedOnly?: boolean },
): void {
  const run = runOf(state, fullName, id);
  const previous = attemptOf(run);
  if (previous.status !== "completed") throw new Error(`Run ${id} of ${fullName} is still running.`);
  const kept = request.failedOnly === true ? previous.jobs.filter((job) => job.conclusion === "success") : [];
  const again = previous.jobs.filter((job) => !kept.includes(job)).map((job) => job.name);
  const attempt = addAttempt(state, run, {
    actor: userOf(state, request.by).login,
    status: "queued",
    jobs: again,
  });
  for (const job of kept) attempt.jobs.push({ ...job, id: state.nextId("run"), attempt: attempt.number });
}

export function cancelRun(state: State, [fullName, id]: [string, number]): void {
  finishRun(state, [fullName, id], { conclusion: "cancelled" });
}

function runOf(state: State, fullName: string, id: number): Run {
  const run = repositoryOf(state, fullName).runs.find((known) => known.id === id);
  if (run === undefined) throw new Error(`The GitHub sandbox has no run ${id} in ${fullName}.`);
  return run;
}

export function attemptOf(run: Run): Attempt {
  const last = run.attempts.at(-1);
  if (last === undefined) throw new Error(`Run ${run.id} has no attempt.`);
  return last;
}

/** Lets a runner take what has waited long enough. Called before anything about runs is read. */
export function settleRuns(state: State, runs: Run[]): void {
  for (const run of runs) {
    const attempt = attemptOf(run);
    const begun = Date.parse(attempt.startedAt) + queueMs;
    if (attempt.status !== "queued" || begun > state.now()) continue;
    attempt.status = "in_progress";
    attempt.updatedAt = toInstant(begun);
    for (const job of attempt.jobs) if (job.status === "queued") job.status = "in_progress";
  }
}

function addAttempt(
  state: State,
  run: Run,
  start: { actor: string; status: "queued" | "in_progress"; jobs?: string[] },
): Attempt {
  const at = stamp(state);
  const attempt: Attempt = {
    number: run.attempts.length + 1,
    actor: start.actor,
    startedAt: at,
    updatedAt: at,
    status: start.status,
    conclusion: null,
    jobs: [],
  };
  run.attempts.push(attempt);
  for (const name of start.jobs ?? ["build"]) addJob(state, run, name);
  return attempt;
}

function addJob(state: State, run: Run, name: string): Job {
  const attempt = attemptOf(run);
  const job: Job = {
    id: state.nextId("run"),
    runId: run.id,
    attempt: attempt.number,
    name,
    status: attempt.status === "completed" ? "in_progress" : attempt.status,
    conclusion: null,
    startedAt: attempt.startedAt,
    completedAt: null,
  };
  attempt.jobs.push(job);
  return job;
}

function applyResult(state: State, run: Run, result: JobResult): void {
  const attempt = attemptOf(run);
  const blank = attempt.jobs.find((job) => job.status !== "completed" && job.name === "build");
  const known = attempt.jobs.find((job) => job.name === result.name) ?? blank;
  const job = known ?? addJob(state, run, result.name);
  const failed = result.conclusion === "failure";
  Object.assign(job, {
    name: result.name,
    status: "completed",
    conclusion: result.conclusion,
    step: failed ? (result.step ?? "Run tests") : undefined,
    stepAt: result.stepAt,
    log: result.log ?? defaultLog(result),
    completedAt: attempt.updatedAt,
  });
}

function defaultLog(result: JobResult): string {
  const step = result.step ?? "Run tests";
  const lines = [`##[group]${step}`, "npm test", "##[endgroup]"];
  if (result.conclusion === "failure") {
    lines.push("\u001b[31m1 test failed\u001b[0m", "##[error]Process completed with exit code 1.");
  }
  return lines.map((line) => `2026-01-01T00:00:00.0000000Z ${line}`).join("\n") + "\n";
}
