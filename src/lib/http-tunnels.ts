import { request as requestHttp, type IncomingMessage } from "node:http";
import { isIP, type Socket } from "node:net";
import { toHangUpError, toSocksError, toTunnelError } from "./http-proxy-failures.js";
import type { Proxy } from "./http-proxies.js";
import type { OpenTunnel } from "./http-through.js";

/** CONNECT, as HTTP proxies speak it. */
export function createHttpTunnels({ login }: Proxy, timeoutMs: number): OpenTunnel {
  const authorization = login === null ? {} : { "proxy-authorization": toBasic(login) };
  return (socket, { hostname, port }, site) =>
    new Promise((resolve, reject) => {
      const target = `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;
      const request = requestHttp({
        createConnection: () => socket,
        method: "CONNECT",
        path: target,
        headers: { host: target, ...authorization },
      });
      const timer = setTimeout(() => request.destroy(timeout()), timeoutMs);
      request.once("error", (error) => {
        clearTimeout(timer);
        reject(toHangUpError(error, site));
      });
      request.once("connect", (answer: IncomingMessage, tunnel: Socket, head: Buffer) => {
        clearTimeout(timer);
        const status = answer.statusCode ?? 0;
        if (status < 200 || status > 299) return reject(toTunnelError(status, site));
        if (head.length > 0) tunnel.unshift(head);
        resolve(tunnel);
      });
      // A proxy that does not know CONNECT may answer as to any other request.
      request.once("response", (answer) => {
        clearTimeout(timer);
        reject(toTunnelError(answer.statusCode ?? 0, site));
      });
      request.end();
    });
}

function timeout(): Error {
  return Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
}

/** The user alone where there is no password: some proxies take a token for it. */
function toBasic({ user, password }: { user: string; password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** SOCKS5 by fetch-socks, begun on our own connection: its errors do not tell a proxy that is absent from one that refuses. */
export async function createSocksTunnels(proxy: Proxy, timeoutMs: number): Promise<OpenTunnel> {
  const { default: socks } = await import("fetch-socks");
  const { hostname: host, port, login } = proxy;
  const credentials = login === null ? {} : { userId: login.user, password: login.password };
  const connect = socks.socksConnector({ type: 5, host, port, ...credentials }, { timeout: timeoutMs });
  return (socket, to, site) =>
    new Promise((resolve, reject) => {
      // "http:" keeps the library from TLS, which comes after.
      const options = { protocol: "http:", hostname: to.hostname, port: String(to.port), httpSocket: socket };
      connect(options, (error, tunnel) => {
        if (error) reject(toSocksError(error, site));
        else if (tunnel) resolve(tunnel);
      });
    });
}
