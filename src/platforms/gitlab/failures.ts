import { Failure, type FailureDetails } from "../../domain/failure.js";
import { HttpError, toText, type HttpResponse } from "../../lib/http.js";
import { errorBody } from "./schema.js";

/** What was asked, for the sentence in a failure: `the merge request !3 of acme/api`. Never holds an address or a secret. */
export interface Asked {
  connectionId: string;
  what: string;
  /** It changes something on the server. */
  write: boolean;
  /** Epoch milliseconds, for "not before". */
  now: number;
}

const defaultPauseMs = 60_000;
const longestPauseMs = 3_600_000;

const reachRemedy =
  "Check the address in config.yaml and that this machine can reach it. gitnotify keeps trying.";

/** What a request that got no answer means. Anything but an `HttpError` (an abort) goes through as it is. */
export function toNetworkFailure(error: unknown, asked: Asked): unknown {
  if (!(error instanceof HttpError)) return error;
  const details = { code: error.code, detail: error.detail, cause: error, values: serverOf(asked) };
  if (asked.write && error.sent) {
    const message = `${subject(asked)}: the request was sent and no answer came (${error.code}), so it may have been carried out.`;
    return new Failure("ambiguous", { ...details, message, remedy: doubtRemedy });
  }
  const message = `${subject(asked)}: ${error.message}`;
  return new Failure("unreachable", { ...details, message, remedy: error.remedy ?? reachRemedy });
}

/** What an answer outside 2xx and 304 means. */
export function toStatusFailure(response: HttpResponse, asked: Asked): Failure {
  const { status } = response;
  const said = readError(response);
  const message = `${subject(asked)}: GitLab answered ${status}${said.text ? ` (${said.text})` : ""}.`;
  const values = { ...serverOf(asked), status, said: said.text || "none", needed: said.scope ?? "api" };
  const details = { message, status, values };
  if (status >= 500 || status === 408) return toServerFailure(details, asked);
  if (status >= 300 && status < 400) return new Failure("unreachable", { ...details, code: "redirect" });
  switch (status) {
    case 429:
      return new Failure("throttled", { ...details, retryAt: toRetryAt(response.headers, asked.now) });
    case 401:
      return new Failure("unauthorized", { ...details, remedy: refusedRemedy });
    case 403:
      return toForbidden({ ...details, code: "permission", values: { ...values, needed: "none" } }, said);
    case 404:
    case 410:
      return new Failure("gone", { ...details, remedy: goneRemedy });
    default:
      return new Failure(isConflict(status, asked) ? "conflict" : "rejected", {
        ...details,
        code: "answered",
      });
  }
}

function isConflict(status: number, asked: Asked): boolean {
  return [405, 406, 409].includes(status) || (status === 422 && asked.write);
}

const refusedRemedy = "The token has expired or was revoked: set a new one.";
const goneRemedy = "It was deleted or moved, or the token lacks access.";
const doubtRemedy = "Check on GitLab before you try again.";

/** After a 503 nothing was done. After the others a gateway may have given up on a write that went on behind it. */
function toServerFailure(details: FailureDetails & { status: number }, asked: Asked): Failure {
  if (asked.write && details.status !== 503) {
    return new Failure("ambiguous", { ...details, code: "server", remedy: doubtRemedy });
  }
  return new Failure("unreachable", { ...details, code: "server" });
}

/** An answer of the right status that is not what it should be. After a write nobody knows what it did. */
export function toSchemaFailure(asked: Asked, why: string): Failure {
  const message = `${subject(asked)}: the answer is not one of GitLab's API (${why}).`;
  if (asked.write) {
    return new Failure("ambiguous", {
      message,
      code: "schema",
      values: serverOf(asked),
      remedy: doubtRemedy,
    });
  }
  const remedy = "If this stays, a proxy or a sign-in page may answer in GitLab's place.";
  return new Failure("unreachable", { message, code: "schema", values: serverOf(asked), remedy });
}

function serverOf(asked: Asked): { server: string } {
  return { server: `GitLab (${asked.connectionId})` };
}

function subject(asked: Asked): string {
  return `GitLab (${asked.connectionId}), ${asked.what}`;
}

function toForbidden(details: FailureDetails, said: SaidError): Failure {
  if (said.error !== "insufficient_scope") return new Failure("forbidden", details);
  const wanted = said.scope ? `one of the scopes: ${said.scope}` : "a wider scope (api, or read_api to read)";
  return new Failure("forbidden", {
    ...details,
    code: "insufficient_scope",
    values: { ...details.values, needed: said.scope ?? "api" },
    remedy: `Make a token with ${wanted}.`,
  });
}

interface SaidError {
  error: string;
  text: string;
  scope: string | undefined;
}

/** GitLab's own words, shortened. A body that is not JSON (a proxy's page, a customised throttle text) says nothing. */
function readError(response: HttpResponse): SaidError {
  const nothing = { error: "", text: "", scope: undefined };
  if (!(response.headers["content-type"] ?? "").includes("json")) return nothing;
  const body = errorBody.safeParse(parseJson(toText(response)));
  if (!body.success) return nothing;
  const { error, message, scope } = body.data;
  const words = [error, message].find((value) => value !== undefined && value !== null) ?? "";
  const text = typeof words === "string" ? words : JSON.stringify(words);
  return {
    error: typeof error === "string" ? error : "",
    text: text.slice(0, 200),
    scope: scope ?? undefined,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * `Retry-After` (seconds or an HTTP date), else `RateLimit-Reset` (epoch seconds), else a minute. Held between one second
 * and one hour, so that a broken header neither hammers the server nor stops a connection for good.
 */
function toRetryAt(headers: Record<string, string>, now: number): string {
  const after = headers["retry-after"];
  const candidates = [
    after === undefined ? NaN : now + Number(after) * 1000,
    after === undefined ? NaN : Date.parse(after),
    Number(headers["ratelimit-reset"] ?? NaN) * 1000,
    Date.parse(headers["ratelimit-resettime"] ?? ""),
  ];
  const at = candidates.find((candidate) => Number.isFinite(candidate)) ?? now + defaultPauseMs;
  return new Date(Math.min(Math.max(at, now + 1000), now + longestPauseMs)).toISOString();
}
