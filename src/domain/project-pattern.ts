import { nearest } from "../lib/nearest.js";
import type { Project } from "./project.js";
import { refuse, type PatternRefusal } from "./pattern-refusal.js";
import { type KnownConnection, readAddress, type ReadAddress, refuseHost } from "./read-address.js";
import { findPlace, type FoundPlace } from "./routes.js";
import { matchesWildcard } from "./wildcard.js";

export type ParsedPattern = { ok: true; pattern: string } | PatternRefusal;

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
 * connection, a web address of a project, a group or of anything in it, and a git remote.
 */
export function parseProjectPattern(text: string, connections: readonly KnownConnection[]): ParsedPattern {
  const wanted = text.trim();
  if (wanted === "") return refuse("pattern.empty");
  if (wanted === "*") return { ok: true, pattern: "*" };
  const address = readAddress(wanted, connections);
  if (address !== null) return fromAddress(address);
  const colon = wanted.indexOf(":");
  if (colon < 0) return withoutConnection(wanted, connections);
  const id = wanted.slice(0, colon).trim();
  const connection = connections.find((known) => known.id === id);
  if (connection === undefined) return unknownConnection(id, wanted, connections);
  return toPattern(connection, wanted.slice(colon + 1));
}

function fromAddress(address: ReadAddress): ParsedPattern {
  if (address.is === "foreign") return address.refusal;
  const [connection, ...others] = address.connections;
  if (connection === undefined) return refuse("address.broken");
  const meant = toPath(address.found);
  if (meant === undefined) return refusePlace(address.found, connection);
  const pattern = toPattern(connection, meant);
  if (others.length === 0 || !pattern.ok) return pattern;
  const ids = address.connections.map((known) => known.id).join(", ");
  return refuse("pattern.several-connections", { ids }, pattern.pattern);
}

/** What a pattern has behind its connection. undefined: the place is no project and no group. */
export function toPath(found: FoundPlace): string | undefined {
  if (!("path" in found)) return undefined;
  return found.type === "group" ? `${found.path}/*` : found.path;
}

/** A place without a project. */
export function refusePlace(found: FoundPlace, { id, routes }: KnownConnection): PatternRefusal {
  const platform = routes.label;
  if (!("name" in found)) return refuse("pattern.server", { platform }, `${id}:*`);
  return refuse(`pattern.${found.type}`, { platform, name: found.name.slice(0, 50) });
}

function withoutConnection(path: string, connections: readonly KnownConnection[]): ParsedPattern {
  const [only, ...others] = connections;
  if (only === undefined) return refuse("pattern.no-connections");
  if (startsLikeHost(path)) return refuseHost(path.split("/", 1)[0] ?? "", connections, { typed: true });
  if (others.length === 0) return toPattern(only, path);
  const ids = connections.map((connection) => connection.id).join(", ");
  return refuse("pattern.which-connection", { ids }, `${only.id}:${path}`);
}

/** Browsers hide the scheme of an address. A group may have a dot in its name too, and is written with its connection. */
function startsLikeHost(path: string): boolean {
  return /^(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?\/[^/]+\/[^/]/i.test(path);
}

function unknownConnection(
  id: string,
  wanted: string,
  connections: readonly KnownConnection[],
): ParsedPattern {
  const ids = connections.map((connection) => connection.id);
  if (ids.length === 0) return refuse("pattern.no-connections");
  const near = nearest(id, ids);
  const better = near === undefined ? undefined : `${near}${wanted.slice(id.length)}`;
  return refuse("pattern.unknown-connection", { id: id.slice(0, 50), ids: ids.join(", ") }, better);
}

function toPattern(connection: KnownConnection, written: string): ParsedPattern {
  const { id } = connection;
  const path = written.trim().replace(/^\/+|\/+$/g, "");
  if (path === "") return refuse("pattern.no-path", {}, `${id}:*`);
  const odd = /[^\p{L}\p{N}_.\-/*]/u.exec(path);
  if (odd !== null) return refuse("pattern.odd-character", { character: odd[0] });
  if (path.includes("//")) return refuse("pattern.empty-part", {}, `${id}:${path.replace(/\/+/g, "/")}`);
  return isExactPattern(path) ? toExact(connection, path) : toWide(connection, path);
}

function toExact(connection: KnownConnection, path: string): ParsedPattern {
  const { id, routes } = connection;
  const found = findPlace(routes, path.split("/"));
  const meant = toPath(found);
  if (meant === undefined) return refusePlace(found, connection);
  if (found.type === "group" && found.path === path)
    return refuse("pattern.group", { path }, `${id}:${meant}`);
  if (meant === path || path.toLowerCase().startsWith(`${meant.toLowerCase()}.`))
    return { ok: true, pattern: `${id}:${meant}` };
  return refuse("pattern.no-such-path", { platform: routes.label }, `${id}:${meant}`);
}

/** What stands before the first star must be able to be a group, and the whole no deeper than a project can lie. */
function toWide(connection: KnownConnection, path: string): ParsedPattern {
  const { id, routes } = connection;
  const parts = path.split("/");
  const whole = parts.slice(
    0,
    parts.findIndex((part) => part.includes("*")),
  );
  const found = whole.length === 0 ? undefined : findPlace(routes, whole);
  const meant = found === undefined ? undefined : toPath(found);
  if (found !== undefined && meant === undefined) return refusePlace(found, connection);
  const isOther = found !== undefined && "path" in found && found.path !== whole.join("/");
  if (isOther) return refuse("pattern.no-such-group", { platform: routes.label }, `${id}:${meant}`);
  if (routes.nested || parts.length <= 2) return { ok: true, pattern: `${id}:${path}` };
  return refuse("pattern.two-parts", { platform: routes.label }, `${id}:${parts.slice(0, 2).join("/")}`);
}
