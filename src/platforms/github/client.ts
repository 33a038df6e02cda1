import * as z from "zod";
import type { Quota } from "../../domain/connection.js";
import type { PlatformContext } from "../platform.js";
import { toRefusalFailure, toSchemaFailure, toThrottled, type Refusal } from "./errors.js";
import { graphqlBody } from "./schema.js";
import { createMeter, createTransport, type RawAnswer, type Send, type Sent } from "./transport.js";

/** What makes a repeated read free: a 304 costs nothing of the primary quota (GitHub's best practices for the REST API). */
export interface Validator {
  etag?: string | undefined;
  lastModified?: string | undefined;
}

export interface ReadRequest<T> {
  /** Path under the API root, or an absolute address of the same origin (a `Link`). */
  url: string;
  schema: z.ZodType<T>;
  /** As in "while reading <what>". */
  what: string;
  validator?: Validator | undefined;
}

export interface Answer<T> {
  status: 200;
  headers: Record<string, string>;
  data: T;
  /** It came from another address than the one asked: the repository has another name now. */
  redirected: boolean;
  validator: Validator;
  /** The next page, checked to be on the same origin. */
  next?: string;
}

export interface Unchanged {
  status: 304;
  headers: Record<string, string>;
}

export interface WriteRequest<T> {
  method: "POST" | "PUT";
  url: string;
  body?: Record<string, unknown>;
  schema: z.ZodType<T>;
  what: string;
}

/** The requests of one call from the core: one signal, and what they cost together. */
export interface GitHubSession {
  read<T>(request: ReadRequest<T>): Promise<Answer<T>>;
  readIfChanged<T>(request: ReadRequest<T>): Promise<Answer<T> | Unchanged>;
  /** One writing request, redirects not followed. `ambiguous` whenever it may have been carried out. */
  write<T>(request: WriteRequest<T>): Promise<T>;
  /** `data` may hold nulls where GitHub could not answer: those are unknown, not absent. */
  graphql<T>(request: GraphqlRequest<T>): Promise<T>;
  /** The address that a redirecting endpoint points to. */
  locate(request: { url: string; what: string }): Promise<string>;
  quota(): Quota | undefined;
  /** Organizations whose data GitHub left out of a list because the token is not authorized for their single sign-on. */
  hidesOrganizations(): boolean;
}

export interface GraphqlRequest<T> {
  query: string;
  variables: Record<string, unknown>;
  schema: z.ZodType<T>;
  what: string;
}

/** Opens a session: the requests of one call from the core. */
export type OpenSession = (signal: AbortSignal) => GitHubSession;

export function createGitHubClient(apiUrl: string, context: PlatformContext): OpenSession {
  const transport = createTransport(apiUrl, context);
  return (signal) => {
    const meter = createMeter();
    const send: Bound = async (request) => {
      const answer = await transport(request, signal);
      meter.note(answer.headers);
      return answer;
    };
    return {
      readIfChanged: (request) => readIfChanged(send, apiUrl, request),
      read: (request) => read(send, apiUrl, request),
      write: (request) => write(send, request),
      graphql: (request) => graphql(send, apiUrl, request),
      locate: (request) => locate(send, apiUrl, request),
      quota: meter.quota,
      hidesOrganizations: meter.hidesOrganizations,
    };
  };
}

type Bound = (request: Sent) => ReturnType<Send>;

async function readIfChanged<T>(
  send: Bound,
  apiUrl: string,
  request: ReadRequest<T>,
): Promise<Answer<T> | Unchanged> {
  const { url, what } = request;
  const headers = conditions(request.validator);
  const answer = await send({ method: "GET", url, what, headers, write: false });
  if (answer.status === 304) return { status: 304, headers: answer.headers };
  if (answer.status !== 200) throw toRefusalFailure(toRefusal(answer), answer.about);
  return {
    status: 200,
    headers: answer.headers,
    data: validate(request.schema, answer),
    redirected: isElsewhere(answer.url, url, apiUrl),
    validator: toValidator(answer.headers),
    ...nextPage(answer, apiUrl),
  };
}

async function read<T>(send: Bound, apiUrl: string, request: ReadRequest<T>): Promise<Answer<T>> {
  const answer = await readIfChanged(send, apiUrl, { ...request, validator: undefined });
  if (answer.status === 200) return answer;
  // Nothing was asked that "unchanged" could answer: some cache stands in between.
  const about = { host: new URL(apiUrl).host, what: request.what, write: false, now: 0 };
  throw toSchemaFailure(about, "304 to an unconditional request", 304);
}

async function write<T>(send: Bound, request: WriteRequest<T>): Promise<T> {
  const { method, url, what, body } = request;
  const options = { method, url, what, write: true, redirect: "manual" as const };
  const answer = await send(body === undefined ? options : { ...options, body });
  if (answer.status >= 300) throw toRefusalFailure(toRefusal(answer), answer.about);
  return validate(request.schema, answer);
}

async function graphql<T>(send: Bound, apiUrl: string, request: GraphqlRequest<T>): Promise<T> {
  const { query, variables, what } = request;
  const url = `${apiUrl.replace(/\/v3$/, "")}/graphql`;
  const answer = await send({ method: "POST", url, what, write: false, body: { query, variables } });
  if (answer.status !== 200) throw toRefusalFailure(toRefusal(answer), answer.about);
  const body = validate(graphqlBody, answer);
  const errors = body.errors ?? [];
  if (errors.some((error) => error.type === "RATE_LIMITED" || /rate limit/i.test(error.message))) {
    throw toThrottled(toRefusal(answer), answer.about);
  }
  if (body.data != null) return validate(request.schema, { ...answer, data: body.data });
  const message = (errors[0]?.message ?? "no data").slice(0, 200);
  if (!errors.some((error) => error.type === "FORBIDDEN")) throw toSchemaFailure(answer.about, message, 200);
  throw toRefusalFailure({ status: 403, headers: answer.headers, message }, answer.about);
}

async function locate(send: Bound, apiUrl: string, request: { url: string; what: string }): Promise<string> {
  const answer = await send({ ...request, method: "GET", write: false, redirect: "manual" });
  const { location } = answer.headers;
  const redirects = answer.status >= 300 && answer.status < 400 && answer.status !== 304;
  if (answer.status >= 400) throw toRefusalFailure(toRefusal(answer), answer.about);
  if (!redirects || location === undefined) throw toSchemaFailure(answer.about, "no address", answer.status);
  return new URL(location, apiUrl).href;
}

function validate<T>(schema: z.ZodType<T>, answer: RawAnswer): T {
  const parsed = schema.safeParse(answer.data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  // Only the place of the mistake: the value may be somebody's private text.
  const place = issue === undefined ? "" : issue.path.map(String).join(".");
  const detail = place === "" ? "not the expected JSON" : `wrong at ${place}`;
  throw toSchemaFailure(answer.about, detail, answer.status);
}

function conditions(validator: Validator | undefined): Record<string, string> {
  if (validator?.etag) return { "if-none-match": validator.etag };
  return validator?.lastModified ? { "if-modified-since": validator.lastModified } : {};
}

function toValidator(headers: Record<string, string>): Validator {
  const { etag, "last-modified": lastModified } = headers;
  return { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) };
}

/** A `Link` to another origin would be sent our token: it is refused. */
function nextPage(answer: RawAnswer, apiUrl: string): { next: string } | Record<string, never> {
  const next = /<([^<>]+)>;\s*rel="next"/.exec(answer.headers.link ?? "")?.[1];
  if (next === undefined) return {};
  const url = URL.canParse(next, apiUrl) ? new URL(next, apiUrl) : undefined;
  if (url?.origin === new URL(apiUrl).origin) return { next: url.href };
  throw toSchemaFailure(answer.about, "its next page is on another host", answer.status);
}

function isElsewhere(answered: string, asked: string, apiUrl: string): boolean {
  const full = asked.startsWith("http") ? asked : `${apiUrl}${asked}`;
  return new URL(answered).pathname !== new URL(full).pathname;
}

const messageBody = z.object({ message: z.string(), errors: z.array(z.unknown()).optional() });

function toRefusal(answer: RawAnswer): Refusal {
  const { status, headers } = answer;
  const parsed = messageBody.safeParse(answer.data);
  if (!parsed.success) return { status, headers, message: "" };
  const first: unknown = parsed.data.errors?.[0];
  const detail = typeof first === "string" ? first : messageBody.safeParse(first).data?.message;
  return { status, headers, message: [parsed.data.message, detail].filter(Boolean).join(": ") };
}
