import type { Exchange, Reply } from "../server.js";
import type { MergeRequest, Project, State, Token, User } from "./model.js";
import { canRead, isMember } from "./state.js";

/** One authenticated request on its way through a route. */
export interface Call {
  state: State;
  exchange: Exchange;
  /** Decoded path parameters by their names in the route. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** Whatever came as the body: JSON or a form; empty for none. */
  body: Record<string, unknown>;
  token: Token;
  user: User;
}

export interface Route {
  method: "GET" | "POST" | "PUT";
  /** As the official description writes it, without `/api/v4`. */
  path: string;
  /** Any one of these scopes will do; default: `api`, and for GET also `read_api`. Empty: every token. */
  scopes?: string[];
  handle: (call: Call) => Reply;
}

/** An error that carries the answer for it. */
interface Refusal extends Error {
  reply: Reply;
}

export function refuse(status: number, body: object): Refusal {
  return Object.assign(new Error(`The sandbox GitLab answers ${status}.`), { reply: { status, body } });
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && "reply" in error;
}

export const notFound = (what: string) => refuse(404, { message: `404 ${what} Not Found` });
export const unauthorized = () => refuse(401, { message: "401 Unauthorized" });
export const forbidden = (why = "403 Forbidden") => refuse(403, { message: why });
export const badRequest = (why: string) => refuse(400, { message: `400 Bad request - ${why}` });
/** What parameter validation says: under `error`, not `message`. */
export const invalid = (what: string) => refuse(400, { error: what });

export function ok(body: object, status = 200): Reply {
  return { status, body };
}

/** By id or by path; an old path answers 301 for reading (since 16.7) and 405 for writing, as GitLab does. */
export function projectOf(call: Call): Project {
  const { state, user, exchange } = call;
  const wanted = call.params["id"] ?? "";
  const lower = wanted.toLowerCase();
  const project = state.projects.find(
    (candidate) => String(candidate.id) === wanted || candidate.path.toLowerCase() === lower,
  );
  if (project !== undefined && canRead(project, user)) return project;
  const moved = state.projects.find((candidate) => candidate.oldPaths.includes(wanted));
  if (project !== undefined || moved === undefined || !canRead(moved, user)) throw notFound("Project");
  if (exchange.method !== "GET") {
    throw refuse(405, { message: "Non GET methods are not allowed for moved projects" });
  }
  const rest = exchange.path.replace(/^.*?\/api\/v4\/projects\/[^/]+/, "");
  const query = call.query.toString();
  const location = `${state.url}/api/v4/projects/${moved.id}${rest}${query === "" ? "" : `?${query}`}`;
  throw Object.assign(refuse(301, {}), {
    reply: { status: 301, headers: { location }, body: { message: "Moved Permanently" } },
  });
}

export function mergeRequestOf(call: Call): MergeRequest {
  const project = projectOf(call);
  const iid = call.params["merge_request_iid"] ?? call.params["eventable_id"] ?? call.params["noteable_id"];
  const found = project.mergeRequests.find((candidate) => String(candidate.iid) === iid);
  if (found === undefined) throw notFound("Merge Request");
  return found;
}

/** Writing in a project needs membership; without it GitLab answers 403. */
export function requireMember(call: Call, project: Project): void {
  if (!isMember(project, call.user)) throw forbidden();
}

export function text(call: Call, name: string): string | undefined {
  const value = call.body[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** An instant in the query, as epoch milliseconds. Text that is none answers 400, like GitLab's parameter check. */
export function instantIn(call: Call, name: string): number | undefined {
  const value = call.query.get(name);
  if (value === null || value === "") return undefined;
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw invalid(`${name} is invalid`);
  return at;
}

/** A choice in the query; anything but the listed values answers 400. */
export function choiceIn(call: Call, name: string, values: readonly string[]): string | undefined {
  const value = call.query.get(name);
  if (value === null || value === "") return undefined;
  if (!values.includes(value)) throw invalid(`${name} does not have a valid value`);
  return value;
}
