import { followBranch } from "./merge-requests.js";
import type { Commit, Job, MergeRequest, Pipeline, Project, State, User } from "./model.js";
import { addCommit, headOf } from "./repository.js";
import { addTodo, resolveTodos } from "./todos.js";

export interface NewPipeline {
  by: User;
  ref?: string | undefined;
  source?: string | undefined;
  name?: string | undefined;
  commitTitle?: string | undefined;
  mergeRequest?: MergeRequest | undefined;
  parent?: Pipeline | undefined;
  /** The trigger job of the parent that starts it; without a name of its own it is called `child`. */
  bridge?: { name: string; stage: string } | undefined;
  tag?: boolean | undefined;
  /** Jobs that run from the start. */
  jobs?: Array<{ name: string; stage: string }> | undefined;
}

export interface JobResult {
  name: string;
  stage?: string | undefined;
  status: string;
  log?: string | undefined;
  allowFailure?: boolean | undefined;
}

export const finalStatuses = new Set(["success", "failed", "canceled", "skipped"]);

/** Starts a running pipeline on the head of its branch, or of its merge request. */
export function startPipeline(state: State, project: Project, start: NewPipeline): Pipeline {
  const commit = commitFor(state, project, start);
  const at = state.now();
  const pipeline: Pipeline = {
    id: state.nextId("pipeline"),
    iid: project.pipelines.length + 1,
    project,
    sha: commit.sha,
    ref: refFor(project, start),
    status: "running",
    source: start.source ?? (start.mergeRequest === undefined ? "push" : "merge_request_event"),
    name: start.name ?? null,
    user: start.by,
    mergeRequest: start.mergeRequest ?? null,
    parent: start.parent ?? null,
    tag: start.tag ?? false,
    jobs: [],
    bridges: [],
    createdAt: at,
    updatedAt: at,
    startedAt: at,
    finishedAt: null,
  };
  project.pipelines.push(pipeline);
  for (const job of start.jobs ?? []) addJob(state, pipeline, job);
  if (pipeline.parent !== null) beChild(state, pipeline.parent, { pipeline, bridge: start.bridge });
  else for (const mergeRequest of headedBy(project, pipeline)) mergeRequest.headPipeline = pipeline;
  return pipeline;
}

/** A child in the same project is hidden in its list; one in another project is a pipeline like any other there. */
function beChild(
  state: State,
  parent: Pipeline,
  { pipeline, bridge }: { pipeline: Pipeline; bridge: NewPipeline["bridge"] },
): void {
  pipeline.source = pipeline.project === parent.project ? "parent_pipeline" : "pipeline";
  const made = bridge ?? { name: "child", stage: "deploy" };
  parent.bridges.push({ ...newJob(state, parent, made), downstream: pipeline });
}

function refFor(project: Project, start: NewPipeline): string {
  if (start.mergeRequest !== undefined) return `refs/merge-requests/${start.mergeRequest.iid}/head`;
  return start.ref ?? project.defaultBranch;
}

/** A title that the branch's head does not have gets a commit of its own; a merge request's head is renamed instead. */
function commitFor(state: State, project: Project, start: NewPipeline): Commit {
  const branch = start.mergeRequest?.source ?? start.ref ?? project.defaultBranch;
  const head = headOf(project, branch);
  const title = start.commitTitle;
  if (head !== undefined && (title === undefined || head.message.startsWith(title))) return head;
  if (head !== undefined && start.mergeRequest !== undefined && title !== undefined) {
    head.message = title;
    return head;
  }
  const commit = addCommit(state, project, { branch, by: start.by, message: title ?? `Start ${branch}` });
  followBranch(state, project, commit);
  return commit;
}

function headedBy(project: Project, pipeline: Pipeline): MergeRequest[] {
  return project.mergeRequests.filter(
    (mergeRequest) =>
      mergeRequest.state === "opened" &&
      mergeRequest.sha === pipeline.sha &&
      (pipeline.mergeRequest === mergeRequest || pipeline.ref === mergeRequest.source),
  );
}

/**
 * Ends it. `jobs` end as listed (by name: a running job of that name is the one that ends), every other running job ends like
 * the pipeline. The merge requests of which this is the head pipeline keep their `updated_at`; a failure gives their authors a to-do.
 */
export function finishPipeline(
  state: State,
  pipeline: Pipeline,
  end: { status: string; jobs?: JobResult[] | undefined },
): void {
  const results = end.jobs ?? (pipeline.jobs.length === 0 ? [{ name: "test", status: end.status }] : []);
  for (const result of results) finishJob(state, pipeline, result);
  for (const job of pipeline.jobs) {
    if (!job.retried && job.status === "running") endJob(state, job, end.status);
  }
  pipeline.status = end.status;
  pipeline.updatedAt = state.now();
  pipeline.finishedAt = finalStatuses.has(end.status) ? state.now() : null;
  const bridge = pipeline.parent?.bridges.find(({ downstream }) => downstream === pipeline);
  if (bridge !== undefined) endJob(state, bridge, end.status);
  if (end.status !== "failed" || pipeline.parent !== null) return;
  for (const mergeRequest of headedBy(pipeline.project, pipeline)) {
    const { author } = mergeRequest;
    addTodo(state, { user: author, author, action: "build_failed", target: mergeRequest });
  }
}

function finishJob(state: State, pipeline: Pipeline, result: JobResult): void {
  const job =
    pipeline.jobs.find((other) => !other.retried && other.name === result.name) ??
    addJob(state, pipeline, { name: result.name, stage: result.stage ?? "test" });
  // A job that went well before a retry was not run again, whatever the list repeats.
  if (job.status === result.status && finalStatuses.has(job.status)) return;
  job.stage = result.stage ?? job.stage;
  job.allowFailure = result.allowFailure ?? job.allowFailure;
  job.log = result.log ?? (neverRan.has(result.status) ? "" : `$ ./${result.name}\n`);
  endJob(state, job, result.status);
}

/** Statuses of a job that never got to a runner: no times and no log. */
const neverRan = new Set(["created", "manual", "skipped", "scheduled"]);

function endJob(state: State, job: Job, status: string): void {
  job.status = status;
  if (neverRan.has(status)) job.startedAt = null;
  else if (status !== "running") job.finishedAt = state.now();
}

function addJob(state: State, pipeline: Pipeline, made: { name: string; stage: string }): Job {
  const job = newJob(state, pipeline, made);
  pipeline.jobs.push(job);
  return job;
}

function newJob(state: State, pipeline: Pipeline, made: { name: string; stage: string }): Job {
  return {
    id: state.nextId("job"),
    pipeline,
    ...made,
    status: "running",
    allowFailure: false,
    log: "",
    retried: false,
    createdAt: state.now(),
    startedAt: state.now(),
    finishedAt: null,
  };
}

/** Runs the failed and canceled jobs again as new jobs with new ids; the pipeline keeps its id and moves on. */
export function retryPipeline(state: State, pipeline: Pipeline): void {
  const broken = pipeline.jobs.filter((job) => !job.retried && isBroken(job));
  if (broken.length === 0 && !["failed", "canceled"].includes(pipeline.status)) return;
  for (const job of broken) renewJob(state, job);
  restart(state, pipeline);
}

export function retryJob(state: State, job: Job): Job {
  const renewed = renewJob(state, job);
  restart(state, job.pipeline);
  return renewed;
}

function isBroken(job: Job): boolean {
  return job.status === "failed" || job.status === "canceled";
}

export function isRetryable(job: Job): boolean {
  return !job.retried && (isBroken(job) || job.status === "success");
}

function renewJob(state: State, job: Job): Job {
  job.retried = true;
  const renewed = addJob(state, job.pipeline, { name: job.name, stage: job.stage });
  renewed.allowFailure = job.allowFailure;
  return renewed;
}

function restart(state: State, pipeline: Pipeline): void {
  pipeline.status = "running";
  pipeline.updatedAt = state.now();
  pipeline.finishedAt = null;
  // GitLab settles the author's to-dos when a build of the merge request is retried (GL:app/services/todo_service.rb).
  for (const mergeRequest of headedBy(pipeline.project, pipeline)) {
    resolveTodos(state, mergeRequest, mergeRequest.author);
  }
}

/** Does nothing to a pipeline that has ended; GitLab answers 200 all the same. */
export function cancelPipeline(state: State, pipeline: Pipeline): void {
  if (finalStatuses.has(pipeline.status)) return;
  for (const job of pipeline.jobs) if (job.status === "running") endJob(state, job, "canceled");
  pipeline.status = "canceled";
  pipeline.updatedAt = state.now();
  pipeline.finishedAt = state.now();
}
