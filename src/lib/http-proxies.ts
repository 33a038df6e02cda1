import { isIP, type BlockList } from "node:net";
import { isLoopbackHost, toBlockList, toIpLiteral } from "./addresses.js";
import { HttpError } from "./http.js";

/** `http` is spoken to with CONNECT, perhaps over TLS. `socks5` is given addresses, `socks5h` names, which it resolves itself. */
export type ProxyKind = "http" | "socks5" | "socks5h";

export interface Proxy {
  kind: ProxyKind;
  /** Without user and password. */
  url: string;
  /** `host:port` for people. */
  host: string;
  /** Without brackets. */
  hostname: string;
  port: number;
  login: { user: string; password: string } | null;
  /** Where it is set: `proxy in config.yaml`, `HTTPS_PROXY`. */
  setting: string;
}

/** The proxy for an address, or null for none. Throws `HttpError` when a variable of the environment cannot be understood. */
export type ChooseProxy = (url: URL) => Proxy | null;

/** The word for "no proxy, whatever the environment says". */
export const directWord = "direct";

const defaultPorts: Record<string, number> = {
  "http:": 80,
  "https:": 443,
  "socks5:": 1080,
  "socks5h:": 1080,
};

/** `proxy`: of the configuration; it counts before the environment and for every host. */
export function createProxyChoice(options: {
  proxy: string | undefined;
  env: Record<string, string | undefined>;
}): ChooseProxy {
  const { proxy, env } = options;
  if (proxy === directWord) return () => null;
  if (proxy !== undefined && proxy !== "") {
    const chosen = readProxy(proxy, "proxy in config.yaml");
    return () => chosen();
  }
  const all = readVariable(env, "ALL_PROXY");
  const http = readVariable(env, "HTTP_PROXY") ?? all;
  // An HTTP_PROXY alone serves for https too, as in undici; curl would go straight there.
  const https = readVariable(env, "HTTPS_PROXY") ?? all ?? http;
  const isExempt = createExemption(env["no_proxy"] ?? env["NO_PROXY"] ?? "");
  return (url) => {
    // A Bot API server on this machine is meant to be this machine's, whatever the environment says of the world outside.
    if (isLoopbackHost(url.hostname) || isExempt(url)) return null;
    const read = url.protocol === "https:" ? https : http;
    return read?.() ?? null;
  };
}

/** Lower case counts first, as everywhere; a variable that is there and empty means none. */
function readVariable(
  env: Record<string, string | undefined>,
  name: string,
): (() => Proxy | null) | undefined {
  const text = (env[name.toLowerCase()] ?? env[name])?.trim();
  if (text === undefined) return undefined;
  if (text === "") return () => null;
  // `proxy.example.com:3128` and, of desktops, `socks://…` are usual there.
  const whole = text.includes("://") ? text.replace(/^socks:/i, "socks5h:") : `http://${text}`;
  return readProxy(whole, name);
}

function readProxy(text: string, setting: string): () => Proxy {
  const parsed = parseProxy(text);
  if (parsed.ok) return () => ({ ...parsed.proxy, setting });
  // Said when a request needs it, and without the address: it may hold a password.
  const message = `The proxy address of ${setting} ${parsed.message}.`;
  return () => {
    throw new HttpError("proxy", { message, detail: "setting", host: "", sent: false });
  };
}

export type ParsedProxy = { ok: true; proxy: Omit<Proxy, "setting"> } | { ok: false; message: string };

/** The message is a predicate: "must be …". It never holds the address, which may hold a password. */
export function parseProxy(text: string): ParsedProxy {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^socks(4a?)?:$/.test(url.protocol)) {
    return { ok: false, message: "is of SOCKS4, which is not supported: write socks5:// or socks5h://" };
  }
  const port = url === undefined ? undefined : defaultPorts[url.protocol];
  if (url === undefined || port === undefined || url.hostname === "") {
    const message =
      "must be the address of an HTTP or SOCKS5 proxy, like http://proxy.example.com:3128 or socks5h://127.0.0.1:1080";
    return { ok: false, message };
  }
  if (!/^\/?$/.test(url.pathname) || url.search !== "" || url.hash !== "") {
    const message =
      "must end after host and port; the characters / ? # @ and % of a password are written as %2F %3F %23 %40 and %25";
    return { ok: false, message };
  }
  return { ok: true, proxy: toProxy(url, Number(url.port || port)) };
}

function toProxy(url: URL, port: number): Omit<Proxy, "setting"> {
  const { protocol, hostname, username, password } = url;
  const kind = protocol === "socks5:" ? "socks5" : protocol === "socks5h:" ? "socks5h" : "http";
  const login =
    username === "" && password === "" ? null : { user: decode(username), password: decode(password) };
  const host = `${hostname}:${port}`;
  return {
    kind,
    url: `${protocol}//${host}`,
    host,
    hostname: toIpLiteral(hostname) ?? hostname,
    port,
    login,
  };
}

/** A password with a bare % in it is meant as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Exemption {
  /** Lower case, without a leading dot; null: a range of addresses. */
  name: string | null;
  range: BlockList | null;
  port: string;
}

/**
 * NO_PROXY: names separated by commas or spaces, each with all names below it, perhaps with a port; ranges of addresses; `*` for all.
 * A name without a port holds for every port, as in undici and curl.
 */
function createExemption(text: string): (url: URL) => boolean {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  if (words.includes("*")) return () => true;
  const exemptions = words.map(toExemption);
  return (url) => exemptions.some((exemption) => covers(exemption, url));
}

function toExemption(word: string): Exemption {
  if (/\/\d{1,3}$/.test(word)) return { name: null, range: toRange(word), port: "" };
  const literal = isIP(word) === 6;
  const [, host = word, port = ""] = (literal ? null : /^(.+?):(\d+)$/.exec(word)) ?? [];
  const name = host.replace(/^\*?\./, "").toLowerCase();
  return { name: toIpLiteral(name) ?? name, range: null, port };
}

/** A range that is none exempts nothing. */
function toRange(word: string): BlockList | null {
  try {
    return toBlockList([word]);
  } catch {
    return null;
  }
}

function covers({ name, range, port }: Exemption, url: URL): boolean {
  if (port !== "" && port !== (url.port || String(defaultPorts[url.protocol] ?? ""))) return false;
  const literal = toIpLiteral(url.hostname);
  if (range !== null) return literal !== null && range.check(literal, isIP(literal) === 6 ? "ipv6" : "ipv4");
  const host = literal ?? url.hostname.replace(/\.$/, "").toLowerCase();
  return host === name || (literal === null && name !== null && host.endsWith(`.${name}`));
}
