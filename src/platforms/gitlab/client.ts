import type { FormattedResponse } from "@gitbeaker/requester-utils";
import type * as z from "zod";
import type { Connection, Quota } from "../../domain/connection.js";
import type { Shortfall } from "../../domain/shortfall.js";
import { toText, type HttpResponse } from "../../lib/http.js";
import type { PlatformContext } from "../platform.js";
import {
  loadGitbeaker,
  toResources,
  type Gitbeaker,
  type ResourceOptions,
  type Resources,
} from "./resources.js";
import { createReport, type Reported } from "../found.js";
import { sortRows, toPlace } from "../rows.js";
import { toNetworkFailure, toSchemaFailure, toStatusFailure, type Asked } from "./failures.js";

/** One request, in the words of @gitbeaker/rest: `(gl) => gl.pipelines.show(projectId, id)`. It must make one request only. */
export type Ask = (gl: Resources) => Promise<unknown>;

export interface Call {
  /** For the sentence in a failure, e.g. `pipeline 12 of acme/api`. */
  what: string;
  /** The subject that a list belongs to, as people write it: `!12`. */
  about?: string;
  etag?: string | undefined;
  /** Value of the `Range` header. */
  range?: string;
}

export interface Answer<T> {
  data: T;
  etag: string | undefined;
  /** Number of the page after this one, if there is one. */
  nextPage: number | undefined;
  /** Of a list: the names of rows that were left out. They are there, though we do not understand them. */
  refused?: string[];
}

/**
 * The requests of one caller, under one abort signal. It keeps what the answers say beside their bodies: the server's clock
 * and the request quota.
 */
export interface Session {
  read<T>(schema: z.ZodType<T>, ask: Ask, call: Call): Promise<Answer<T>>;
  /** `unchanged` when the server answers 304 to `call.etag`. */
  readIfChanged<T>(schema: z.ZodType<T>, ask: Ask, call: Call): Promise<Answer<T> | "unchanged">;
  /** A list. A row that is not of our shape is left out and reported; the others count. */
  readRows<T>(row: z.ZodType<T>, ask: Ask, call: Call): Promise<Answer<T[]>>;
  readRowsIfChanged<T>(row: z.ZodType<T>, ask: Ask, call: Call): Promise<Answer<T[]> | "unchanged">;
  /** Plain text, with the status and headers, for job logs. */
  readText(ask: Ask, call: Call): Promise<HttpResponse>;
  /** ISO instant from the `Date` header of the latest answer. */
  serverTime(): string | undefined;
  quota(): Quota | undefined;
  /** Something that this caller does not get, found on the way. */
  report(shortfall: Shortfall): void;
  /** What was reported, and whether a list was unchanged, so that what it lacked before it still lacks. */
  reported(): Reported;
}

export type OpenSession = (signal: AbortSignal) => Session;

/**
 * gitbeaker's resource classes give the addresses and the parameters; its requester is replaced whole. The original retries
 * ten times within 0.3 s, sends no ETag, hides headers and puts the token into its errors.
 * The token goes as `Authorization: Bearer`, which clients drop on redirects to other origins, unlike `PRIVATE-TOKEN`.
 */
export function createSessions(connection: Connection, context: PlatformContext): OpenSession {
  return (signal) => {
    let last: HttpResponse | undefined;
    const report = createReport();
    async function send(ask: Ask, call: Call): Promise<Reply> {
      const gitbeaker = await loadGitbeaker();
      const asked = { connectionId: connection.id, what: call.what, write: false, now: context.clock.now() };
      const request: OneRequest = { connection, context, call, signal, asked };
      let response: HttpResponse | undefined;
      const options = toOptions(gitbeaker, request, (answer) => (response = answer));
      await ask(toResources(gitbeaker.rest, options));
      if (response === undefined) throw new Error(`No request was made for ${call.what}.`);
      last = response;
      return { response, asked };
    }
    const sendIfChanged = async (ask: Ask, call: Call) => {
      const { response, asked } = await send(ask, call);
      if (response.status !== 304 || call.etag === undefined) return { response, asked };
      report.unchanged();
      return "unchanged" as const;
    };
    async function readIfChanged<T>(schema: z.ZodType<T>, ask: Ask, call: Call) {
      const reply = await sendIfChanged(ask, call);
      if (reply === "unchanged") return reply;
      const parsed = schema.safeParse(toJson(reply.response, reply.asked));
      if (!parsed.success) throw toSchemaFailure(reply.asked, toPlace(parsed.error));
      return toAnswer(parsed.data, reply.response);
    }
    async function readRowsIfChanged<T>(row: z.ZodType<T>, ask: Ask, call: Call) {
      const reply = await sendIfChanged(ask, call);
      if (reply === "unchanged") return reply;
      const sorted = sortRows(row, toJson(reply.response, reply.asked), toSubject(call));
      if (sorted === undefined) throw toSchemaFailure(reply.asked, "no list of such rows");
      sorted.refused.forEach(report.add);
      return { ...toAnswer(sorted.rows, reply.response), refused: sorted.names };
    }
    return {
      readIfChanged,
      readRowsIfChanged,
      read: async (schema, ask, call) => certain(await readIfChanged(schema, ask, without(call)), call),
      readRows: async (row, ask, call) => certain(await readRowsIfChanged(row, ask, without(call)), call),
      readText: async (ask, call) => (await send(ask, call)).response,
      serverTime: () => toServerTime(last),
      quota: () => toQuota(last),
      report: report.add,
      reported: report.read,
    };
  };
}

function toAnswer<T>(data: T, response: HttpResponse): Answer<T> {
  return { data, etag: response.headers["etag"], nextPage: toNextPage(response.headers) };
}

function without(call: Call): Call {
  return { ...call, etag: undefined };
}

function certain<T>(answer: T | "unchanged", call: Call): T {
  if (answer !== "unchanged") return answer;
  throw new Error(`${call.what} was not asked for with an ETag.`);
}

/** `the notes of the merge request !3 of acme/api` without the article, as a shortfall begins. */
function toSubject(call: Call): string {
  return call.what.replace(/^the /, "");
}

interface Reply {
  response: HttpResponse;
  asked: Asked;
}

interface OneRequest {
  connection: Connection;
  context: PlatformContext;
  call: Call;
  signal: AbortSignal;
  /** `write` is set when gitbeaker has chosen the method. */
  asked: Asked;
}

/** Where the API is. `apiUrl` is taken with or without its `/api/v4`. */
export function toApiRoot(connection: Connection): string {
  const given = (connection.apiUrl ?? connection.url).replace(/\/+$/, "");
  return given.endsWith("/api/v4") ? given : `${given}/api/v4`;
}

/**
 * Options for one resource object that makes one request. gitbeaker gets the body as an empty list, whatever came: pages are
 * never followed by it, and the real body is read from the answer itself.
 */
function toOptions(
  gitbeaker: Gitbeaker,
  request: OneRequest,
  onAnswer: (response: HttpResponse) => void,
): ResourceOptions {
  const requesterFn = gitbeaker.createRequesterFn(
    async (_service, options) => options,
    async (endpoint, options): Promise<FormattedResponse> => {
      const response = await sendOne(request, endpoint, options ?? {});
      onAnswer(response);
      return { body: [], headers: {}, status: response.status };
    },
  );
  return {
    host: "",
    oauthToken: request.context.credential,
    requesterFn,
    rateLimits: {},
    queryTimeout: null,
  };
}

async function sendOne(
  request: OneRequest,
  endpoint: string,
  options: Record<string, unknown>,
): Promise<HttpResponse> {
  const query = typeof options["searchParams"] === "string" ? `?${options["searchParams"]}` : "";
  const method = typeof options["method"] === "string" ? options["method"] : "GET";
  const write = method !== "GET";
  request.asked.write = write;
  try {
    const response = await request.context.http.request({
      method,
      url: `${toApiRoot(request.connection)}${toPrefix(options["prefixUrl"])}/${endpoint}${query}`,
      headers: toHeaders(request.call, options["headers"]),
      ...(typeof options["body"] === "string" ? { body: options["body"] } : {}),
      signal: request.signal,
      // A redirected write could be carried out somewhere else than where it was meant.
      redirect: write ? "manual" : "follow",
    });
    if (isAnswer(response.status)) return response;
    throw toStatusFailure(response, request.asked);
  } catch (error) {
    throw toNetworkFailure(error, request.asked);
  }
}

/** With an empty host gitbeaker makes `/api/v4/` of it, and `/api/v4/projects` for the resources that it groups under projects. */
function toPrefix(prefixUrl: unknown): string {
  if (typeof prefixUrl !== "string") return "";
  return prefixUrl.replace(/^\/api\/v4/, "").replace(/\/$/, "");
}

function isAnswer(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

function toHeaders(call: Call, given: unknown): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  for (const [name, value] of Object.entries(given ?? {})) {
    if (typeof value === "string") headers[name.toLowerCase()] = value;
  }
  if (call.etag !== undefined) headers["if-none-match"] = call.etag;
  if (call.range !== undefined) {
    headers["range"] = call.range;
    headers["accept"] = "text/plain, */*";
  }
  return headers;
}

function toJson(response: HttpResponse, asked: Asked): unknown {
  const text = toText(response);
  if (text === "") throw toSchemaFailure(asked, "empty body");
  try {
    return JSON.parse(text);
  } catch {
    const type = response.headers["content-type"] ?? "no content type";
    throw toSchemaFailure(asked, `no JSON but ${type}`);
  }
}

/** By number, from `X-Next-Page` or the `Link` header: a link is never followed, so it cannot lead to another host. */
function toNextPage(headers: Record<string, string>): number | undefined {
  const link = /<([^>]*)>;\s*rel="next"/.exec(headers["link"] ?? "")?.[1];
  const fromLink = link === undefined ? undefined : /[?&]page=(\d+)/.exec(link)?.[1];
  const page = Number(headers["x-next-page"] || fromLink || NaN);
  return Number.isInteger(page) && page > 1 ? page : undefined;
}

function toServerTime(response: HttpResponse | undefined): string | undefined {
  const at = Date.parse(response?.headers["date"] ?? "");
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** GitLab's `RateLimit-Reset` is in epoch seconds. Self-managed instances without throttles send none of these. */
function toQuota(response: HttpResponse | undefined): Quota | undefined {
  const headers = response?.headers ?? {};
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) =>
    Number(headers[`ratelimit-${name}`] || NaN),
  );
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
  const resetAt = new Date(reset * 1000);
  if (![limit, remaining, resetAt.getTime()].every(Number.isFinite)) return undefined;
  return { limit, remaining, resetAt: resetAt.toISOString() };
}
