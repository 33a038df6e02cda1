import { repositoriesOf } from "../repositories.js";
import { canRead, isGranted } from "../access.js";
import type { RateLimits } from "../rate-limits.js";
import type { Repository, Thread } from "../state.js";
import { stamp } from "../state.js";
import { toFullTeam, toProfile } from "../shapes/account.js";
import { toListedRepository } from "../shapes/repository.js";
import { toThread } from "../shapes/thread.js";
import {
  fail,
  list,
  notFound,
  ok,
  page,
  Refusal,
  type RestReply,
  type RestRequest,
  type Route,
} from "./route.js";

export function accountRoutes(limits: RateLimits): Route[] {
  return [
    { operation: "GET /user", handle: ({ state, caller }) => ok(toProfile(state, caller.user)) },
    { operation: "GET /user/repos", handle: listRepositories },
    { operation: "GET /user/teams", handle: listTeams },
    { operation: "GET /rate_limit", handle: (request) => readRateLimit(request, limits) },
    { operation: "GET /notifications", handle: listThreads },
    { operation: "GET /notifications/threads/{thread_id}", handle: readThread },
    { operation: "PATCH /notifications/threads/{thread_id}", handle: markThreadRead },
    { operation: "DELETE /notifications/threads/{thread_id}", handle: markThreadDone },
  ];
}

function listRepositories(request: RestRequest): RestReply {
  const { state, caller, query } = request;
  const sort = query.get("sort") ?? "full_name";
  const direction = query.get("direction") ?? (sort === "full_name" ? "asc" : "desc");
  const visibility = query.get("visibility") ?? query.get("type") ?? "all";
  const keyOf = (repo: Repository): string => {
    if (sort === "pushed") return repo.pushedAt;
    if (sort === "updated") return repo.updatedAt;
    return sort === "created" ? repo.createdAt : repo.fullName.toLowerCase();
  };
  const repos = repositoriesOf(state, caller.user.login)
    .filter((repo) => canRead(caller, repo) && isGranted(caller, repo))
    .filter((repo) => visibility !== "private" || repo.private)
    .filter((repo) => visibility !== "public" || !repo.private)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : a.id - b.id));
  if (direction === "desc") repos.reverse();
  return list(request, repos, (repo) => toListedRepository(state, repo, caller));
}

function listTeams(request: RestRequest): RestReply {
  const { state, caller } = request;
  const own = [...state.teams.values()].filter((team) => team.members.includes(caller.user.login));
  return list(request, own, (team) => toFullTeam(state, team));
}

function readRateLimit({ caller }: RestRequest, limits: RateLimits): RestReply {
  const shape = (resource: "core" | "graphql" | "search"): object => {
    const { limit, used, remaining, resetAt } = limits.read(caller.user.login, resource);
    return { limit, used, remaining, reset: Math.ceil(resetAt / 1000) };
  };
  const resources = { core: shape("core"), search: shape("search"), graphql: shape("graphql") };
  return ok({ resources, rate: resources.core });
}

function listThreads(request: RestRequest): RestReply {
  refuseFineGrained(request);
  const { state, caller, query, exchange } = request;
  const mine = state.threads.filter(
    (thread) => thread.login === caller.user.login && !thread.done && canRead(caller, thread.repo),
  );
  const instant = (name: string, fallback: number): number => {
    const value = Date.parse(query.get(name) ?? "");
    return Number.isNaN(value) ? fallback : value;
  };
  const since = instant("since", -Infinity);
  const before = instant("before", Infinity);
  const shown = mine
    .filter((thread) => query.get("all") === "true" || thread.unread)
    .filter((thread) => query.get("participating") !== "true" || thread.reason !== "subscribed")
    .filter((thread) => Date.parse(thread.updatedAt) >= since && Date.parse(thread.updatedAt) < before)
    .sort((a, b) => (a.updatedAt === b.updatedAt ? b.id - a.id : a.updatedAt < b.updatedAt ? 1 : -1));
  const newest = mine.reduce((max, thread) => Math.max(max, Date.parse(thread.updatedAt)), 0);
  const version = mine.reduce((sum, thread) => sum + thread.version, 0);
  const address = `${caller.token.value} ${query.toString()}`;
  const headers: Record<string, string> = { "x-poll-interval": "60" };
  if (newest > 0) headers["last-modified"] = new Date(newest).toUTCString();
  const known = Date.parse(exchange.headers["if-modified-since"] ?? "");
  if (known >= newest && newest > 0 && state.inboxSeen.get(address) === version)
    return { status: 304, headers };
  state.inboxSeen.set(address, version);
  const cut = page(request, shown, { perPage: 50, max: 50 });
  const body = cut.items.map((thread) => toThread(state, thread));
  return { status: 200, headers: { ...headers, ...cut.headers }, body };
}

function readThread(request: RestRequest): RestReply {
  return ok(toThread(request.state, threadIn(request)));
}

function markThreadRead(request: RestRequest): RestReply {
  const thread = threadIn(request);
  if (!thread.unread) return { status: 304 };
  thread.unread = false;
  thread.lastReadAt = stamp(request.state);
  return { status: 205 };
}

function markThreadDone(request: RestRequest): RestReply {
  threadIn(request).done = true;
  return { status: 204 };
}

function threadIn(request: RestRequest): Thread {
  refuseFineGrained(request);
  const { state, caller, params } = request;
  const thread = state.threads.find(
    (known) => String(known.id) === params["thread_id"] && known.login === caller.user.login,
  );
  if (thread === undefined) throw new Refusal(notFound());
  return thread;
}

/** The inbox is open to classic tokens with `notifications` or `repo` alone. */
function refuseFineGrained({ caller }: RestRequest): void {
  const { kind, scopes } = caller.token;
  if (kind === "fine-grained")
    throw new Refusal(fail(403, "Resource not accessible by personal access token"));
  if (scopes.includes("notifications") || scopes.includes("repo")) return;
  throw new Refusal(fail(403, "Missing the 'notifications' scope."));
}
