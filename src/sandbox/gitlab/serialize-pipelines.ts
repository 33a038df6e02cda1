import type { Bridge, Job, Pipeline, State } from "./model.js";
import { blankSha } from "./repository.js";
import { toCommitJson } from "./serialize-repository.js";
import { iso, isoOrNull, toProfileJson, toUserJson } from "./serialize.js";

/** The label that GitLab shows for a status where it is not the status itself. */
const labels: Record<string, string> = { success: "passed", waiting_for_resource: "waiting for resource" };

export function toPipelineBasic(state: State, pipeline: Pipeline) {
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    project_id: pipeline.project.id,
    sha: pipeline.sha,
    ref: pipeline.ref,
    status: pipeline.status,
    source: pipeline.source,
    created_at: iso(pipeline.createdAt),
    updated_at: iso(pipeline.updatedAt),
    web_url: `${state.url}/${pipeline.project.path}/-/pipelines/${pipeline.id}`,
  };
}

export function toPipelineJson(state: State, pipeline: Pipeline) {
  const label = labels[pipeline.status] ?? pipeline.status;
  const commit = pipeline.project.commits.get(pipeline.sha);
  return {
    ...toPipelineBasic(state, pipeline),
    before_sha: commit?.parents[0] ?? blankSha,
    tag: pipeline.tag,
    yaml_errors: null,
    user: toUserJson(state, pipeline.user),
    started_at: isoOrNull(pipeline.startedAt),
    finished_at: isoOrNull(pipeline.finishedAt),
    committed_at: null,
    duration: secondsBetween(pipeline.startedAt, pipeline.finishedAt, Math.round),
    queued_duration: 0,
    coverage: null,
    detailed_status: {
      icon: `status_${pipeline.status}`,
      text: label.charAt(0).toUpperCase() + label.slice(1),
      label,
      group: pipeline.status,
      tooltip: label,
      has_details: true,
      details_path: `/${pipeline.project.path}/-/pipelines/${pipeline.id}`,
      illustration: null,
      favicon: `/assets/ci_favicons/favicon_status_${pipeline.status}.png`,
    },
  };
}

/** The answer for one pipeline, and a row of the list, carry the name that `workflow:name` gave it. */
export function toPipelineWithName(state: State, pipeline: Pipeline) {
  return { ...toPipelineJson(state, pipeline), name: pipeline.name };
}

export function toJobJson(state: State, job: Job) {
  return {
    ...toCommonJob(state, job),
    artifacts: [
      { file_type: "trace", size: Buffer.byteLength(job.log), filename: "job.log", file_format: null },
    ],
    runner: null,
    runner_manager: null,
    artifacts_expire_at: null,
    archived: false,
    tag_list: [],
  };
}

/** A trigger job has no runner, no log and no artifacts, but the pipeline that it started. */
export function toBridgeJson(state: State, bridge: Bridge) {
  const { downstream } = bridge;
  return {
    ...toCommonJob(state, bridge),
    downstream_pipeline: downstream === null ? null : toPipelineBasic(state, downstream),
  };
}

function toCommonJob(state: State, job: Job) {
  const { pipeline } = job;
  const commit = pipeline.project.commits.get(pipeline.sha);
  return {
    id: job.id,
    status: job.status,
    stage: job.stage,
    name: job.name,
    ref: pipeline.ref,
    tag: pipeline.tag,
    coverage: null,
    allow_failure: job.allowFailure,
    created_at: iso(job.createdAt),
    started_at: isoOrNull(job.startedAt),
    finished_at: isoOrNull(job.finishedAt),
    erased_at: null,
    duration: secondsBetween(job.startedAt, job.finishedAt, (seconds) => seconds),
    queued_duration: 0.2,
    user: toProfileJson(state, pipeline.user),
    commit: commit === undefined ? null : toCommitJson(state, { project: pipeline.project, commit }),
    pipeline: toPipelineBasic(state, pipeline),
    ...(job.status === "failed" ? { failure_reason: "script_failure" } : {}),
    web_url: `${state.url}/${pipeline.project.path}/-/jobs/${job.id}`,
    project: { ci_job_token_scope_enabled: false },
  };
}

function secondsBetween(
  from: number | null,
  to: number | null,
  round: (seconds: number) => number,
): number | null {
  return from === null || to === null ? null : round((to - from) / 1000);
}
