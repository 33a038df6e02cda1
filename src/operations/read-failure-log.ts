import type { FailedJob } from "../domain/facts/index.js";
import type { Project } from "../domain/project.js";
import type { Subject } from "../domain/subject.js";
import type { FoundTarget } from "./find-target.js";

/** About as much as a phone shows without scrolling for ever, and within one message. */
const tailBytes = 2_500;

export interface FailureLog {
  job: FailedJob;
  tail: string;
  /** The other jobs that failed. */
  others: FailedJob[];
}

/** The end of the failed step of one failed job, the first where none is named; null when nothing failed. */
export async function readFailureLog(
  { live, project, subject }: FoundTarget & { subject: Subject },
  jobId: string | undefined,
  signal: AbortSignal,
): Promise<FailureLog | null> {
  const { failedJobs = [] } = await live.client.readPipeline(project, subject.id, signal);
  const job = failedJobs.find(({ id }) => id === jobId) ?? failedJobs[0];
  if (job === undefined) return null;
  const place = { project: toPlace(project, job), jobId: job.id, maxBytes: tailBytes };
  const tail = await live.client.readLogTail(
    job.step === undefined ? place : { ...place, step: job.step },
    signal,
  );
  return { job, tail, others: failedJobs.filter((other) => other !== job) };
}

/** A pipeline may have failed because of one that it started in another project. */
function toPlace(project: Project, job: FailedJob): Project {
  return { ...project, id: job.projectId ?? project.id, path: job.projectPath ?? project.path };
}
