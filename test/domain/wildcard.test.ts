import fc from "fast-check";
import { expect, it } from "vitest";
import { matchesWildcard } from "../../src/domain/wildcard.js";

it("agrees with a regular expression on every short pattern", () => {
  const letters = fc
    .array(fc.constantFrom("a", "b", "*", "."), { maxLength: 8 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const escaped = pattern.replaceAll(".", "\\.").replace(/\*+/g, ".*");
      expect(matchesWildcard(pattern, text)).toBe(new RegExp(`^${escaped}$`).test(text));
    }),
    { numRuns: 5_000 },
  );
});

it("ends soon on a pattern made to keep it busy", () => {
  const started = performance.now();
  expect(matchesWildcard("*a".repeat(1_000) + "b", "a".repeat(2_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1_000);
});

it("ignores case and lets a star cross slashes", () => {
  expect(matchesWildcard("Group/*", "group/sub/project")).toBe(true);
  expect(matchesWildcard("group/*", "groups/project")).toBe(false);
});
