import type { Connection } from "./connection.js";
import { refuse, type PatternRefusal } from "./pattern-refusal.js";
import { findPlace, type FoundPlace, plainRoutes, type Routes } from "./routes.js";

/** What must be known of a connection to read an address of it. */
export interface KnownConnection {
  id: string;
  /** Web address; one that cannot be read has no addresses. */
  url: string;
  routes: Routes;
}

/** `routes` by the id of the platform; a platform that is not there is a mistake that is told elsewhere. */
export function withRoutes(
  connections: ReadonlyArray<Pick<Connection, "id" | "url" | "platform">>,
  routes: Readonly<Record<string, Routes>>,
): KnownConnection[] {
  return connections.map(({ id, url, platform }) => ({ id, url, routes: routes[platform] ?? plainRoutes }));
}

export type ReadAddress =
  /** Every connection to this server: there may be several accounts on it. */
  | { is: "found"; connections: readonly KnownConnection[]; found: FoundPlace }
  /** It is the address of something else. */
  | { is: "foreign"; refusal: PatternRefusal };

/**
 * Reads whatever people paste: the address of a page with or without its scheme, and git remotes. null: the text is no address.
 * A sentence about it never repeats more of it than the host, because there may be a token in it.
 */
export function readAddress(text: string, connections: readonly KnownConnection[]): ReadAddress | null {
  const address = toAddress(tidy(text), connections);
  if (address === null) return null;
  if ("code" in address) return { is: "foreign", refusal: address };
  const there = connections.filter((connection) => isAt(address, connection));
  if (there.length === 0) return { is: "foreign", refusal: refuseHost(address.host, connections) };
  const below = there
    .flatMap((connection) => toBelow(address, connection) ?? [])
    .sort((a, b) => b.depth - a.depth);
  const [nearest] = below;
  if (nearest === undefined) {
    return { is: "foreign", refusal: refuse("address.outside", { connections: listOf(connections) }) };
  }
  const same = below.filter(({ depth }) => address.git || depth === nearest.depth);
  const found = findPlace(nearest.connection.routes, nearest.parts);
  return { is: "found", connections: same.map(({ connection }) => connection), found };
}

/** `typed`: without its scheme, so that it could be a group with a dot in its name, too. */
export function refuseHost(
  host: string,
  connections: readonly KnownConnection[],
  { typed = false } = {},
): PatternRefusal {
  if (connections.length === 0) return refuse("pattern.no-connections");
  const values = { host, connections: listOf(connections) };
  const nested = connections.find(({ routes }) => routes.nested);
  if (!typed || nested === undefined) return refuse("address.foreign", values);
  return refuse("address.host-or-group", { ...values, id: nested.id });
}

/** `github (https://github.com), work (https://gitlab.example.com)` */
function listOf(connections: readonly KnownConnection[]): string {
  const named = connections.map(({ id, url }) => (URL.canParse(url) ? `${id} (${addressOf(url)})` : id));
  return named.join(", ");
}

/** Without a user and a password that should not be there. */
function addressOf(url: string): string {
  return `${new URL(url).origin}${baseOf(url)}`;
}

interface Address {
  /** In lower case, with the port if it has one. */
  host: string;
  hostname: string;
  parts: readonly string[];
  /** Git speaks on a port of its own and knows nothing of a path that the web pages lie below. */
  git: boolean;
}

/** Marks around an address, and characters that are not seen. */
function tidy(text: string): string {
  return text
    .replace(/[\u200B-\u200F\u2060\uFEFF]/g, "")
    .replace(/^[\s<>"'“”«»()[\]]+|[\s<>"'“”«»()[\],;]+$/g, "");
}

const webSchemes = new Set(["http", "https", "git+http", "git+https"]);
const gitSchemes = new Set(["ssh", "git", "git+ssh", "ssh+git"]);

function toAddress(text: string, connections: readonly KnownConnection[]): Address | PatternRefusal | null {
  const [, scheme = "https", rest] = /^(?:([a-z][a-z0-9+.-]*):)?\/\/(.*)$/is.exec(text) ?? [];
  if (rest !== undefined) return withScheme(scheme.toLowerCase(), rest);
  const [, remote, path] = /^[^\s@/:]+@([^\s@/:]+):(.+)$/s.exec(text) ?? [];
  if (remote !== undefined) return parse(`${remote}/${path}`, { plain: false, git: true });
  return withoutScheme(text, connections);
}

function withScheme(scheme: string, rest: string): Address | PatternRefusal {
  if (webSchemes.has(scheme)) return parse(rest, { plain: scheme.endsWith("http"), git: false });
  if (gitSchemes.has(scheme)) return parse(withPath(rest), { plain: false, git: true });
  return refuse("address.scheme", { scheme: scheme.slice(0, 20) });
}

/** Browsers hide it. Only what starts with the host of a connection is an address then, and a connection's own id comes first. */
function withoutScheme(
  text: string,
  connections: readonly KnownConnection[],
): Address | PatternRefusal | null {
  if (!/[./:]/.test(text)) return null;
  const isHost = (host: string, git: boolean) =>
    connections.some((connection) => isAt({ host, hostname: host, git }, connection));
  const [first = ""] = text.toLowerCase().split(/[/?#]/, 1);
  if (isHost(first, false)) return parse(text, { plain: false, git: false });
  const [, hostname, behind] = /^([^:/]+):(?!\d+(?:\/|$))(.+)$/s.exec(text) ?? [];
  if (hostname === undefined || connections.some(({ id }) => id === hostname)) return null;
  return isHost(hostname.toLowerCase(), true)
    ? parse(`${hostname}/${behind}`, { plain: false, git: true })
    : null;
}

/** `git@github.com:acme/api` behind a scheme is not a port. */
function withPath(rest: string): string {
  return rest.replace(/^((?:[^/@]*@)?[^/:@]+):(?!\d+(?:\/|$))/, "$1/");
}

function parse(rest: string, { plain, git }: { plain: boolean; git: boolean }): Address | PatternRefusal {
  const text = `${plain ? "http" : "https"}://${rest}`;
  const url = rest !== "" && !rest.startsWith("/") && URL.canParse(text) ? new URL(text) : null;
  const parts = url === null ? null : toParts(url.pathname);
  if (url === null || parts === null) return refuse("address.broken");
  const hostname = url.hostname.replace(/\.$/, "");
  return { host: url.port === "" ? hostname : `${hostname}:${url.port}`, hostname, parts, git };
}

function toParts(pathname: string): string[] | null {
  try {
    return pathname
      .split("/")
      .flatMap((part) => decodeURIComponent(part).split("/"))
      .filter((part) => part !== "");
  } catch {
    return null;
  }
}

function isAt(
  address: Pick<Address, "host" | "hostname" | "git">,
  { url, routes }: KnownConnection,
): boolean {
  if (!URL.canParse(url)) return false;
  const { host, hostname } = new URL(url);
  const own = address.git ? hostname : host;
  const wanted = address.git ? address.hostname : address.host;
  const hosts = [own, ...(Object.hasOwn(routes.otherHosts, own) ? (routes.otherHosts[own] ?? []) : [])];
  return hosts.includes(wanted) || withoutWww(own) === withoutWww(wanted);
}

function withoutWww(host: string): string {
  return host.replace(/^www\./, "");
}

/** The path without slashes at its end; empty at the root of its host. */
function baseOf(url: string): string {
  return new URL(url).pathname.replace(/\/+$/, "");
}

/** The parts below the connection's own path. null: it lies outside. */
function toBelow(address: Address, connection: KnownConnection) {
  const base = toParts(baseOf(connection.url)) ?? [];
  const depth = base.length;
  const isBelow = base.every((part, index) => part === address.parts[index]);
  if (isBelow && (!address.git || address.parts.length >= depth + 2))
    return { connection, depth, parts: address.parts.slice(depth) };
  return address.git ? { connection, depth, parts: address.parts } : null;
}
