import type { HttpError } from "../../../lib/http.js";
import type { Ports, ServerSettings } from "../ports.js";
import type { Trouble } from "../probe.js";
import { describeTrouble } from "../trouble.js";
import { askAuthority, askWay, type Way } from "./way.js";

interface Given {
  /** The place in the answers. */
  id: string;
  server: ServerSettings;
  trouble: Trouble;
  error: HttpError;
  /** Proxies that are in use already. */
  proxies: readonly string[];
}

/** What to try next after a failure on the way to the server; null: another address. */
export async function settleTrouble(ports: Ports, given: Given): Promise<ServerSettings | null> {
  const { ask, say } = ports;
  const { id, server, trouble, error, proxies } = given;
  const other = say("way.otherAddress");
  const wanted = { id, way: toWay(server), trouble, proxies, other, mendsName: true };
  switch (trouble) {
    case "unknown_authority":
      ask.tell("problem", describeTrouble(say, error));
      return onWay(server, await askAuthority(ports, wanted));
    case "private":
      return askPrivate(ports, given);
    case "plain_http":
      return askHttp(ports, given);
    case "forbidden_address":
      ask.tell("problem", say("forbidden.told", { host: hostOf(server) }));
      return null;
    case "proxy":
    case "network":
    case "name":
    case "certificate":
      ask.tell("problem", describeTrouble(say, error));
      return onWay(server, await askWay(ports, wanted));
  }
}

function toWay({ proxy, caFile }: ServerSettings): Way {
  return { ...(proxy === undefined ? {} : { proxy }), ...(caFile === undefined ? {} : { caFile }) };
}

function onWay(server: ServerSettings, way: Way | null): ServerSettings | null {
  if (way === null) return null;
  const { url, apiUrl, allowHttp, allowPrivateAddress } = server;
  return { url, ...(apiUrl === undefined ? {} : { apiUrl }), allowHttp, allowPrivateAddress, ...way };
}

function hostOf({ url }: ServerSettings): string {
  return new URL(url).host;
}

async function askPrivate({ ask, say }: Ports, { id, server }: Given): Promise<ServerSettings | null> {
  ask.tell("problem", say("private.told", { host: hostOf(server) }));
  const allowed = await ask.confirm({
    id: `${id}.allowPrivateAddress`,
    message: say("private.ask", { host: new URL(server.url).hostname }),
    initial: true,
  });
  return allowed ? { ...server, allowPrivateAddress: true } : null;
}

async function askHttp({ ask, say }: Ports, { id, server }: Given): Promise<ServerSettings | null> {
  ask.tell("problem", say("http.told", { host: hostOf(server) }));
  const allowed = await ask.confirm({
    id: `${id}.allowHttp`,
    message: say("http.ask"),
    initial: false,
  });
  if (allowed) return { ...server, allowHttp: true };
  const secure = server.url.replace(/^http:/, "https:");
  ask.tell("info", say("http.secure", { url: secure }));
  return { ...server, url: secure };
}
