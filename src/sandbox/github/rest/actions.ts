import { attemptOf, settleRuns } from "../actions.js";
import { signBlobUrl } from "../blobs.js";
import { jobsOf, toJob, toRun } from "../shapes/run.js";
import type { Job, Run } from "../state.js";
import { fail, notFound, ok, page, Refusal, type RepoRequest, type RestReply } from "./route.js";

const actions = "/repos/{owner}/{repo}/actions";
const run = `${actions}/runs/{run_id}`;
const read = "actions:read";
const write = "actions:write";
const monthMs = 30 * 24 * 3_600_000;

export const actionRoutes = [
  { operation: `GET ${actions}/runs`, needs: read, handle: listRuns },
  { operation: `GET ${run}`, needs: read, handle: readRun },
  { operation: `GET ${run}/jobs`, needs: read, handle: listJobs },
  { operation: `GET ${run}/attempts/{attempt_number}/jobs`, needs: read, handle: listAttemptJobs },
  { operation: `GET ${actions}/jobs/{job_id}`, needs: read, handle: readJob },
  { operation: `GET ${actions}/jobs/{job_id}/logs`, needs: read, handle: readLog },
  {
    operation: `POST ${run}/rerun`,
    needs: write,
    collaborator: true,
    handle: (request: RepoRequest) => rerun(request, false),
  },
  {
    operation: `POST ${run}/rerun-failed-jobs`,
    needs: write,
    collaborator: true,
    handle: (request: RepoRequest) => rerun(request, true),
  },
  { operation: `POST ${run}/cancel`, needs: write, collaborator: true, handle: cancel },
];

function listRuns(request: RepoRequest): RestReply {
  const { state, repo, query } = request;
  settleRuns(state, repo.runs);
  const filtered = ["actor", "branch", "check_suite_id", "created", "event", "head_sha", "status"];
  const found = repo.runs.filter((known) => matches(known, query)).sort((a, b) => b.id - a.id);
  // With any of these filters GitHub finds at most a thousand.
  const shown = filtered.some((name) => query.has(name)) ? found.slice(0, 1000) : found;
  const cut = page(request, shown);
  const excludePulls = query.get("exclude_pull_requests") === "true";
  const runs = cut.items.map((known) => toRun(state, known, excludePulls));
  return { status: 200, headers: cut.headers, body: { total_count: shown.length, workflow_runs: runs } };
}

function matches(known: Run, query: URLSearchParams): boolean {
  const { status, conclusion } = attemptOf(known);
  const same = (name: string, ...values: Array<string | null>): boolean => {
    const wanted = query.get(name);
    return wanted === null || values.includes(wanted);
  };
  return (
    same("actor", known.actor) &&
    same("branch", known.branch) &&
    same("event", known.event) &&
    same("head_sha", known.sha) &&
    same("check_suite_id", String(known.id + 1)) &&
    same("status", status, conclusion) &&
    isCreated(known, query.get("created"))
  );
}

/** The date syntax of GitHub's search: `>=2026-01-01`, `<…`, `A..B`. */
function isCreated(known: Run, range: string | null): boolean {
  if (range === null) return true;
  const at = Date.parse(known.createdAt);
  const [from, to] = range.split("..");
  if (to !== undefined) return at >= Date.parse(from ?? "") && at <= Date.parse(to);
  const [, operator = "", day = ""] = /^([<>]=?)?(.*)$/.exec(range) ?? [];
  const edge = Date.parse(day);
  if (operator === ">") return at > edge;
  if (operator === ">=") return at >= edge;
  if (operator === "<") return at < edge;
  if (operator === "<=") return at <= edge;
  return known.createdAt.startsWith(day);
}

function runIn(request: RepoRequest): Run {
  settleRuns(request.state, request.repo.runs);
  const found = request.repo.runs.find((known) => String(known.id) === request.params["run_id"]);
  if (found === undefined) throw new Refusal(notFound());
  return found;
}

function readRun(request: RepoRequest): RestReply {
  const excludePulls = request.query.get("exclude_pull_requests") === "true";
  return ok(toRun(request.state, runIn(request), excludePulls));
}

function listJobs(request: RepoRequest): RestReply {
  const known = runIn(request);
  const all = request.query.get("filter") === "all";
  return answerJobs(request, known, all ? jobsOf(known.attempts) : attemptOf(known).jobs);
}

function listAttemptJobs(request: RepoRequest): RestReply {
  const known = runIn(request);
  const attempt = known.attempts[Number(request.params["attempt_number"]) - 1];
  return attempt === undefined ? notFound() : answerJobs(request, known, attempt.jobs);
}

function answerJobs(request: RepoRequest, known: Run, jobs: Job[]): RestReply {
  const cut = page(request, jobs);
  const shapes = cut.items.map((job) => toJob(request.state, known, job));
  return { status: 200, headers: cut.headers, body: { total_count: jobs.length, jobs: shapes } };
}

function jobIn(request: RepoRequest): { known: Run; job: Job } {
  settleRuns(request.state, request.repo.runs);
  for (const known of request.repo.runs) {
    const job = jobsOf(known.attempts).find(({ id }) => String(id) === request.params["job_id"]);
    if (job !== undefined) return { known, job };
  }
  throw new Refusal(notFound());
}

function readJob(request: RepoRequest): RestReply {
  const { known, job } = jobIn(request);
  return ok(toJob(request.state, known, job));
}

/** A log is on another host, at an address that is good for one minute. */
function readLog(request: RepoRequest): RestReply {
  const { job } = jobIn(request);
  if (job.status !== "completed") return notFound();
  return { status: 302, headers: { location: signBlobUrl(request.state, job.id) } };
}

function rerun(request: RepoRequest, failedOnly: boolean): RestReply {
  const known = runIn(request);
  const { state, world, caller } = request;
  if (attemptOf(known).status !== "completed") return fail(403, "This workflow is already running");
  if (state.now() - Date.parse(known.createdAt) > monthMs) {
    return fail(403, "Unable to retry this workflow run because it was created over a month ago");
  }
  if (failedOnly && attemptOf(known).jobs.every((job) => job.conclusion === "success")) {
    return fail(403, "This workflow run cannot be retried: it has no failed jobs");
  }
  world.rerun(known.repo.fullName, known.id, { by: caller.user.login, failedOnly });
  return { status: 201, body: {} };
}

function cancel(request: RepoRequest): RestReply {
  const known = runIn(request);
  if (attemptOf(known).status === "completed") {
    return fail(409, "Cannot cancel a workflow run that is completed.");
  }
  request.world.cancelRun(known.repo.fullName, known.id);
  return { status: 202, body: {} };
}
