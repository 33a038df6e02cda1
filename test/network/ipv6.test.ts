import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { unlimited } from "../../src/lib/host-limit.js";
import { createHttpClient, type HttpClientOptions } from "../../src/lib/http-client.js";
import { HttpError, toText, type HttpClient } from "../../src/lib/http.js";

const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === "::1"),
);

const stops: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Listens on ::1 and nowhere else. */
async function startOnIpv6(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function aClient(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({
    ...{ allowPrivateAddress: true, allowHttp: true, userAgent: "gitnotify-test", limit: unlimited, env: {} },
    ...options,
  });
  stops.push(() => client.close());
  return client;
}

const at = (...addresses: string[]) => ({
  resolve: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
});
const hello = () => createServer((request, response) => response.end(`hello ${request.headers.host}`));
const get = (url: string) => ({ method: "GET", url });

describe.skipIf(!hasIpv6)("a network of IPv6 alone (needs ::1)", () => {
  it("is reached by a literal address", async () => {
    const port = await startOnIpv6(hello());
    expect(toText(await aClient().request(get(`http://[::1]:${port}/`)))).toBe(`hello [::1]:${port}`);
  });

  it("is reached by a name that has no other address", async () => {
    const port = await startOnIpv6(hello());
    const answer = await aClient(at("::1")).request(get(`http://six.example:${port}/`));
    expect(toText(answer)).toBe(`hello six.example:${port}`);
  });

  it("is reached where an address of the other family leads nowhere", async () => {
    const port = await startOnIpv6(hello());
    // Nobody listens on 127.0.0.1 at this port.
    for (const order of [at("127.0.0.1", "::1"), at("::1", "127.0.0.1")])
      expect((await aClient(order).request(get(`http://both.example:${port}/`))).status).toBe(200);
  });

  it("has a local Bot API server on [::1] and on localhost without further permission", async () => {
    const port = await startOnIpv6(hello());
    const own = { allowPrivateAddress: false, allowHttp: false, allowLoopbackHttp: true };
    const env = { ALL_PROXY: "http://127.0.0.1:9" };
    const client = aClient({ ...own, env, ...at("::1") });
    for (const host of ["[::1]", "localhost"])
      expect((await client.request(get(`http://${host}:${port}/`))).status).toBe(200);
  });

  it("is reached through a proxy that is there too, by name and by literal address", async () => {
    const port = await startOnIpv6(hello());
    const targets: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket: Socket) => {
      targets.push(request.url ?? "");
      const onward = connect(port, "::1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      socket.on("error", () => onward.destroy()).on("close", () => onward.destroy());
      onward.on("error", () => socket.destroy());
    });
    const client = aClient({ proxy: `http://[::1]:${await startOnIpv6(proxy)}` });
    await client.request(get(`http://six.example/`));
    await client.request(get(`http://[::1]:${port}/`));
    expect(targets).toEqual(["six.example:80", `[::1]:${port}`]);
    await client.close();
  });

  it("has the same guard: a name that leads to ::1 is refused without permission", async () => {
    const port = await startOnIpv6(hello());
    const asked = aClient({ ...at("::1"), allowPrivateAddress: false }).request(
      get(`http://six.example:${port}/`),
    );
    await expect(asked).rejects.toSatisfy((error) => error instanceof HttpError && error.code === "address");
  });
});
