import { HttpError, type HttpClient } from "../../lib/http.js";

/** git said no with an HTTP status. */
export class GitRefusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, headers: Record<string, string>) {
    super(`git over HTTP: ${status}`);
    this.status = status;
    this.headers = headers;
  }
}

/** What came is not git's protocol: asking again may bring it. The message is ours alone and safe to show. */
export class GitTrouble extends Error {}

/** What came is more than is read of a wiki, and asking again would bring the same. */
export class GitExcess extends Error {}

export function isTooMuch(error: unknown): error is Error {
  return error instanceof GitExcess || (error instanceof HttpError && error.code === "too_large");
}

export interface WikiRemote {
  http: HttpClient;
  /** `https://host/owner/name.wiki.git` */
  url: string;
  credential: () => Promise<string>;
  signal: AbortSignal;
}

const mostHeadBytes = 256 * 1024;
const mostPackBytes = 8 * 1024 * 1024;

/** The sha of HEAD, or null for a repository without a commit. Other refs are not asked for, however many there are. */
export async function readHeadSha(remote: WikiRemote): Promise<string | null> {
  const command = ["command=ls-refs", delimiter, "ref-prefix HEAD"];
  const answer = await ask(remote, command, mostHeadBytes);
  for (const { line } of readPackets(answer)) {
    const found = /^([0-9a-f]{40}) HEAD(?: |$)/.exec(line.toString("latin1").trimEnd());
    if (found?.[1] !== undefined) return found[1];
  }
  return null;
}

export interface FetchedPack {
  pack: Buffer;
  /** Commits whose parents were left out. */
  shallow: Set<string>;
}

/**
 * The newest commits with their trees, which hold the names of all files and what tells that one changed. Contents are not
 * asked for: a wiki's images may be large. A server that knows no such filter sends them too, within the limit.
 */
export async function fetchPack(
  remote: WikiRemote,
  { head, depth }: { head: string; depth: number },
): Promise<FetchedPack> {
  const command = (filter: string[]) => [
    ...["command=fetch", delimiter, "no-progress", `want ${head}`, `deepen ${depth}`],
    ...[...filter, "done"],
  ];
  const lean = toFetched(await ask(remote, command(["filter blob:none"]), mostPackBytes));
  if (lean !== null) return lean;
  const whole = toFetched(await ask(remote, command([]), mostPackBytes));
  if (whole === null) throw new GitTrouble("the server sent no pack");
  return whole;
}

/** null: no pack in it, as when the server does not understand the request. */
function toFetched(answer: Buffer): FetchedPack | null {
  const shallow = new Set<string>();
  const parts: Buffer[] = [];
  let inPack = false;
  for (const { line } of readPackets(answer)) {
    if (inPack) {
      if (line[0] === 1) parts.push(line.subarray(1));
      if (line[0] === 3) throw new GitTrouble("the server broke off");
      continue;
    }
    const text = line.toString("latin1").trimEnd();
    inPack = text === "packfile";
    const cut = /^shallow ([0-9a-f]{40})$/.exec(text)?.[1];
    if (cut !== undefined) shallow.add(cut);
  }
  return parts.length === 0 ? null : { pack: Buffer.concat(parts), shallow };
}

const delimiter = "0001";

async function ask(remote: WikiRemote, lines: string[], maxBytes: number): Promise<Buffer> {
  const token = await remote.credential();
  const body = lines.map((line) => (line === delimiter ? line : packet(`${line}\n`))).join("") + "0000";
  const answer = await remote.http.request({
    method: "POST",
    url: `${remote.url}/git-upload-pack`,
    headers: {
      authorization: `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`,
      "content-type": "application/x-git-upload-pack-request",
      accept: "application/x-git-upload-pack-result",
      "git-protocol": "version=2",
    },
    body,
    maxBytes,
    signal: remote.signal,
  });
  if (answer.status !== 200) throw new GitRefusal(answer.status, answer.headers);
  if (answer.headers["content-type"]?.startsWith("application/x-git-upload-pack-result") !== true) {
    throw new GitTrouble("something other than git answered");
  }
  return Buffer.from(answer.body);
}

/** Git's framing: four hexadecimal digits of length, which count themselves, then the line. */
function packet(line: string): string {
  return (Buffer.byteLength(line) + 4).toString(16).padStart(4, "0") + line;
}

function* readPackets(data: Buffer): Generator<{ line: Buffer }> {
  for (let at = 0; at < data.length;) {
    const digits = data.toString("latin1", at, at + 4);
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
    if (length < 0 || at + length > data.length) throw new GitTrouble("an answer broke off");
    if (length > 4) yield { line: data.subarray(at + 4, at + length) };
    at += Math.max(4, length);
  }
}
