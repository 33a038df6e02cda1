import type { Proxy } from "./http-proxies.js";
import { explainTls } from "./http-tls-failures.js";
import { HttpError, type HttpErrorDetail } from "./http.js";

/** What the failure is said of. Nothing of the proxy but `host` is ever told. */
export interface ProxySite {
  proxy: Proxy;
  /** The server that the proxy was to connect to. */
  host: string;
}

/** A failure to reach the proxy itself; said of the proxy's host, for the server has no part in it. */
export function toProxyError(cause: unknown, proxy: Proxy): HttpError {
  const code = toCode(cause);
  const { host, setting } = proxy;
  const tls = explainTls(code, host, cause);
  if (tls !== null) {
    const { message, remedy } = tls;
    return new HttpError("proxy", {
      ...{ message: `${message} It is the proxy.`, remedy, detail: "certificate" },
      ...{ host, sent: false, cause },
    });
  }
  const message = `The proxy ${host} could not be reached${code === "" ? "" : ` (${code})`}.`;
  const remedy = `Check ${setting}, and whether the proxy runs.`;
  return new HttpError("proxy", { message, remedy, detail: "unreachable", host, sent: false, cause });
}

/** A tunnel that an HTTP proxy did not make. */
export function toTunnelError(status: number, site: ProxySite): HttpError {
  if (status === 407) return authError(site, "407");
  // Of squid: 503 for a name or a connection in vain, 500 when its own name server is silent.
  if (status >= 500) return targetError(site, String(status));
  return refusedError(site, String(status));
}

/** The proxy took the connection and did not answer CONNECT in HTTP. */
export function toHangUpError(cause: unknown, site: ProxySite): HttpError {
  const code = toCode(cause);
  // It was reached, so that what it waits for is the server, or the server's name.
  if (code === "ETIMEDOUT") return targetError(site, "no answer in time");
  if (code.startsWith("HPE_")) return unusableError(site, "answers something that is not HTTP");
  return unusableError(site, `hung up when it was asked for ${site.host}${code === "" ? "" : ` (${code})`}`);
}

/**
 * fetch-socks passes on the errors of `socks`, which have no codes but fixed words. They hold the options, and the password
 * with them, so that such an error is never kept as a cause.
 * Source: `build/common/constants.js` of socks 2.8; a test holds it.
 */
export function toSocksError(error: Error, site: ProxySite): HttpError {
  const { message } = error;
  if (/authentication/i.test(message)) return authError(site, "SOCKS");
  const answer = /rejected connection - (\w+)/.exec(message)?.[1];
  if (answer === "NotAllowed") return refusedError(site, "SOCKS: not allowed");
  if (answer !== undefined) return targetError(site, `SOCKS: ${toWords(answer)}`);
  if (/handshake/i.test(message)) return unusableError(site, "does not speak SOCKS5");
  if (/timed out/i.test(message)) return targetError(site, "no answer in time");
  return unusableError(site, `hung up when it was asked for ${site.host}`);
}

/** Whoever cuts the handshake with the server, the proxy or something behind it: the request was not sent. */
export function toTlsBehindProxy(error: unknown, site: ProxySite): unknown {
  if (toCode(error) !== "ECONNRESET" && toCode(error) !== "EPIPE") return error;
  const { proxy, host } = site;
  const message = `The connection to ${host} through the proxy ${proxy.host} was cut before the request was sent.`;
  const remedy = `Check ${proxy.setting}, and whether the proxy allows ${host}.`;
  return proxyError("target", { message, remedy, host });
}

function unusableError({ proxy }: ProxySite, what: string): HttpError {
  const message = `The proxy ${proxy.host} ${what}.`;
  const remedy = `Check ${proxy.setting}: http:// and socks5h:// are proxies of different kinds.`;
  return proxyError("unreachable", { message, remedy, host: proxy.host });
}

/** `HostUnreachable` as words. */
function toWords(answer: string): string {
  return answer.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

function authError({ proxy, host }: ProxySite, said: string): HttpError {
  const scheme = proxy.url.split("://")[0];
  const message =
    proxy.login === null
      ? `The proxy ${proxy.host} wants a user name and password before it connects to ${host} (${said}).`
      : `The proxy ${proxy.host} refuses the user name or password that it was given (${said}).`;
  const remedy = `Write them into ${proxy.setting}: ${scheme}://user:password@${proxy.host}, with special characters percent-encoded.`;
  return proxyError("auth", { message, remedy, host });
}

function refusedError({ proxy, host }: ProxySite, said: string): HttpError {
  const message = `The proxy ${proxy.host} may not connect to ${host} (${said}): its rules forbid it.`;
  const remedy = `Ask whoever runs the proxy to allow ${host}${portHint(host)}, or set \`proxy: direct\` if it can be reached without.`;
  return proxyError("refused", { message, remedy, host });
}

/** `host` has no port where it is that of the scheme. */
function portHint(host: string): string {
  return /:\d+$/.test(host) ? " (many proxies allow port 443 alone)" : "";
}

function targetError({ proxy, host }: ProxySite, said: string): HttpError {
  const message = `The proxy ${proxy.host} could not connect to ${host} (${said}).`;
  const remedy = `Check the address of ${host}. If only this machine reaches it and the proxy does not, set \`proxy: direct\` for it or name it in NO_PROXY.`;
  return proxyError("target", { message, remedy, host });
}

function proxyError(
  detail: HttpErrorDetail,
  said: { message: string; remedy: string; host: string },
): HttpError {
  return new HttpError("proxy", { ...said, detail, sent: false });
}

function toCode(cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return "";
  return typeof cause.code === "string" ? cause.code : "";
}
