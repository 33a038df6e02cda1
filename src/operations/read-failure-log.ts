import type { FailedJob } from "../domain/facts/index.js";
import type { Project } from "../domain/project.js";
import type { Subject } from "../domain/subject.js";
import type { FoundTarget } from "./find-target.js";

/** About as much as a phone shows without scrolling for ever, and within one message. */
const tailBytes = 2_500;

/** The failed job that comes first in the pipeline, with the end of its log; null when nothing failed. */
export async function readFailureLog(
  { live, project, subject }: FoundTarget & { subject: Subject },
  signal: AbortSignal,
): Promise<{ job: FailedJob; tail: string } | null> {
  const pipeline = await live.client.readPipeline(project, subject.id, signal);
  const job = pipeline.failedJobs?.[0];
  if (job === undefined) return null;
  const tail = await live.client.readLogTail(
    { project: toPlace(project, job), jobId: job.id, maxBytes: tailBytes },
    signal,
  );
  return { job, tail };
}

/** A pipeline may have failed because of one that it started in another project. */
function toPlace(project: Project, job: FailedJob): Project {
  return { ...project, id: job.projectId ?? project.id, path: job.projectPath ?? project.path };
}
