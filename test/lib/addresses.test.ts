import { describe, expect, it } from "vitest";
import {
  checkAddress,
  createGuardedLookup,
  isLoopbackHost,
  toAddressClass,
  toIpLiteral,
} from "../../src/lib/addresses.js";

describe("the class of an address", () => {
  it.each([
    ["140.82.121.4", "public"],
    ["2606:50c0:8000::153", "public"],
    ["172.15.255.255", "public"],
    ["172.32.0.0", "public"],
    ["100.63.255.255", "public"],
    ["10.0.0.1", "private"],
    ["172.16.0.1", "private"],
    ["192.168.1.1", "private"],
    ["100.64.0.1", "private"],
    ["0.0.0.0", "private"],
    ["255.255.255.255", "private"],
    ["::", "private"],
    ["fd12:3456::1", "private"],
    ["192.0.2.1", "private"],
    ["198.51.100.7", "private"],
    ["203.0.113.9", "private"],
    ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "private"],
    ["2001:2::1", "private"],
    ["2001:db8::1", "private"],
    ["3fff::1", "private"],
    ["5f00::1", "private"],
    ["100::1", "private"],
    ["2001:4860:4860::8888", "public"],
    ["127.0.0.1", "loopback"],
    ["127.8.9.10", "loopback"],
    ["::1", "loopback"],
    ["169.254.169.254", "link_local"],
    ["fe80::1", "link_local"],
    ["fd00:ec2::254", "link_local"],
    ["100.100.100.200", "link_local"],
    ["168.63.129.16", "link_local"],
    ["192.0.0.192", "link_local"],
    ["fd00:42::42", "link_local"],
  ])("of %s is %s", (address, expected) => expect(toAddressClass(address)).toBe(expected));

  it.each([
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:7f00:1", "loopback"],
    ["0:0:0:0:0:ffff:c0a8:0101", "private"],
    ["::ffff:169.254.169.254", "link_local"],
    ["::7f00:1", "loopback"],
    ["64:ff9b::10.0.0.1", "private"],
    ["64:ff9b::a9fe:a9fe", "link_local"],
    ["64:ff9b:1::10.0.0.1", "private"],
    ["64:ff9b:1::140.82.121.4", "private"],
    ["64:ff9b:1::a9fe:a9fe", "link_local"],
    ["::ffff:0:127.0.0.1", "loopback"],
    ["::ffff:0:169.254.169.254", "link_local"],
    ["::ffff:0:140.82.121.4", "public"],
    ["2002:a9fe:a9fe::1", "link_local"],
    ["2002:7f00:1::", "loopback"],
    ["64:ff9b::140.82.121.4", "public"],
    ["::ffff:140.82.121.4", "public"],
  ])("sees the IPv4 address inside %s: %s", (address, expected) =>
    expect(toAddressClass(address)).toBe(expected),
  );
});

describe("hosts", () => {
  it("finds the literal in the host of a URL, however it was spelled", () => {
    for (const spelled of ["0x7f.1", "2130706433", "127.1", "0177.0.0.1", "127.0.0.1"]) {
      expect(toIpLiteral(new URL(`http://${spelled}`).hostname)).toBe("127.0.0.1");
    }
    expect(toIpLiteral(new URL("http://[::1]").hostname)).toBe("::1");
    expect(toIpLiteral("github.com")).toBeNull();
  });

  it("knows its own machine and is not fooled by a name that begins like it", () => {
    for (const own of ["localhost", "LOCALHOST", "api.localhost", "127.0.0.2", "[::1]"])
      expect(isLoopbackHost(own)).toBe(true);
    for (const other of ["localhost.example.com", "127.0.0.1.nip.io", "notlocalhost"])
      expect(isLoopbackHost(other)).toBe(false);
  });
});

it("refuses a metadata address that is written out, and offers no setting for it", () => {
  const check = () =>
    checkAddress("169.254.169.254", "169.254.169.254", { privateAddress: true, loopback: true });
  expect(check).toThrow("never contacted");
  expect(check).not.toThrow("allowPrivateAddress");
});

describe("the guarded lookup", () => {
  const closed = { privateAddress: false, loopback: false };
  const open = { privateAddress: true, loopback: false };

  function look(addresses: string[], policy: typeof closed, all = true): Promise<unknown> {
    const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    const lookup = createGuardedLookup(
      async () => found,
      () => policy,
    );
    return new Promise((resolve, reject) => {
      lookup("a.example", { all }, (error, result) => (error ? reject(error) : resolve(result)));
    });
  }

  it("refuses a name with one private address among public ones", async () => {
    await expect(look(["140.82.121.4", "10.0.0.1"], closed)).rejects.toMatchObject({
      code: "address",
      host: "a.example",
    });
  });

  it("names the setting that would allow it", async () => {
    await expect(look(["10.0.0.1"], closed)).rejects.toMatchObject({
      remedy: expect.stringContaining("allowPrivateAddress: true") as string,
    });
  });

  it("leaves a link-local address out and keeps the usual one", async () => {
    expect(await look(["fe80::1%eth0", "192.168.1.5"], open)).toEqual([
      { address: "192.168.1.5", family: 4 },
    ]);
  });

  it("refuses a name that is link-local alone, whatever is allowed", async () => {
    await expect(look(["169.254.169.254"], open)).rejects.toMatchObject({ code: "address" });
    await expect(look(["::ffff:a9fe:a9fe"], open)).rejects.not.toThrow("allowPrivateAddress");
  });

  it("answers in the single form too", async () => {
    expect(await look(["140.82.121.4"], closed, false)).toBe("140.82.121.4");
  });

  it("takes an empty answer for an unknown name", async () => {
    await expect(look([], open)).rejects.toMatchObject({ code: "ENOTFOUND" });
  });
});
