import type { FailedJob, PipelineFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import { readFailedJobs } from "./failed-jobs.js";
import { toMergeRequestUrl } from "./links.js";
import { readExcerpt } from "./log-tail.js";
import { toPipelineFacts } from "./normalize.js";
import { readProject } from "./projects.js";
import * as schema from "./schema.js";
import type { Try } from "../set-aside.js";
import { unlessSpare, type Visit } from "./visit.js";

/** A pipeline whole: who started it, when it ran, for which merge request, and, when it failed, which jobs failed. */
export async function readPipelineDetails(
  visit: Visit,
  wanted: { project: Project; id: string },
  how: Try & { excerpts?: boolean } = { lenient: false },
): Promise<PipelineFacts> {
  const { project } = wanted;
  const id = Number(wanted.id);
  const what = `the pipeline ${wanted.id} of ${project.path}`;
  const { data } = await visit.session.read(schema.pipeline, (gl) => gl.pipelines.show(project.id, id), {
    what,
  });
  const facts = toPipelineFacts(data, project);
  const failed = facts.status === "failed";
  const [origin, failedJobs, commitTitle] = await Promise.all([
    facts.mergeRequest === undefined
      ? undefined
      : unlessSpare(readOrigin(visit, project, facts.mergeRequest.number), how),
    failed ? readFailedJobs(visit, { project, pipelineId: id }, how) : undefined,
    failed ? readCommitTitle(visit, project, facts.sha) : undefined,
  ]);
  const told = how.excerpts === true ? await withExcerpts(visit, project, failedJobs) : failedJobs;
  return { ...facts, failedJobs: told, commitTitle, ...origin };
}

/** Jobs whose logs are looked into for what went wrong. */
const mostExcerpts = 2;

async function withExcerpts(
  visit: Visit,
  project: Project,
  jobs: FailedJob[] | undefined,
): Promise<FailedJob[] | undefined> {
  if (jobs === undefined) return undefined;
  return Promise.all(
    jobs.map(async (job, index) => {
      if (index >= mostExcerpts) return job;
      const own = { ...project, id: job.projectId ?? project.id, path: job.projectPath ?? project.path };
      return { ...job, excerpt: await readExcerpt(visit, { project: own, jobId: job.id }) };
    }),
  );
}

/**
 * `refs/merge-requests/7/head` is no branch that anybody knows: the merge request tells the branch, and whether it is one of a
 * fork, whose `main` is not ours.
 */
async function readOrigin(
  visit: Visit,
  project: Project,
  number: number,
): Promise<Pick<PipelineFacts, "branch" | "fork" | "mergeRequest">> {
  const what = `the merge request !${number} of ${project.path}`;
  const { data: raw } = await visit.session.read(
    schema.mergeRequest,
    (gl) => gl.mergeRequests.show(project.id, number),
    { what },
  );
  return {
    branch: raw.source_branch,
    fork: await readFork(visit, raw),
    mergeRequest: { number, title: raw.title, url: toMergeRequestUrl(project, number) },
  };
}

/** The path of the project that the branch lives in, where it is another one; its number where it may not be seen. */
async function readFork(visit: Visit, raw: schema.RawMergeRequest): Promise<string | undefined> {
  const { source_project_id: source, target_project_id: target } = raw;
  if (source == null || target == null || source === target) return undefined;
  const id = String(source);
  const found = await unlessSpare(readProject(visit, id, id), { lenient: true });
  return found?.path ?? id;
}

async function readCommitTitle(visit: Visit, project: Project, sha: string): Promise<string | undefined> {
  const reading = visit.session.read(schema.commit, (gl) => gl.commits.show(project.id, sha), {
    what: `the commit ${sha.slice(0, 8)} of ${project.path}`,
  });
  return (await unlessSpare(reading, { lenient: true }))?.data.title;
}
