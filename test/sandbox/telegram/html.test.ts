import { describe, expect, it } from "vitest";
import { cleanMessage, parseHtml } from "../../../src/sandbox/telegram/html.js";

describe("parseHtml", () => {
  it("counts entities in UTF-16 units after resolving references", () => {
    const parsed = parseHtml(
      '😀 &lt;b&gt; <b>x&amp;y</b> <a href="https://a.example/?p=1&amp;q=2">l</a>&#33;&#x21;',
    );
    expect(parsed.text).toBe("😀 <b> x&y l!!");
    expect(parsed.entities).toEqual([
      { type: "bold", offset: 7, length: 3 },
      { type: "text_link", offset: 11, length: 1, url: "https://a.example/?p=1&q=2" },
    ]);
  });

  it("knows collapsed quotes and code with a language", () => {
    expect(parseHtml("<blockquote expandable>a</blockquote>").entities[0]?.type).toBe(
      "expandable_blockquote",
    );
    expect(parseHtml('<pre><code class="language-sh">ls</code></pre>').entities.map((e) => e.type)).toEqual([
      "pre",
    ]);
  });

  it.each([
    ["<b>open", "Can't find end tag"],
    ["<b><i>x</b></i>", "Unmatched end tag"],
    ["x</b>", "Unexpected end tag"],
    ["<br>", "Unsupported start tag"],
    ["<h1>x</h1>", "Unsupported start tag"],
    ["a < b", "Unclosed start tag"],
    ["a & b", "character reference"],
    ["&nbsp;", "character reference"],
    ["&#0;", "character reference"],
    ["<code><b>x</b></code>", 'inside "code"'],
    ["<blockquote><blockquote>x</blockquote></blockquote>", "Nested"],
    ['<b onclick="x">x</b>', "Unexpected attribute"],
    ["<constructor>x</constructor>", "Unsupported start tag"],
  ])("refuses %s", (html, reason) => {
    expect(() => parseHtml(html)).toThrow(reason);
    expect(() => parseHtml(html)).toThrow("Bad Request: can't parse entities: ");
  });

  it("drops links that are none, and keeps their text", () => {
    expect(parseHtml('<a href="javascript:alert(1)">x</a>')).toEqual({ text: "x", entities: [] });
  });
});

describe("cleanMessage", () => {
  it("moves entities along when space around the text goes", () => {
    const cleaned = cleanMessage(parseHtml("  \r\n<b>a\u202eb</b>\n "));
    expect(cleaned).toEqual({ text: "ab", entities: [{ type: "bold", offset: 0, length: 2 }] });
  });
});
