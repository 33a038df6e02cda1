import type { Config } from "../../config/load.js";
import { createProxyChoice } from "../../lib/http-proxies.js";
import { HttpError, type HttpClient } from "../../lib/http.js";
import type { OpenPlatforms } from "../open-platforms.js";
import { type Certificate, watchCertificates } from "./certificates.js";

/** One server that config.yaml names, asked the way in which the daemon asks it. */
export interface Site {
  /** The connection's id, or `telegram`. */
  of: string;
  url: URL;
  way: HttpClient;
  /** `host:port` of the proxy that the way goes through; null: none, or one whose setting cannot be understood. */
  proxy: string | null;
}

/** That a server answers, whatever it says. */
export interface Answered {
  tookMs: number;
  /** The server's clock minus ours in milliseconds, from its Date header of whole seconds; null when it has none. */
  aheadMs: number | null;
  /** null: no TLS on this way, or none that was seen. */
  certificate: Certificate | null;
}

/** The web address of each connection, its API where that is elsewhere, and the Bot API. */
export function toSites(config: Config, { connections, telegram }: OpenPlatforms): Site[] {
  const sites = [...connections.live].flatMap(([id, { connection, platform }]) => {
    const way = connections.ways.get(id);
    if (way === undefined) return [];
    const api = new URL(platform.apiUrl?.(connection) ?? connection.apiUrl ?? connection.url);
    const web = new URL(connection.url);
    return (api.origin === web.origin ? [api] : [web, api]).map((url) => {
      return { of: id, url, way, proxy: findProxy(url, connection.proxy) };
    });
  });
  const url = new URL(config.telegram.apiRoot);
  const proxy = findProxy(url, config.telegram.proxy);
  return [...sites, { of: "telegram", url, way: telegram.way, proxy }];
}

/** The same choice as the client makes; what it cannot understand, the request says. */
function findProxy(url: URL, setting: string | undefined): string | null {
  try {
    return createProxyChoice({ proxy: setting, env: process.env })(url)?.host ?? null;
  } catch {
    return null;
  }
}

/**
 * One request without a token. Rejects with `HttpError` when no answer came; any status is one. Redirects are not followed: the
 * Bot API sends a bare address on to its documents, which are nobody's business here.
 */
export async function askSite(
  { url, way }: Site,
  { now, signal }: { now: () => number; signal: AbortSignal },
): Promise<Answered> {
  const certificates = await watchCertificates();
  const startedAt = now();
  try {
    const { headers } = await way.request({ method: "GET", url: url.href, redirect: "manual", signal });
    const tookMs = Math.max(0, now() - startedAt);
    const date = Date.parse(headers["date"] ?? "");
    // The header was written somewhere between question and answer, and is cut to the second.
    const aheadMs = Number.isNaN(date) ? null : Math.round(date + 500 - (startedAt + tookMs / 2));
    return { tookMs, aheadMs, certificate: certificates.of(url) };
  } catch (error) {
    // An answer that is larger than anybody reads is an answer too.
    if (!(error instanceof HttpError) || error.code !== "too_large") throw error;
    return {
      tookMs: Math.max(0, now() - startedAt),
      aheadMs: null,
      certificate: certificates.of(url),
    };
  } finally {
    certificates.close();
  }
}
