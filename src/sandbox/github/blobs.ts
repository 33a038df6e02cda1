import { createHmac } from "node:crypto";
import type { Exchange, Reply } from "../server.js";
import { jobsOf } from "./shapes/run.js";
import type { State } from "./state.js";

const validMs = 60_000;
const signingKey = "sandbox";

/** The address of a job's log on the blob host: another origin, signed, good for a minute. */
export function signBlobUrl(state: State, jobId: number): string {
  const expires = state.now() + validMs;
  return `${state.urls.blobs}/logs/${jobId}.txt?se=${expires}&sig=${sign(jobId, expires)}`;
}

function sign(jobId: number, expires: number): string {
  return createHmac("sha256", signingKey).update(`${jobId} ${expires}`).digest("hex");
}

/**
 * The blob host. Like Azure's, it refuses a request that carries credentials, serves `Range: bytes=a-b` and `bytes=a-`, and
 * answers the whole file to a suffix range.
 */
export function serveBlob(state: State, exchange: Exchange): Reply {
  const operation = "blob";
  const problem = (status: number, code: string): Reply => ({
    status,
    operation,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`,
  });
  if (exchange.headers["authorization"] !== undefined) return problem(400, "InvalidAuthenticationInfo");
  const id = Number(/^\/logs\/(\d+)\.txt$/.exec(exchange.path)?.[1]);
  const expires = Number(exchange.query.get("se"));
  if (exchange.query.get("sig") !== sign(id, expires) || expires < state.now()) {
    return problem(403, "AuthenticationFailed");
  }
  const log = findLog(state, id);
  if (log === undefined) return problem(404, "BlobNotFound");
  const headers = { "content-type": "text/plain", "accept-ranges": "bytes" };
  const range = /^bytes=(\d+)-(\d*)$/.exec(exchange.headers["range"] ?? "");
  if (range === null) return { status: 200, operation, headers, body: log };
  const from = Number(range[1]);
  const to = Math.min(range[2] === "" ? Infinity : Number(range[2]), log.length - 1);
  if (from > to) return problem(416, "InvalidRange");
  const span = { "content-range": `bytes ${from}-${to}/${log.length}` };
  return { status: 206, operation, headers: { ...headers, ...span }, body: log.subarray(from, to + 1) };
}

function findLog(state: State, jobId: number): Buffer | undefined {
  for (const repo of state.repositories.values()) {
    for (const run of repo.runs) {
      const job = jobsOf(run.attempts).find(({ id }) => id === jobId);
      if (job?.log !== undefined) return Buffer.from(job.log);
    }
  }
  return undefined;
}
