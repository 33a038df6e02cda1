import { isFailure } from "../../domain/failure.js";
import type { FailedJob, PipelineFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { GitHubSession } from "./client.js";
import { readFailedStepLog, type LogWay } from "./logs.js";
import { toFailedJobs, toStepHint } from "./normalize-run.js";
import { repoUrl } from "./projects.js";
import { limits } from "./limits.js";
import { readList } from "./lists.js";
import { job, type JobsAnswer } from "./schema.js";

/** Jobs of one run, and runs of one poll, whose logs are read for the lines that say what went wrong. */
const mostExcerpts = 2;
const mostExcerptRuns = 5;

export function runUrl(path: string, id: string): string {
  return `${repoUrl(path)}/actions/runs/${encodeURIComponent(id)}`;
}

export async function readFailedJobs(
  session: GitHubSession,
  project: Project,
  facts: PipelineFacts,
): Promise<FailedJob[]> {
  return toFailedJobs(await readJobs(session, project, facts), facts);
}

/** A matrix has up to 256 jobs, and a workflow several of them; the failed one may be the last. */
async function readJobs(session: GitHubSession, project: Project, facts: PipelineFacts): Promise<JobsAnswer> {
  const url = `${runUrl(project.path, facts.id)}/jobs?filter=latest`;
  const what = `the jobs of run ${facts.id} of ${project.path}`;
  return { jobs: await readList(session, { url, row: job, key: "jobs", limit: limits.jobs, what }) };
}

/** Reads the failed jobs of the runs of one poll; a failure is worth telling even when its jobs or logs cannot be read. */
export function createFailureReader(way: LogWay, project: Project) {
  let runs = 0;
  return async (facts: PipelineFacts, known: string | undefined): Promise<FailedJob[] | undefined> => {
    const answer = await bearing(readJobs(way.session, project, facts), ["unreachable", "gone", "forbidden"]);
    if (answer === undefined) return undefined;
    const failed = toFailedJobs(answer, facts);
    // What was seen failing at this attempt had its logs read then.
    if (known?.startsWith(`${facts.attempt}:completed:`) === true) return failed;
    runs += 1;
    return runs > mostExcerptRuns ? failed : Promise.all(failed.map(withExcerpt(answer)));
  };

  /**
   * The log says more than the annotations of the check run do: those hold only the exit code unless a tool marks its errors, and
   * fine-grained tokens may not read them. It costs one request of the quota; the storage host counts none.
   */
  function withExcerpt(answer: JobsAnswer) {
    return async (failed: FailedJob, index: number): Promise<FailedJob> => {
      if (index >= mostExcerpts) return failed;
      const row = answer.jobs.find((one) => one.id === failed.id);
      const hint = row === undefined ? {} : toStepHint(row);
      const log = await bearing(readFailedStepLog(way, { project, jobId: failed.id, hint }));
      // What hangs once would hang for each run of this poll.
      if (log === undefined) runs = mostExcerptRuns;
      return log === undefined || log.excerpt.length === 0 ? failed : { ...failed, excerpt: log.excerpt };
    };
  }
}

/** undefined for a failure of these kinds, or of any. */
async function bearing<T>(work: Promise<T>, kinds?: readonly string[]): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (isFailure(error) && (kinds === undefined || kinds.includes(error.kind))) return undefined;
    throw error;
  });
}
