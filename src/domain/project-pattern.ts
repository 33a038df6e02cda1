import { nearest } from "../lib/nearest.js";
import type { Connection } from "./connection.js";
import type { Project } from "./project.js";
import { matchesWildcard } from "./wildcard.js";

export type ParsedPattern =
  { ok: true; pattern: string } | { ok: false; message: string; suggestion?: string };

type KnownConnection = Pick<Connection, "id" | "url">;

/**
 * Whether `pattern` (`connection:path` with `*` wildcards, or a bare `*` for everything everywhere) covers the project.
 * `work:platform/*` is everything below `platform`, at any depth.
 */
export function matchesPattern(pattern: string, project: Pick<Project, "connectionId" | "path">): boolean {
  if (pattern === "*") return true;
  const colon = pattern.indexOf(":");
  if (colon < 0 || pattern.slice(0, colon) !== project.connectionId) return false;
  return matchesWildcard(pattern.slice(colon + 1), project.path);
}

/** The connection that a pattern speaks of; undefined for a bare `*`. */
export function connectionOf(pattern: string): string | undefined {
  const colon = pattern.indexOf(":");
  return colon < 0 ? undefined : pattern.slice(0, colon);
}

/** A pattern without a wildcard names exactly one project. */
export function isExactPattern(pattern: string): boolean {
  return !pattern.includes("*");
}

/**
 * The pattern that a person means, in its one spelling. Takes `connection:path`, a bare path where there is only one
 * connection, a web address of a project or of anything in it, and a git remote.
 */
export function parseProjectPattern(text: string, connections: readonly KnownConnection[]): ParsedPattern {
  const wanted = text.trim();
  if (wanted === "") return refuse("a project is missing here: write connection:path");
  if (wanted === "*") return { ok: true, pattern: "*" };
  const address = toAddress(startsWithHost(wanted, connections) ? `https://${wanted}` : wanted);
  if (address !== undefined) return fromAddress(address, connections);
  const colon = wanted.indexOf(":");
  if (colon < 0) return withoutConnection(wanted, connections);
  const id = wanted.slice(0, colon).trim();
  if (!connections.some((connection) => connection.id === id))
    return unknownConnection(id, wanted, connections);
  return toPattern(id, wanted.slice(colon + 1));
}

interface Address {
  /** In lower case, with the port if it has one. */
  host: string;
  path: string;
  /** Git speaks on a port of its own, which says nothing about the port of the web address. */
  git: boolean;
}

/** Browsers hide the scheme, so that an address is often copied or typed without it. */
function startsWithHost(text: string, connections: readonly KnownConnection[]): boolean {
  const [first = ""] = text.toLowerCase().split("/", 1);
  return connections.some(({ url }) => URL.canParse(url) && new URL(url).host === first);
}

/** Takes web addresses with and without a scheme's letters in capitals, and git remotes (`git@host:group/project.git`). */
function toAddress(text: string): Address | undefined {
  const remote = /^[\w.-]+@([\w.-]+):(?!\/)(.+)$/.exec(text);
  if (remote?.[1] !== undefined && remote[2] !== undefined) {
    return { host: remote[1].toLowerCase(), path: `/${remote[2]}`, git: true };
  }
  if (!/^(https?|ssh|git):\/\//i.test(text)) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return { host: "", path: "", git: false };
  const git = url.protocol === "ssh:" || url.protocol === "git:";
  return { host: git ? url.hostname : url.host, path: decode(url.pathname), git };
}

function fromAddress(address: Address, connections: readonly KnownConnection[]): ParsedPattern {
  // The longest base first: one GitLab may live below a path of another server.
  const bases = connections
    .flatMap(({ id, url }) => (URL.canParse(url) ? [{ id, url: new URL(url) }] : []))
    .sort((a, b) => b.url.pathname.length - a.url.pathname.length);
  for (const { id, url } of bases) {
    const base = url.pathname.replace(/\/+$/, "");
    if ((address.git ? url.hostname : url.host) !== address.host) continue;
    if (!`${address.path}/`.startsWith(`${base}/`)) continue;
    const path = projectPathOf(address.path.slice(base.length));
    if (path !== "") return toPattern(id, path.includes("/") ? path : `${path}/*`);
  }
  return refuse("this address is not a project of any connection");
}

/** Pages inside a project that people copy addresses of. GitLab puts `/-/` before its own, GitHub has these words. */
const pageWords =
  /^(pulls?|issues|actions|tree|blob|wiki|wikis|commits?|compare|releases|tags|branches|settings)$/;

function projectPathOf(path: string): string {
  const [beforePage = ""] = path.split("/-/", 1);
  const parts = beforePage.split("/").filter((part) => part !== "" && part !== "-");
  const page = parts.findIndex((part, index) => index >= 2 && pageWords.test(part));
  return (page < 0 ? parts : parts.slice(0, page)).join("/").replace(/\.git$/, "");
}

function withoutConnection(path: string, connections: readonly KnownConnection[]): ParsedPattern {
  const [only, ...others] = connections;
  if (only === undefined)
    return refuse("there is no connection yet, and a project is written connection:path");
  if (others.length === 0) return toPattern(only.id, path);
  const ids = connections.map((connection) => connection.id).join(", ");
  return refuse(`it is not said on which connection (${ids}) this project is`, `${only.id}:${path}`);
}

function unknownConnection(
  id: string,
  wanted: string,
  connections: readonly KnownConnection[],
): ParsedPattern {
  const ids = connections.map((connection) => connection.id);
  const near = nearest(id, ids);
  const known = ids.length === 0 ? "there is no connection" : `there are ${ids.join(", ")}`;
  return refuse(
    `no connection is called "${id}"; ${known}`,
    near === undefined ? undefined : `${near}${wanted.slice(id.length)}`,
  );
}

function toPattern(connectionId: string, written: string): ParsedPattern {
  const path = written.trim().replace(/^\/+|\/+$/g, "");
  if (path === "") return refuse("the path of the project is missing", `${connectionId}:*`);
  const odd = /[^\p{L}\p{N}_.\-/*]/u.exec(path);
  if (odd !== null) return refuse(`"${odd[0]}" cannot be in the path of a project`);
  if (path.includes("//"))
    return refuse("the path has an empty part", `${connectionId}:${path.replace(/\/+/g, "/")}`);
  if (!path.includes("/") && isExactPattern(path)) {
    return refuse(`"${path}" is a group or an owner, not a project`, `${connectionId}:${path}/*`);
  }
  return { ok: true, pattern: `${connectionId}:${path}` };
}

function refuse(message: string, suggestion?: string): ParsedPattern {
  return { ok: false, message, ...(suggestion !== undefined && { suggestion }) };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
