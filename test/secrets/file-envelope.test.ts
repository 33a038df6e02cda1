import fc from "fast-check";
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import {
  deriveKey,
  fits,
  newKeyHeader,
  openEnvelope,
  parseEnvelope,
  sealEnvelope,
  type DerivedKey,
  type Envelope,
  type KeyHeader,
} from "../../src/secrets/file-envelope.js";

let header: KeyHeader;
let key: DerivedKey;
beforeAll(async () => {
  header = newKeyHeader("key file");
  key = await deriveKey("the key", header);
});

function parsed(text: string): Envelope {
  const result = parseEnvelope(text);
  if (!("envelope" in result)) throw new Error(result.problem);
  return result.envelope;
}

/** As an attacker would who can make the checksum right, but has no key. */
function withChecksum(envelope: Envelope): Envelope {
  const { kdf, check, nonce, tag, data } = envelope;
  const { name, N, r, p, salt } = kdf;
  const head = JSON.stringify([
    envelope.format,
    envelope.version,
    envelope.key,
    name,
    N,
    r,
    p,
    salt,
    check,
    nonce,
  ]);
  const sha256 = createHash("sha256")
    .update(head)
    .update(JSON.stringify([tag, data]))
    .digest("base64");
  return { ...envelope, sha256 };
}

const secrets = new Map([["telegram", "123:canary"]]);

it("a key is the same however a keyboard writes the letters of the passphrase", async () => {
  const [composed, decomposed] = ["café".normalize("NFC"), "café".normalize("NFD")];
  expect(composed).not.toBe(decomposed);
  expect((await deriveKey(decomposed, header)).key).toEqual((await deriveKey(composed, header)).key);
});

describe("an envelope", () => {
  it("gives back whatever was put in", () => {
    const entries = fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" })));
    fc.assert(
      fc.property(entries, (pairs) => {
        // Half a surrogate pair has no bytes; tokens have none of those.
        const whole = (text: string) => Buffer.from(text, "utf8").toString("utf8");
        const given = new Map(pairs.map(([name, value]) => [whole(name), whole(value)]));
        expect(openEnvelope(parsed(sealEnvelope(given, header, key)), key)).toEqual(given);
      }),
    );
  });

  it("is refused whichever of its characters changed", () => {
    const text = sealEnvelope(secrets, header, key);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 127 }), (at, flip) => {
        const changed =
          text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ flip) + text.slice(at + 1);
        const result = parseEnvelope(changed);
        if ("problem" in result) return;
        // Spaces between the words mean nothing.
        expect(result.envelope).toEqual(parsed(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("is refused wherever it was cut off", () => {
    const text = sealEnvelope(secrets, header, key);
    for (let length = 0; length < text.trimEnd().length; length += 1)
      expect(parseEnvelope(text.slice(0, length))).toEqual({ problem: "damaged" });
  });

  it.each<[string, (envelope: Envelope) => Envelope]>([
    ["key", (envelope) => ({ ...envelope, key: "passphrase" })],
    ["kdf", (envelope) => ({ ...envelope, kdf: { ...envelope.kdf, p: 2 } })],
    ["check", (envelope) => ({ ...envelope, check: Buffer.alloc(16).toString("base64") })],
    ["nonce", (envelope) => ({ ...envelope, nonce: Buffer.alloc(12).toString("base64") })],
    ["tag", (envelope) => ({ ...envelope, tag: Buffer.alloc(16).toString("base64") })],
    ["data", (envelope) => ({ ...envelope, data: Buffer.alloc(30).toString("base64") })],
  ])("with another %s and a right checksum is not opened, not even with the key", (_what, forge) => {
    const forged = withChecksum(forge(parsed(sealEnvelope(secrets, header, key))));
    expect(openEnvelope(parsed(JSON.stringify(forged)), key)).toBeNull();
  });

  it.each([
    ["more memory than there is", { N: 2 ** 30 }],
    ["no cost at all", { N: 2 }],
    ["a cost that is no power of two", { N: 2 ** 15 + 1 }],
    ["other blocks", { r: 64 }],
  ])("that asks for %s is not obeyed", (_what, kdf) => {
    const envelope = parsed(sealEnvelope(secrets, header, key));
    const forged = withChecksum({ ...envelope, kdf: { ...envelope.kdf, ...kdf } });
    expect(parseEnvelope(JSON.stringify(forged))).toEqual({ problem: "damaged" });
  });
});

describe("a key", () => {
  it("fits its own envelope alone", async () => {
    const envelope = parsed(sealEnvelope(secrets, header, key));
    expect(fits(envelope, key)).toBe(true);
    const other = await deriveKey("another key", header);
    expect(fits(envelope, other)).toBe(false);
    expect(openEnvelope(envelope, other)).toBeNull();
  });

  it("from a passphrase costs what OWASP advises", () => {
    expect(newKeyHeader("passphrase").kdf).toMatchObject({ name: "scrypt", N: 131_072, r: 8, p: 1 });
    expect(newKeyHeader("passphrase").kdf.salt).not.toBe(newKeyHeader("passphrase").kdf.salt);
  });
});
