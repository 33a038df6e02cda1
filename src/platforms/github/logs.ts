import { Failure, isFailure } from "../../domain/failure.js";
import { readFailedStep, toTail, type FailedStepLog } from "../../domain/job-log/index.js";
import type { StepHint } from "../../domain/job-log/failed-step.js";
import type { Project } from "../../domain/project.js";
import { toText, type HttpClient, type HttpResponse } from "../../lib/http.js";
import type { LogRequest } from "../platform.js";
import type { GitHubSession } from "./client.js";
import { toRefusalFailure, toSilenceFailure, type Circumstances } from "./errors.js";
import { toStepHint } from "./normalize-run.js";
import { repoUrl } from "./projects.js";
import { job } from "./schema.js";

/** How much of the end of a log is read to find the failed step: what runs after it may print more than it did. */
const pieceBytes = [64 * 1024, 512 * 1024];

/** What reading a log takes: it lies on another host than the API. */
export interface LogWay {
  session: GitHubSession;
  http: HttpClient;
  signal: AbortSignal;
  now: number;
}

export interface JobToRead {
  project: Project;
  jobId: string;
  hint: StepHint;
}

/** The end of the step that failed. The job's steps tell when that ran, which the log alone does not. */
export async function readLogTail(way: LogWay, request: LogRequest): Promise<string> {
  const hint = await readStepHint(way, request);
  return toTail(await readFailedStepLog(way, { ...request, hint }), request.maxBytes);
}

async function readStepHint({ session }: LogWay, request: LogRequest): Promise<StepHint> {
  const url = `${jobUrl(request)}`;
  const what = `job ${request.jobId} of ${request.project.path}`;
  try {
    const hint = toStepHint((await session.read({ url, schema: job, what })).data);
    return request.step === undefined || hint.name === request.step ? hint : { name: request.step };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { name: request.step };
  }
}

function jobUrl({ project, jobId }: Pick<JobToRead, "project" | "jobId">): string {
  return `${repoUrl(project.path)}/actions/jobs/${encodeURIComponent(jobId)}`;
}

/**
 * GitHub redirects to a signed address of another host: it is asked without our token, and only for the last bytes. That host
 * knows ranges with a start, but not "the last n bytes".
 */
export async function readFailedStepLog(way: LogWay, request: JobToRead): Promise<FailedStepLog> {
  const what = `the log of job ${request.jobId} of ${request.project.path}`;
  const location = await way.session.locate({ url: `${jobUrl(request)}/logs`, what });
  const about = { host: new URL(location).host, what, write: false, now: way.now };
  const probe = await ask(way, { location, range: "bytes=0-0", about });
  if (probe.status === 416) return { lines: [], excerpt: [], certain: true };
  if (probe.status === 200) return readFailedStep(toText(probe), request.hint);
  const total = Number(/\/(\d+)$/.exec(probe.headers["content-range"] ?? "")?.[1]);
  if (Number.isNaN(total)) throw toRefusalFailure({ status: 502, headers: {}, message: "no length" }, about);
  let log: FailedStepLog = { lines: [], excerpt: [], certain: false };
  for (const bytes of pieceBytes) {
    const start = Math.max(0, total - bytes);
    const answer = await ask(way, { location, range: `bytes=${start}-${total - 1}`, about });
    const cut = answer.status === 206 && start > 0;
    log = readFailedStep(toText(answer), { ...request.hint, cut });
    if (log.certain || !cut) break;
  }
  return log;
}

async function ask(
  way: LogWay,
  { location, range, about }: { location: string; range: string; about: Circumstances },
): Promise<HttpResponse> {
  let answer: HttpResponse;
  try {
    answer = await way.http.request({
      method: "GET",
      url: location,
      headers: { range },
      signal: way.signal,
      redirect: "manual",
      storage: true,
    });
  } catch (error) {
    if (way.signal.aborted) throw way.signal.reason;
    throw toSilenceFailure(error, about);
  }
  if (answer.status === 404) {
    throw new Failure("gone", {
      status: 404,
      code: "no_log",
      values: { server: `GitHub (${about.host})` },
      message: `GitHub does not have ${about.what} yet, or no more.`,
    });
  }
  if (![200, 206, 416].includes(answer.status)) {
    throw toRefusalFailure({ status: answer.status, headers: answer.headers, message: "" }, about);
  }
  return answer;
}
