import * as z from "zod";
import type { Quota } from "../../domain/connection.js";
import { Failure, isFailure } from "../../domain/failure.js";
import type { Shortfall } from "../../domain/shortfall.js";
import { createReport, type Reported } from "../found.js";
import type { PlatformContext } from "../platform.js";
import { sortRows } from "../rows.js";
import { toRefusalFailure, toSchemaFailure, toThrottled, type Refusal } from "./errors.js";
import { graphqlBody, type GraphqlBody } from "./schema.js";
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

export interface RowsRequest<T> extends Omit<ReadRequest<T>, "schema"> {
  row: z.ZodType<T>;
  /** Where the rows are in the answer; absent: it is the list itself. */
  key?: string | undefined;
}

export interface RowsAnswer<T> extends Answer<T[]> {
  /** What names the rows that were left out. */
  refused: string[];
}

export interface Answer<T> {
  status: 200;
  headers: Record<string, string>;
  data: T;
  /** It came from another address than the one asked: the repository has another name now. */
  redirected: boolean;
  validator: Validator;
  /** The next page, on the host that was asked. */
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
  /** A list, whole or below `key` of the answer. A row that is not of our shape is left out and reported; the others count. */
  readRows<T>(request: RowsRequest<T>): Promise<RowsAnswer<T>>;
  readRowsIfChanged<T>(request: RowsRequest<T>): Promise<RowsAnswer<T> | Unchanged>;
  /** Something that this poll cannot deliver. */
  report(shortfall: Shortfall): void;
  /** What was reported, and whether a list was unchanged, so that what it lacked before it still lacks. */
  reported(): Reported;
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
    const report = createReport();
    const send: Bound = async (request) => {
      const answer = await transport(request, signal);
      meter.note(answer.headers);
      return answer;
    };
    return {
      readIfChanged: (request) => readIfChanged(send, apiUrl, request),
      readRows: (request) => readRows({ send, apiUrl, report }, { ...request, validator: undefined }),
      readRowsIfChanged: (request) => readRowsIfChanged({ send, apiUrl, report }, request),
      report: report.add,
      reported: report.read,
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

type Way = { send: Bound; apiUrl: string; report: ReturnType<typeof createReport> };

async function readRowsIfChanged<T>(
  { send, apiUrl, report }: Way,
  request: RowsRequest<T>,
): Promise<RowsAnswer<T> | Unchanged> {
  const answer = await readIfChanged(send, apiUrl, { ...request, schema: z.unknown() });
  if (answer.status === 304) {
    report.unchanged();
    return answer;
  }
  const sorted = sortRows(request.row, listIn(answer.data, request.key), request.what);
  if (sorted === undefined) {
    const about = { host: new URL(apiUrl).host, what: request.what, write: false, now: 0 };
    throw toSchemaFailure(about, "no list of such rows", 200);
  }
  sorted.refused.forEach(report.add);
  if (answer.next === undefined && /rel="next"/.test(answer.headers["link"] ?? ""))
    report.add({ code: "cut", key: `pages/${request.what}`, values: { what: "pages", limit: 1 } });
  return { ...answer, data: sorted.rows, refused: sorted.names };
}

async function readRows<T>(way: Way, request: RowsRequest<T>): Promise<RowsAnswer<T>> {
  const answer = await readRowsIfChanged(way, request);
  if (answer.status === 200) return answer;
  throw unasked304(way.apiUrl, request.what);
}

function listIn(data: unknown, key: string | undefined): unknown {
  if (key === undefined) return data;
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>)[key] : undefined;
}

/** Nothing was asked that "unchanged" could answer: some cache stands in between. */
function unasked304(apiUrl: string, what: string) {
  const about = { host: new URL(apiUrl).host, what, write: false, now: 0 };
  return toSchemaFailure(about, "304 to an unconditional request", 304);
}

async function read<T>(send: Bound, apiUrl: string, request: ReadRequest<T>): Promise<Answer<T>> {
  const answer = await readIfChanged(send, apiUrl, { ...request, validator: undefined });
  if (answer.status === 200) return answer;
  throw unasked304(apiUrl, request.what);
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
  const asked = send({ method: "POST", url, what, write: false, body: { query, variables } });
  const answer = await asked.catch((error: unknown) => {
    throw isFailure(error) && error.kind === "unreachable" && error.code !== "too_large"
      ? toBlocked(error)
      : error;
  });
  if (answer.status !== 200) {
    const failure = toRefusalFailure(toRefusal(answer), answer.about);
    const isOurs = failure.kind === "throttled" || failure.kind === "unauthorized";
    throw !isOurs && isBlocking(answer) ? toBlocked(failure) : failure;
  }
  const body = graphqlBody.safeParse(answer.data).data;
  if (body === undefined) throw toBlocked(toSchemaFailure(answer.about, "not the expected JSON", 200));
  return settleGraphql(request.schema, answer, body);
}

/** `data` with errors beside it counts: what GitHub could not answer is null there. */
function settleGraphql<T>(schema: z.ZodType<T>, answer: RawAnswer, body: GraphqlBody): T {
  const errors = body.errors ?? [];
  // An older server does not know every field that is asked for.
  if (body.data == null && errors.some(({ message }) => /doesn't exist on type|isn't defined/.test(message)))
    throw toBlocked(toSchemaFailure(answer.about, errors[0]?.message.slice(0, 200) ?? "", 200));
  if (errors.some((error) => error.type === "RATE_LIMITED" || /rate limit/i.test(error.message))) {
    throw toThrottled(toRefusal(answer), answer.about);
  }
  if (body.data != null) return validate(schema, { ...answer, data: body.data });
  const message = (errors[0]?.message ?? "no data").slice(0, 200);
  if (!errors.some((error) => error.type === "FORBIDDEN")) throw toSchemaFailure(answer.about, message, 200);
  throw toRefusalFailure({ status: 403, headers: answer.headers, message }, answer.about);
}

/** Whoever answers so is not GitHub's GraphQL: it is not there, or a gateway answers with a page. */
function isBlocking({ status, data }: RawAnswer): boolean {
  if (status === 404 || status === 405 || (status >= 300 && status < 400)) return true;
  return status === 403 && !messageBody.safeParse(data).success;
}

/** GraphQL cannot be had, which says nothing of the rest of the server. */
function toBlocked(failure: Failure): Failure {
  const { message, remedy, status, values } = failure;
  return new Failure("unreachable", {
    message,
    code: "graphql",
    values,
    cause: failure,
    ...(remedy === undefined ? {} : { remedy }),
    ...(status === undefined ? {} : { status }),
  });
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

/**
 * A server behind another name writes that name into its links. The token goes to the configured host alone, so the page is asked
 * for there; a link that leads anywhere but to the API is no next page.
 */
function nextPage(answer: RawAnswer, apiUrl: string): { next: string } | Record<string, never> {
  const next = /<([^<>]+)>;\s*rel="next"/.exec(answer.headers.link ?? "")?.[1];
  if (next === undefined || !URL.canParse(next, apiUrl)) return {};
  const { pathname, search } = new URL(next, apiUrl);
  const resource = /\/(?:repos|repositories|user|users|orgs|organizations|notifications)(?:\/.*)?$/.exec(
    pathname,
  )?.[0];
  return resource === undefined ? {} : { next: `${apiUrl}${resource}${search}` };
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
