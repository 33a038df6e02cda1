import { createHash } from "node:crypto";
import { deflateSync, gunzipSync } from "node:zlib";
import type { Exchange, Reply } from "../server.js";
import { authenticate, canRead, holdsPermission, type Caller } from "./access.js";
import { planFetch, type FetchPlan, type FetchRequest } from "./git-fetch.js";
import type { GitStore } from "./git-store.js";
import { flush, delimiter, packet, readPackets, sideband } from "./packet-line.js";
import { findRepository, type Repository, type State } from "./state.js";

const agent = "agent=gitnotify-sandbox";
const v1Capabilities = [
  "multi_ack_detailed",
  "no-done",
  "side-band-64k",
  "shallow",
  "deepen-since",
  "deepen-relative",
  "ofs-delta",
  "allow-tip-sha1-in-want",
  "allow-reachable-sha1-in-want",
  "object-format=sha1",
  agent,
];

/** `/OWNER/REPO.wiki.git/…` and `/OWNER/REPO.git/…`: git's smart HTTP protocol, versions 1 and 2, for reading. */
export function serveGit(state: State, exchange: Exchange): Reply | null {
  const found = /^\/([^/]+\/[^/]+?)(\.wiki)?\.git\/(info\/refs|git-upload-pack)$/.exec(exchange.path);
  if (found === null) return null;
  const [, fullName = "", wiki, service = ""] = found;
  const operation = "git";
  const caller = authenticate(state, exchange);
  if (caller === null) {
    const headers = { "content-type": "text/plain", "www-authenticate": 'Basic realm="GitHub"' };
    return { status: 401, operation, headers, body: "Authentication required" };
  }
  const repo = findRepository(state, decodeURI(fullName));
  const asked = {
    exchange,
    repo,
    isWiki: wiki !== undefined,
    isCurrent: isName(repo, decodeURI(fullName)),
    service,
  };
  return { ...answer(state, caller, asked), operation, who: caller.user.login };
}

function isName(repo: Repository | undefined, fullName: string): boolean {
  return repo?.fullName.toLowerCase() === fullName.toLowerCase();
}

interface GitRequest {
  exchange: Exchange;
  repo: Repository | undefined;
  isWiki: boolean;
  /** Whether it was asked for by its name of today. */
  isCurrent: boolean;
  service: string;
}

function answer(
  state: State,
  caller: Caller,
  { exchange, repo, isWiki, isCurrent, service }: GitRequest,
): Reply {
  const missing = { status: 404, headers: { "content-type": "text/plain" }, body: "Repository not found." };
  if (repo === undefined || !canRead(caller, repo)) return missing;
  if (!holdsPermission(caller.token, "contents", "read")) return { ...missing, status: 403 };
  if (!isCurrent) {
    const query = exchange.query.toString();
    const file = `${repo.fullName}${isWiki ? ".wiki" : ""}.git/${service}`;
    const location = `${state.urls.web}/${file}${query === "" ? "" : `?${query}`}`;
    return { status: 301, headers: { location } };
  }
  const store = isWiki ? (repo.hasWiki ? repo.wikiGit : null) : repo.git;
  if (store === null) return missing;
  return service === "info/refs" ? advertise(store, exchange) : uploadPack(store, exchange);
}

function isVersion2(exchange: Exchange): boolean {
  return /(^|:)version=2(:|$)/.test(exchange.headers["git-protocol"] ?? "");
}

function refsOf(store: GitStore): Array<{ name: string; sha: string; target?: string }> {
  const refs = [...store.refs].map(([name, sha]) => ({ name, sha }));
  refs.sort((a, b) => (a.name < b.name ? -1 : 1));
  const sha = store.refs.get(store.head);
  return sha === undefined ? refs : [{ name: "HEAD", sha, target: store.head }, ...refs];
}

function advertise(store: GitStore, exchange: Exchange): Reply {
  const headers = {
    "content-type": "application/x-git-upload-pack-advertisement",
    "cache-control": "no-cache",
  };
  if (exchange.query.get("service") !== "git-upload-pack") {
    return {
      status: 403,
      headers: { "content-type": "text/plain" },
      body: "The sandbox serves reading only.",
    };
  }
  const service = [packet("# service=git-upload-pack\n"), flush];
  if (isVersion2(exchange)) {
    const lines = ["version 2", agent, "ls-refs=unborn", "fetch=shallow filter", "object-format=sha1"];
    const body = Buffer.concat([...service, ...lines.map((line) => packet(`${line}\n`)), flush]);
    return { status: 200, headers, body };
  }
  const refs = refsOf(store);
  const capabilities = [...v1Capabilities, `symref=HEAD:${store.head}`].join(" ");
  const lines = refs.map(({ name, sha }, index) =>
    packet(`${sha} ${name}${index === 0 ? `\0${capabilities}` : ""}\n`),
  );
  if (lines.length === 0) lines.push(packet(`${"0".repeat(40)} capabilities^{}\0${capabilities}\n`));
  return { status: 200, headers, body: Buffer.concat([...service, ...lines, flush]) };
}

function uploadPack(store: GitStore, exchange: Exchange): Reply {
  const isZipped = exchange.headers["content-encoding"] === "gzip";
  const lines = readPackets(isZipped ? gunzipSync(exchange.body) : exchange.body);
  const headers = { "content-type": "application/x-git-upload-pack-result", "cache-control": "no-cache" };
  const command = lines.find((line) => line.startsWith("command="))?.slice("command=".length);
  if (command === "ls-refs") return { status: 200, headers, body: listRefs(store, lines) };
  const request = readFetch(lines);
  const plan = planFetch(store, request);
  if (plan.unknown !== undefined) {
    const body = Buffer.concat([packet(`ERR upload-pack: not our ref ${plan.unknown}\n`), flush]);
    return { status: 200, headers, body };
  }
  const body =
    command === "fetch" ? answerVersion2(store, request, plan) : answerVersion1(store, request, plan);
  return { status: 200, headers, body };
}

function listRefs(store: GitStore, lines: string[]): Buffer {
  const prefixes = lines.filter((line) => line.startsWith("ref-prefix ")).map((line) => line.slice(11));
  const symrefs = lines.includes("symrefs");
  const shown = refsOf(store).filter(
    ({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  const rows = shown.map(({ name, sha, target }) => {
    const attribute = symrefs && target !== undefined ? ` symref-target:${target}` : "";
    return packet(`${sha} ${name}${attribute}\n`);
  });
  return Buffer.concat([...rows, flush]);
}

function readFetch(lines: string[]): FetchRequest {
  const values = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.split(" ")[1] ?? "");
  const depth = Number(values("deepen")[0]);
  const since = Number(values("deepen-since")[0]);
  return {
    wants: values("want"),
    haves: values("have"),
    shallows: values("shallow"),
    depth: Number.isInteger(depth) && depth > 0 ? depth : null,
    sinceMs: Number.isInteger(since) ? since * 1000 : null,
    // Version 1 says it among the capabilities of the first line, version 2 in a line of its own.
    relative: lines.some((line) => line === "deepen-relative" || / deepen-relative( |$)/.test(line)),
    blobless: lines.includes("filter blob:none"),
    done: lines.includes("done"),
  };
}

function answerVersion1(store: GitStore, request: FetchRequest, plan: FetchPlan): Buffer {
  const parts: Buffer[] = [];
  if (request.depth !== null || request.sinceMs !== null) {
    for (const line of shallowLines(plan)) parts.push(packet(line));
    parts.push(flush);
  }
  const last = plan.common.at(-1);
  if (!request.done) {
    // More of the same conversation comes in another request, which repeats it all.
    for (const sha of plan.common) parts.push(packet(`ACK ${sha} common\n`));
    if (request.haves.length > 0 || parts.length === 0) parts.push(packet("NAK\n"));
    return Buffer.concat(parts);
  }
  parts.push(packet(last === undefined ? "NAK\n" : `ACK ${last}\n`));
  return Buffer.concat([...parts, ...sideband(toPack(store, plan.objects)), flush]);
}

function answerVersion2(store: GitStore, request: FetchRequest, plan: FetchPlan): Buffer {
  const parts: Buffer[] = [];
  if (!request.done) {
    parts.push(packet("acknowledgments\n"));
    for (const sha of plan.common) parts.push(packet(`ACK ${sha}\n`));
    if (plan.common.length === 0) return Buffer.concat([...parts, packet("NAK\n"), flush]);
    parts.push(packet("ready\n"), delimiter);
  }
  if (request.depth !== null || request.sinceMs !== null) {
    parts.push(packet("shallow-info\n"), ...shallowLines(plan).map(packet), delimiter);
  }
  parts.push(packet("packfile\n"), ...sideband(toPack(store, plan.objects)), flush);
  return Buffer.concat(parts);
}

function shallowLines(plan: FetchPlan): string[] {
  return [
    ...plan.shallow.map((sha) => `shallow ${sha}\n`),
    ...plan.unshallow.map((sha) => `unshallow ${sha}\n`),
  ];
}

const packTypes = { commit: 1, tree: 2, blob: 3 } as const;

/** A pack of whole objects, no deltas. */
function toPack(store: GitStore, shas: string[]): Buffer {
  const header = Buffer.from("PACK\0\0\0\u0002\0\0\0\0");
  header.writeUInt32BE(shas.length, 8);
  const parts: Buffer[] = [header];
  for (const sha of shas) {
    const object = store.objects.get(sha);
    if (object === undefined) throw new Error(`The git store has lost ${sha}.`);
    parts.push(toPackHeader(packTypes[object.type], object.data.length), deflateSync(object.data));
  }
  const pack = Buffer.concat(parts);
  return Buffer.concat([pack, createHash("sha1").update(pack).digest()]);
}

/** Type and length in groups of bits: four, then seven, each saying whether another follows. */
function toPackHeader(type: number, length: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(length / 16);
  bytes.push((type << 4) | (length % 16) | (rest > 0 ? 0x80 : 0));
  while (rest > 0) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(low | (rest > 0 ? 0x80 : 0));
  }
  return Buffer.from(bytes);
}
