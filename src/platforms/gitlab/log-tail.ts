import { readFailedStep, toTail, type FailedStepLog } from "../../domain/job-log/index.js";
import { Failure } from "../../domain/failure.js";
import { toText, type HttpResponse } from "../../lib/http.js";
import type { LogRequest } from "../platform.js";
import type { Call } from "./client.js";
import { unlessSpare, type Visit } from "./visit.js";

/** What is asked for per byte that is wanted: colours and section marks take their part and are thrown away. */
const rawFactor = 3;
/** Where the failed step does not end in that, because much was printed after it, this much of the end. */
const deepBytes = 256 * 1024;
/** For the lines that say what went wrong. */
const excerptBytes = 64 * 1024;

interface JobLog {
  project: LogRequest["project"];
  jobId: string;
}

/** The end of the failed step of a job's log, whatever `after_script` and the runner wrote behind it. */
export async function readLogTail(visit: Visit, request: LogRequest): Promise<string> {
  const { maxBytes } = request;
  const near = await readEnd(visit, request, maxBytes * rawFactor);
  const step =
    near.isWhole || near.step.certain ? near.step : (await readEnd(visit, request, deepBytes)).step;
  return toTail(step, maxBytes);
}

/** At most three lines that say what went wrong, where the log can be read. */
export async function readExcerpt(visit: Visit, job: JobLog): Promise<string[] | undefined> {
  const read = await unlessSpare(readEnd(visit, job, excerptBytes), { lenient: true });
  return read === undefined || read.step.excerpt.length === 0 ? undefined : read.step.excerpt;
}

interface End {
  step: FailedStepLog;
  isWhole: boolean;
}

/**
 * A finished job's log takes ranges, but not from its end: a first request of one byte tells the size. A running job's log ignores
 * the range and comes whole.
 */
async function readEnd(visit: Visit, job: JobLog, bytes: number): Promise<End> {
  const what = `the log of job ${job.jobId} of ${job.project.path}`;
  const first = await readRange(visit, job, { what, range: "bytes=0-0" });
  if (first === null) return { step: readFailedStep(""), isWhole: true };
  const size = toSize(first);
  if (first.status !== 206 || size === undefined)
    return { step: readFailedStep(toLogText(first, what)), isWhole: true };
  const start = Math.max(0, size - bytes);
  const rest = await readRange(visit, job, { what, range: `bytes=${start}-${size - 1}` });
  if (rest === null) return { step: readFailedStep(""), isWhole: true };
  // A server may stop honouring the range in between; then the whole log came.
  const cut = rest.status === 206 && start > 0;
  return { step: readFailedStep(toLogText(rest, what), { cut }), isWhole: !cut };
}

/** Null when there is nothing in that range: an empty log. */
async function readRange(visit: Visit, job: JobLog, call: Call): Promise<HttpResponse | null> {
  try {
    return await visit.session.readText((gl) => gl.jobs.showLog(job.project.id, Number(job.jobId)), call);
  } catch (error) {
    if (error instanceof Failure && error.status === 416) return null;
    throw error;
  }
}

function toSize(response: HttpResponse): number | undefined {
  const size = /\/(\d+)$/.exec(response.headers["content-range"] ?? "")?.[1];
  return size === undefined ? undefined : Number(size);
}

function toLogText(response: HttpResponse, what: string): string {
  if ((response.headers["content-type"] ?? "").includes("text/html")) {
    throw new Failure("unreachable", {
      message: `A web page came instead of ${what}.`,
      code: "schema",
      values: { server: "GitLab" },
    });
  }
  return toText(response);
}
