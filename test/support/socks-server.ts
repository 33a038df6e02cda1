import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface SocksServer {
  port: number;
  /** What clients asked for, in order: `name:host:port`, `ipv4:…`, `ipv6:…`. */
  asked: string[];
  close(): Promise<void>;
}

export interface SocksOptions {
  /** RFC 1929; without it nobody is asked. */
  login?: { user: string; password: string };
  /** `host:port` to connect to, or a code of RFC 1928 (section 6) to refuse with. */
  resolve?: (host: string, port: number) => string | number;
}

/** A SOCKS5 proxy (RFC 1928) that knows CONNECT alone. */
export async function startSocks(options: SocksOptions = {}): Promise<SocksServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    serve(socket, options, asked).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function serve(socket: Socket, { login, resolve }: SocksOptions, asked: string[]): Promise<void> {
  const read = toReader(socket);
  const [version, count = 0] = await read(2);
  const methods = [...(await read(count))];
  const method = login === undefined ? 0 : 2;
  if (version !== 5 || !methods.includes(method)) return void socket.end(Buffer.from([5, 0xff]));
  socket.write(Buffer.from([5, method]));
  if (login !== undefined && !(await isKnown(read, login))) return void socket.end(Buffer.from([1, 1]));
  if (login !== undefined) socket.write(Buffer.from([1, 0]));
  const { kind, host, port } = await readRequest(read);
  asked.push(`${kind}:${host}:${port}`);
  const target = resolve?.(host, port) ?? `${host}:${port}`;
  const reply = (code: number) => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
  if (typeof target === "number") return void socket.end(reply(target));
  const at = target.lastIndexOf(":");
  const onward = connect(Number(target.slice(at + 1)), target.slice(0, at), () => {
    socket.write(reply(0));
    onward.pipe(socket).pipe(onward);
    socket.resume();
  });
  onward.on("error", () => socket.end(reply(5)));
  socket.on("close", () => onward.destroy());
}

type Read = (size: number) => Promise<Buffer>;

/** Exactly so many bytes; what comes after them stays in the socket. */
function toReader(socket: Socket): Read {
  return async (size) => {
    for (;;) {
      const bytes: unknown = size === 0 ? Buffer.alloc(0) : socket.read(size);
      if (Buffer.isBuffer(bytes)) return bytes;
      if (socket.readableEnded || socket.destroyed) throw new Error("hung up");
      await new Promise((resolve) => socket.once("readable", resolve).once("close", resolve));
    }
  };
}

async function isKnown(read: Read, login: { user: string; password: string }): Promise<boolean> {
  await read(1);
  const text = async () => (await read((await read(1))[0] ?? 0)).toString();
  const [user, password] = [await text(), await text()];
  return user === login.user && password === login.password;
}

async function readRequest(read: Read): Promise<{ kind: string; host: string; port: number }> {
  const head = await read(4);
  if (head[1] !== 1) throw new Error("not CONNECT");
  const toHost: Record<number, () => Promise<[string, string]>> = {
    1: async () => ["ipv4", [...(await read(4))].join(".")],
    3: async () => ["name", (await read((await read(1))[0] ?? 0)).toString()],
    4: async () => ["ipv6", (await read(16)).toString("hex").replace(/(.{4})(?!$)/g, "$1:")],
  };
  const [kind, host] = (await toHost[head[3] ?? 0]?.()) ?? ["", ""];
  return { kind, host, port: (await read(2)).readUInt16BE() };
}
