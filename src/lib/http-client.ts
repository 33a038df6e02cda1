import {
  checkAddress,
  createGuardedLookup,
  isLoopbackHost,
  systemResolve,
  toIpLiteral,
  type AddressPolicy,
  type Resolve,
} from "./addresses.js";
import type { HostLimit } from "./host-limit.js";
import { createWays, type Ways } from "./http-dispatcher.js";
import { exchange, type Answer } from "./http-exchange.js";
import { DeadlineReached, toHttpError } from "./http-failures.js";
import {
  HttpError,
  type HttpClient,
  type HttpErrorCode,
  type HttpErrorDetails,
  type HttpRequest,
  type HttpResponse,
} from "./http.js";

export interface HttpClientOptions {
  /** PEM file with further authorities, beside the usual ones. */
  caFile?: string;
  /**
   * An address with `http://`, `https://`, `socks5://` or `socks5h://`, or `direct` for none. Without it HTTPS_PROXY, HTTP_PROXY,
   * ALL_PROXY and NO_PROXY of `env` count.
   */
  proxy?: string;
  allowPrivateAddress: boolean;
  allowHttp: boolean;
  /** Plain http and loopback addresses for loopback hosts: a Bot API server on this machine. */
  allowLoopbackHttp?: boolean;
  /**
   * The configured servers, `https://host`. When given, `allowPrivateAddress` and `allowHttp` hold for their hosts alone: a
   * server cannot send the daemon on to some other machine of the private network.
   */
  origins?: readonly string[] | undefined;
  userAgent: string;
  /** Shared by all clients of the process, or `unlimited` for long polls. */
  limit: HostLimit;
  /** Default: `process.env`. */
  env?: Record<string, string | undefined>;
  /** Default: the system's resolver. */
  resolve?: Resolve;
}

const defaultTimeoutMs = 10_000;
const defaultMaxBytes = 10 * 1024 * 1024;
const maxRedirects = 5;

/** The only implementation of `HttpClient` that reaches the network. Contract: `http.ts`. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const servers = createExit(options, createRules(options));
  const storage = createExit(options, createRules({ ...options, origins: undefined }));
  let isClosed = false;

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const url = toUrl(request.url);
    const exit = request.storage === true ? storage : servers;
    exit.check(url);
    if (request.storage === true) assertWithoutCredential(request, url);
    return options.limit.run(url.host, request.signal, async () => {
      if (isClosed) throw toError("network", url.host, { message: "The client is closed." });
      const ways = await exit.open();
      return within(request, (signal) =>
        follow({ ways, request, url, signal, userAgent: options.userAgent }),
      );
    });
  }

  return {
    async request(request) {
      try {
        return await send(request);
      } catch (error) {
        // Whatever the abort broke on its way, the caller gets the reason that it gave.
        request.signal?.throwIfAborted();
        throw error;
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([servers.close(), storage.close()]);
    },
  };
}

/** The ways out under one set of rules: a name is judged where it is resolved, so that each set has connections of its own. */
function createExit(options: HttpClientOptions, rules: Rules) {
  const lookup = createGuardedLookup(options.resolve ?? systemResolve, rules.policyFor);
  let opening: Promise<Ways> | undefined;
  return {
    check: rules.check,
    open(): Promise<Ways> {
      if (opening) return opening;
      const { caFile, proxy, env = process.env } = options;
      const created = createWays({ caFile, proxy, env, lookup });
      opening = created;
      // A caFile that was missing may be there at the next request.
      created.catch(() => (opening = undefined));
      return created;
    },
    async close(): Promise<void> {
      const ways = await opening?.catch(() => undefined);
      await ways?.destroy();
    },
  };
}

const credentials = ["authorization", "private-token", "job-token", "cookie"];

function assertWithoutCredential({ headers = {} }: HttpRequest, url: URL): void {
  if (!Object.keys(headers).some((name) => credentials.includes(name.toLowerCase()))) return;
  throw toError("network", url.host, { message: "A file elsewhere is never asked for with a credential." });
}

interface Journey {
  ways: Ways;
  request: HttpRequest;
  url: URL;
  signal: AbortSignal;
  userAgent: string;
}

async function follow(journey: Journey): Promise<HttpResponse> {
  const { request } = journey;
  let { url } = journey;
  for (let hops = 0; ; hops += 1) {
    const answer = await travel(journey, url);
    const next = request.redirect === "manual" ? null : toNext(request.method, url, answer);
    if (!next) return { ...answer, url: url.href };
    if (hops === maxRedirects)
      throw redirectError(url.host, `${url.host} redirected more than ${maxRedirects} times.`);
    url = next;
  }
}

async function travel({ ways, request, signal, userAgent }: Journey, url: URL): Promise<Answer> {
  const { timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes } = request;
  const { dispatcher, proxy } = await ways.to(url);
  return exchange(dispatcher, {
    url,
    method: request.method,
    headers: toHeaders(request.headers, userAgent),
    body: request.body,
    maxBytes,
    signal,
    toError: (cause, sent) => toHttpError(cause, { host: url.host, sent, timeoutMs, maxBytes, proxy }),
  });
}

/**
 * Where a redirect leads, or null when the answer is the answer. A write is repeated for 307 and 308 alone: the other
 * codes would turn it into a GET. Another origin is refused before a byte goes there, for headers hold tokens.
 */
function toNext(method: string, url: URL, answer: Answer): URL | null {
  const reads = method === "GET" || method === "HEAD";
  const codes = reads ? [301, 302, 303, 307, 308] : [307, 308];
  const location = answer.headers["location"];
  if (!codes.includes(answer.status) || location === undefined) return null;
  if (!URL.canParse(location, url.href))
    throw redirectError(url.host, `${url.host} redirects to an unreadable address.`);
  const next = new URL(location, url.href);
  if (next.origin === url.origin) return next;
  throw strayError(url, next);
}

function strayError(url: URL, next: URL): HttpError {
  const base = { host: url.host, sent: false };
  if (next.hostname === url.hostname && next.protocol === "https:") {
    const message = `${url.host} redirects to https.`;
    const remedy = `Write https://${next.host} instead of http://${url.host} into config.yaml.`;
    return new HttpError("redirect", { ...base, message, remedy, detail: "to_https" });
  }
  const message = `${url.host} redirects to another server (${next.host}), which is not followed.`;
  const remedy = `Check the address in config.yaml. If the server has moved, write ${next.protocol}//${next.host}; a sign-in page of the network redirects too.`;
  return new HttpError("redirect", { ...base, message, remedy, detail: "elsewhere" });
}

/** Not `sent` although it was: with a redirect the server says that it did nothing. */
function redirectError(host: string, message: string): HttpError {
  return new HttpError("redirect", { message, host, sent: false });
}

/** One timer for connecting, asking, redirects and the last byte of the body. */
async function within<T>(request: HttpRequest, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onAbort = () => stop.abort(request.signal?.reason);
  const timer = setTimeout(() => stop.abort(new DeadlineReached()), request.timeoutMs ?? defaultTimeoutMs);
  if (request.signal?.aborted) onAbort();
  request.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await run(stop.signal);
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", onAbort);
  }
}

interface Rules {
  /** Throws `HttpError` with code `scheme` or `address`. */
  check: (url: URL) => void;
  policyFor: (hostname: string) => AddressPolicy;
}

function createRules(options: HttpClientOptions): Rules {
  const homes = options.origins?.map((origin) => toUrl(origin).hostname);
  const isHome = (hostname: string) => homes === undefined || homes.includes(hostname);
  const isOwnLoopback = (hostname: string) => options.allowLoopbackHttp === true && isLoopbackHost(hostname);
  const policyFor = (hostname: string): AddressPolicy => ({
    privateAddress: options.allowPrivateAddress && isHome(hostname),
    loopback: isOwnLoopback(hostname),
  });
  return {
    policyFor,
    check(url) {
      const mayHttp = (options.allowHttp && isHome(url.hostname)) || isOwnLoopback(url.hostname);
      if (url.protocol !== "https:" && !(url.protocol === "http:" && mayHttp)) {
        const scheme = url.protocol.slice(0, -1);
        const message = `${url.host} would be asked over ${scheme}, without encryption.`;
        const remedy = "Use https, or set allowHttp: true for this connection in config.yaml.";
        throw toError("scheme", url.host, { message, remedy });
      }
      const literal = toIpLiteral(url.hostname);
      if (literal !== null) checkAddress(url.host, literal, policyFor(url.hostname));
    },
  };
}

/** A wrong address is told without its text, which may hold a token. */
function toUrl(text: string): URL {
  if (!URL.canParse(text)) throw toError("scheme", "", { message: "The address of a request is not a URL." });
  return new URL(text);
}

function toHeaders(given: Record<string, string> | undefined, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = { "user-agent": userAgent, "accept-encoding": "gzip, deflate, br" };
  for (const [name, value] of Object.entries(given ?? {})) headers[name.toLowerCase()] = value;
  return headers;
}

function toError(
  code: HttpErrorCode,
  host: string,
  said: Pick<HttpErrorDetails, "message" | "remedy">,
): HttpError {
  return new HttpError(code, { ...said, host, sent: false });
}
