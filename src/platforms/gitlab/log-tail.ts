import { Failure } from "../../domain/failure.js";
import { toText, type HttpResponse } from "../../lib/http.js";
import type { LogRequest } from "../platform.js";
import type { Call } from "./client.js";
import type { Visit } from "./visit.js";

/** What is asked for per byte that is wanted: colours and section marks take their part and are thrown away. */
const rawFactor = 3;

/**
 * The end of a job's log. A finished job's log takes ranges, but not from its end: a first request of one byte tells the size.
 * A running job's log ignores the range and comes whole (api-facts 2.5).
 */
export async function readLogTail(visit: Visit, request: LogRequest): Promise<string> {
  const what = `the log of job ${request.jobId} of ${request.project.path}`;
  const first = await readRange(visit, request, { what, range: "bytes=0-0" });
  if (first === null) return "";
  const size = toSize(first);
  if (first.status !== 206 || size === undefined)
    return toTail(toLogText(first, what), request.maxBytes, false);
  const start = Math.max(0, size - request.maxBytes * rawFactor);
  const rest = await readRange(visit, request, { what, range: `bytes=${start}-${size - 1}` });
  if (rest === null) return "";
  // A server may stop honouring the range in between; then the whole log came.
  return toTail(toLogText(rest, what), request.maxBytes, rest.status === 206 && start > 0);
}

/** Null when there is nothing in that range: an empty log. */
async function readRange(visit: Visit, request: LogRequest, call: Call): Promise<HttpResponse | null> {
  try {
    return await visit.session.readText(
      (gl) => gl.jobs.showLog(request.project.id, Number(request.jobId)),
      call,
    );
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
    throw new Failure("unreachable", { message: `A web page came in place of ${what}.`, code: "schema" });
  }
  return toText(response);
}

/** `cut`: the text begins inside a line (or a character), which is dropped. */
function toTail(raw: string, maxBytes: number, cut: boolean): string {
  const whole = cut ? raw.slice(raw.indexOf("\n") + 1) : raw;
  return keepEnd(toPlainLog(whole), maxBytes);
}

// Control characters are what this is about.
const escape = "\u001b";
const colours = new RegExp(
  `${escape}\\[[0-9;:?]*[ -/]*[@-~]|${escape}\\][^\\u0007]*\\u0007|${escape}[@-Z\\\\-_]`,
  "g",
);
const sections = /section_(?:start|end):\d+:[^\r\n]*\r?/g;
/** Runners of 2024 and later: `2024-05-22T12:43:46.962646Z 01O `, where a `+` in place of the last space continues a line. */
const stamp = /^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f]{2}[OE]([ +])/;

/** Without colours, section marks and time stamps; of a line that a progress bar wrote again and again, its last state. */
export function toPlainLog(raw: string): string {
  const lines: string[] = [];
  for (const line of raw.replace(colours, "").split("\n")) {
    const continues = stamp.exec(line)?.[1] === "+";
    const text = toShown(line.replace(stamp, "").replace(sections, ""));
    if (continues && lines.length > 0) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  return lines.join("\n");
}

function toShown(line: string): string {
  const parts = line.split("\r").filter((part) => part !== "");
  return parts.at(-1) ?? "";
}

/** At most `maxBytes` of the end, from the beginning of a line if there is one. */
function keepEnd(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const end = bytes.subarray(bytes.length - maxBytes);
  const previous = bytes[bytes.length - maxBytes - 1];
  const isLineStart = previous === 0x0a;
  const newline = end.indexOf(0x0a);
  if (isLineStart) return end.toString();
  if (newline >= 0 && newline < end.length - 1) return end.subarray(newline + 1).toString();
  // One long line: cut it between two characters.
  const start = end.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return end.subarray(Math.max(start, 0)).toString();
}
