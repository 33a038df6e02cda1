import { Failure, isFailure, type FailureDetails } from "../../domain/failure.js";
import { HttpError } from "../../lib/http.js";

/** What a failed request was about, for the sentence that a person reads. */
export interface Circumstances {
  host: string;
  /** As in "while reading <what>": `the runs of acme/api`. */
  what: string;
  /** A write that may have been carried out is `ambiguous` instead of `unreachable`. */
  write: boolean;
  /** Epoch milliseconds. */
  now: number;
}

/** An HTTP answer that is not the wanted one. */
export interface Refusal {
  status: number;
  headers: Record<string, string>;
  /** The `message` of the answer, or "". */
  message: string;
}

/** GitHub asks for at least a minute where it names no time. */
const defaultPauseMs = 60_000;

export function toRefusalFailure(refusal: Refusal, about: Circumstances): Failure {
  const { status } = refusal;
  if (isThrottled(refusal)) return toThrottled(refusal, about);
  const values = { ...serverOf(about), status, said: refusal.message.slice(0, 200) || "none" };
  const message = sentence(about, `answered ${status}${said(refusal)}`);
  const code = status >= 500 ? ("server" as const) : ("answered" as const);
  const details = { status, message, code, values };
  switch (true) {
    case status === 401:
      return new Failure("unauthorized", {
        status,
        values,
        message: `GitHub (${about.host}) refused the token: it has expired or was revoked.`,
        remedy: "Create a new token on GitHub and store it for this connection.",
      });
    case status === 403:
      return toForbidden(refusal, about);
    case status === 404 || status === 410 || status === 451:
      return new Failure("gone", {
        status,
        values,
        message: sentence(about, "says there is no such thing, or the token lacks access"),
      });
    case status === 409:
      return new Failure("conflict", details);
    case status >= 500:
      return new Failure(about.write ? "ambiguous" : "unreachable", details);
    case status < 400:
      // A redirect of a write is not followed, so it was not carried out.
      return new Failure("unreachable", details);
    default:
      return new Failure("rejected", details);
  }
}

const reachRemedy =
  "Check the address in config.yaml and that this machine can reach it. gitnotify keeps trying.";

/** A request that got no HTTP answer at all. */
export function toSilenceFailure(error: unknown, about: Circumstances): Failure {
  if (isFailure(error)) return error;
  const http = error instanceof HttpError ? error : undefined;
  // Only our own error is passed on: a library's may carry the request with its headers.
  const values = serverOf(about);
  const cause = http === undefined ? { values } : { cause: http, detail: http.detail, values };
  const why = http === undefined ? "" : ` ${http.message}`;
  const code = http?.code ?? "network";
  if (about.write && (http?.sent ?? true)) {
    const message = sentence(about, "did not confirm") + why;
    return new Failure("ambiguous", {
      ...cause,
      code,
      message,
      remedy: "Check on GitHub whether it was done.",
    });
  }
  const message = sentence(about, "gave no usable answer") + why;
  return new Failure("unreachable", { ...cause, code, message, remedy: http?.remedy ?? reachRemedy });
}

/** An answer that is not what GitHub sends here: a login page, half a body, an empty one. */
export function toSchemaFailure(about: Circumstances, detail: string, status?: number): Failure {
  return new Failure(about.write ? "ambiguous" : "unreachable", {
    message: sentence(about, `sent an answer that cannot be used (${detail})`),
    remedy: "If this stays, see whether a proxy or login page stands between this machine and GitHub.",
    code: "schema",
    values: serverOf(about),
    ...(status === undefined ? {} : { status }),
  });
}

/** GraphQL tells of an exhausted quota inside an answer with status 200. */
export function toThrottled(refusal: Refusal, about: Circumstances): Failure {
  return new Failure("throttled", {
    status: refusal.status,
    values: serverOf(about),
    message: sentence(about, "asked gitnotify to wait: the rate limit is used up"),
    retryAt: new Date(retryAtMs(refusal.headers, about.now)).toISOString(),
  });
}

function isThrottled({ status, headers, message }: Refusal): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"] === "0" ||
    /rate limit|abuse detection/i.test(message)
  );
}

function retryAtMs(headers: Record<string, string>, now: number): number {
  const after = headers["retry-after"];
  if (after !== undefined) {
    const at = /^\d+$/.test(after.trim()) ? now + Number(after) * 1000 : Date.parse(after);
    if (!Number.isNaN(at)) return at;
  }
  const reset = Number(headers["x-ratelimit-reset"]);
  if (headers["x-ratelimit-remaining"] === "0" && reset > 0) return reset * 1000;
  return now + defaultPauseMs;
}

function toForbidden(refusal: Refusal, about: Circumstances): Failure {
  const sso = /url=(\S+)/.exec(refusal.headers["x-github-sso"] ?? "")?.[1];
  const needed = neededOf(refusal.headers);
  const details: FailureDetails = {
    status: 403,
    message: sentence(about, `does not allow this token${said(refusal)}`),
    code: sso === undefined ? "permission" : "sso",
    values: {
      ...serverOf(about),
      ...{ said: refusal.message.slice(0, 200) || "none", needed: needed || "none", url: sso ?? "" },
    },
  };
  const remedy = sso === undefined ? permissionRemedy(refusal.headers) : ssoRemedy(sso);
  return new Failure("forbidden", remedy === undefined ? details : { ...details, remedy });
}

function ssoRemedy(url: string): string {
  return `Your organization asks for single sign-on: open ${url} and authorize the token.`;
}

/** A fine-grained token is told its missing permissions in one header, a classic one its missing scopes in another. */
function permissionRemedy(headers: Record<string, string>): string | undefined {
  const permissions = headers["x-accepted-github-permissions"];
  if (permissions) return `Give the token these repository permissions: ${permissions}.`;
  const scopes = headers["x-accepted-oauth-scopes"];
  return scopes ? `Give the token one of these scopes: ${scopes}.` : undefined;
}

function neededOf(headers: Record<string, string>): string {
  return headers["x-accepted-github-permissions"] ?? headers["x-accepted-oauth-scopes"] ?? "";
}

function serverOf(about: Circumstances): { server: string } {
  return { server: `GitHub (${about.host})` };
}

function said({ message }: Refusal): string {
  return message === "" ? "" : `: "${message.slice(0, 200)}"`;
}

function sentence(about: Circumstances, what: string): string {
  return `GitHub (${about.host}) ${what}, while ${about.write ? "asked for" : "reading"} ${about.what}.`;
}
