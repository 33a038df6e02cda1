import { gzipSync, brotliCompressSync, deflateRawSync, deflateSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createHostLimit, unlimited } from "../../src/lib/host-limit.js";
import { createHttpClient, type HttpClientOptions } from "../../src/lib/http-client.js";
import { HttpError, toText, type HttpClient, type HttpRequest } from "../../src/lib/http.js";
import { startHttp, startTcp, type LocalServer } from "./local-servers.js";

const stops: Array<() => Promise<void>> = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function aClient(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({
    allowPrivateAddress: true,
    allowHttp: true,
    userAgent: "gitnotify-test",
    limit: unlimited,
    env: {},
    ...options,
  });
  stops.push(() => client.close());
  return client;
}

async function serve(starting: Promise<LocalServer>): Promise<LocalServer> {
  const server = await starting;
  stops.push(() => server.close());
  return server;
}

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

function serveText(text: string, type: string): Promise<LocalServer> {
  return serve(
    startHttp((_request, response) => response.writeHead(200, { "content-type": type }).end(text)),
  );
}

describe("asking", () => {
  it("sends method, headers and body, and gives status, lower-case headers and bytes", async () => {
    const server = await serve(
      startHttp((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          response.writeHead(418, { "X-Thing": "yes" });
          response.end(
            [
              request.method,
              request.url,
              request.headers["x-a"],
              request.headers["user-agent"],
              Buffer.concat(chunks),
            ].join(" "),
          );
        });
      }),
    );
    const answer = await aClient().request({
      method: "PUT",
      url: `${server.url}/a%2Fb?c=d`,
      headers: { "X-A": "1" },
      body: new TextEncoder().encode("héllo"),
    });
    expect(answer.status).toBe(418);
    expect(answer.headers["x-thing"]).toBe("yes");
    expect(toText(answer)).toBe("PUT /a%2Fb?c=d 1 gitnotify-test héllo");
    expect(answer.url).toBe(`${server.url}/a%2Fb?c=d`);
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
  ] as const)("inflates %s and no longer names the encoding", async (encoding, compress) => {
    const text = "näive ".repeat(50_000);
    const server = await serve(
      startHttp((request, response) => {
        expect(request.headers["accept-encoding"]).toContain(encoding);
        const body = compress(text);
        response.writeHead(200, { "content-encoding": encoding, "content-length": body.length }).end(body);
      }),
    );
    const answer = await aClient().request(get(server.url));
    expect(toText(answer)).toBe(text);
    expect(answer.headers["content-encoding"]).toBeUndefined();
    expect(answer.headers["content-length"]).toBe(String(answer.body.length));
  });

  it.each([
    ["HEAD", 200],
    ["GET", 304],
    ["GET", 204],
  ])("takes a %s answer %i without a body although it names gzip", async (method, status) => {
    const server = await serve(
      startHttp((_request, response) =>
        response.writeHead(status, { "content-encoding": "gzip", etag: '"x"' }).end(),
      ),
    );
    const answer = await aClient().request({ method, url: server.url });
    expect(answer.status).toBe(status);
    expect(answer.body.length).toBe(0);
    expect(answer.headers["etag"]).toBe('"x"');
  });

  it("runs at most as many requests at a time as the limit says, over two clients", async () => {
    let running = 0;
    let most = 0;
    const server = await serve(
      startHttp((_request, response) => {
        running += 1;
        most = Math.max(most, running);
        setTimeout(() => {
          running -= 1;
          response.end("ok");
        }, 20);
      }),
    );
    const limit = createHostLimit(4);
    const clients = [aClient({ limit }), aClient({ limit })];
    await Promise.all(Array.from({ length: 30 }, (_, index) => clients[index % 2]!.request(get(server.url))));
    expect(most).toBe(4);
  });

  it("does not count the time in the queue as time without an answer", async () => {
    const server = await serve(
      startHttp((_request, response) => void setTimeout(() => response.end("ok"), 120)),
    );
    const client = aClient({ limit: createHostLimit(1) });
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => client.request(get(server.url, { timeoutMs: 300 }))),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

describe("redirects", () => {
  it("sends not one byte to another origin", async () => {
    const b = await serve(startHttp((_request, response) => response.end("stolen")));
    const a = await serve(
      startHttp((_request, response) => response.writeHead(302, { location: `${b.url}/x` }).end()),
    );
    const error = await failureOf(
      aClient().request(get(a.url, { headers: { "private-token": "canary-token" } })),
    );
    expect(error.code).toBe("redirect");
    expect(error.message).toContain(`127.0.0.1:${b.port}`);
    expect(b.connections()).toBe(0);
    expect(b.received()).toBe(0);
  });

  it("follows on the same origin and says where it ended", async () => {
    const server = await serve(
      startHttp((request, response) => {
        if (request.url === "/new") return void response.end(request.headers["x-a"]);
        response.writeHead(301, { location: "/new" }).end();
      }),
    );
    const answer = await aClient().request(get(`${server.url}/old`, { headers: { "x-a": "kept" } }));
    expect([answer.status, toText(answer), answer.url]).toEqual([200, "kept", `${server.url}/new`]);
  });

  it("gives up after five", async () => {
    let asked = 0;
    const server = await serve(
      startHttp((_request, response) => response.writeHead(302, { location: `/${(asked += 1)}` }).end()),
    );
    const error = await failureOf(aClient().request(get(server.url)));
    expect(error.code).toBe("redirect");
    expect(asked).toBe(6);
  });

  it("repeats a write for 307 with its body, and hands back a 303", async () => {
    const seen: string[] = [];
    const server = await serve(
      startHttp((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
          seen.push(`${request.method} ${request.url} ${body}`);
          if (request.url === "/307") response.writeHead(307, { location: "/done" }).end();
          else if (request.url === "/303") response.writeHead(303, { location: "/done" }).end();
          else response.end("done");
        });
      }),
    );
    const client = aClient();
    expect((await client.request({ method: "POST", url: `${server.url}/307`, body: "b" })).status).toBe(200);
    expect((await client.request({ method: "POST", url: `${server.url}/303`, body: "b" })).status).toBe(303);
    expect(seen).toEqual(["POST /307 b", "POST /done b", "POST /303 b"]);
  });

  it("returns the redirect itself when asked to", async () => {
    const server = await serve(
      startHttp((_request, response) =>
        response.writeHead(302, { location: "https://elsewhere.example/log" }).end(),
      ),
    );
    const answer = await aClient().request(get(server.url, { redirect: "manual" }));
    expect([answer.status, answer.headers["location"]]).toEqual([302, "https://elsewhere.example/log"]);
  });
});

describe("answers that must not be taken", () => {
  it("stops a gzip bomb at the cap and holds little memory", async () => {
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024));
    const server = await serve(
      startHttp((_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb)),
    );
    const client = aClient();
    const before = process.memoryUsage.rss();
    const error = await failureOf(client.request(get(server.url)));
    expect(error.code).toBe("too_large");
    expect((process.memoryUsage.rss() - before) / 1024 / 1024).toBeLessThan(60);
  });

  it.each([
    ["declared", true],
    ["undeclared", false],
  ])("refuses a %s length beyond the cap", async (_name, declared) => {
    const server = await serve(
      startHttp((_request, response) => {
        response.writeHead(200, declared ? { "content-length": 5_000 } : {});
        for (let part = 0; part < 5; part += 1) response.write("x".repeat(1_000));
        response.end();
      }),
    );
    const error = await failureOf(aClient().request(get(server.url, { maxBytes: 4_999 })));
    expect([error.code, error.sent]).toEqual(["too_large", true]);
    expect((await aClient().request(get(server.url, { maxBytes: 5_000 }))).body.length).toBe(5_000);
  });

  const flat = `[${"0,".repeat(400_000)}0]`;
  const deep = `${"[".repeat(65)}${"]".repeat(65)}`;
  it.each([
    ["a flat list of more elements than are made into objects", flat],
    ["lists nested deeper than any answer", deep],
    ["objects nested deeper than any answer", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`],
    ["brackets behind an escaped quotation mark", `["\\"", "\\\\", ${deep}]`],
  ])("refuses %s before it is parsed", async (_name, text) => {
    const type = "application/json; charset=utf-8";
    const error = await failureOf(aClient().request(get((await serveText(text, type)).url)));
    expect([error.code, error.detail, error.sent]).toEqual(["too_large", "intricate", true]);
  });

  it("bounds what is asked for as JSON, whatever the server calls it", async () => {
    const server = await serveText(deep, "text/html");
    const asked = get(server.url, { headers: { Accept: "application/json" } });
    expect((await failureOf(aClient().request(asked))).detail).toBe("intricate");
  });

  it.each([
    ["a text of brackets and commas", JSON.stringify(["[,{".repeat(300_000)]), "application/json"],
    [
      "as many elements as a recursive tree of ten megabytes",
      `[${"0,".repeat(340_000)}0]`,
      "application/json",
    ],
    ["lists side by side", `[${"[[]],".repeat(1_000)}0]`, "application/json"],
    ["a log of any shape", flat, "text/plain"],
  ])("takes %s", async (_name, text, type) => {
    const answer = await aClient().request(get((await serveText(text, type)).url));
    expect(answer.body.length).toBe(text.length);
  });

  it("refuses a body that is shorter than its declared length", async () => {
    const server = await serve(
      startTcp((socket) => {
        socket.once("data", () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half":'));
      }),
    );
    const error = await failureOf(aClient().request(get(server.url)));
    expect([error.code, error.sent]).toEqual(["reset", true]);
  });

  it("refuses chunks that end without their end", async () => {
    const server = await serve(
      startTcp((socket) => {
        socket.once("data", () =>
          socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        );
      }),
    );
    expect((await failureOf(aClient().request(get(server.url)))).code).toBe("reset");
  });

  it("refuses gzip that is cut short, and gzip that is none", async () => {
    const whole = gzipSync("x".repeat(10_000) + Math.PI);
    const bodies = [whole.subarray(0, whole.length - 12), Buffer.from("not gzip at all")];
    const server = await serve(
      startHttp((request, response) =>
        response.writeHead(200, { "content-encoding": "gzip" }).end(bodies[Number(request.url?.slice(1))]),
      ),
    );
    for (const index of [0, 1]) {
      const error = await failureOf(aClient().request(get(`${server.url}/${index}`)));
      expect([error.code, error.sent]).toEqual(["network", true]);
      expect(error.message).toContain("damaged");
    }
  });

  it("refuses an encoding that it did not ask for", async () => {
    const server = await serve(
      startHttp((_request, response) => response.writeHead(200, { "content-encoding": "zstd" }).end("x")),
    );
    expect((await failureOf(aClient().request(get(server.url)))).code).toBe("network");
  });

  it("refuses what is not HTTP", async () => {
    const server = await serve(
      startTcp((socket) => void socket.once("data", () => socket.end("SSH-2.0-OpenSSH\r\n"))),
    );
    const error = await failureOf(aClient().request(get(server.url)));
    expect(error.code).toBe("network");
    expect(error.message).toContain("not HTTP");
  });
});

describe("time and abort", () => {
  it("ends a body that trickles when the whole time is up", async () => {
    const server = await serve(
      startHttp((_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write("."), 20);
        response.on("close", () => clearInterval(timer));
      }),
    );
    const started = performance.now();
    const error = await failureOf(aClient().request(get(server.url, { timeoutMs: 250 })));
    expect([error.code, error.sent]).toEqual(["timeout", true]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("ends a request that is never answered, frees its place and closes its connection", async () => {
    let closed = 0;
    const server = await serve(
      startHttp((request, response) => {
        if (request.url === "/fine") return void response.end("ok");
        request.socket.on("close", () => (closed += 1));
      }),
    );
    const client = aClient({ limit: createHostLimit(1) });
    await failureOf(client.request(get(server.url, { timeoutMs: 100 })));
    expect((await client.request(get(`${server.url}/fine`))).status).toBe(200);
    await expect.poll(() => closed).toBe(1);
  });

  it("rejects with the caller's own reason, running or waiting", async () => {
    const server = await serve(startHttp(() => undefined));
    const client = aClient({ limit: createHostLimit(1) });
    const stop = new AbortController();
    const reason = new Error("shutting down");
    const requests = [1, 2].map(() => client.request(get(server.url, { signal: stop.signal })));
    const outcomes = Promise.allSettled(requests);
    await expect.poll(() => server.connections()).toBe(1);
    stop.abort(reason);
    expect(await outcomes).toEqual([1, 2].map(() => ({ status: "rejected", reason })));
    expect(server.connections()).toBe(1);
    await expect(client.request(get(server.url, { signal: stop.signal }))).rejects.toBe(reason);
  });

  it("sends nothing after an abort that came while it was connecting", async () => {
    const server = await serve(startHttp((_request, response) => response.end("ok")));
    const stop = new AbortController();
    const slow = async () => {
      setTimeout(() => stop.abort(new Error("enough")), 20);
      await new Promise((resolve) => setTimeout(resolve, 60));
      return [{ address: "127.0.0.1", family: 4 }];
    };
    const client = aClient({ resolve: slow });
    const url = `http://slow.example:${server.port}/`;
    await expect(client.request({ method: "POST", url, body: "write", signal: stop.signal })).rejects.toThrow(
      "enough",
    );
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(server.received()).toBe(0);
  });

  it("ends what is running when it is closed, and takes nothing afterwards", async () => {
    const server = await serve(startHttp(() => undefined));
    const client = aClient();
    const running = failureOf(client.request(get(server.url)));
    await expect.poll(() => server.connections()).toBe(1);
    await client.close();
    expect((await running).code).toBe("network");
    expect((await failureOf(client.request(get(server.url)))).sent).toBe(false);
  });
});

describe("whether a write may have been carried out", () => {
  it("is false when the connection was refused", async () => {
    const server = await startHttp(() => undefined);
    await server.close();
    const error = await failureOf(aClient().request({ method: "POST", url: server.url, body: "x" }));
    expect([error.code, error.sent]).toEqual(["refused", false]);
  });

  it("is true when the connection broke after the request", async () => {
    const server = await serve(
      startHttp((request) => void request.on("data", () => request.socket.destroy())),
    );
    const error = await failureOf(aClient().request({ method: "POST", url: server.url, body: "x" }));
    expect([error.code, error.sent]).toEqual(["reset", true]);
  });

  it("is false when the name does not resolve", async () => {
    const resolve = () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "EAI_AGAIN" }));
    const error = await failureOf(
      aClient({ resolve }).request(get("https://nowhere.example/bot123:canary/getMe")),
    );
    expect([error.code, error.sent, error.host]).toEqual(["dns", false, "nowhere.example"]);
  });

  it("is false when the time was up before there was a connection", async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const error = await failureOf(
      aClient({ resolve }).request(get("https://slow.example/", { timeoutMs: 50 })),
    );
    expect([error.code, error.sent]).toEqual(["timeout", false]);
  });
});

describe("what errors tell", () => {
  it("never holds path, query or headers, in whatever way it failed", async () => {
    const refused = await startHttp(() => undefined);
    await refused.close();
    const broken = await serve(startHttp((request) => request.socket.destroy()));
    const away = await serve(
      startHttp((_request, response) =>
        response.writeHead(302, { location: "https://b.example/canary" }).end(),
      ),
    );
    const silent = await serve(startHttp(() => undefined));
    const urls = [
      refused.url,
      broken.url,
      away.url,
      silent.url,
      "http://[bad",
      "ftp://x.example",
      "http://169.254.169.254",
    ];
    const { inspect } = await import("node:util");
    for (const base of urls) {
      const request = get(`${base}/bot1:canary/x?q=canary`, {
        headers: { authorization: "canary" },
        timeoutMs: 100,
      });
      const error = await failureOf(aClient().request(request));
      expect(inspect(error, { depth: 10, showHidden: true }), base).not.toContain("canary");
    }
  });
});
