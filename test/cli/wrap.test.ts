import { describe, expect, it } from "vitest";
import { wrap } from "../../src/cli/wrap.js";

describe("wrapping", () => {
  const at = { width: 12, indent: "  " };

  it("breaks between words and indents what follows", () => {
    expect(wrap("one two three four five", at)).toEqual(["one two", "  three four", "  five"]);
    expect(wrap("short", at)).toEqual(["short"]);
    expect(wrap("  → one two three", at)).toEqual(["  → one two", "  three"]);
  });

  it("leaves a word whole that is longer than the line", () => {
    expect(wrap("see /a/very/long/path now", at)).toEqual(["see", "  /a/very/long/path", "  now"]);
  });
});
