import type { FailureCode } from "./failure-code.js";

/**
 * Why a platform or a channel did not do what was asked. The adapter classifies, the core decides.
 *
 * - `throttled`     too many requests; nothing before `retryAt`.
 * - `unreachable`   no usable answer, or the server's own fault (5xx, HTML, an answer that fails its schema). Try again later.
 * - `ambiguous`     the request went out and the answer did not come: it may have been carried out. Only for writes.
 * - `unauthorized`  the credential is refused (expired, revoked). Nothing with this credential will work.
 * - `forbidden`     the credential is good but may not do this (scope, role, SSO).
 * - `gone`          absent, or no access: platforms do not tell these two apart.
 * - `conflict`      the subject is not in the state that the request supposes (head moved, not mergeable, already done).
 * - `rejected`      the request itself is refused, and the same request will be again.
 */
export type FailureKind =
  "throttled" | "unreachable" | "ambiguous" | "unauthorized" | "forbidden" | "gone" | "conflict" | "rejected";

export interface FailureDetails {
  /** One sentence for a person: what happened and where. Never holds a secret. */
  message: string;
  /** What the person can do, one sentence. */
  remedy?: string;
  /** ISO instant, for `throttled`. */
  retryAt?: string;
  /** The cause: `tls`, `dns`, `timeout`, `schema`, `head_moved`, … */
  code?: FailureCode;
  /** Which of the causes with that code it was, where they have different remedies: `unknown_authority` of `tls`, `auth` of `proxy`, … (`HttpErrorDetail`). */
  detail?: string | undefined;
  /** What fills the sentence in the reader's language (`i18n/failures.ts`); `server` is the one it is said of: `GitHub (api.github.com)`. */
  values?: Readonly<Record<string, string | number>>;
  /** HTTP status, if there was an answer. */
  status?: number;
  /** For `conflict` with code `head_moved`: the sha that the head is at now. */
  headSha?: string;
  /** Telegram: the chat has become this one. */
  movedTo?: string;
  cause?: unknown;
}

export class Failure extends Error {
  readonly kind: FailureKind;
  readonly remedy: string | undefined;
  readonly retryAt: string | undefined;
  readonly code: FailureCode | undefined;
  readonly detail: string | undefined;
  readonly values: Readonly<Record<string, string | number>>;
  readonly status: number | undefined;
  readonly headSha: string | undefined;
  readonly movedTo: string | undefined;

  constructor(kind: FailureKind, details: FailureDetails) {
    super(details.message, { cause: details.cause });
    this.name = "Failure";
    this.kind = kind;
    this.remedy = details.remedy;
    this.retryAt = details.retryAt;
    this.code = details.code;
    this.detail = details.detail;
    this.values = details.values ?? {};
    this.status = details.status;
    this.headSha = details.headSha;
    this.movedTo = details.movedTo;
  }
}

export function isFailure(error: unknown): error is Failure {
  return error instanceof Failure;
}

/** What is kept of a failure to be told later, in the language of that time. */
export interface ToldFailure {
  /** null: a sentence alone is known, and is told as it is. */
  kind: FailureKind | null;
  code?: string | undefined;
  detail?: string | undefined;
  values: Readonly<Record<string, string | number>>;
  /** In English. */
  message: string;
  remedy?: string | undefined;
}

export function toTold({ kind, code, detail, values, message, remedy }: Failure | ToldFailure): ToldFailure {
  return { kind, code, detail, values, message, remedy };
}

/** As one text, for a column: `recall` gives it back. A plain sentence stays one. */
export function keep(failure: Failure | ToldFailure | string): string {
  return typeof failure === "string" ? failure : JSON.stringify(toTold(failure));
}

export function recall(kept: string): ToldFailure {
  const plain: ToldFailure = { kind: null, values: {}, message: kept };
  if (!kept.startsWith("{")) return plain;
  try {
    return { ...plain, ...(JSON.parse(kept) as ToldFailure) };
  } catch {
    return plain;
  }
}
