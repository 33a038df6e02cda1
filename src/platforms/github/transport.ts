import type { Octokit } from "@octokit/rest";
import * as z from "zod";
import type { Quota } from "../../domain/connection.js";
import { isFailure } from "../../domain/failure.js";
import type { HttpClient } from "../../lib/http.js";
import type { PlatformContext } from "../platform.js";
import { toSilenceFailure, type Circumstances } from "./errors.js";
import { createFetch } from "./fetch.js";

export interface Sent {
  method: string;
  /** Path under the API root, or an absolute address of the same origin. */
  url: string;
  /** As in "while reading <what>". */
  what: string;
  /** Whether the request may change something. */
  write: boolean;
  headers?: Record<string, string>;
  body?: Record<string, unknown>;
  redirect?: "follow" | "manual";
}

/** Any HTTP answer, whatever its status. */
export interface RawAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  data: unknown;
  url: string;
  /** What the request was about, for the sentence of a failure. */
  about: Circumstances;
}

/** Sends one request and gives back whatever answer came; rejects with a `Failure` or the signal's reason when none did. */
export type Send = (request: Sent, signal: AbortSignal) => Promise<RawAnswer>;

export function createTransport(apiUrl: string, context: PlatformContext): Send {
  const { host } = new URL(apiUrl);
  let octokit: Promise<Octokit> | undefined;
  return async (request, signal) => {
    signal.throwIfAborted();
    const { what, write } = request;
    const about = { host, what, write, now: context.clock.now() };
    try {
      octokit ??= createOctokit(apiUrl, context.http);
      const client = await octokit;
      const authorization = `Bearer ${await context.credential()}`;
      return { ...toAnswer(await client.request(toOptions(request, authorization, signal))), about };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const refused = refusalOf(error);
      if (refused !== undefined) return { ...refused, about };
      throw toSilenceFailure(causeOf(error), about);
    }
  };
}

/** Loaded at the first request, so that commands which ask nothing start fast. */
async function createOctokit(apiUrl: string, http: HttpClient): Promise<Octokit> {
  const library = await import("@octokit/rest");
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  return new library.Octokit({
    baseUrl: apiUrl,
    userAgent: "gitnotify",
    log: silent,
    request: { fetch: createFetch(http) },
  });
}

function toOptions(request: Sent, authorization: string, signal: AbortSignal) {
  return {
    method: request.method,
    url: request.url,
    headers: {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      authorization,
      ...request.headers,
    },
    ...(request.body ?? {}),
    request: { signal, redirect: request.redirect ?? "follow" },
  };
}

interface OctokitAnswer {
  status: number;
  url: string;
  headers: Record<string, unknown>;
  data?: unknown;
}

function toAnswer(response: OctokitAnswer): Omit<RawAnswer, "about"> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (typeof value === "string") headers[name] = value;
  }
  return { status: response.status, url: response.url, headers, data: response.data };
}

const errorWithAnswer = z.object({
  response: z.object({
    status: z.number(),
    url: z.string(),
    headers: z.record(z.string(), z.unknown()),
    data: z.unknown(),
  }),
});

/** Octokit throws for 304 and every 4xx and 5xx; with `response` unset its status 500 only means that no answer came. */
function refusalOf(error: unknown): Omit<RawAnswer, "about"> | undefined {
  const parsed = errorWithAnswer.safeParse(error);
  return parsed.success ? toAnswer(parsed.data.response) : undefined;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined && !isFailure(error) ? error.cause : error;
}

/** Keeps the tightest of the quotas (REST and GraphQL have one each) that the answers told of. */
export function createMeter() {
  const quotas = new Map<string, Quota>();
  let hides = false;
  return {
    note(headers: Record<string, string>): void {
      if (headers["x-github-sso"]?.startsWith("partial-results")) hides = true;
      const limit = Number(headers["x-ratelimit-limit"]);
      const reset = Number(headers["x-ratelimit-reset"]);
      if (!(limit > 0) || !(reset > 0)) return;
      quotas.set(headers["x-ratelimit-resource"] ?? "core", {
        limit,
        remaining: Number(headers["x-ratelimit-remaining"] ?? limit),
        resetAt: new Date(reset * 1000).toISOString(),
      });
    },
    quota: (): Quota | undefined =>
      [...quotas.values()].sort((a, b) => a.remaining / a.limit - b.remaining / b.limit)[0],
    hidesOrganizations: (): boolean => hides,
  };
}
