import { lookup } from "node:dns/promises";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { HttpError } from "./http.js";

/** What a host may be reached at. Metadata and link-local addresses are never allowed. */
export interface AddressPolicy {
  privateAddress: boolean;
  loopback: boolean;
}

export interface ResolvedAddress {
  address: string;
  family: number;
}

/** Every address of a name. Rejects as `dns.promises.lookup` does. */
export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>;

export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true });

const loopback = toBlockList(["127.0.0.0/8", "::1/128"]);

/** Not routed in the public internet, or meant for no single machine there: the special ranges of IANA's two registries. */
const privateRanges = toBlockList([
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
  "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
  "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
  "fc00::/7", "fec0::/10", "ff00::/8",
]); // prettier-ignore

/**
 * Link-local, which is where the metadata services of clouds hand out credentials, and the addresses of those that live
 * elsewhere: Alibaba (100.100.100.200), Azure (168.63.129.16), Oracle (192.0.0.192), and over IPv6 AWS (fd00:ec2::254), Google
 * (fd20:ce::254) and Scaleway (fd00:42::42).
 */
const neverAllowed = toBlockList([
  "169.254.0.0/16", "fe80::/10", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",
  "fd00:ec2::254/128", "fd20:ce::254/128", "fd00:42::42/128",
]); // prettier-ignore

export type AddressClass = "public" | "private" | "loopback" | "link_local";

/** `address` is a literal IPv4 or IPv6 address without brackets or zone. */
export function toAddressClass(address: string): AddressClass {
  const inLocalNat64 = localNat64(address);
  if (inLocalNat64 !== null && neverAllowed.check(inLocalNat64, "ipv4")) return "link_local";
  const plain = toEmbeddedIpv4(address) ?? address;
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  if (neverAllowed.check(plain, family)) return "link_local";
  if (loopback.check(plain, family)) return "loopback";
  return privateRanges.check(plain, family) ? "private" : "public";
}

/** The host of a URL as an IP literal without brackets, or null when it is a name. */
export function toIpLiteral(hostname: string): string | null {
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? null : bare;
}

/** True for `localhost`, names below it, and loopback literals. */
export function isLoopbackHost(hostname: string): boolean {
  const literal = toIpLiteral(hostname);
  if (literal !== null) return toAddressClass(literal) === "loopback";
  return /(^|\.)localhost\.?$/i.test(hostname);
}

/** Throws `HttpError` with code `address` when the policy does not allow this one. */
export function checkAddress(host: string, address: string, policy: AddressPolicy): void {
  const kind = toAddressClass(address);
  if (kind === "link_local") throw neverError(host, address);
  if (kind === "loopback" && (policy.loopback || policy.privateAddress)) return;
  if (kind === "private" && policy.privateAddress) return;
  if (kind !== "public") throw privateError(host, address, kind);
}

/**
 * Resolving and checking are one step inside the connector, so that a name cannot give a public address to a check and a
 * private one to the connection.
 *
 * Link-local addresses are left out where the name has others: a `.local` name often has one beside its usual address.
 * One private address among public ones refuses the name: nobody's public server has that by accident.
 */
export function createGuardedLookup(
  resolve: Resolve,
  policyFor: (hostname: string) => AddressPolicy,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (found) => {
        try {
          const usable = toUsable(hostname, found, policyFor(hostname));
          const first = usable[0];
          if (options.all === true || first === undefined) callback(null, usable);
          else callback(null, first.address, first.family);
        } catch (error) {
          callback(error instanceof Error ? error : new Error("lookup failed"), []);
        }
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error("lookup failed"), []),
    );
  };
}

function toUsable(host: string, found: ResolvedAddress[], policy: AddressPolicy): ResolvedAddress[] {
  const usable = found.filter(({ address }) => toAddressClass(withoutZone(address)) !== "link_local");
  if (usable.length === 0 && found[0]) throw neverError(host, found[0].address);
  if (usable.length === 0) throw Object.assign(new Error("no address"), { code: "ENOTFOUND" });
  for (const { address } of usable) checkAddress(host, withoutZone(address), policy);
  return usable;
}

function neverError(host: string, address: string): HttpError {
  const message = `${host} leads to ${address}, a link-local or cloud metadata address. Such addresses are never contacted.`;
  return new HttpError("address", { message, host, sent: false });
}

function privateError(host: string, address: string, kind: AddressClass): HttpError {
  const message = `${host} leads to ${address}, a ${kind} address.`;
  const remedy =
    "If that is your own server, set allowPrivateAddress: true for this connection in config.yaml.";
  return new HttpError("address", { message, remedy, host, sent: false });
}

function withoutZone(address: string): string {
  return address.split("%", 1)[0] ?? address;
}

/**
 * The IPv4 address inside an IPv6 one, or null: mapped (::ffff:0:0/96), translated (::ffff:0:0:0/96), compatible (::/96),
 * NAT64 (64:ff9b::/96) and 6to4 (2002::/16) all end at that IPv4 address.
 */
function toEmbeddedIpv4(address: string): string | null {
  if (isIP(address) !== 6) return null;
  const words = toWords(address);
  const start = words.slice(0, 6).join(":");
  if (words[0] === 0x2002) return toDotted(words.slice(1, 3));
  if (start === "0:0:0:0:0:65535" || start === `${0x64}:${0xff9b}:0:0:0:0`) return toDotted(words.slice(6));
  if (start === "0:0:0:0:65535:0") return toDotted(words.slice(6));
  // :: and ::1 are themselves and not IPv4.
  const compatible = start === "0:0:0:0:0:0" && words[6] !== 0;
  return compatible ? toDotted(words.slice(6)) : null;
}

/** A network's own NAT64 (64:ff9b:1::/48) leads to the IPv4 address at its end, wherever that is: never public, and maybe worse. */
function localNat64(address: string): string | null {
  if (isIP(address) !== 6) return null;
  const words = toWords(address);
  const isLocal = words[0] === 0x64 && words[1] === 0xff9b && words[2] === 1;
  return isLocal ? toDotted(words.slice(6)) : null;
}

/** The eight 16-bit words of an IPv6 literal; the URL parser writes any spelling in hexadecimal words. */
function toWords(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = "", right] = canonical.split("::");
  const before = left === "" ? [] : left.split(":");
  const after = right === undefined || right === "" ? [] : right.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].map((word) => Number.parseInt(word, 16));
}

function toDotted(words: number[]): string {
  return words.flatMap((word) => [word >> 8, word & 0xff]).join(".");
}

/** `10.0.0.0/8` and the like. Throws when one is no range. */
export function toBlockList(ranges: string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", bits] = range.split("/");
    list.addSubnet(network, Number(bits), isIP(network) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}
