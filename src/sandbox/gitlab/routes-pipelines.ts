import type { Reply } from "../server.js";
import {
  choiceIn,
  forbidden,
  instantIn,
  notFound,
  ok,
  projectOf,
  refuse,
  requireMember,
  type Call,
  type Route,
} from "./api.js";
import type { Job, Pipeline } from "./model.js";
import { paged, sorted } from "./paging.js";
import { cancelPipeline, finalStatuses, isRetryable, retryJob, retryPipeline } from "./pipelines.js";
import { conditional } from "./router.js";
import {
  toBridgeJson,
  toJobJson,
  toPipelineBasic,
  toPipelineJson,
  toPipelineWithName,
} from "./serialize-pipelines.js";

const pipelines = "/projects/{id}/pipelines";
const pipeline = `${pipelines}/{pipeline_id}`;
const job = "/projects/{id}/jobs/{job_id}";

export const pipelineRoutes: Route[] = [
  { method: "GET", path: pipelines, handle: list },
  { method: "GET", path: `${pipelines}/latest`, handle: readLatest },
  { method: "GET", path: pipeline, handle: (call) => ok(toPipelineWithName(call.state, pipelineOf(call))) },
  { method: "GET", path: `${pipeline}/jobs`, handle: listJobs },
  { method: "GET", path: `${pipeline}/bridges`, handle: listBridges },
  { method: "POST", path: `${pipeline}/retry`, handle: retry },
  { method: "POST", path: `${pipeline}/cancel`, handle: cancel },
  { method: "GET", path: job, handle: (call) => ok(toJobJson(call.state, jobOf(call))) },
  { method: "GET", path: `${job}/trace`, handle: readTrace },
  { method: "POST", path: `${job}/retry`, handle: handleRetryJob },
];

function pipelineOf(call: Call): Pipeline {
  const id = call.params["pipeline_id"];
  const found = projectOf(call).pipelines.find((candidate) => String(candidate.id) === id);
  if (found === undefined) throw notFound("Pipeline");
  return found;
}

function jobOf(call: Call): Job {
  const jobs = projectOf(call).pipelines.flatMap((candidate) => candidate.jobs);
  const found = jobs.find((candidate) => String(candidate.id) === call.params["job_id"]);
  if (found === undefined) throw notFound("Job");
  return found;
}

const statuses = [
  "created", "waiting_for_resource", "preparing", "waiting_for_callback", "pending", "running", "success", "failed",
  "canceling", "canceled", "skipped", "manual", "scheduled",
] as const; // prettier-ignore

function list(call: Call): Reply {
  const { query } = call;
  const status = choiceIn(call, "status", statuses);
  const scope = choiceIn(call, "scope", ["running", "pending", "finished", "branches", "tags"]);
  const after = instantIn(call, "updated_after") ?? -Infinity;
  const before = instantIn(call, "updated_before") ?? Infinity;
  const source = query.get("source");
  const is = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
  const rows = projectOf(call).pipelines.filter(
    (row) =>
      // Child pipelines show only to those who ask for them.
      (row.source === "parent_pipeline") === (source === "parent_pipeline") &&
      (status === undefined || row.status === status) &&
      inScope(row, scope) &&
      row.updatedAt > after &&
      row.updatedAt < before &&
      is("source", row.source) &&
      is("ref", row.ref) &&
      is("sha", row.sha) &&
      is("username", row.user.username) &&
      is("name", row.name ?? ""),
  );
  const order = choiceIn(call, "order_by", ["id", "status", "ref", "updated_at", "user_id"]) ?? "id";
  const direction = choiceIn(call, "sort", ["asc", "desc"]) ?? "desc";
  const ordered = sorted(rows, (row) => (order === "updated_at" ? row.updatedAt : row.id), direction);
  return paged(call, ordered, (row) => ({ ...toPipelineBasic(call.state, row), name: row.name }));
}

function inScope(row: Pipeline, scope: string | undefined): boolean {
  if (scope === "running" || scope === "pending") return row.status === scope;
  return scope !== "finished" || finalStatuses.has(row.status);
}

/** GitLab answers 403, not 404, where the default branch has none. */
function readLatest(call: Call): Reply {
  const project = projectOf(call);
  const ref = call.query.get("ref") ?? project.defaultBranch;
  const latest = project.pipelines.findLast((row) => row.ref === ref && row.parent === null);
  if (latest === undefined) throw forbidden();
  return ok(toPipelineWithName(call.state, latest));
}

/** The list carries an ETag, but GitLab answers 200 to it all the same. */
function listJobs(call: Call): Reply {
  const scopes = [...call.query.getAll("scope[]"), ...call.query.getAll("scope")];
  const retried = call.query.get("include_retried") === "true";
  const rows = pipelineOf(call).jobs.filter(
    (row) => (retried || !row.retried) && (scopes.length === 0 || scopes.includes(row.status)),
  );
  const ordered = sorted(rows, (row) => row.id, "desc");
  const reply = paged(call, ordered, (row) => toJobJson(call.state, row));
  return { ...reply, headers: { ...reply.headers, etag: `W/"${pipelineOf(call).updatedAt}"` } };
}

function listBridges(call: Call): Reply {
  const scopes = [...call.query.getAll("scope[]"), ...call.query.getAll("scope")];
  const rows = pipelineOf(call).bridges.filter((row) => scopes.length === 0 || scopes.includes(row.status));
  return paged(
    call,
    sorted(rows, (row) => row.id, "desc"),
    (row) => toBridgeJson(call.state, row),
  );
}

function retry(call: Call): Reply {
  requireMember(call, projectOf(call));
  const found = pipelineOf(call);
  retryPipeline(call.state, found);
  return ok(toPipelineJson(call.state, found), 201);
}

function cancel(call: Call): Reply {
  requireMember(call, projectOf(call));
  const found = pipelineOf(call);
  cancelPipeline(call.state, found);
  return ok(toPipelineJson(call.state, found));
}

function handleRetryJob(call: Call): Reply {
  requireMember(call, projectOf(call));
  const found = jobOf(call);
  if (!isRetryable(found)) throw forbidden("403 Forbidden - Job is not retryable");
  return ok(toJobJson(call.state, retryJob(call.state, found)), 201);
}

/** Plain text. Ranges work on the log of a job that has ended (not as a suffix), and are ignored while it runs. */
function readTrace(call: Call): Reply {
  const found = jobOf(call);
  const log = Buffer.from(found.log);
  const whole = { status: 200, headers: { "content-type": "text/plain" }, body: log };
  const range = call.exchange.headers["range"];
  if (range === undefined || found.finishedAt === null) {
    return conditional(call, { ...whole, body: found.log });
  }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  if (first === undefined) throw refuse(400, { message: "400 Bad request" });
  const from = Number(first);
  const to = Math.min(last === "" || last === undefined ? Infinity : Number(last), log.length - 1);
  if (from >= log.length) {
    return { status: 416, headers: { "content-range": `bytes */${log.length}` } };
  }
  const headers = { ...whole.headers, "content-range": `bytes ${from}-${to}/${log.length}` };
  return { status: 206, headers, body: log.subarray(from, to + 1) };
}
