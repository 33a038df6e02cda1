/**
 * The one way out. Both client libraries, Telegram and wiki git go through an `HttpClient`, so that limits, addresses,
 * redirects, proxy and CA are decided in one place.
 */
export interface HttpRequest {
  method: string;
  /** Absolute. */
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
  /** Default 10,000. Long polling needs more. */
  timeoutMs?: number;
  /** Default 10 MB, after decompression. */
  maxBytes?: number;
  /**
   * `follow` (default) follows up to 5 redirects on the same origin and refuses any other; `manual` returns the 3xx answer.
   */
  redirect?: "follow" | "manual";
  /**
   * The address is one that a configured server named for a file of its own (a log on MinIO beside a GitHub Enterprise Server):
   * `allowPrivateAddress` and `allowHttp` count for it as they do for the server. Refused with a credential.
   */
  storage?: boolean;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Uint8Array;
  /** The address that answered in the end; differs from the request's after a redirect. */
  url: string;
}

export interface HttpClient {
  /** Any HTTP status is an answer. No usable answer rejects with `HttpError`; an abort by the caller with its reason. Retries nothing. */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/**
 * - `message`: what happened, with the host; `remedy`: what a person can do, one or two sentences, where more can be said than
 *   "try later". Neither holds a path, a query or a password.
 * - `sent`: the request may have reached the server (so a write may have been carried out).
 * - `code`: dns, refused, timeout, tls, proxy, reset, address (not allowed), scheme, redirect (to another origin), too_large, network.
 * - `detail`: which of the failures of that code it was, where they have different remedies.
 */
export class HttpError extends Error {
  readonly code: HttpErrorCode;
  readonly detail: HttpErrorDetail | undefined;
  readonly remedy: string | undefined;
  readonly sent: boolean;
  readonly host: string;

  constructor(code: HttpErrorCode, details: HttpErrorDetails) {
    super(details.message, { cause: details.cause });
    this.name = "HttpError";
    this.code = code;
    this.detail = details.detail;
    this.remedy = details.remedy;
    this.host = details.host;
    this.sent = details.sent;
  }
}

export interface HttpErrorDetails {
  message: string;
  remedy?: string | undefined;
  detail?: HttpErrorDetail | undefined;
  host: string;
  sent: boolean;
  cause?: unknown;
}

/**
 * - Of `tls`: `unknown_authority` (caFile helps), `expired`, `not_yet_valid`, `hostname`, `protocol` (no TLS is spoken on that
 *   port), `version` (only versions of TLS that are too old), `ca_file` (caFile itself cannot be read).
 * - Of `proxy`: `auth` (407, or SOCKS' counterpart), `refused` (by the proxy's rules), `unreachable` (the proxy itself), `target`
 *   (the proxy does not reach the server), `certificate` (of a proxy that is spoken to over TLS), `setting` (its address cannot be used).
 * - Of `too_large`: `intricate` (few enough bytes, but too many elements or too deep a nesting of JSON).
 * - Of `redirect`: `to_https` (the same host, encrypted), `elsewhere`.
 */
export type HttpErrorDetail =
  | "unknown_authority" | "expired" | "not_yet_valid" | "hostname" | "protocol" | "version" | "ca_file"
  | "auth" | "refused" | "unreachable" | "target" | "certificate" | "setting"
  | "intricate"
  | "to_https" | "elsewhere"; // prettier-ignore

export type HttpErrorCode =
  | "dns" | "refused" | "timeout" | "tls" | "proxy" | "reset" | "address"
  | "scheme" | "redirect" | "too_large" | "network"; // prettier-ignore

/** The body as text; the bytes are taken for UTF-8. */
export function toText(response: HttpResponse): string {
  return new TextDecoder().decode(response.body);
}
