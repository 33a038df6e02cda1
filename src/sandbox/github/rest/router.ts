import { createHash } from "node:crypto";
import type { Exchange, Reply } from "../../server.js";
import { authenticate, canRead, canWrite, holdsPermission, mayChange, type Caller } from "../access.js";
import type { RateLimits } from "../rate-limits.js";
import { findRepository, type Repository, type State } from "../state.js";
import type { GitHubWorld } from "../world.js";
import { accountRoutes } from "./account.js";
import { actionRoutes } from "./actions.js";
import { issueRoutes } from "./issues.js";
import { pullRoutes } from "./pulls.js";
import { repositoryRoutes } from "./repositories.js";
import { fail, notFound, Refusal, type RepoRequest, type RestReply, type Route } from "./route.js";

type RepoRoute = Omit<Route, "handle"> & { handle(request: RepoRequest): RestReply };

export interface RestContext {
  state: State;
  world: GitHubWorld;
  limits: RateLimits;
}

const repoRoutes = compile<RepoRoute>([...repositoryRoutes, ...pullRoutes, ...issueRoutes, ...actionRoutes]);
const apiVersions = ["2022-11-28", "2026-03-10"];

/** Answers everything below `/api/v3`. */
export function createRest(context: RestContext): (exchange: Exchange) => Reply {
  const { state, limits } = context;
  const routes = compile(accountRoutes(limits));
  return (exchange) => {
    if (exchange.headers["user-agent"] === undefined)
      return fail(403, "Request forbidden by administrative rules.");
    const caller = authenticate(state, exchange);
    if (caller === null) {
      const sent = exchange.headers["authorization"] !== undefined;
      return fail(401, sent ? "Bad credentials" : "Requires authentication");
    }
    const who = caller.user.login;
    const isFree = exchange.path === "/api/v3/rate_limit";
    const limited = isFree ? null : refuseLimited(limits, who);
    if (limited !== null) {
      return { ...limited, who, headers: { ...limits.headers(who, "core"), ...limited.headers } };
    }
    const { reply, operation } = answer(context, { exchange, caller, routes });
    const final = makeConditional(exchange, caller, reply);
    const cost = isFree || final.status === 304 ? 0 : 1;
    limits.spend(who, "core", cost);
    const headers = { ...limits.headers(who, "core"), ...tokenHeaders(caller), ...final.headers };
    return { ...final, headers, who, cost, ...(operation === undefined ? {} : { operation }) };
  };
}

function answer(
  context: RestContext,
  asked: { exchange: Exchange; caller: Caller; routes: Array<Compiled<Route>> },
): { reply: RestReply; operation?: string } {
  const { exchange, caller } = asked;
  const version = exchange.headers["x-github-api-version"];
  if (version !== undefined && !apiVersions.includes(version)) {
    return { reply: fail(400, `Invalid API version "${version}".`) };
  }
  const path = exchange.path.replace(/^\/api\/v3/, "");
  const request = { ...context, exchange, caller, query: exchange.query };
  try {
    const plain = findRoute(asked.routes, exchange.method, path);
    if (plain !== undefined) {
      const { route, params } = plain;
      return { reply: route.handle({ ...request, params }), operation: route.operation };
    }
    return answerInRepository({ ...request, params: {} }, path);
  } catch (error) {
    if (error instanceof Refusal) return { reply: error.reply };
    throw error;
  }
}

function answerInRepository(
  request: Omit<RepoRequest, "repo">,
  path: string,
): { reply: RestReply; operation?: string } {
  const named = /^\/(?:repos\/([^/]+\/[^/]+)|repositories\/(\d+))(\/.*)?$/.exec(path);
  if (named === null) return { reply: notFound() };
  const [, fullName, id, rest = ""] = named;
  const { state, caller, exchange } = request;
  const repo =
    fullName === undefined ? state.repositories.get(Number(id)) : findRepository(state, decodeURI(fullName));
  if (repo === undefined || !canRead(caller, repo)) return { reply: notFound() };
  const found = findRoute(repoRoutes, exchange.method, `/repos/${repo.fullName}${rest}`);
  if (found === undefined) return { reply: notFound() };
  const { route, params } = found;
  const { operation } = route;
  if (fullName !== undefined && decodeURI(fullName).toLowerCase() !== repo.fullName.toLowerCase()) {
    return { reply: redirect(request, repo, rest), operation };
  }
  const refused = refuse(caller, repo, route);
  if (refused !== null) return { reply: refused, operation };
  try {
    return { reply: route.handle({ ...request, params, repo }), operation };
  } catch (error) {
    if (error instanceof Refusal) return { reply: error.reply, operation };
    throw error;
  }
}

/** A repository of another name by now. A client that follows a 301 may turn a POST into a GET, hence 307 for the rest. */
function redirect({ state, exchange }: Omit<RepoRequest, "repo">, repo: Repository, rest: string): RestReply {
  const query = exchange.query.toString();
  const url = `${state.urls.api}/repositories/${repo.id}${rest}${query === "" ? "" : `?${query}`}`;
  const isRead = exchange.method === "GET";
  const message = isRead ? "Moved Permanently" : "Temporary Redirect";
  const body = { message, url, documentation_url: "https://docs.github.com/rest" };
  return { status: isRead ? 301 : 307, headers: { location: url }, body };
}

function refuse(caller: Caller, repo: Repository, route: RepoRoute): RestReply | null {
  const [permission = "", level = "read"] = (route.needs ?? "").split(":");
  const wants = level === "write" ? "write" : "read";
  if (permission !== "" && !holdsPermission(caller.token, permission, wants)) {
    const reply = fail(403, "Resource not accessible by personal access token");
    return { ...reply, headers: { "x-accepted-github-permissions": `${permission}=${wants}` } };
  }
  if (wants === "read") return null;
  if (repo.archived) return fail(403, "Repository was archived so is read-only.");
  const allowed = route.collaborator === true ? canWrite(caller, repo) : mayChange(caller, repo);
  if (allowed) return null;
  return caller.token.kind === "fine-grained"
    ? fail(403, "Resource not accessible by personal access token")
    : fail(403, "Must have admin rights to Repository.");
}

function refuseLimited(limits: RateLimits, who: string): RestReply | null {
  const { secondary } = limits;
  if (secondary !== null) {
    const reply = fail(
      secondary.status ?? 403,
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    );
    const wait = secondary.retryAfter;
    return wait === undefined ? reply : { ...reply, headers: { "retry-after": String(wait) } };
  }
  if (limits.read(who, "core").remaining > 0) return null;
  return fail(limits.exhaustedStatus, `API rate limit exceeded for user ${who}.`);
}

export function tokenHeaders({ token }: Caller): Record<string, string> {
  const headers: Record<string, string> = { "x-github-media-type": "github.v3; format=json" };
  if (token.kind === "classic") headers["x-oauth-scopes"] = token.scopes.join(", ");
  if (token.expiresAt !== undefined) {
    const [day = "", time = ""] = new Date(token.expiresAt).toISOString().split("T");
    headers["github-authentication-token-expiration"] = `${day} ${time.slice(0, 8)} UTC`;
  }
  return headers;
}

/** An ETag belongs to one address and one token; what has not changed is a 304 without a body. */
function makeConditional(exchange: Exchange, caller: Caller, reply: RestReply): RestReply {
  if (exchange.method !== "GET" || reply.status !== 200 || exchange.path.endsWith("/rate_limit"))
    return reply;
  const hash = createHash("sha256");
  hash.update(`${caller.token.value} ${exchange.path}?${exchange.query.toString()} `);
  const etag = `W/"${hash.update(JSON.stringify(reply.body)).digest("hex")}"`;
  const headers = { ...reply.headers, etag, "cache-control": "private, max-age=60, s-maxage=60" };
  if (exchange.headers["if-none-match"] !== etag) return { ...reply, headers };
  return { status: 304, headers };
}

interface Compiled<Kind> {
  route: Kind;
  method: string;
  pattern: RegExp;
}

/** Names of branches and refs may hold slashes; they come last in their paths. */
function compile<Kind extends { operation: string }>(routes: Kind[]): Array<Compiled<Kind>> {
  return routes.map((route) => {
    const [method = "", template = ""] = route.operation.split(" ");
    const source = template.replace(/\{(\w+)\}/g, (_, name: string) =>
      ["branch", "ref", "basehead"].includes(name) ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
    );
    return { route, method, pattern: new RegExp(`^${source}$`) };
  });
}

function findRoute<Kind>(
  routes: Array<Compiled<Kind>>,
  method: string,
  path: string,
): { route: Kind; params: Record<string, string> } | undefined {
  for (const { route, pattern, method: verb } of routes) {
    const found = verb === method ? pattern.exec(path) : null;
    if (found === null) continue;
    const entries = Object.entries(found.groups ?? {});
    return {
      route,
      params: Object.fromEntries(entries.map(([name, value]) => [name, decodeURIComponent(value)])),
    };
  }
  return undefined;
}
