import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecureContextOptions } from "node:tls";

export interface LocalServer {
  port: number;
  url: string;
  /** Every byte that any client sent, TLS or not. */
  received(): number;
  connections(): number;
  close(): Promise<void>;
}

export function startHttp(listener: RequestListener): Promise<LocalServer> {
  return listen(createHttpServer(listener), "http");
}

export function startHttps(
  pair: KeyPair,
  listener: RequestListener,
  more: SecureContextOptions = {},
): Promise<LocalServer> {
  const options = { ...more, key: readFileSync(pair.key), cert: readFileSync(pair.cert) };
  return listen(createHttpsServer(options, listener), "https");
}

/** Answers with raw bytes, for what an HTTP server would not send. */
export function startTcp(onSocket: (socket: Socket) => void): Promise<LocalServer> {
  return listen(createTcpServer(onSocket), "http");
}

export interface ProxyServer extends LocalServer {
  /** `CONNECT` targets in order. */
  targets: string[];
}

/** A proxy that knows CONNECT and nothing else; `status` other than 200 refuses. */
export async function startProxy(
  status = 200,
  resolve: (target: string, headers: IncomingHttpHeaders) => string = (target) => target,
): Promise<ProxyServer> {
  const server = createHttpServer((_request, response) => response.writeHead(405).end());
  const targets = answerConnect(server, { status, resolve });
  return { ...(await listen(server, "http")), targets };
}

/** The same, spoken to over TLS. */
export async function startSecureProxy(
  pair: KeyPair,
  resolve: (target: string) => string,
): Promise<ProxyServer> {
  const server = createHttpsServer({ key: readFileSync(pair.key), cert: readFileSync(pair.cert) });
  const targets = answerConnect(server, { status: 200, resolve });
  return { ...(await listen(server, "https")), targets };
}

function answerConnect(
  server: Server,
  { status, resolve }: { status: number; resolve: (target: string, headers: IncomingHttpHeaders) => string },
): string[] {
  const targets: string[] = [];
  server.on("connect", (request, socket: Socket) => {
    targets.push(request.url ?? "");
    socket.on("error", () => socket.destroy());
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const [host = "", port = ""] = resolve(request.url ?? "", request.headers).split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
  });
  return targets;
}

async function listen(server: Server | TcpServer, scheme: string): Promise<LocalServer> {
  let received = 0;
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    // The HTTP server reads the socket's handle directly, so bytes are counted by the socket itself.
    const count = () => (received += socket.bytesRead);
    socket.on("close", () => {
      sockets.delete(socket);
      count();
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    received: () => received + [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0),
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export interface KeyPair {
  key: string;
  cert: string;
}

export function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A self-signed certificate. `names` as in `subjectAltName`; `validity` as YYYYMMDDHHMMSSZ; default: 30 days from now. */
export function makeCertificate(names: string, validity?: { from: string; to: string }): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const pair = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
  const request = join(folder, "request.pem");
  const run = (args: string[]) => execFileSync("openssl", args, { stdio: "ignore", cwd: folder });
  const subject = ["-subj", "/CN=test", "-addext", `subjectAltName=${names}`];
  const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", pair.key];
  if (validity === undefined) {
    run(["req", "-x509", ...key, ...subject, "-days", "30", "-out", pair.cert]);
    return pair;
  }
  // Only `ca` can set both dates, and it needs its small database.
  run(["req", "-new", ...key, ...subject, "-out", request]);
  const config =
    "[ca]\ndefault_ca=c\n[c]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\n[p]\ncommonName=supplied\n";
  execFileSync(
    "sh",
    ["-c", `printf '${config.replaceAll("\n", "\\n")}' > ca.cnf && : > index && echo 01 > serial`],
    { cwd: folder },
  );
  run([
    "ca", "-batch", "-selfsign", "-config", "ca.cnf", "-keyfile", pair.key, "-in", request, "-out", pair.cert,
    "-notext", "-startdate", validity.from, "-enddate", validity.to,
  ]); // prettier-ignore
  return pair;
}
