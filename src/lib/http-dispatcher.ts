import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { LookupFunction } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import type * as undiciModule from "undici";
import type { buildConnector, Dispatcher } from "undici";
import { createProxyChoice, type Proxy } from "./http-proxies.js";
import { toProxyError } from "./http-proxy-failures.js";
import { createThroughConnector } from "./http-through.js";
import { createHttpTunnels, createSocksTunnels } from "./http-tunnels.js";
import { HttpError } from "./http.js";

export interface WaysOptions {
  caFile: string | undefined;
  /** An address of `http`, `https`, `socks5` or `socks5h`, or `direct`. It counts before the environment. */
  proxy: string | undefined;
  env: Record<string, string | undefined>;
  lookup: LookupFunction;
}

/** A pool of connections, and the proxy that they go through, if any. */
export interface Way {
  dispatcher: Dispatcher;
  proxy: Proxy | null;
}

export interface Ways {
  /** Throws `HttpError` when the proxy for this address is set to something that cannot be used. */
  to(url: URL): Promise<Way>;
  destroy(): Promise<void>;
}

type Undici = Pick<typeof undiciModule, "Agent" | "buildConnector">;

interface Tls {
  timeout: number;
  secureContext?: SecureContext;
  autoSelectFamily: boolean;
  autoSelectFamilyAttemptTimeout: number;
}

const connectTimeoutMs = 10_000;

/** Longer than the usual half minute between polls, shorter than the 60 to 75 s after which servers hang up. */
const keepAliveMs = 40_000;

/**
 * Own pools of connections, with the address guard in the connector of those that go straight to the server.
 *
 * Behind an HTTP or socks5h proxy, which resolve the name of the server themselves, the guard sees literal addresses only (the
 * client checks those before it asks for a connection); for socks5 the name is resolved here, under the guard. undici is loaded
 * here, at the first request.
 */
export async function createWays(options: WaysOptions): Promise<Ways> {
  const { default: undici } = await import("undici");
  const secureContext = options.caFile === undefined ? undefined : await readAuthority(options.caFile);
  const tls: Tls = {
    timeout: connectTimeoutMs,
    ...(secureContext ? { secureContext } : {}),
    autoSelectFamily: true,
    // Node gives each address 250 ms, too little over a slow line.
    autoSelectFamilyAttemptTimeout: 1_000,
  };
  const choose = createProxyChoice(options);
  const opened = new Map<string, Promise<Dispatcher>>();
  const open = (proxy: Proxy | null): Promise<Dispatcher> => {
    const key = proxy === null ? "" : JSON.stringify([proxy.url, proxy.login]);
    const known = opened.get(key) ?? openPool({ undici, tls, proxy, lookup: options.lookup });
    opened.set(key, known);
    return known;
  };
  return {
    to: async (url) => {
      const proxy = choose(url);
      return { dispatcher: await open(proxy), proxy };
    },
    destroy: async () => {
      const pools = await Promise.all(opened.values());
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}

interface PoolOptions {
  undici: Undici;
  tls: Tls;
  proxy: Proxy | null;
  lookup: LookupFunction;
}

async function openPool({ undici, tls, proxy, lookup }: PoolOptions): Promise<Dispatcher> {
  const pool = { keepAliveTimeout: keepAliveMs, keepAliveMaxTimeout: keepAliveMs };
  if (proxy === null) return new undici.Agent({ ...pool, connect: { ...tls, lookup } });
  const reach = toProxyConnector(undici.buildConnector(tls), proxy);
  const open =
    proxy.kind === "http"
      ? createHttpTunnels(proxy, connectTimeoutMs)
      : await createSocksTunnels(proxy, connectTimeoutMs);
  const secure = undici.buildConnector(tls);
  return new undici.Agent({
    ...pool,
    connect: createThroughConnector({ proxy, lookup, reach, secure, open }),
  });
}

/** Failures on the way to the proxy are told from those on the way to the server here, where they are made. */
function toProxyConnector(connect: buildConnector.connector, proxy: Proxy): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error) callback(toProxyError(error, proxy), null);
      else callback(null, socket);
    });
}

/** Made once: reading all root certificates for each connection would cost more than the handshake. */
async function readAuthority(caFile: string): Promise<SecureContext> {
  try {
    const own = toCertificates(await readFile(caFile, "utf8"));
    return createSecureContext({ ca: [...rootCertificates, ...own] });
  } catch (cause) {
    const message = `The certificate file ${caFile} (caFile) could not be read as PEM certificates.`;
    const remedy = "It has to be a text file with lines -----BEGIN CERTIFICATE-----, readable for gitnotify.";
    throw new HttpError("tls", { message, remedy, detail: "ca_file", host: "", sent: false, cause });
  }
}

/** OpenSSL passes over a damaged certificate without a word, and the server would be blamed. */
function toCertificates(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error("no certificate");
  return blocks.map((block) => new X509Certificate(block).toString());
}
