import { toNodeId, type Job, type Repository, type State } from "../state.js";
import { repositoryUrl } from "./repository.js";

/** `check-run` of the official description, made of a job. */
export function toCheckRun(state: State, repo: Repository, { job, sha }: { job: Job; sha: string }): object {
  const url = `${repositoryUrl(state, repo)}/check-runs/${job.id}`;
  const page = `${state.urls.web}/${repo.fullName}/actions/runs/${job.runId}/job/${job.id}`;
  return {
    id: job.id,
    head_sha: sha,
    node_id: toNodeId("CheckRun", job.id),
    external_id: "",
    url,
    html_url: page,
    details_url: page,
    status: job.status,
    conclusion: job.status === "completed" ? job.conclusion : null,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    name: job.name,
    check_suite: { id: job.runId },
    app: null,
    pull_requests: [],
  };
}
