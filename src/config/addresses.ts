import { directWord, parseProxy } from "../lib/http-proxies.js";

export type CheckedAddress = { ok: true; value: string } | { ok: false; message: string };

/**
 * A base address without its trailing slash. The messages never hold the address itself, because a token that was pasted
 * into it would be printed.
 */
export function checkBaseUrl(text: string, allow: { http: boolean }): CheckedAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return refuse("must be a web address like https://gitlab.example.com");
  }
  if (url.username !== "" || url.password !== "") {
    return refuse("must not hold a user name or a password: tokens are kept by `gitnotify secrets set`");
  }
  if (url.search !== "" || url.hash !== "") return refuse("must end before any `?` or `#`");
  if (url.protocol === "http:" && !allow.http) {
    return refuse(
      "must start with https://: over http the token could be read on its way. `allowHttp: true` on this connection permits it",
    );
  }
  return { ok: true, value: withoutTrailingSlash(url) };
}

/** Telegram's own address, or that of a local Bot API server, which speaks plain http on a loopback address. */
export function checkApiRoot(text: string): CheckedAddress {
  const checked = checkBaseUrl(text, { http: true });
  if (!checked.ok) return checked;
  const url = new URL(checked.value);
  if (url.protocol === "https:" || isLoopback(url.hostname)) return checked;
  return refuse(
    "must start with https://; plain http is for a local Bot API server on 127.0.0.1 or localhost only",
  );
}

/** A proxy, or `direct` for none whatever the environment says. User and password stay as they were written. */
export function checkProxy(text: string): CheckedAddress {
  if (text === directWord) return { ok: true, value: text };
  const parsed = parseProxy(text);
  if (!parsed.ok) return refuse(parsed.message);
  return { ok: true, value: text.replace(/\/+$/, "") };
}

/** `host:port` to listen on; an IPv6 host stands in brackets. */
export function checkListen(text: string): CheckedAddress {
  const parts = /^(\[[\da-fA-F:.]+\]|[\w.-]+):(\d{1,5})$/.exec(text);
  if (parts !== null && Number(parts[2]) <= 65_535) return { ok: true, value: text };
  return refuse("must be an address and a port, like 127.0.0.1:7465");
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function withoutTrailingSlash(url: URL): string {
  return url.href.replace(/\/+$/, "");
}

function refuse(message: string): CheckedAddress {
  return { ok: false, message };
}
