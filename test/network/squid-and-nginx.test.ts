import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { unlimited } from "../../src/lib/host-limit.js";
import { createHttpClient, type HttpClientOptions } from "../../src/lib/http-client.js";
import { HttpError, toText, type HttpClient, type HttpRequest } from "../../src/lib/http.js";
import { hasNginx, startNginx, type Nginx } from "../support/nginx.js";
import { hasSquid, startSquid, type Squid } from "../support/squid.js";

const isThere = hasNginx && hasSquid;
const slowMs = 12_000;

let nginx: Nginx;
let squid: Squid;
const clients: HttpClient[] = [];

/** `/slow` answers after longer than any connection may take, as a long poll does; everything else at once, with its own path. */
const upstream = createServer((request, response) => {
  setTimeout(() => response.end(request.url), request.url === "/slow" ? slowMs : 0);
});

beforeAll(async () => {
  if (!isThere) return;
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  nginx = await startNginx([
    { name: "code.test", path: "/tools/gitlab", upstream: `http://127.0.0.1:${port}` },
  ]);
  squid = await startSquid(["code.test", "denied.test", "other.test"]);
}, 60_000);

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

afterAll(async () => {
  if (!isThere) return;
  await Promise.all([nginx.stop(), squid.stop()]);
  upstream.closeAllConnections();
  upstream.close();
});

function aClient(options: Partial<HttpClientOptions> = {}, login = "ann:pass%20word@"): HttpClient {
  const client = createHttpClient({
    ...{ allowPrivateAddress: true, allowHttp: true, userAgent: "gitnotify-test", limit: unlimited, env: {} },
    ...{ caFile: nginx.authority.caFile, proxy: `http://${login}127.0.0.1:${squid.port}` },
    ...options,
  });
  clients.push(client);
  return client;
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: "GET", url, ...more });
const at = (path: string, host = "code.test") => `https://${host}:${nginx.port}${path}`;

async function failureOf(promise: Promise<unknown>): Promise<HttpError> {
  const error: unknown = await promise.then(
    () => new Error("it succeeded"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpError)) throw error;
  return error;
}

describe.skipIf(!isThere)("through squid to nginx (needs squid, nginx and openssl)", () => {
  it("a path with an encoded slash below a sub-path arrives as it was", async () => {
    const answer = await aClient().request(get(at("/tools/gitlab/api/v4/projects/a%2Fb?x=%2F")));
    expect(toText(answer)).toBe("/api/v4/projects/a%2Fb?x=%2F");
  });

  it("many requests share few tunnels", async () => {
    const before = squid.tunnels().length;
    const client = aClient();
    for (let asked = 0; asked < 30; asked += 1) await client.request(get(at("/tools/gitlab/x")));
    await client.close();
    await expect.poll(() => squid.tunnels().length).toBeGreaterThan(before);
    // squid writes a tunnel down when it ends: that of the test before may be among them.
    expect(squid.tunnels().length - before).toBeLessThanOrEqual(4);
    expect(squid.tunnels().at(-1)).toBe(`code.test:${nginx.port} ann`);
  });

  it("a long poll is not cut after the time that a connection may take", { timeout: 30_000 }, async () => {
    const answer = await aClient().request(get(at("/tools/gitlab/slow"), { timeoutMs: 25_000 }));
    expect(toText(answer)).toBe("/slow");
  });

  it.each([
    ["no password", "", "auth", "wants a user name and password"],
    ["a wrong password", "ann:canary@", "auth", "refuses the user name or password"],
  ])("%s is told as that", async (_what, login, detail, words) => {
    const error = await failureOf(aClient({}, login).request(get(at("/"))));
    expect([error.code, error.detail, error.sent]).toEqual(["proxy", detail, false]);
    expect(error.message).toContain(words);
    expect(error.message).toContain(`127.0.0.1:${squid.port}`);
    expect(`${error.message} ${error.remedy}`).not.toContain("canary");
  });

  it("a host that the rules forbid is told as that, with the port in mind", async () => {
    const error = await failureOf(aClient().request(get(at("/", "denied.test"))));
    expect([error.code, error.detail, error.host]).toEqual(["proxy", "refused", `denied.test:${nginx.port}`]);
    expect(error.remedy).toContain("port 443");
  });

  it("a name that squid does not find is told as that", { timeout: 90_000 }, async () => {
    const error = await failureOf(aClient().request(get("https://nowhere.invalid/", { timeoutMs: 60_000 })));
    expect([error.code, error.detail]).toEqual(["proxy", "target"]);
    expect(error.message).toContain("nowhere.invalid");
  });

  it("a port that nobody listens on is told as that", async () => {
    const error = await failureOf(aClient().request(get("https://code.test:9/")));
    expect([error.code, error.detail]).toEqual(["proxy", "target"]);
    expect(error.message).toContain("code.test:9 (503)");
  });

  it("the certificate is checked all the way", async () => {
    const other = await failureOf(aClient().request(get(at("/", "other.test"))));
    expect([other.code, other.detail]).toEqual(["tls", "hostname"]);
    const unknown = createHttpClient({
      ...{ allowPrivateAddress: true, allowHttp: true, userAgent: "x", limit: unlimited, env: {} },
      proxy: `http://ann:pass%20word@127.0.0.1:${squid.port}`,
    });
    clients.push(unknown);
    const error = await failureOf(unknown.request(get(at("/"))));
    expect([error.code, error.detail]).toEqual(["tls", "unknown_authority"]);
  });

  it("the proxy may be named by the environment, and NO_PROXY takes hosts out", async () => {
    const env = { https_proxy: `http://ann:pass%20word@127.0.0.1:${squid.port}` };
    const { caFile } = nginx.authority;
    const own = { allowPrivateAddress: true, allowHttp: true, userAgent: "x", limit: unlimited, caFile };
    const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
    const through = createHttpClient({ ...own, env });
    const direct = createHttpClient({ ...own, env: { ...env, no_proxy: ".test" }, resolve });
    clients.push(through, direct);
    const before = squid.tunnels().length;
    await direct.request(get(at("/tools/gitlab/x")));
    await direct.close();
    expect(squid.tunnels().length).toBe(before);
    await through.request(get(at("/tools/gitlab/x")));
    await through.close();
    await expect.poll(() => squid.tunnels().length).toBe(before + 1);
  });
});

describe.skipIf(!isThere)("straight to nginx (needs nginx and openssl)", () => {
  const straight = () =>
    aClient({ proxy: "direct", resolve: async () => [{ address: "127.0.0.1", family: 4 }] });

  it("a redirect to https is refused with the address to write", async () => {
    const error = await failureOf(straight().request(get(`http://code.test:${nginx.plainPort}/api`)));
    expect([error.code, error.detail, error.sent]).toEqual(["redirect", "to_https", false]);
    expect(error.remedy).toContain(`https://code.test:${nginx.port}`);
  });

  it("https to a port of plain http is told as that", async () => {
    const error = await failureOf(straight().request(get(`https://code.test:${nginx.plainPort}/`)));
    expect([error.code, error.detail]).toEqual(["tls", "protocol"]);
  });
});
