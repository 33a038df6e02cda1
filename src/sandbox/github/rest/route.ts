import type * as z from "zod";
import type { Exchange, Reply } from "../../server.js";
import type { Caller } from "../access.js";
import type { Issue, PullRequest, Repository, State } from "../state.js";
import type { GitHubWorld } from "../world.js";

/** One official operation. */
export interface Route {
  /** As the official description writes it: `GET /repos/{owner}/{repo}/pulls`. */
  operation: string;
  /** What a fine-grained token needs: `actions:write`. */
  needs?: string;
  /** Whether the caller must be a collaborator, not merely a reader. */
  collaborator?: boolean;
  handle(request: RestRequest): RestReply;
}

export interface RestRequest {
  state: State;
  world: GitHubWorld;
  exchange: Exchange;
  caller: Caller;
  query: URLSearchParams;
  /** Decoded path parameters. */
  params: Record<string, string>;
}

/** A request below `/repos/{owner}/{repo}`. */
export interface RepoRequest extends RestRequest {
  repo: Repository;
}

export type RestReply = Pick<Reply, "status" | "headers" | "body">;

const documentation = "https://docs.github.com/rest";

export function fail(status: number, message: string, errors?: Array<string | object>): RestReply {
  const body = { message, documentation_url: documentation, status: String(status) };
  return { status, body: errors === undefined ? body : { ...body, errors } };
}

export function notFound(): RestReply {
  return fail(404, "Not Found");
}

export function ok(body: object): RestReply {
  return { status: 200, body };
}

/** An answer that ends the handling of a request early. */
export class Refusal extends Error {
  readonly reply: RestReply;

  constructor(reply: RestReply) {
    super("refused");
    this.reply = reply;
  }
}

/** Cuts a page out of a list and says in `Link` where the others are. */
export function page<Item>(
  request: RestRequest,
  items: Item[],
  options: { perPage?: number; max?: number } = {},
): { items: Item[]; headers: Record<string, string> } {
  const size = clamp(request.query.get("per_page"), options.perPage ?? 30, options.max ?? 100);
  const number = clamp(request.query.get("page"), 1, Infinity);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string): string => {
    const query = new URLSearchParams(request.query);
    query.set("page", String(to));
    const path = request.exchange.path.replace(/^\/api\/v3/, "");
    return `<${request.state.urls.api}${path}?${query.toString()}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (number > 1) links.push(link(Math.min(number - 1, last), "prev"));
  if (number < last) links.push(link(number + 1, "next"), link(last, "last"));
  if (number > 1) links.push(link(1, "first"));
  return {
    items: items.slice((number - 1) * size, number * size),
    headers: links.length > 0 ? { link: links.join(", ") } : {},
  };
}

export function list<Item>(request: RestRequest, items: Item[], toShape: (item: Item) => object): RestReply {
  const cut = page(request, items);
  return { status: 200, headers: cut.headers, body: cut.items.map(toShape) };
}

function clamp(text: string | null, fallback: number, max: number): number {
  const value = Number(text ?? fallback);
  if (!Number.isInteger(value) || value < 1) return fallback;
  return Math.min(value, max);
}

/** The body of a request, or a 422 in GitHub's words. */
export function readBody<Shape>(request: RestRequest, schema: z.ZodType<Shape>): Shape {
  let value: unknown;
  try {
    value = JSON.parse(request.exchange.body.toString() || "{}");
  } catch {
    throw new Refusal(fail(400, "Problems parsing JSON"));
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    resource: "Request",
    field: issue.path.join("."),
    code: "invalid",
  }));
  throw new Refusal(fail(422, "Validation Failed", errors));
}

export function pullIn(request: RepoRequest): PullRequest {
  const subject = request.repo.subjects.get(Number(request.params["pull_number"]));
  if (subject?.kind !== "pull_request") throw new Refusal(notFound());
  return subject;
}

export function subjectIn(request: RepoRequest): Issue | PullRequest {
  const subject = request.repo.subjects.get(Number(request.params["issue_number"]));
  if (subject === undefined) throw new Refusal(notFound());
  return subject;
}

/** Drops what was last changed before the `since` of the query. */
export function sinceFilter<Item>(request: RestRequest, items: Item[], at: (item: Item) => string): Item[] {
  const since = Date.parse(request.query.get("since") ?? "");
  return Number.isNaN(since) ? items : items.filter((item) => Date.parse(at(item)) >= since);
}
