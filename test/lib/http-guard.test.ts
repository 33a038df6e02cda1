import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { unlimited } from "../../src/lib/host-limit.js";
import { createHttpClient, type HttpClientOptions } from "../../src/lib/http-client.js";
import { HttpError, toText, type HttpClient, type HttpRequest } from "../../src/lib/http.js";
import {
  hasOpenssl, makeCertificate, startHttp, startHttps, startProxy, startTcp, type LocalServer,
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
    expect(error.remedy).toContain("allowHttp: true");
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
      expect(error.remedy).toContain("allowPrivateAddress");
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

  it("counts for a file that the server keeps elsewhere too, but never with a credential", async () => {
    const storage = await hello();
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const url = `http://minio.example:${storage.port}/log.txt?sig=1`;
    const own = aClient({ ...open, origins: ["https://own.example"], resolve });
    expect(toText(await own.request(get(url, { storage: true })))).toBe("hello");
    const leaky = get(url, { storage: true, headers: { Authorization: "Bearer x" } });
    expect((await failureOf(own.request(leaky))).message).toContain("never asked for with a credential");
    const strict = aClient({ origins: ["https://own.example"], resolve });
    const error = await failureOf(strict.request(get(url.replace("http:", "https:"), { storage: true })));
    expect([error.code, error.remedy]).toEqual([
      "address",
      expect.stringContaining("allowPrivateAddress: true"),
    ]);
    const metadata = get("http://169.254.169.254/latest", { storage: true });
    expect((await failureOf(own.request(metadata))).code).toBe("address");
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
    expect([error.code, error.detail, error.sent]).toEqual(["tls", "unknown_authority", false]);
    expect(error.remedy).toContain("caFile");
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
    expect([error.code, error.detail, error.sent]).toEqual(["tls", "hostname", false]);
    expect(error.message).toContain("another host name");
    expect(toText(await client.request(get(`https://good.example:${server.port}/`)))).toBe("secure");
    expect(server.requests()).toBe(1);
  });

  it("that have expired are refused as that", async () => {
    const expired = makeCertificate("IP:127.0.0.1", { from: "20200101000000Z", to: "20200201000000Z" });
    const server = await secure(expired);
    const error = await failureOf(aClient({ ...open, caFile: expired.cert }).request(get(server.url)));
    expect([error.code, error.detail]).toEqual(["tls", "expired"]);
    expect(error.message).toMatch(/expired.*clock/);
  });

  it("of a caFile that is missing or no PEM are told by its name", async () => {
    const noPem = join(mkdtempSync(join(tmpdir(), "ca-")), "ca.pem");
    for (const caFile of ["/nowhere/ca.pem", noPem]) {
      writeFileSync(noPem, "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n");
      const error = await failureOf(aClient({ ...open, caFile }).request(get("https://127.0.0.1:9/")));
      expect([error.code, error.detail]).toEqual(["tls", "ca_file"]);
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
    expect(unknown.remedy).toContain("caFile");
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
    [407, "me:canary@", "auth", "refuses the user name or password"],
    [407, "", "auth", "wants a user name and password"],
    [403, "me:canary@", "refused", "its rules forbid it"],
    [502, "me:canary@", "target", "could not connect to a.example (502)"],
    [504, "me:canary@", "target", "could not connect to a.example (504)"],
  ])("that answers %i (login: '%s') is an error of the proxy: %s", async (status, login, detail, words) => {
    const proxy = await serve(startProxy(status));
    const uri = proxy.url.replace("://", `://${login}`);
    const error = await failureOf(
      aClient({ allowHttp: true, proxy: uri }).request({
        method: "POST",
        url: "http://a.example/",
        body: "x",
      }),
    );
    expect([error.code, error.detail, error.sent]).toEqual(["proxy", detail, false]);
    expect(error.message).toContain(words);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("canary");
  });

  it("that is not there is an error of the proxy, by its address without the password", async () => {
    const proxy = await startProxy();
    await proxy.close();
    const uri = proxy.url.replace("://", "://me:canary@");
    const error = await failureOf(aClient({ allowHttp: true, proxy: uri }).request(get("http://a.example/")));
    expect([error.code, error.detail, error.host]).toEqual([
      "proxy",
      "unreachable",
      `127.0.0.1:${proxy.port}`,
    ]);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("canary");
  });

  it.each(["socks4://me:canary@h:1", "ftp://me:canary@h:1", "http://me:canary@h:1/path", "me:canary@h"])(
    "with an address that cannot be used is refused without showing it: %s",
    async (proxy) => {
      const error = await failureOf(aClient({ allowHttp: true, proxy }).request(get("http://a.example/")));
      expect([error.code, error.detail, error.sent]).toEqual(["proxy", "setting", false]);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("canary");
    },
  );

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

  it("of the environment is passed by with `direct`, and then the guard holds", async () => {
    const server = await hello();
    const env = { ALL_PROXY: "http://127.0.0.1:9" };
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const client = aClient({ ...open, proxy: "direct", env, resolve });
    expect(toText(await client.request(get(`http://inside.example:${server.port}/`)))).toBe("hello");
    const guarded = aClient({ allowHttp: true, proxy: "direct", env, resolve });
    expect((await failureOf(guarded.request(get(`http://inside.example:${server.port}/`)))).code).toBe(
      "address",
    );
  });

  it("is sent a login without a password, which some take for a token", async () => {
    const seen: Array<string | undefined> = [];
    const server = await hello();
    const proxy = await serve(
      startProxy(200, (_target, headers) => {
        seen.push(headers["proxy-authorization"]);
        return `127.0.0.1:${server.port}`;
      }),
    );
    for (const login of ["t%40ken", "ann:p%23%25ss", "ann:100%"]) {
      const uri = proxy.url.replace("://", `://${login}@`);
      await aClient({ allowHttp: true, proxy: uri }).request(get("http://a.example/"));
    }
    const plain = seen.map((header) => Buffer.from(header?.slice(6) ?? "", "base64").toString());
    expect(plain).toEqual(["t@ken:", "ann:p#%ss", "ann:100%"]);
  });

  it("keeps its tunnels: requests one after the other share them", async () => {
    const server = await hello();
    const proxy = await serve(startProxy(200, () => `127.0.0.1:${server.port}`));
    const client = aClient({ allowHttp: true, proxy: proxy.url });
    for (let asked = 0; asked < 20; asked += 1) await client.request(get("http://a.example/"));
    // The second tunnel is of a request that comes before the first has quite come to its end.
    expect(proxy.targets.length).toBeLessThanOrEqual(2);
    expect(server.connections()).toBe(proxy.targets.length);
  });

  it("that accepts and says nothing ends in a time-out that names it", async () => {
    const silent = await serve(startTcp(() => undefined));
    const proxy = `http://127.0.0.1:${silent.port}`;
    const client = aClient({ allowHttp: true, proxy });
    const error = await failureOf(client.request(get("http://a.example/", { timeoutMs: 100 })));
    expect([error.code, error.sent]).toEqual(["timeout", false]);
    expect(error.message).toContain(`through the proxy 127.0.0.1:${silent.port}`);
  });

  it("that waits for the server too long is told as that", { timeout: 20_000 }, async () => {
    const silent = await serve(startTcp(() => undefined));
    const client = aClient({ allowHttp: true, proxy: `http://127.0.0.1:${silent.port}` });
    const error = await failureOf(client.request(get("http://a.example/", { timeoutMs: 15_000 })));
    expect([error.code, error.detail, error.sent, error.host]).toEqual([
      "proxy",
      "target",
      false,
      "a.example",
    ]);
  });

  it("that hangs up instead of answering is asked once, and told apart from a server that does", async () => {
    const rude = await serve(startTcp((socket) => void socket.once("data", () => socket.destroy())));
    const client = aClient({ allowHttp: true, proxy: `http://127.0.0.1:${rude.port}` });
    const error = await failureOf(client.request(get("http://a.example/")));
    expect([error.code, error.detail, error.sent]).toEqual(["proxy", "unreachable", false]);
    expect(error.message).toContain(`127.0.0.1:${rude.port}`);
    expect(rude.connections()).toBe(1);
  });

  it("that speaks something else is told by that", async () => {
    const strange = await serve(startTcp((socket) => void socket.once("data", () => socket.end("\x05\xff"))));
    const client = aClient({ allowHttp: true, proxy: `http://127.0.0.1:${strange.port}` });
    const error = await failureOf(client.request(get("http://a.example/")));
    expect([error.code, error.detail]).toEqual(["proxy", "unreachable"]);
    expect(error.message).toContain("not HTTP");
  });
});

describe.skipIf(!hasOpenssl())("what a handshake tells (needs openssl)", () => {
  it("is that a port speaks no TLS", async () => {
    const server = await hello();
    const error = await failureOf(aClient(open).request(get(`https://127.0.0.1:${server.port}/`)));
    expect([error.code, error.detail, error.sent]).toEqual(["tls", "protocol", false]);
    expect(error.message).toContain(`127.0.0.1:${server.port}`);
    expect(error.remedy).toContain("http://");
  });

  it("is that a server knows only old versions of TLS", async () => {
    const pair = makeCertificate("IP:127.0.0.1");
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const server = await serve(startHttps(pair, (_request, response) => response.end("old"), old));
    const error = await failureOf(aClient({ ...open, caFile: pair.cert }).request(get(server.url)));
    expect([error.code, error.detail, error.sent]).toEqual(["tls", "version", false]);
    expect(error.remedy).toContain("TLS 1.2");
  });

  it("is that a certificate holds from a later day on", async () => {
    const early = makeCertificate("IP:127.0.0.1", { from: "20900101000000Z", to: "20910101000000Z" });
    const server = await serve(startHttps(early, (_request, response) => response.end("early")));
    const error = await failureOf(aClient({ ...open, caFile: early.cert }).request(get(server.url)));
    expect([error.code, error.detail]).toEqual(["tls", "not_yet_valid"]);
    expect(error.message).toMatch(/not valid yet.*clock/);
  });

  it("is whose certificate it was where the proxy itself speaks TLS", async () => {
    const pair = makeCertificate("IP:127.0.0.1");
    const proxy = await serve(startHttps(pair, (_request, response) => response.end()));
    const error = await failureOf(
      aClient({ ...open, proxy: `https://me:canary@127.0.0.1:${proxy.port}` }).request(
        get("https://a.example/"),
      ),
    );
    expect([error.code, error.detail, error.host]).toEqual([
      "proxy",
      "certificate",
      `127.0.0.1:${proxy.port}`,
    ]);
    expect(error.remedy).toContain("caFile");
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("canary");
  });
});

describe("redirects to https", () => {
  it("are refused with the address to write instead", async () => {
    const server = await serve(
      startHttp((request, response) =>
        response.writeHead(301, { location: `https://${request.headers.host}/api` }).end(),
      ),
    );
    const error = await failureOf(aClient(open).request(get(`${server.url}/api?token=canary`)));
    expect([error.code, error.detail, error.sent]).toEqual(["redirect", "to_https", false]);
    expect(error.remedy).toContain(`https://127.0.0.1:${server.port}`);
    expect(`${error.message} ${error.remedy}`).not.toContain("canary");
  });
});
