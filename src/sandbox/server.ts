import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FaultSwitches, type Fault } from "./faults.js";
import { Ledger } from "./ledger.js";

/** One request, read whole. */
export interface Exchange {
  method: string;
  /** Path without the query, still percent-encoded: `/api/v4/projects/a%2Fb`. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** Objects are sent as JSON. */
  body?: string | Buffer | object;
  /** For the ledger: whose credential it was, and what it cost of the primary quota. */
  who?: string;
  cost?: number;
  /** For the ledger: the official operation that this was (`GET /repos/{owner}/{repo}/pulls`), where the handler knows it. */
  operation?: string;
}

export interface SandboxServer {
  /** `http://127.0.0.1:PORT`, no trailing slash. */
  url: string;
  port: number;
  faults: FaultSwitches;
  ledger: Ledger;
  close(): Promise<void>;
}

/** A stateful local server on 127.0.0.1: `handle` answers, the fault switches spoil, the ledger counts. */
export async function startSandboxServer(options: {
  port?: number;
  now: () => number;
  handle: (exchange: Exchange) => Promise<Reply>;
}): Promise<SandboxServer> {
  const faults = new FaultSwitches();
  const ledger = new Ledger();
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = await readExchange(request);
    const fault = faults.take(exchange);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "reset") return void response.destroy();
    if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    const reply = spoil(fault) ?? (await options.handle(exchange));
    const bytes = toBytes(reply);
    ledger.add({ at: options.now(), exchange, reply, bytes: bytes.length, fault: fault?.kind });
    if (fault?.kind === "lost_reply") return void response.destroy();
    writeReply(response, reply, fault?.kind === "truncated" ? cut(bytes) : bytes);
  }
  // A test that keeps the process busy for seconds must not find its connection closed for idleness.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const port = (server.address() as AddressInfo).port;
  return { url: `http://127.0.0.1:${port}`, port, faults, ledger, close: () => closeServer(server) };
}

async function readExchange(request: IncomingMessage): Promise<Exchange> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", "http://sandbox");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
  };
}

/** The answer that a fault puts in place of the real one. The request is not carried out. */
function spoil(fault: Fault | undefined): Reply | undefined {
  switch (fault?.kind) {
    case "status":
      return {
        status: fault.status,
        headers: fault.headers ?? {},
        body: fault.body ?? { message: "sandbox fault" },
      };
    case "html":
      return {
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<html><title>Sign in</title></html>",
      };
    case "empty":
      return { status: 200, headers: { "content-type": "application/json" }, body: "" };
    case "redirect":
      return { status: 302, headers: { location: fault.location } };
    case "bomb":
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: Buffer.alloc(fault.bytes, 0x20),
      };
    default:
      return undefined;
  }
}

function toBytes(reply: Reply): Buffer {
  if (reply.body === undefined) return Buffer.alloc(0);
  if (Buffer.isBuffer(reply.body)) return reply.body;
  return Buffer.from(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
}

function writeReply(response: ServerResponse, reply: Reply, bytes: Buffer): void {
  const isObject = typeof reply.body === "object" && !Buffer.isBuffer(reply.body);
  const headers = {
    ...(isObject ? { "content-type": "application/json; charset=utf-8" } : {}),
    ...reply.headers,
  };
  response.writeHead(reply.status, headers);
  response.end(bytes);
}

function cut(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
