import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSecretRegistry } from "../../src/lib/redaction.js";

function registryOf(...secrets: string[]) {
  const registry = createSecretRegistry();
  for (const secret of secrets) registry.add(secret);
  return registry;
}

const token = '7654321:AAH-x/y+z"q_8';

describe("redaction", () => {
  it.each([
    ["itself", token],
    ["percent-encoded", encodeURIComponent(token)],
    ["percent-encoded in lower case", encodeURIComponent(token).toLowerCase().replace("aah", "AAH")],
    ["in JSON", JSON.stringify(token).slice(1, -1)],
    ["in JSON in JSON", JSON.stringify(JSON.stringify(token)).slice(3, -3)],
    ["in base64", Buffer.from(token).toString("base64")],
    ["in base64url", Buffer.from(token).toString("base64url")],
  ])("hides a secret %s", (_name, form) => {
    expect(registryOf(token).redact(`before ${form} after`)).toBe("before *** after");
  });

  it("hides a secret in base64 whatever stands before and after it", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 9, maxLength: 60 }),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const text = Buffer.from(before + secret + after).toString("base64");
          const redacted = registryOf(secret).redact(text);
          // What is left at either side is less than a byte of it.
          const left = Buffer.from(redacted.split("***")[0] ?? "", "base64").toString("latin1");
          expect(redacted).toContain("***");
          expect(left.length).toBeLessThanOrEqual(Buffer.byteLength(before) + 1);
        },
      ),
    );
  });

  it("leaves no secret in any text", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 6 })), fc.array(fc.string()), (secrets, texts) => {
        const text = secrets.map((secret, index) => (texts[index] ?? "") + secret).join(" ");
        const redacted = registryOf(...secrets).redact(text);
        // A secret made of the stars or the spaces that join them may come about anew.
        for (const secret of secrets) if (!/[* ]/.test(secret)) expect(redacted).not.toContain(secret);
      }),
    );
  });

  it("hides the longer of two when one begins the other", () => {
    expect(registryOf("abcdef", "abcdefgh").redact("x abcdefgh y")).toBe("x *** y");
  });

  it("hides every occurrence, and what is added later", () => {
    const registry = registryOf("first-secret");
    expect(registry.redact("first-secret first-secret")).toBe("*** ***");
    registry.add("second-secret");
    expect(registry.redact("first-secret second-secret")).toBe("*** ***");
  });

  it("does not take short words for secrets, and leaves other text alone", () => {
    expect(registryOf("", "a", "12345").redact("a 12345 text")).toBe("a 12345 text");
    expect(createSecretRegistry().redact("text")).toBe("text");
    expect(registryOf("\ud800abcdef").redact("text")).toBe("text");
  });
});
