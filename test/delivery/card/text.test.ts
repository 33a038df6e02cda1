import { describe, expect, it } from "vitest";
import { joinLines, toLine, toQuote } from "../../../src/delivery/card/text.js";

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
});
