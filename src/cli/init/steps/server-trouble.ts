import type { HttpError } from "../../../lib/http.js";
import type { Ports, ServerSettings } from "../ports.js";
import type { Trouble } from "../probe.js";
import { askAuthority, askWay, describeTrouble, type Way } from "./way.js";

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
  const { ask } = ports;
  const { id, server, trouble, error, proxies } = given;
  const wanted = { id, way: toWay(server), trouble, proxies, other: "Type another address" };
  switch (trouble) {
    case "unknown_authority":
      ask.tell("problem", describeTrouble(error));
      return onWay(server, await askAuthority(ports, wanted));
    case "private":
      return askPrivate(ports, given);
    case "plain_http":
      return askHttp(ports, given);
    case "forbidden_address":
      ask.tell("problem", error.message);
      return null;
    case "proxy":
    case "network":
    case "name":
    case "certificate":
      ask.tell("problem", describeTrouble(error));
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

async function askPrivate({ ask }: Ports, { id, server, error }: Given): Promise<ServerSettings | null> {
  ask.tell("problem", describeTrouble(error));
  const allowed = await ask.confirm({
    id: `${id}.allowPrivateAddress`,
    message: `Is ${new URL(server.url).hostname} your own server, in your own network?`,
    initial: true,
  });
  return allowed ? { ...server, allowPrivateAddress: true } : null;
}

async function askHttp({ ask }: Ports, { id, server }: Given): Promise<ServerSettings | null> {
  const { host } = new URL(server.url);
  ask.tell(
    "problem",
    `http:// is not encrypted: everybody on the way to ${host} can read your token and use it.`,
  );
  const allowed = await ask.confirm({
    id: `${id}.allowHttp`,
    message: "Use it without encryption all the same?",
    initial: false,
  });
  if (allowed) return { ...server, allowHttp: true };
  const secure = server.url.replace(/^http:/, "https:");
  ask.tell("info", `Then ${secure} is tried.`);
  return { ...server, url: secure };
}
