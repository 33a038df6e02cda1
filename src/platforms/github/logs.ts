import { stripVTControlCharacters } from "node:util";
import { Failure } from "../../domain/failure.js";
import { toText, type HttpClient, type HttpResponse } from "../../lib/http.js";
import type { LogRequest } from "../platform.js";
import type { GitHubSession } from "./client.js";
import { toRefusalFailure, toSilenceFailure, type Circumstances } from "./errors.js";
import { repoUrl } from "./projects.js";

/** Each line begins with an instant of some thirty characters; so much more is fetched than is wanted. */
const fetchFactor = 2;

/**
 * The end of a job's log. GitHub redirects to a signed address of another host: it is asked without our token, and only
 * for the last bytes. That host knows ranges with a start, but not "the last n bytes".
 */
export async function readLogTail(
  given: { session: GitHubSession; http: HttpClient; signal: AbortSignal; now: number },
  request: LogRequest,
): Promise<string> {
  const { session } = given;
  const what = `the log of job ${request.jobId} of ${request.project.path}`;
  const url = `${repoUrl(request.project.path)}/actions/jobs/${encodeURIComponent(request.jobId)}/logs`;
  const location = await session.locate({ url, what });
  const about = { host: new URL(location).host, what, write: false, now: given.now };
  const wanted = request.maxBytes * fetchFactor + 4096;
  const probe = await ask(given, { location, range: "bytes=0-0", about });
  const total = /\/(\d+)$/.exec(probe.headers["content-range"] ?? "")?.[1];
  if (probe.status === 416) return "";
  if (probe.status === 200) return tailOf(toText(probe), { from: 0, maxBytes: request.maxBytes });
  if (total === undefined) throw toRefusalFailure({ status: 502, headers: {}, message: "no length" }, about);
  const start = Math.max(0, Number(total) - wanted);
  const range = `bytes=${start}-${Number(total) - 1}`;
  const answer = await ask(given, { location, range, about });
  const from = answer.status === 206 ? start : 0;
  return tailOf(toText(answer), { from, maxBytes: request.maxBytes });
}

async function ask(
  given: { http: HttpClient; signal: AbortSignal },
  { location, range, about }: { location: string; range: string; about: Circumstances },
): Promise<HttpResponse> {
  let answer: HttpResponse;
  try {
    answer = await given.http.request({
      method: "GET",
      url: location,
      headers: { range },
      signal: given.signal,
      redirect: "manual",
    });
  } catch (error) {
    if (given.signal.aborted) throw given.signal.reason;
    throw toSilenceFailure(error, about);
  }
  if (answer.status === 404) {
    throw new Failure("gone", {
      status: 404,
      code: "no_log",
      values: { what: about.what },
      message: `GitHub does not have ${about.what} yet, or no more.`,
    });
  }
  if (![200, 206, 416].includes(answer.status)) {
    throw toRefusalFailure({ status: answer.status, headers: answer.headers, message: "" }, about);
  }
  return answer;
}

/** Plain text without the instants and colours, cut to whole lines at the front. */
export function tailOf(text: string, { from, maxBytes }: { from: number; maxBytes: number }): string {
  const whole = from === 0 ? text.replace(/^\uFEFF/, "") : text.slice(text.indexOf("\n") + 1);
  const lines = stripVTControlCharacters(whole)
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z ?/, ""));
  const kept: string[] = [];
  let size = 0;
  for (const line of lines.reverse()) {
    const next = size + Buffer.byteLength(line) + (kept.length === 0 ? 0 : 1);
    if (next > maxBytes) break;
    kept.unshift(line);
    size = next;
  }
  if (kept.length > 0) return kept.join("\n");
  // One line longer than the whole limit: its end says more than nothing.
  return Buffer.from(lines[0] ?? "")
    .subarray(-maxBytes)
    .toString()
    .replace(/^\uFFFD+/, "");
}
