import { BodyTooIntricate, BodyTooLarge } from "./http-body.js";
import type { Proxy } from "./http-proxies.js";
import { explainTls } from "./http-tls-failures.js";
import { HttpError, type HttpErrorCode, type HttpErrorDetail } from "./http.js";

/** The reason with which the client's own timer ends a request. */
export class DeadlineReached extends Error {}

export interface FailureSite {
  /** `host:port` as in the address, and never anything else of it: Telegram's token is part of the path. */
  host: string;
  sent: boolean;
  timeoutMs: number;
  maxBytes: number;
  /** What the request went through. */
  proxy: Proxy | null;
}

interface Explanation {
  code: HttpErrorCode;
  message: string;
  remedy?: string | undefined;
  detail?: HttpErrorDetail | undefined;
}

const noRoute = new Set(["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EHOSTDOWN", "EADDRNOTAVAIL"]);
const timedOut = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT"]);
const cutOff = new Set([
  "ECONNRESET", "EPIPE", "ECONNABORTED", "UND_ERR_SOCKET", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_RES_EXCEEDED_MAX_SIZE",
]); // prettier-ignore
const closed = new Set(["UND_ERR_DESTROYED", "UND_ERR_CLOSED"]);

/** What went wrong below HTTP, as one sentence for a person and one code for the core. */
export function toHttpError(cause: unknown, site: FailureSite): HttpError {
  if (cause instanceof HttpError) return cause;
  const { code, ...said } = explainLimit(cause, site) ?? explainCode(cause, site);
  // A failed handshake, name or connection attempt comes before the first byte of the request.
  const before: HttpErrorCode[] = ["dns", "refused", "tls", "proxy", "address", "scheme"];
  const sent = site.sent && !before.includes(code);
  return new HttpError(code, { ...said, host: site.host, sent, cause });
}

function explainLimit(cause: unknown, site: FailureSite): Explanation | null {
  const { host, sent } = site;
  const seconds = `${site.timeoutMs / 1000} s`;
  if (cause instanceof DeadlineReached) {
    if (sent) return { code: "timeout", message: `${host} did not answer completely within ${seconds}.` };
    const message = `${host} could not be connected to${throughOf(site)} within ${seconds}.`;
    return { code: "timeout", message, remedy: timeoutRemedy(site) };
  }
  if (cause instanceof BodyTooLarge) {
    return {
      code: "too_large",
      message: `${host} sent more than the ${site.maxBytes} bytes that are read of one answer.`,
    };
  }
  if (cause instanceof BodyTooIntricate) {
    const message = `${host} sent a list that is too long, or nested too deeply, to be read.`;
    return { code: "too_large", message, detail: "intricate" };
  }
  return null;
}

function explainCode(cause: unknown, site: FailureSite): Explanation {
  const { host } = site;
  const code = toCode(cause);
  const tls = explainTls(code, host, cause);
  if (tls) return { code: "tls", ...tls };
  if (code === "ENOTFOUND" || code === "ENODATA" || code.startsWith("EAI_")) {
    const message = `The name ${host} could not be resolved (${code}).`;
    const remedy =
      "Check the address and this machine's DNS. If this network has a proxy, set `proxy` in config.yaml or HTTPS_PROXY.";
    return { code: "dns", message, remedy };
  }
  if (code === "ECONNREFUSED") {
    const remedy = `Check the port in the address, and whether ${host} runs.`;
    return { code: "refused", message: `${host} refused the connection.`, remedy };
  }
  if (timedOut.has(code)) {
    const message = `${host} could not be connected to${throughOf(site)} in time.`;
    return { code: "timeout", message, remedy: timeoutRemedy(site) };
  }
  if (cutOff.has(code)) return explainCut(site);
  if (cause instanceof Error && cause.name === "HTTPParserError") {
    const remedy =
      "Check the port in the address: an address with http:// to a port that speaks TLS does this too.";
    return { code: "network", message: `${host} answered something that is not HTTP.`, remedy };
  }
  return { code: "network", message: explainRest(code, host) };
}

function explainCut(site: FailureSite): Explanation {
  const { host } = site;
  if (site.sent)
    return { code: "reset", message: `${host} closed the connection before its answer was complete.` };
  const message = `${host} closed the connection before the request was sent.`;
  const remedy = "Check the address. A firewall that does not let the connection through does this too.";
  return { code: "reset", message, remedy };
}

function throughOf({ proxy }: FailureSite): string {
  return proxy === null ? "" : ` through the proxy ${proxy.host}`;
}

function timeoutRemedy({ proxy }: FailureSite): string {
  return proxy === null
    ? "Check the address. A firewall may stand in between: if this network has a proxy, set `proxy` in config.yaml or HTTPS_PROXY."
    : `Check ${proxy.setting}, and whether the proxy reaches the internet.`;
}

function explainRest(code: string, host: string): string {
  if (closed.has(code)) return `The request to ${host} ended: the client is closed.`;
  if (noRoute.has(code)) return `There is no route to ${host} (${code}).`;
  if (/^(Z_|ERR_BROTLI|ERR__)/.test(code)) {
    return `${host} sent a compressed answer that is damaged or cut short.`;
  }
  return `The request to ${host} failed${code === "" ? "" : ` (${code})`}.`;
}

function toCode(cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return "";
  return typeof cause.code === "string" ? cause.code : "";
}
