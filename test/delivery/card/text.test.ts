import { describe, expect, it } from "vitest";
import { joinLines, oneLine, shorten, toLine, toQuote } from "../../../src/delivery/card/text.js";

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

describe("toQuote", () => {
  const quoted = (body: string) =>
    toQuote(body).map((node) => (node.node === "quote" ? node.text : node.node));

  it("leaves out what others said, hidden comments and empty lines", () => {
    expect(quoted("> you said\n\nYes.<!-- secret -->\n\n\nNo.")).toEqual(["Yes.\nNo."]);
    expect(quoted("<!-- never closed\nhidden")).toEqual([]);
    expect(quoted("> only a quotation")).toEqual(["> only a quotation"]);
    expect(quoted("  \n ")).toEqual([]);
  });
});

describe("lines", () => {
  it("have no separator around what is missing, and no empty line", () => {
    const line = toLine(["a", undefined, "", false, "b"]);
    expect(line.map((node) => ("text" in node ? node.text : "/")).join("")).toBe("a · b");
    expect(
      joinLines([[], line, [], toLine(["c"]), toLine([])]).filter((node) => node.node === "break"),
    ).toHaveLength(1);
  });

  it("are one line whatever they are made of", () => {
    expect(oneLine(" a\r\n\tb  c ", 10)).toBe("a b c");
  });
});
