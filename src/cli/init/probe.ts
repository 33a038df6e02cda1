import type { Connection } from "../../domain/connection.js";
import type { Failure } from "../../domain/failure.js";
import { HttpError, toText, type HttpResponse } from "../../lib/http.js";
import type { Platform } from "../../platforms/platform.js";
import type { Net, ServerSettings } from "./ports.js";

/** What came of asking a server who it is. */
export type Probed =
  | { is: "own"; url: string }
  /** It is a server of another kind. */
  | { is: "other"; platform: Platform }
  /** It sends elsewhere. */
  | { is: "moved"; url: string }
  /** It answers, but not as any platform does. */
  | { is: "strange"; status: number; page: boolean }
  | { is: "trouble"; trouble: Trouble; error: HttpError };

type Cause = Pick<Failure, "code" | "detail" | "remedy">;

/** What a person can do something about, each in its own way. */
export type Trouble =
  | "unknown_authority" | "certificate" | "private" | "forbidden_address" | "plain_http" | "proxy" | "name" | "network"; // prettier-ignore

/** Asks at each base until one answers as the platform. Nothing secret is sent. */
export async function probe(
  net: Net,
  asked: { platform: Platform; server: ServerSettings; bases: readonly string[] },
  signal: AbortSignal,
): Promise<Probed> {
  let first: Probed | undefined;
  for (const url of asked.bases) {
    const found = await probeBase(net, { ...asked, server: { ...asked.server, url } }, signal);
    if (found.is === "own") return found;
    first ??= found;
    // What stops the way to the host stops it for every path.
    if (found.is === "trouble" || found.is === "moved") break;
  }
  return first ?? { is: "strange", status: 0, page: false };
}

async function probeBase(
  net: Net,
  { platform, server }: { platform: Platform; server: ServerSettings },
  signal: AbortSignal,
): Promise<Probed> {
  try {
    const answer = await ask(net, { platform, server }, signal);
    if (isOwn(platform, answer)) return { is: "own", url: server.url };
    const moved = findMove(server.url, answer);
    if (moved !== undefined) return { is: "moved", url: moved };
    for (const other of net.platforms.filter(({ id }) => id !== platform.id)) {
      const second = await ask(net, { platform: other, server }, signal);
      if (isOwn(other, second)) return { is: "other", platform: other };
    }
    return { is: "strange", status: answer.status, page: /^\s*</.test(toText(answer)) };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return { is: "trouble", trouble: toTrouble(error), error };
  }
}

function ask(
  net: Net,
  { platform, server }: { platform: Platform; server: ServerSettings },
  signal: AbortSignal,
): Promise<HttpResponse> {
  const connection: Pick<Connection, "url" | "apiUrl"> = server;
  return net.get(server, platform.setup?.probeUrl(connection) ?? server.url, signal);
}

function isOwn(platform: Platform, answer: HttpResponse): boolean {
  const { status, headers } = answer;
  return platform.setup?.isOwnAnswer({ status, headers, text: toText(answer) }) ?? status < 400;
}

/** The new base, where the server sends the same path elsewhere (http to https, an old name to a new one). */
function findMove(base: string, { status, headers, url }: HttpResponse): string | undefined {
  const location = headers["location"];
  if (status < 300 || status >= 400 || location === undefined || !URL.canParse(location, url))
    return undefined;
  const path = new URL(url).pathname.slice(new URL(base).pathname.replace(/\/$/, "").length);
  const next = new URL(location, url);
  if (!next.pathname.endsWith(path)) return undefined;
  const moved = `${next.origin}${next.pathname.slice(0, -path.length)}`.replace(/\/+$/, "");
  return moved === base ? undefined : moved;
}

/** `code`, `detail` and `remedy` as of an `HttpError`, or of a `Failure` that was made of one. */
export function toTrouble({ code, detail, remedy }: Cause): Trouble {
  switch (code) {
    case "tls":
      return detail === "unknown_authority" || detail === "ca_file" ? "unknown_authority" : "certificate";
    case "address":
      // Nothing can be done about an address that is never contacted.
      return remedy === undefined ? "forbidden_address" : "private";
    case "scheme":
      return "plain_http";
    case "proxy":
      return "proxy";
    case "dns":
      return "name";
    default:
      return "network";
  }
}
