import { createHash } from "node:crypto";
import type { Exchange, Reply } from "../server.js";
import { invalid, isRefusal, type Call, type Route } from "./api.js";
import { authenticate, checkScopes } from "./auth.js";
import type { State, Token } from "./model.js";
import type { RateLimits } from "./rate-limits.js";

interface CompiledRoute extends Route {
  pattern: RegExp;
  names: string[];
}

export interface Api {
  state: State;
  limits: RateLimits;
  /** `/api/v4` with the sub-path before it. */
  prefix: string;
  routes: Route[];
}

/** Answers API requests: token, throttle (which counts per person), route, scope, handler. */
export function createRouter(api: Api): (exchange: Exchange) => Promise<Reply> {
  const routes = api.routes.map(compile);
  const respond = (exchange: Exchange): Reply => {
    if (!exchange.path.startsWith(`${api.prefix}/`)) return notAnApi();
    try {
      const token = authenticate(api.state, exchange);
      const who = token.user.username;
      const { headers, refusal } = api.limits.count(who);
      if (refusal !== undefined) return { ...refusal, who, cost: 0 };
      const reply = answer(api, routes, { exchange, token });
      return { ...reply, headers: { ...reply.headers, ...headers }, who, cost: 1 };
    } catch (error) {
      if (isRefusal(error)) return { ...error.reply, cost: 1 };
      throw error;
    }
  };
  return async (exchange) => {
    const reply = respond(exchange);
    // The clock of the answers is the clock of the rows, as it is on a real server.
    const date = new Date(api.state.now()).toUTCString();
    // GitLab names no character set, and some clients take nothing else.
    const type: Record<string, string> = isJson(reply) ? { "content-type": "application/json" } : {};
    return { ...reply, headers: { date, ...type, ...reply.headers } };
  };
}

function isJson({ body }: Reply): boolean {
  return typeof body === "object" && !Buffer.isBuffer(body);
}

function answer(
  api: Api,
  routes: CompiledRoute[],
  { exchange, token }: { exchange: Exchange; token: Token },
): Reply {
  const path = exchange.path.slice(api.prefix.length);
  const matching = routes.filter((route) => route.pattern.test(path));
  const route = matching.find((candidate) => candidate.method === exchange.method);
  if (route === undefined) {
    const body = { error: matching.length === 0 ? "404 Not Found" : "405 Not Allowed" };
    return { status: matching.length === 0 ? 404 : 405, body };
  }
  const operation = `${route.method} /api/v4${route.path}`;
  try {
    checkScopes(token, route);
    const reply = route.handle(toCall(api, route, { exchange, token, path }));
    return { ...reply, operation };
  } catch (error) {
    if (isRefusal(error)) return { ...error.reply, operation };
    throw error;
  }
}

function toCall(
  api: Api,
  route: CompiledRoute,
  { exchange, token, path }: { exchange: Exchange; token: Token; path: string },
): Call {
  const values = route.pattern.exec(path)?.slice(1) ?? [];
  const params = Object.fromEntries(
    route.names.map((name, index) => [name, decodeURIComponent(values[index] ?? "")]),
  );
  const body = readBody(exchange);
  return { state: api.state, exchange, params, query: exchange.query, body, token, user: token.user };
}

/** `{name}` takes one raw segment, so that an encoded slash stays inside it. */
function compile(route: Route): CompiledRoute {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const pattern = new RegExp(`^${route.path.replace(/\{\w+\}/g, "([^/]+)")}$`);
  return { ...route, pattern, names };
}

function readBody(exchange: Exchange): Record<string, unknown> {
  const raw = exchange.body.toString("utf8");
  const type = exchange.headers["content-type"] ?? "";
  // GitLab takes the parameters of a write from the query too, and the body wins.
  const fromQuery: Record<string, unknown> = Object.fromEntries(exchange.query);
  if (raw === "") return fromQuery;
  if (type.includes("json")) {
    const parsed = parseJson(raw);
    return typeof parsed === "object" && parsed !== null ? { ...fromQuery, ...parsed } : fromQuery;
  }
  return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(raw)) };
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    throw invalid("The request body could not be parsed as JSON");
  }
}

/** Web pages are for people with a session: everybody else is sent to sign in. */
function notAnApi(): Reply {
  return {
    status: 302,
    headers: { location: "/users/sign_in", "content-type": "text/html" },
    body: "<html><body>You are being redirected.</body></html>",
  };
}

/** The weak ETag that GitLab puts on merge requests and job logs; with the same one in `If-None-Match` the answer is 304. */
export function conditional(call: Call, reply: Reply): Reply {
  const content = typeof reply.body === "object" ? JSON.stringify(reply.body) : (reply.body ?? "");
  const etag = `W/"${createHash("md5").update(content).digest("hex")}"`;
  const asked = (call.exchange.headers["if-none-match"] ?? "").split(",").map((part) => part.trim());
  if (asked.includes(etag)) return { status: 304, headers: { ...reply.headers, etag } };
  return { ...reply, headers: { ...reply.headers, etag } };
}
