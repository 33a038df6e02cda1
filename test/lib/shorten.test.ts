import { describe, expect, it } from "vitest";
import { oneLine, shorten, wholeLetters } from "../../src/lib/shorten.js";

describe("shorten", () => {
  it("leaves what fits, and counts characters, not halves of them", () => {
    expect(shorten("short", 5)).toBe("short");
    expect(shorten("😀".repeat(10), 10)).toBe("😀".repeat(10));
    expect(shorten("😀".repeat(11), 10)).toBe(`${"😀".repeat(9)}…`);
    expect(shorten("👩‍👩‍👧‍👦".repeat(3), 10)).toBe("👩‍👩‍👧‍👦…");
    expect(shorten("🇩🇪".repeat(8), 11)).toBe(`${"🇩🇪".repeat(5)}…`);
    expect(shorten("🇩🇪".repeat(8), 10)).toBe(`${"🇩🇪".repeat(4)}…`);
    expect(shorten("e\u0301".repeat(8), 10)).toBe(`${"e\u0301".repeat(4)}…`);
  });

  it("cuts between words where one ends near, and through a word that has no end", () => {
    expect(shorten("one two three four", 12)).toBe("one two…");
    expect(shorten("x".repeat(500), 300)).toBe(`${"x".repeat(299)}…`);
  });
});

describe("oneLine", () => {
  it("is one line whatever it is made of", () => {
    expect(oneLine(" a\r\n\tb  c ", 10)).toBe("a b c");
  });
});

describe("wholeLetters", () => {
  const family = "👩‍👩‍👧‍👦";
  it.each([
    ["ab", 2, "ab"],
    ["abc", 2, "ab"],
    [`a${family}b`, 5, "a"],
    [`a${family}b`, 1 + family.length, `a${family}`],
    ["e\u0301x", 1, ""],
    ["👍🏽!", 2, ""],
  ])("of %j within %i is %j", (text, most, whole) => expect(wholeLetters(text, most)).toBe(whole));
});
