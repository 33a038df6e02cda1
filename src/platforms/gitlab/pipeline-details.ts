import * as z from "zod";
import type { FailedJob, PipelineFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import { toPipelineFacts } from "./normalize.js";
import * as schema from "./schema.js";
import { ifThere, ofPresent, type Visit } from "./visit.js";

/** A pipeline whole: who started it, when it ran, for which merge request, and, when it failed, which jobs failed. */
export async function readPipelineDetails(
  visit: Visit,
  wanted: { project: Project; id: string },
): Promise<PipelineFacts> {
  const { project } = wanted;
  const id = Number(wanted.id);
  const what = `the pipeline ${wanted.id} of ${project.path}`;
  const { data } = await visit.session.read(schema.pipeline, (gl) => gl.pipelines.show(project.id, id), {
    what,
  });
  const facts = toPipelineFacts(data, project);
  const failed = facts.status === "failed";
  const [mergeRequest, failedJobs, commitTitle] = await Promise.all([
    facts.mergeRequest === undefined
      ? undefined
      : readMergeRequest(visit, project, facts.mergeRequest.number),
    failed ? ofPresent(readFailedJobs(visit, project, id)) : undefined,
    failed ? readCommitTitle(visit, project, facts.sha) : undefined,
  ]);
  return {
    ...facts,
    ...(failedJobs === undefined ? {} : { failedJobs }),
    ...(commitTitle === undefined ? {} : { commitTitle }),
    ...(mergeRequest === undefined ? {} : mergeRequest),
  };
}

/** `refs/merge-requests/7/head` is no branch that anybody knows: the merge request tells the branch. */
async function readMergeRequest(visit: Visit, project: Project, number: number) {
  const what = `the merge request !${number} of ${project.path}`;
  const answer = await ifThere(
    visit.session.read(schema.mergeRequest, (gl) => gl.mergeRequests.show(project.id, number), { what }),
  );
  if (answer === undefined) return undefined;
  const { source_branch: branch, title, web_url: url } = answer.data;
  return { branch, mergeRequest: { number, title, url } };
}

/** Jobs that may fail did not break the pipeline, and earlier tries of a job are left out by GitLab. */
async function readFailedJobs(visit: Visit, project: Project, pipelineId: number): Promise<FailedJob[]> {
  const { data } = await visit.session.read(
    z.array(schema.job),
    (gl) => gl.jobs.all(project.id, { pipelineId, scope: "failed", perPage: 100, page: 1 }),
    { what: `the failed jobs of pipeline ${pipelineId} of ${project.path}` },
  );
  const jobs = data.filter((job) => job.status === "failed" && job.allow_failure !== true);
  return jobs.map((job) => ({
    id: String(job.id),
    name: job.name,
    ...(job.stage == null ? {} : { step: job.stage }),
    url: job.web_url,
  }));
}

async function readCommitTitle(visit: Visit, project: Project, sha: string): Promise<string | undefined> {
  const answer = await ifThere(
    visit.session.read(schema.commit, (gl) => gl.commits.show(project.id, sha), {
      what: `the commit ${sha.slice(0, 8)} of ${project.path}`,
    }),
  );
  return answer?.data.title;
}
