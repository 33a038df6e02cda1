import { BodyTooLarge } from "./http-body.js";
import { HttpError, type HttpErrorCode } from "./http.js";

/** The reason with which the client's own timer ends a request. */
export class DeadlineReached extends Error {}

export interface FailureSite {
  /** `host:port` as in the address, and never anything else of it: Telegram's token is part of the path. */
  host: string;
  sent: boolean;
  timeoutMs: number;
  maxBytes: number;
}

interface Explanation {
  code: HttpErrorCode;
  message: string;
}

const unknownAuthority = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);
const noRoute = new Set(["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EHOSTDOWN", "EADDRNOTAVAIL"]);
const timedOut = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"]);
const cutOff = new Set([
  "ECONNRESET", "EPIPE", "ECONNABORTED", "UND_ERR_SOCKET", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_RES_EXCEEDED_MAX_SIZE",
]); // prettier-ignore
const closed = new Set(["UND_ERR_DESTROYED", "UND_ERR_CLOSED"]);

/** What went wrong below HTTP, as one sentence for a person and one code for the core. */
export function toHttpError(cause: unknown, site: FailureSite): HttpError {
  if (cause instanceof HttpError) return cause;
  const explanation = explainLimit(cause, site) ?? explainCode(cause, site);
  // A failed handshake, name or connection attempt comes before the first byte of the request.
  const before: HttpErrorCode[] = ["dns", "refused", "tls", "proxy", "address", "scheme"];
  const sent = site.sent && !before.includes(explanation.code);
  return new HttpError(explanation.code, { message: explanation.message, host: site.host, sent, cause });
}

function explainLimit(cause: unknown, { host, sent, ...site }: FailureSite): Explanation | null {
  const seconds = `${site.timeoutMs / 1000} s`;
  if (cause instanceof DeadlineReached) {
    const what = sent ? "did not answer completely" : "could not be connected to";
    return { code: "timeout", message: `${host} ${what} within ${seconds}.` };
  }
  if (cause instanceof BodyTooLarge) {
    return {
      code: "too_large",
      message: `${host} sent more than the ${site.maxBytes} bytes that are read of one answer.`,
    };
  }
  return null;
}

function explainCode(cause: unknown, site: FailureSite): Explanation {
  const { host } = site;
  const code = toCode(cause);
  const tls = explainTls(code, host);
  if (tls) return { code: "tls", message: tls };
  if (code === "ENOTFOUND" || code === "ENODATA" || code.startsWith("EAI_")) {
    const message = `The name ${host} could not be resolved (${code}). Check the address and this machine's DNS.`;
    return { code: "dns", message };
  }
  if (code === "ECONNREFUSED") return { code: "refused", message: `${host} refused the connection.` };
  if (timedOut.has(code)) return { code: "timeout", message: `${host} could not be connected to in time.` };
  const proxyStatus = toProxyStatus(cause);
  if (proxyStatus) return { code: "proxy", message: explainProxy(proxyStatus, host) };
  if (cutOff.has(code)) {
    const when = site.sent ? "before its answer was complete" : "before the request was sent";
    return { code: "reset", message: `${host} closed the connection ${when}.` };
  }
  if (cause instanceof Error && cause.name === "HTTPParserError") {
    return { code: "network", message: `${host} answered something that is not HTTP.` };
  }
  return { code: "network", message: explainRest(code, host) };
}

function explainRest(code: string, host: string): string {
  if (closed.has(code)) return `The request to ${host} ended: the client is closed.`;
  if (noRoute.has(code)) return `There is no route to ${host} (${code}).`;
  if (/^(Z_|ERR_BROTLI|ERR__)/.test(code)) {
    return `${host} sent a compressed answer that is damaged or cut short.`;
  }
  return `The request to ${host} failed${code === "" ? "" : ` (${code})`}.`;
}

function explainTls(code: string, host: string): string | null {
  if (unknownAuthority.has(code)) {
    return (
      `The certificate of ${host} is self-signed or signed by an authority that this machine does not know (${code}). ` +
      "If that is your own authority, set caFile to its certificate for this connection in config.yaml."
    );
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    const what = code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet";
    return `The certificate of ${host} ${what}, or the clock of this machine is wrong.`;
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "UND_ERR_PRX_TLS") {
    return `The certificate of ${host} is for another host name. Check the address.`;
  }
  const isTls = /^(ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|ERR_OSSL)/.test(code);
  return isTls ? `No secure connection to ${host} could be made (${code}).` : null;
}

/**
 * undici tells the status of a refused tunnel in the message alone.
 * Source: `lib/dispatcher/proxy-agent.js` of undici 7; a test holds it.
 */
function toProxyStatus(cause: unknown): string | null {
  if (!(cause instanceof Error)) return null;
  return /^Proxy response \((\d{3})\)/.exec(cause.message)?.[1] ?? null;
}

function explainProxy(status: string, host: string): string {
  if (status === "407") {
    return `The proxy wants a user name and password before it connects to ${host} (407). Set proxy: http://user:password@host:port for this connection, or HTTPS_PROXY.`;
  }
  return `The proxy did not connect to ${host} (it answered ${status}).`;
}

/** A failure to reach the proxy itself; said of the proxy's host, for the server has no part in it. */
export function toProxyError(cause: unknown, proxyHost: string): HttpError {
  const code = toCode(cause);
  const message = `The proxy ${proxyHost} could not be reached${code === "" ? "" : ` (${code})`}. Check proxy in config.yaml or HTTPS_PROXY.`;
  return new HttpError("proxy", { message, host: proxyHost, sent: false, cause });
}

function toCode(cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return "";
  return typeof cause.code === "string" ? cause.code : "";
}
