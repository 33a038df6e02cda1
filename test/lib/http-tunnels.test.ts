import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { unlimited } from "../../src/lib/host-limit.js";
import { createHttpClient, type HttpClientOptions } from "../../src/lib/http-client.js";
import { HttpError, toText, type HttpClient, type HttpRequest } from "../../src/lib/http.js";
import { startSocks, type SocksOptions, type SocksServer } from "../support/socks-server.js";
import {
  hasOpenssl, makeCertificate, startHttp, startHttps, startSecureProxy, startTcp, type LocalServer,
} from "./local-servers.js"; // prettier-ignore

const stops: Array<() => Promise<void>> = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function serve<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  stops.push(() => server.close());
  return server;
}

function aClient(options: Partial<HttpClientOptions>): HttpClient {
  const client = createHttpClient({
    allowPrivateAddress: false,
    allowHttp: true,
    userAgent: "gitnotify-test",
    limit: unlimited,
    env: {},
    ...options,
  });
  stops.push(() => client.close());
  return client;
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: "GET", url, ...more });
const hello = () => serve(startHttp((_request, response) => response.end("hello")));
const everywhereTo = (server: LocalServer) => ({ resolve: () => `127.0.0.1:${server.port}` });

async function failureOf(promise: Promise<unknown>): Promise<HttpError> {
  const error: unknown = await promise.then(
    () => new Error("it succeeded"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpError)) throw error;
  return error;
}

/** A socks proxy, the client through it, and what the client gets from an address. */
async function through(scheme: string, options: SocksOptions, more: Partial<HttpClientOptions> = {}) {
  const socks: SocksServer = await serve(startSocks(options));
  const client = aClient({ proxy: `${scheme}127.0.0.1:${socks.port}`, ...more });
  return { socks, ask: (url: string) => client.request(get(url, { timeoutMs: 5_000 })) };
}

const at = (...addresses: string[]) => ({
  resolve: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
});

describe("a socks5h proxy", () => {
  it("is given the name and resolves it itself", async () => {
    const server = await hello();
    const resolve = () => Promise.reject(new Error("asked for a name"));
    const { socks, ask } = await through("socks5h://", everywhereTo(server), { resolve });
    expect(toText(await ask("http://inside.example/"))).toBe("hello");
    expect(socks.asked).toEqual(["name:inside.example:80"]);
  });

  it("keeps its connections", async () => {
    const server = await hello();
    const { socks, ask } = await through("socks5h://", everywhereTo(server));
    for (let asked = 0; asked < 10; asked += 1) await ask("http://inside.example/");
    expect(socks.asked.length).toBeLessThanOrEqual(2);
  });

  it("does not open the way to literal private addresses", async () => {
    const { socks, ask } = await through("socks5h://", {});
    expect((await failureOf(ask("https://10.0.0.1/"))).code).toBe("address");
    expect(socks.asked).toEqual([]);
  });

  it("comes from ALL_PROXY too", async () => {
    const server = await hello();
    const socks = await serve(startSocks(everywhereTo(server)));
    const client = aClient({ env: { all_proxy: `socks5h://127.0.0.1:${socks.port}` } });
    expect(toText(await client.request(get("http://inside.example/")))).toBe("hello");
  });
});

describe("a socks5 proxy", () => {
  it("is given the address, which was resolved here", async () => {
    const server = await hello();
    const { socks, ask } = await through("socks5://", everywhereTo(server), at("140.82.121.4"));
    expect(toText(await ask("http://a.example:81/"))).toBe("hello");
    expect(socks.asked).toEqual(["ipv4:140.82.121.4:81"]);
  });

  it.each(["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])(
    "is not asked for a name that leads to %s: the guard holds",
    async (address) => {
      const { socks, ask } = await through("socks5://", {}, at(address));
      const error = await failureOf(ask("http://a.example/"));
      expect([error.code, error.sent]).toEqual(["address", false]);
      expect(socks.asked).toEqual([]);
    },
  );

  it("is asked for the next address where it does not reach the first", async () => {
    const server = await hello();
    const resolve = (host: string) => (host.startsWith("2606") ? 3 : `127.0.0.1:${server.port}`);
    const { socks, ask } = await through("socks5://", { resolve }, at("2606:50c0:8000::153", "140.82.121.4"));
    expect(toText(await ask("http://a.example/"))).toBe("hello");
    expect(socks.asked).toEqual(["ipv6:2606:50c0:8000:0000:0000:0000:0000:0153:80", "ipv4:140.82.121.4:80"]);
  });

  it.skipIf(!hasOpenssl())(
    "leaves the name to TLS: the certificate is that of the name (needs openssl)",
    async () => {
      const pair = makeCertificate("DNS:good.example");
      const server = await serve(startHttps(pair, (_request, response) => response.end("secure")));
      const { ask } = await through("socks5://", everywhereTo(server), {
        ...at("140.82.121.4"),
        caFile: pair.cert,
      });
      expect(toText(await ask("https://good.example/"))).toBe("secure");
      const error = await failureOf(ask("https://other.example/"));
      expect([error.code, error.detail, error.host]).toEqual(["tls", "hostname", "other.example"]);
    },
  );

  it("is told by name, and not the server, where its own name is not found", async () => {
    const client = aClient({ proxy: "socks5h://me:canary@proxy.invalid:1080" });
    const error = await failureOf(client.request(get("http://a.example/")));
    expect([error.code, error.detail, error.host]).toEqual(["proxy", "unreachable", "proxy.invalid:1080"]);
    expect(error.remedy).toContain("proxy in config.yaml");
  });
});

describe("what a SOCKS proxy refuses", () => {
  const login = { user: "ann", password: "can@ry" };
  const secretless = (error: HttpError) =>
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/can@ry|can%40ry|canary/);

  it("is nothing with the right user and password", async () => {
    const server = await hello();
    const { ask } = await through("socks5h://ann:can%40ry@", { login, ...everywhereTo(server) });
    expect(toText(await ask("http://a.example/"))).toBe("hello");
  });

  it.each([
    ["socks5h://", "wants a user name"],
    ["socks5h://ann:canary@", "refuses the user name or password"],
  ])("is a login that is missing or wrong: %s", async (scheme, words) => {
    const { ask } = await through(scheme, { login });
    const error = await failureOf(ask("http://a.example/"));
    expect([error.code, error.detail, error.sent]).toEqual(["proxy", "auth", false]);
    expect(error.message).toContain(words);
    expect(error.remedy).toContain("socks5h://user:password@127.0.0.1");
    secretless(error);
  });

  it.each([
    [1, "target", "SOCKS: failure"],
    [2, "refused", "its rules forbid it"],
    [3, "target", "network unreachable"],
    [4, "target", "host unreachable"],
    [5, "target", "connection refused"],
    [8, "target", "address not supported"],
  ])("is told by its reason: %i is %s", async (code, detail, words) => {
    const { ask } = await through("socks5h://ann:can%40ry@", { login, resolve: () => code });
    const error = await failureOf(ask("http://a.example/"));
    expect([error.code, error.detail, error.sent, error.host]).toEqual(["proxy", detail, false, "a.example"]);
    expect(error.message).toContain(words);
    secretless(error);
  });

  it.each([
    ["answers in HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak SOCKS5"],
    ["hangs up", "", "hung up"],
  ])("is told when it %s instead", async (_what, answer, words) => {
    const strange = await serve(startTcp((socket) => void socket.once("data", () => socket.end(answer))));
    const client = aClient({ proxy: `socks5h://ann:can%40ry@127.0.0.1:${strange.port}` });
    const error = await failureOf(client.request(get("http://a.example/")));
    expect([error.code, error.detail, error.host]).toEqual([
      "proxy",
      "unreachable",
      `127.0.0.1:${strange.port}`,
    ]);
    expect(error.message).toContain(words);
    secretless(error);
  });
});

describe.skipIf(!hasOpenssl())("a proxy that is spoken to over TLS (needs openssl)", () => {
  it("tunnels TLS inside TLS, with the authority of caFile for both", async () => {
    const pair = makeCertificate("DNS:good.example,IP:127.0.0.1");
    const server = await serve(startHttps(pair, (_request, response) => response.end("secure")));
    const proxy = await serve(startSecureProxy(pair, () => `127.0.0.1:${server.port}`));
    const client = aClient({ proxy: `https://ann:secret@127.0.0.1:${proxy.port}`, caFile: pair.cert });
    for (let asked = 0; asked < 5; asked += 1)
      expect(toText(await client.request(get("https://good.example/")))).toBe("secure");
    expect(new Set(proxy.targets)).toEqual(new Set(["good.example:443"]));
    expect(proxy.targets.length).toBeLessThanOrEqual(2);
  });
});
