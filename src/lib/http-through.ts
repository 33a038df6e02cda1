import { isIP, type LookupFunction, type Socket } from "node:net";
import type { buildConnector } from "undici";
import { toTlsBehindProxy, type ProxySite } from "./http-proxy-failures.js";
import type { Proxy } from "./http-proxies.js";
import { HttpError } from "./http.js";

export interface Destination {
  /** A name, or an address without brackets. */
  hostname: string;
  port: number;
}

/** Asks the proxy at the other end of the socket for a connection. Rejects with `HttpError`. */
export type OpenTunnel = (socket: Socket, to: Destination, site: ProxySite) => Promise<Socket>;

export interface ThroughOptions {
  proxy: Proxy;
  /** With the address guard in it; for `socks5`, where the name is resolved here. */
  lookup: LookupFunction;
  /** To the proxy itself. */
  reach: buildConnector.connector;
  /** TLS with the server, inside the tunnel. */
  secure: buildConnector.connector;
  open: OpenTunnel;
}

/**
 * undici's connector through a proxy. undici has a ProxyAgent of its own, which is not used: it asks a proxy that hangs up again
 * and again, without a pause, until the request's time is over, and tells the status of a refusal in a sentence alone.
 */
export function createThroughConnector(given: ThroughOptions): buildConnector.connector {
  return (options, callback) => {
    connectThrough(given, options).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error("no connection"), null),
    );
  };
}

async function connectThrough(given: ThroughOptions, options: buildConnector.Options): Promise<Socket> {
  const isSecure = options.protocol === "https:";
  const port = Number(options.port) || (isSecure ? 443 : 80);
  const site = { proxy: given.proxy, host: options.host ?? options.hostname };
  const tunnel = await openFirst(given, { hostname: options.hostname, port }, site);
  if (!isSecure) return tunnel.setNoDelay(true);
  try {
    return await settle(given.secure, { ...options, httpSocket: tunnel });
  } catch (error) {
    tunnel.destroy();
    throw toTlsBehindProxy(error, site);
  }
}

/** To the first of a name's addresses that the proxy reaches: one without IPv6 may be given an IPv6 address first. */
async function openFirst(given: ThroughOptions, to: Destination, site: ProxySite): Promise<Socket> {
  const { proxy } = given;
  const isLocal = proxy.kind === "socks5" && isIP(to.hostname) === 0;
  const hostnames = isLocal ? await resolveAll(given.lookup, to.hostname) : [to.hostname];
  let last: unknown;
  for (const hostname of hostnames) {
    const { protocol, host } = new URL(proxy.url);
    const address = { protocol: protocol === "https:" ? protocol : "http:", host, hostname: proxy.hostname };
    const socket = await settle(given.reach, { ...address, port: String(proxy.port) });
    try {
      return await given.open(socket, { ...to, hostname }, site);
    } catch (error) {
      socket.destroy();
      last = error;
      if (!(error instanceof HttpError) || error.detail !== "target") throw error;
    }
  }
  throw last;
}

function settle(connect: buildConnector.connector, options: buildConnector.Options): Promise<Socket> {
  return new Promise((resolve, reject) => {
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error) reject(error);
      else if (socket) resolve(socket);
    });
  });
}

function resolveAll(lookup: LookupFunction, hostname: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, found) => {
      if (error) reject(error);
      else resolve(Array.isArray(found) ? found.map(({ address }) => address) : [found]);
    });
  });
}
