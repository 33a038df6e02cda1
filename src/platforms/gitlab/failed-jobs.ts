import type { FailedJob } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import { limits } from "./limits.js";
import { toJobUrl, toProjectUrl } from "./links.js";
import { readPages } from "./pages.js";
import * as schema from "./schema.js";
import { toProjectPath } from "./urls.js";
import { ofPresent, unlessSpare, type Visit } from "./visit.js";

/** A pipeline's child may have a child of its own; GitLab allows no more. */
const deepest = 2;
/** Trigger jobs whose pipelines are looked into. */
const mostBridges = 3;

interface Place {
  project: Pick<Project, "id" | "path" | "url">;
  pipelineId: number;
}

/**
 * Jobs that may fail did not break the pipeline, and earlier tries of a job are left out by GitLab. A trigger job with
 * `strategy: depend` fails because of the pipeline that it started: that pipeline's failed jobs say why.
 */
export async function readFailedJobs(
  visit: Visit,
  place: Place,
  how: { lenient: boolean },
): Promise<FailedJob[] | undefined> {
  const [jobs, bridges] = await Promise.all([
    unlessSpare(ofPresent(readJobs(visit, place)), how),
    unlessSpare(readBridges(visit, place), { lenient: true }),
  ]);
  if (jobs === undefined) return undefined;
  const started = await readStarted(visit, { place, bridges: bridges ?? [], depth: 1 });
  return [...jobs.filter(hasFailed).map((job) => toFailedJob(job, place)), ...started];
}

function readJobs(visit: Visit, { project, pipelineId }: Place): Promise<schema.RawJob[]> {
  return readPages(visit.session, {
    row: schema.job,
    limit: limits.jobs,
    ask: (page, perPage) => (gl) => gl.jobs.all(project.id, { pipelineId, scope: "failed", perPage, page }),
    call: { what: `the failed jobs of pipeline ${pipelineId} of ${project.path}` },
    wantsMore: () => true,
  });
}

function readBridges(visit: Visit, { project, pipelineId }: Place): Promise<schema.RawBridge[]> {
  return readPages(visit.session, {
    row: schema.bridge,
    limit: limits.bridges,
    ask: (page, perPage) => (gl) => {
      // Pages are known to GitLab, but not to gitbeaker's types.
      const options: object = { perPage, page };
      return gl.jobs.allPipelineBridges(project.id, pipelineId, { scope: "failed", ...options });
    },
    call: { what: `the trigger jobs of pipeline ${pipelineId} of ${project.path}` },
    wantsMore: () => true,
  });
}

function hasFailed(job: schema.RawJob): boolean {
  return job.status === "failed" && job.allow_failure !== true;
}

async function readStarted(
  visit: Visit,
  from: { place: Place; bridges: schema.RawBridge[]; depth: number },
): Promise<FailedJob[]> {
  const failed = from.bridges.filter(hasFailed);
  const found = await Promise.all(
    failed.map(async (bridge, index) =>
      index < mostBridges ? readBehind(visit, { ...from, bridge }) : [toFailedJob(bridge, from.place)],
    ),
  );
  return found.flat();
}

/** The jobs that failed behind a trigger job; the trigger job itself where none can be seen. */
async function readBehind(
  visit: Visit,
  { place, bridge, depth }: { place: Place; bridge: schema.RawBridge; depth: number },
): Promise<FailedJob[]> {
  const behind = toDownstream(visit, place, bridge);
  const own = [toFailedJob(bridge, place)];
  if (behind === undefined) return own;
  const spare = { lenient: true };
  const jobs = (await unlessSpare(readJobs(visit, behind), spare)) ?? [];
  const bridges = depth < deepest ? ((await unlessSpare(readBridges(visit, behind), spare)) ?? []) : [];
  const deeper = await readStarted(visit, { place: behind, bridges, depth: depth + 1 });
  const elsewhere = behind.project.id === place.project.id ? {} : toElsewhere(behind);
  const found = [
    ...jobs.filter(hasFailed).map((job) => ({ ...toFailedJob(job, behind), ...elsewhere })),
    ...deeper,
  ];
  const via = { name: bridge.name, url: toJobUrl(place.project, bridge.id) };
  return found.length === 0 ? own : found.map((job) => ({ ...job, via }));
}

function toElsewhere({ project }: Place): Pick<FailedJob, "projectId" | "projectPath"> {
  return { projectId: project.id, projectPath: project.path };
}

function toDownstream({ connection }: Visit, place: Place, bridge: schema.RawBridge): Place | undefined {
  const behind = bridge.downstream_pipeline;
  if (behind == null) return undefined;
  const id = behind.project_id == null ? place.project.id : String(behind.project_id);
  if (id === place.project.id) return { project: place.project, pipelineId: behind.id };
  const path = behind.web_url == null ? undefined : toProjectPath(connection, behind.web_url);
  if (path === undefined) return undefined;
  return { project: { id, path, url: toProjectUrl(connection, path) }, pipelineId: behind.id };
}

function toFailedJob(job: schema.RawJob, { project }: Place): FailedJob {
  return { id: String(job.id), name: job.name, step: job.stage ?? undefined, url: toJobUrl(project, job.id) };
}
