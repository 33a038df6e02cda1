import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { unlimited } from "../../src/lib/host-limit.js";
import { createHttpClient, type HttpClientOptions } from "../../src/lib/http-client.js";
import { HttpError, toText, type HttpClient, type HttpRequest } from "../../src/lib/http.js";
import {
  hasOpenssl, makeCertificate, startHttp, startHttps, startProxy, type LocalServer,
} from "./local-servers.js"; // prettier-ignore

const stops: Array<() => Promise<void>> = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function aClient(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({
    allowPrivateAddress: false,
    allowHttp: false,
    userAgent: "gitnotify-test",
    limit: unlimited,
    env: {},
    ...options,
  });
  stops.push(() => client.close());
  return client;
}

async function serve<T extends LocalServer>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  stops.push(() => server.close());
  return server;
}

const hello = () => serve(startHttp((_request, response) => response.end("hello")));

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url, ...more };
}

async function failureOf(promise: Promise<unknown>): Promise<HttpError> {
  const error: unknown = await promise.then(
    () => new Error("it succeeded"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpError)) throw error;
  return error;
}

const open = { allowPrivateAddress: true, allowHttp: true };

describe("plain http", () => {
  it("is refused, with the setting that would allow it, before anything is sent", async () => {
    const server = await hello();
    const error = await failureOf(aClient({ allowPrivateAddress: true }).request(get(server.url)));
    expect([error.code, error.sent]).toEqual(["scheme", false]);
    expect(error.message).toContain("allowHttp: true");
    expect(server.connections()).toBe(0);
  });

  it("is allowed to this machine for a local Bot API server, and nowhere else", async () => {
    const server = await hello();
    const client = aClient({ allowLoopbackHttp: true });
    expect(toText(await client.request(get(server.url)))).toBe("hello");
    expect(toText(await client.request(get(`http://localhost:${server.port}`)))).toBe("hello");
    expect((await failureOf(client.request(get("http://10.0.0.1/")))).code).toBe("scheme");
    expect((await failureOf(client.request(get("https://10.0.0.1/")))).code).toBe("address");
  });

  it.each(["ftp://a.example/", "file:///etc/passwd", "not a url", "http://[bad"])(
    "is not replaced by %s",
    async (url) => {
      expect((await failureOf(aClient(open).request(get(url)))).code).toBe("scheme");
    },
  );
});

describe("private addresses", () => {
  it.each(["127.0.0.1", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "10.1.2.3", "192.168.0.1", "0.0.0.0"])(
    "are refused as a literal: %s",
    async (host) => {
      const error = await failureOf(aClient().request(get(`https://${host}/`)));
      expect([error.code, error.sent]).toEqual(["address", false]);
      expect(error.message).toContain("allowPrivateAddress");
    },
  );

  it.each(["169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"])(
    "of metadata services are refused whatever is allowed: %s",
    async (host) => {
      const error = await failureOf(aClient(open).request(get(`http://${host}/latest/meta-data`)));
      expect(error.code).toBe("address");
    },
  );

  it("are refused when a name leads there", async () => {
    const server = await hello();
    const client = aClient({ allowHttp: true, resolve: async () => [{ address: "127.0.0.1", family: 4 }] });
    const error = await failureOf(client.request(get(`http://a.example:${server.port}/`)));
    expect([error.code, error.sent]).toEqual(["address", false]);
    expect(error.message).toContain("a.example");
    expect(server.connections()).toBe(0);
  });

  it("are refused when a name that was public flips to one", async () => {
    const server = await hello();
    // The first answer is of the range for documentation: nothing is there, so that connection just fails.
    const answers = ["192.0.2.1", "127.0.0.1"];
    let asked = 0;
    const resolve = async () => [{ address: answers[Math.min(asked++, 1)]!, family: 4 }];
    const client = aClient({ allowHttp: true, resolve });
    const url = `http://flip.example:${server.port}/`;
    await failureOf(client.request(get(url, { timeoutMs: 100 })));
    await client.close();
    const again = aClient({ allowHttp: true, resolve });
    expect((await failureOf(again.request(get(url)))).code).toBe("address");
    // One question for one connection: what was checked is what is used.
    expect(asked).toBe(2);
    expect(server.connections()).toBe(0);
  });

  it("are allowed for the configured server alone when an origin is given", async () => {
    const server = await hello();
    const other = await hello();
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const client = aClient({ ...open, origins: [`http://own.example:${server.port}`], resolve });
    expect(toText(await client.request(get(`http://own.example:${server.port}/`)))).toBe("hello");
    expect((await failureOf(client.request(get(`http://evil.example:${other.port}/`)))).code).toBe("scheme");
    expect((await failureOf(client.request(get(`https://evil.example:${other.port}/`)))).code).toBe(
      "address",
    );
    expect(other.connections()).toBe(0);
  });
});

describe.skipIf(!hasOpenssl())("certificates (needs openssl)", () => {
  const good = hasOpenssl() ? makeCertificate("IP:127.0.0.1,DNS:good.example") : { key: "", cert: "" };

  async function secure(pair = good): Promise<LocalServer & { requests: () => number }> {
    let requests = 0;
    const server = await serve(
      startHttps(pair, (_request, response) => {
        requests += 1;
        response.end("secure");
      }),
    );
    return { ...server, requests: () => requests };
  }

  it("of an unknown authority are refused, and the remedy is caFile", async () => {
    const server = await secure();
    const error = await failureOf(aClient(open).request({ method: "POST", url: server.url, body: "token" }));
    expect([error.code, error.sent]).toEqual(["tls", false]);
    expect(error.message).toContain("caFile");
    expect(server.requests()).toBe(0);
  });

  it("are accepted with caFile", async () => {
    const server = await secure();
    expect(toText(await aClient({ ...open, caFile: good.cert }).request(get(server.url)))).toBe("secure");
  });

  it("for another host name are refused as that", async () => {
    const server = await secure();
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const client = aClient({ ...open, caFile: good.cert, resolve });
    const error = await failureOf(client.request(get(`https://other.example:${server.port}/`)));
    expect([error.code, error.sent]).toEqual(["tls", false]);
    expect(error.message).toContain("another host name");
    expect(toText(await client.request(get(`https://good.example:${server.port}/`)))).toBe("secure");
    expect(server.requests()).toBe(1);
  });

  it("that have expired are refused as that", async () => {
    const expired = makeCertificate("IP:127.0.0.1", true);
    const server = await secure(expired);
    const error = await failureOf(aClient({ ...open, caFile: expired.cert }).request(get(server.url)));
    expect(error.code).toBe("tls");
    expect(error.message).toMatch(/expired.*clock/);
  });

  it("of a caFile that is missing or no PEM are told by its name", async () => {
    const noPem = join(mkdtempSync(join(tmpdir(), "ca-")), "ca.pem");
    for (const caFile of ["/nowhere/ca.pem", noPem]) {
      writeFileSync(noPem, "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n");
      const error = await failureOf(aClient({ ...open, caFile }).request(get("https://127.0.0.1:9/")));
      expect(error.code).toBe("tls");
      expect(error.message).toContain(caFile);
    }
  });

  it("are checked behind a proxy too", async () => {
    const server = await secure();
    const proxy = await serve(startProxy(200, () => `127.0.0.1:${server.port}`));
    const client = aClient({ ...open, proxy: proxy.url, caFile: good.cert });
    expect(toText(await client.request(get("https://good.example/")))).toBe("secure");
    const error = await failureOf(client.request(get("https://other.example/", { timeoutMs: 2_000 })));
    expect([error.code, error.sent]).toEqual(["tls", false]);
    const unknown = await failureOf(
      aClient({ ...open, proxy: proxy.url }).request(get("https://good.example/")),
    );
    expect(unknown.message).toContain("caFile");
    expect(proxy.targets).toEqual(["good.example:443", "other.example:443", "good.example:443"]);
  });
});

describe("a proxy", () => {
  it("tunnels, and resolves the name itself", async () => {
    const server = await hello();
    const proxy = await serve(startProxy(200, () => `127.0.0.1:${server.port}`));
    const resolve = () => Promise.reject(new Error("asked for a name"));
    const client = aClient({ allowHttp: true, proxy: proxy.url, resolve });
    expect(toText(await client.request(get("http://inside.example/")))).toBe("hello");
    expect(proxy.targets).toEqual(["inside.example:80"]);
  });

  it.each([
    [407, "user name and password"],
    [403, "it answered 403"],
    [502, "it answered 502"],
  ])("that answers %i is an error of the proxy", async (status, words) => {
    const proxy = await serve(startProxy(status));
    const uri = proxy.url.replace("://", "://me:canary@");
    const error = await failureOf(
      aClient({ allowHttp: true, proxy: uri }).request({
        method: "POST",
        url: "http://a.example/",
        body: "x",
      }),
    );
    expect([error.code, error.sent]).toEqual(["proxy", false]);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("canary");
  });

  it("that is not there is an error of the proxy, by its address without the password", async () => {
    const proxy = await startProxy();
    await proxy.close();
    const uri = proxy.url.replace("://", "://me:canary@");
    const error = await failureOf(aClient({ allowHttp: true, proxy: uri }).request(get("http://a.example/")));
    expect([error.code, error.sent, error.host]).toEqual(["proxy", false, `127.0.0.1:${proxy.port}`]);
    expect(error.message).not.toContain("canary");
  });

  it("with an address that cannot be used is refused without showing it", async () => {
    const error = await failureOf(
      aClient({ allowHttp: true, proxy: "socks5://me:canary@h:1" }).request(get("http://a.example/")),
    );
    expect(error.code).toBe("proxy");
    expect(error.message).not.toContain("canary");
  });

  it("does not open the way to literal private addresses", async () => {
    const proxy = await serve(startProxy());
    const error = await failureOf(aClient({ proxy: proxy.url }).request(get("https://10.0.0.1/")));
    expect(error.code).toBe("address");
    expect(proxy.connections()).toBe(0);
  });

  it("comes from the environment, but not for this machine or NO_PROXY, where the guard holds", async () => {
    const server = await hello();
    const proxy = await serve(startProxy(200, () => `127.0.0.1:${server.port}`));
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: "direct.example" };
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const client = aClient({ allowHttp: true, allowLoopbackHttp: true, env, resolve });
    expect(toText(await client.request(get("http://outside.example/")))).toBe("hello");
    expect(toText(await client.request(get(server.url)))).toBe("hello");
    const error = await failureOf(client.request(get(`http://direct.example:${server.port}/`)));
    expect(error.code).toBe("address");
    expect(proxy.targets).toEqual(["outside.example:80"]);
  });

  it("of the configuration counts before the environment", async () => {
    const server = await hello();
    const proxy = await serve(startProxy(200, () => `127.0.0.1:${server.port}`));
    const env = { HTTP_PROXY: "http://127.0.0.1:9", NO_PROXY: "*" };
    const client = aClient({ allowHttp: true, proxy: proxy.url, env });
    expect(toText(await client.request(get("http://outside.example/")))).toBe("hello");
  });
});
