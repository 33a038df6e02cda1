import * as z from "zod";
import type { Exchange, Reply } from "../../server.js";
import { authenticate, canRead, holdsPermission, type Caller } from "../access.js";
import type { RateLimits } from "../rate-limits.js";
import { tokenHeaders } from "../rest/router.js";
import { findRepository, toInstant, type NodeTarget, type Repository, type State } from "../state.js";
import { toActor } from "./actors.js";
import { costOf } from "./cost.js";
import {
  execute,
  FieldError,
  QueryError,
  readVariables,
  textOf,
  type Args,
  type GraphqlObject,
  type Input,
  type Output,
} from "./execute.js";
import { GraphqlSyntaxError, parse, type Document } from "./parse.js";
import { toRepositoryObject } from "./repository.js";
import { searchDiscussions } from "./discussions.js";
import { createSubjectObjects } from "./subjects.js";

const input: z.ZodType<Input> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(input), z.record(z.string(), input)]),
);
const question = z.object({ query: z.string(), variables: z.record(z.string(), input).nullish() });

const mostNodes = 500_000;

/** Answers `POST /api/graphql`. Whatever is wrong with a query is told with status 200. */
export function createGraphql(context: { state: State; limits: RateLimits }): (exchange: Exchange) => Reply {
  const { state, limits } = context;
  return (exchange) => {
    const operation = "graphql";
    const caller = authenticate(state, exchange);
    if (caller === null)
      return { status: 401, operation, body: { message: "Bad credentials", status: "401" } };
    const who = caller.user.login;
    const reply = (
      body: object,
      cost = 0,
      more: { status?: number; headers?: Record<string, string> } = {},
    ): Reply => ({
      status: more.status ?? 200,
      headers: { ...limits.headers(who, "graphql"), ...tokenHeaders(caller), ...more.headers },
      body,
      who,
      cost,
      operation,
    });
    const { secondary } = limits;
    if (secondary !== null) {
      const message =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
      const headers: Record<string, string> =
        secondary.retryAfter === undefined ? {} : { "retry-after": String(secondary.retryAfter) };
      return reply({ message }, 0, { status: secondary.status ?? 403, headers });
    }
    if (limits.read(who, "graphql").remaining <= 0) {
      return reply({
        errors: [{ type: "RATE_LIMITED", message: `API rate limit exceeded for user ${who}.` }],
      });
    }
    try {
      const { document, variables } = readQuestion(exchange);
      const { cost, nodes } = costOf(document, readVariables(document, variables));
      if (nodes > mostNodes) {
        const message = `This query requests up to ${nodes} possible nodes which exceeds the maximum limit of 500,000.`;
        return reply({ errors: [{ type: "MAX_NODE_LIMIT_EXCEEDED", message }] });
      }
      limits.spend(who, "graphql", cost);
      const root = createRoot({ state, limits, caller, spent: { cost, nodes } });
      const { data, errors } = execute(document, variables, root);
      return reply(errors.length > 0 ? { data, errors } : { data }, cost);
    } catch (error) {
      if (error instanceof QueryError) return reply({ errors: [error.problem] });
      if (error instanceof GraphqlSyntaxError) return reply({ errors: [{ message: error.message }] });
      throw error;
    }
  };
}

function readQuestion(exchange: Exchange): { document: Document; variables: Args } {
  const parsed = question.safeParse(readJson(exchange.body));
  if (!parsed.success)
    throw new QueryError({ message: "A query attribute must be specified and must be a string." });
  return { document: parse(parsed.data.query), variables: parsed.data.variables ?? {} };
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

interface RootContext {
  state: State;
  limits: RateLimits;
  caller: Caller;
  spent: { cost: number; nodes: number };
}

function createRoot({ state, limits, caller, spent }: RootContext): GraphqlObject {
  const make = createSubjectObjects(state);
  const mayRead = (repo: Repository): boolean => canRead(caller, repo);
  const node = (id: Input | undefined): Output => {
    const target = typeof id === "string" ? (state.nodes.get(id)?.() ?? null) : null;
    const found = target === null ? null : toNode(target);
    if (found !== null) return found;
    throw new FieldError("NOT_FOUND", `Could not resolve to a node with the global id of '${textOf(id)}'`);
  };
  const toNode = (target: NodeTarget): GraphqlObject | null => {
    if (target.type === "User") return toActor(state, target.user.login);
    if (target.type === "Repository") {
      return mayRead(target.repo) ? toRepositoryObject(state, target.repo, make) : null;
    }
    const subject = target.type === "PullRequest" ? target.pull : target.issue;
    if (!state.repositories.has(subject.repo.id) || !mayRead(subject.repo)) return null;
    refuseWithoutPermission(caller, subject.kind === "issue" ? "issues" : "pull_requests");
    return subject.kind === "issue" ? make.toIssue(subject) : make.toPull(subject);
  };
  return {
    __typename: "Query",
    fields: {
      viewer: () => toActor(state, caller.user.login),
      rateLimit: () => toRateLimit(limits, caller.user.login, spent),
      node: (args) => node(args["id"]),
      nodes: (args) => (Array.isArray(args["ids"]) ? args["ids"].map((id) => () => node(id)) : []),
      search: (args) => searchDiscussions(state, args, ({ repo }) => mayRead(repo)),
      repository: (args) => {
        const fullName = `${textOf(args["owner"])}/${textOf(args["name"])}`;
        const repo = findRepository(state, fullName);
        if (repo !== undefined && mayRead(repo)) return toRepositoryObject(state, repo, make);
        const message = `Could not resolve to a Repository with the name '${fullName}'.`;
        throw new FieldError("NOT_FOUND", message);
      },
    },
  };
}

function refuseWithoutPermission(caller: Caller, permission: string): void {
  if (holdsPermission(caller.token, permission, "read")) return;
  throw new FieldError("FORBIDDEN", "Resource not accessible by personal access token");
}

function toRateLimit(limits: RateLimits, who: string, spent: RootContext["spent"]): GraphqlObject {
  const { limit, remaining, used, resetAt } = limits.read(who, "graphql");
  const fields = { ...spent, limit, remaining, used, resetAt: toInstant(resetAt), nodeCount: spent.nodes };
  return { __typename: "RateLimit", fields };
}
