import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { LookupFunction } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import type { buildConnector, Dispatcher } from "undici";
import { toProxyError } from "./http-failures.js";
import { HttpError } from "./http.js";

export interface DispatcherOptions {
  caFile: string | undefined;
  /** An `http://` or `https://` address, perhaps with user and password. It counts before the environment. */
  proxy: string | undefined;
  env: Record<string, string | undefined>;
  lookup: LookupFunction;
}

const connectTimeoutMs = 10_000;

/** Longer than the usual half minute between polls, shorter than the 60 to 75 s after which servers hang up. */
const keepAliveMs = 40_000;

/**
 * An own pool of connections, with the address guard in the connector of those that go straight to the server.
 *
 * A proxy resolves the name of the server itself, so behind one the guard sees literal addresses only (the client
 * checks those before it asks for a connection). undici is loaded here, at the first request.
 */
export async function createDispatcher(options: DispatcherOptions): Promise<Dispatcher> {
  const { default: undici } = await import("undici");
  const secureContext = options.caFile === undefined ? undefined : await readAuthority(options.caFile);
  const tls = { timeout: connectTimeoutMs, ...(secureContext ? { secureContext } : {}) };
  const direct = {
    ...tls,
    lookup: options.lookup,
    autoSelectFamily: true,
    // Node gives each address 250 ms, too little over a slow line.
    autoSelectFamilyAttemptTimeout: 1_000,
  };
  const pool = { keepAliveTimeout: keepAliveMs, keepAliveMaxTimeout: keepAliveMs, connect: direct };
  const { httpProxy, httpsProxy, noProxy } = toProxies(options);
  if (httpProxy === "" && httpsProxy === "") return new undici.Agent(pool);
  return new undici.EnvHttpProxyAgent({
    ...pool,
    httpProxy,
    httpsProxy,
    noProxy,
    requestTls: tls,
    clientFactory: (origin: URL) =>
      new undici.Pool(origin, {
        connect: toProxyConnector(undici.buildConnector(tls), origin.host),
        headersTimeout: connectTimeoutMs,
      }),
  });
}

/** Failures on the way to the proxy are told from those on the way to the server here, where they are made. */
function toProxyConnector(connect: buildConnector.connector, proxyHost: string): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error) callback(toProxyError(error, proxyHost), null);
      else callback(null, socket);
    });
}

interface Proxies {
  /** Empty: none. */
  httpProxy: string;
  httpsProxy: string;
  noProxy: string;
}

function toProxies({ proxy, env }: DispatcherOptions): Proxies {
  if (proxy !== undefined && proxy !== "") {
    const checked = checkProxy(proxy);
    return { httpProxy: checked, httpsProxy: checked, noProxy: "" };
  }
  const http = env["http_proxy"] ?? env["HTTP_PROXY"] ?? "";
  const https = env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "";
  const without = env["no_proxy"] ?? env["NO_PROXY"] ?? "";
  // A Bot API server on this machine is meant to be this machine's, whatever the environment says of the world outside.
  const noProxy = without.trim() === "*" ? "*" : `${without},localhost,127.0.0.1,[::1]`;
  return {
    httpProxy: http === "" ? "" : checkProxy(http),
    httpsProxy: https === "" ? "" : checkProxy(https),
    noProxy,
  };
}

function checkProxy(proxy: string): string {
  const usable = URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol);
  if (usable) return proxy;
  // Said without the address: it may hold a password.
  const message = "The proxy address cannot be used. Write it as http://host:port or https://host:port.";
  throw new HttpError("proxy", { message, host: "", sent: false });
}

/** Made once: reading all root certificates for each connection would cost more than the handshake. */
async function readAuthority(caFile: string): Promise<SecureContext> {
  try {
    const own = toCertificates(await readFile(caFile, "utf8"));
    return createSecureContext({ ca: [...rootCertificates, ...own] });
  } catch (cause) {
    const message = `The certificate file ${caFile} (caFile) could not be read as PEM certificates.`;
    throw new HttpError("tls", { message, host: "", sent: false, cause });
  }
}

/** OpenSSL passes over a damaged certificate without a word, and the server would be blamed. */
function toCertificates(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error("no certificate");
  return blocks.map((block) => new X509Certificate(block).toString());
}
