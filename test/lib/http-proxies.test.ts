import { describe, expect, it } from "vitest";
import { HttpError } from "../../src/lib/http.js";
import { createProxyChoice, parseProxy } from "../../src/lib/http-proxies.js";

function chosen(env: Record<string, string>, address: string, proxy?: string): string | null {
  return createProxyChoice({ proxy, env })(new URL(address))?.url ?? null;
}

describe("the proxy of the environment", () => {
  it.each([
    [{ HTTPS_PROXY: "http://a:1" }, "https://x.example", "http://a:1"],
    [{ HTTPS_PROXY: "http://a:1" }, "http://x.example", null],
    [{ HTTP_PROXY: "http://a:1" }, "http://x.example", "http://a:1"],
    [{ HTTP_PROXY: "http://a:1" }, "https://x.example", "http://a:1"],
    [{ HTTP_PROXY: "http://a:1", ALL_PROXY: "http://b:1" }, "https://x.example", "http://b:1"],
    [{ ALL_PROXY: "socks5://b" }, "https://x.example", "socks5://b:1080"],
    [{ ALL_PROXY: "socks5h://b:9050" }, "http://x.example", "socks5h://b:9050"],
    [{ HTTPS_PROXY: "socks5://b:1" }, "https://x.example", "socks5://b:1"],
    [{ ALL_PROXY: "socks://b:1/" }, "https://x.example", "socks5h://b:1"],
    [{ https_proxy: "http://a:1", HTTPS_PROXY: "http://b:1" }, "https://x.example", "http://a:1"],
    [{ https_proxy: "", HTTPS_PROXY: "http://b:1", ALL_PROXY: "http://b:1" }, "https://x.example", null],
    [{ HTTPS_PROXY: "proxy.example.com:3128" }, "https://x.example", "http://proxy.example.com:3128"],
    [{ HTTPS_PROXY: "http://[::1]:3128" }, "https://x.example", "http://[::1]:3128"],
    [{ HTTPS_PROXY: "http://a" }, "https://x.example", "http://a:80"],
    [{ HTTPS_PROXY: "https://a" }, "https://x.example", "https://a:443"],
    [{}, "https://x.example", null],
  ] as Array<[Record<string, string>, string, string | null]>)("of %j for %s is %s", (env, address, proxy) =>
    expect(chosen(env, address)).toBe(proxy),
  );

  it.each([
    ["x.example", "https://x.example", true],
    ["x.example", "https://api.x.example", true],
    [".x.example", "https://api.x.example", true],
    ["*.x.example", "https://api.x.example", true],
    ["x.example", "https://notx.example", false],
    ["X.Example", "https://x.example", true],
    ["x.example:8443", "https://x.example:8443", true],
    ["x.example:8443", "https://x.example", false],
    ["x.example:443", "https://x.example", true],
    ["a, x.example", "https://x.example", true],
    ["a x.example", "https://x.example", true],
    ["10.0.0.0/8", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://11.1.2.3", false],
    ["10.0.0.0/8", "https://x.example", false],
    ["10.0.0.0/99", "https://10.1.2.3", false],
    ["fd00::/8", "https://[fd00::1]", true],
    ["[fd00::1]", "https://[fd00::1]:8443", true],
    ["[fd00::1]:8443", "https://[fd00::1]:8443", true],
    ["fd00::1", "https://[fd00::1]", true],
    ["3.4", "https://1.2.3.4", false],
    ["*", "https://x.example", true],
    ["", "https://x.example", false],
    ["", "http://127.0.0.1:8081", true],
    ["", "http://localhost:8081", true],
    ["", "http://[::1]:8081", true],
  ])("is passed by with NO_PROXY=%s for %s: %s", (no, address, passed) => {
    const env = { ALL_PROXY: "http://p:1", NO_PROXY: no };
    expect(chosen(env, address)).toBe(passed ? null : "http://p:1");
    expect(chosen({ ALL_PROXY: "http://p:1", no_proxy: no }, address)).toBe(passed ? null : "http://p:1");
  });

  it("is refused by the name of its variable when it cannot be understood, and not before it is needed", () => {
    const choose = createProxyChoice({
      proxy: undefined,
      env: { ALL_PROXY: "socks4://me:canary@h:1", NO_PROXY: "inside.example" },
    });
    expect(choose(new URL("https://inside.example"))).toBeNull();
    const ask = () => choose(new URL("https://outside.example"));
    expect(ask).toThrow(HttpError);
    expect(ask).toThrow("ALL_PROXY is of SOCKS4");
    expect(ask).not.toThrow("canary");
  });
});

describe("the proxy of the configuration", () => {
  it("holds for every host, whatever the environment says", () => {
    const env = { HTTPS_PROXY: "http://other:1", NO_PROXY: "*" };
    for (const address of ["https://x.example", "http://127.0.0.1:1"])
      expect(chosen(env, address, "socks5://p:1")).toBe("socks5://p:1");
  });

  it("may be none although the environment names one", () =>
    expect(chosen({ ALL_PROXY: "http://p:1" }, "https://x.example", "direct")).toBeNull());
});

describe("the address of a proxy", () => {
  it("is read with user and password, and told without them", () => {
    const parsed = parseProxy("socks5h://ann:p%40ss@[::1]:9050");
    expect(parsed).toEqual({
      ok: true,
      proxy: {
        kind: "socks5h",
        url: "socks5h://[::1]:9050",
        host: "[::1]:9050",
        hostname: "::1",
        port: 9050,
        login: { user: "ann", password: "p@ss" },
      },
    });
  });

  it.each(["socks4://me:canary@h:1", "socks4a://me:canary@h", "socks://me:canary@h"])(
    "is refused with the kind to use instead: %s",
    (text) => {
      const parsed = parseProxy(text);
      expect(parsed.ok ? "" : parsed.message).toContain("socks5");
      expect(JSON.stringify(parsed)).not.toContain("canary");
    },
  );

  it.each([
    "",
    "p:1",
    "ftp://p:1",
    "http://",
    "socks5://",
    "http://me:can/ary@p:1",
    "http://p:1?x",
    "http://p:1#x",
  ])("is refused without being repeated: %s", (text) => {
    const parsed = parseProxy(text);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain("can");
  });
});
