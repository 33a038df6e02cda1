import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanText } from "../../../src/channels/telegram/clean-text.js";
import { toHtml, toPlain } from "../../../src/channels/telegram/html.js";
import type { TextNode } from "../../../src/domain/notification.js";
import { parseHtml } from "../../../src/sandbox/telegram/html.js";

const joiner = "\u2060";

/** Pieces that have broken renderers before, mixed with anything at all. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom(
        "</a><a href=tg://user?id=1>", "<b>", "</b>", "<", ">", "&", "&amp;", "&#0;", "&lt", '"', "'", "\0", "\r\n", "\n", "\t",
        "\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\ufeff", "\ud83d", "\ude00", "😀", "👩‍👩‍👧", "@all", "@channel", "/merge", "]]>", "…",
        "https://evil.example/?a=1&b=\"", "\u2028", "Ж", "語", "e\u0301",
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join("")); // prettier-ignore

const node: fc.Arbitrary<TextNode> = fc.oneof(
  fc.record({ node: fc.constantFrom("text", "bold", "italic", "code", "quote", "block"), text: hostile }),
  fc.record({
    node: fc.constant("link"),
    text: hostile,
    url: fc.oneof(hostile, fc.webUrl({ withQueryParameters: true })),
  }),
  fc.constant({ node: "break" }),
);

describe("toHtml", () => {
  it("shows any text exactly, cleaned (10,000 hostile strings)", () => {
    const inline = fc.constantFrom("text", "bold", "italic", "code");
    const property = fc.property(inline, hostile, (kind, text) => {
      const shown = parseHtml(toHtml([{ node: kind, text }], Infinity)).text.replaceAll(joiner, "");
      const expected = cleanText(text);
      expect(shown).toBe(/\S/.test(expected.replaceAll("\u200d", "")) ? expected : "");
    });
    fc.assert(property, { numRuns: 10_000 });
  }, 60_000);

  it("is markup that Telegram reads, within the limit, whatever the nodes (3,000 messages)", () => {
    const property = fc.property(
      fc.array(node, { maxLength: 8 }),
      fc.integer({ min: 8, max: 120 }),
      (nodes, limit) => {
        const { text, entities } = parseHtml(toHtml(nodes, limit));
        expect(text.length).toBeLessThanOrEqual(limit);
        expect(text).not.toMatch(/[\0\u202a-\u202e\u2066-\u2069\u200b\ufeff]/);
        expect(text).not.toMatch(/(?:[^\ud800-\udbff]|^)[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/);
        for (const entity of entities) expect(entity.url ?? "https://").toMatch(/^https?:\/\//);
        const whole = parseHtml(toHtml(nodes, Infinity)).text;
        if (whole.length > limit) expect(text.endsWith("…")).toBe(true);
        else expect(text).toBe(whole);
        expect(toPlain(nodes, limit).length).toBeLessThanOrEqual(limit);
      },
    );
    fc.assert(property, { numRuns: 3000 });
  }, 60_000);

  it("puts quotes and blocks on lines of their own, without doubling breaks", () => {
    const nodes: TextNode[] = [
      { node: "text", text: "Ann wrote:" },
      { node: "quote", text: "\nhi\n" },
      { node: "break" },
      { node: "text", text: "log" },
      { node: "break" },
      { node: "block", text: "a\n  b\n" },
      { node: "text", text: "end" },
    ];
    expect(toHtml(nodes)).toBe("Ann wrote:\n<blockquote>hi</blockquote>\nlog\n<pre>a\n  b</pre>\nend");
  });

  it("collapses long quotes", () => {
    const quote = (text: string) => toHtml([{ node: "quote", text }]);
    expect(quote("1\n2\n3\n4")).toMatch(/^<blockquote>/);
    expect(quote("1\n2\n3\n4\n5")).toMatch(/^<blockquote expandable>/);
    expect(quote("x".repeat(321))).toMatch(/^<blockquote expandable>/);
  });

  it.each([
    ["javascript:alert(1)", "title"],
    ["tg://user?id=1", "title"],
    ["https://github.com@evil.example/", "title"],
    ["not an address", "title"],
    ['https://a.example/?x=<y>&z="q"', '<a href="https://a.example/?x=%3Cy%3E&amp;z=%22q%22">title</a>'],
  ])("links %s as it deserves", (url, html) => {
    expect(toHtml([{ node: "link", text: "title", url }])).toBe(html);
  });

  it("takes the tap out of mentions everywhere and of commands in others' words, and leaves code alone", () => {
    const words = "@all (@ann) see /merge a/b x@y.example https://a.example/merge and/or";
    const tapless = `@${joiner}all (@${joiner}ann) see /${joiner}merge a/b x@y.${joiner}example https://a.example/merge and/or`;
    expect(toHtml([{ node: "quote", text: words }])).toContain(tapless);
    expect(toHtml([{ node: "text", text: words }])).toBe(
      tapless.replace(`/${joiner}`, "/").replace(`y.${joiner}`, "y."),
    );
    expect(toHtml([{ node: "code", text: words }])).toBe(`<code>${words}</code>`);
    expect(toHtml([{ node: "text", text: "/help@our_bot" }])).toBe("/help@our_bot");
  });

  it("takes the tap out of tags and tickers in others' words, and leaves numbers and addresses", () => {
    const text = "#todo (#fix) $AAPL #12 $5 https://a.example/x#part";
    expect(toHtml([{ node: "italic", text }])).toBe(
      "<i>#\u2060todo (#\u2060fix) $\u2060AAPL #12 $5 https://a.example/x#part</i>",
    );
  });

  it("makes no links of file names, and leaves web addresses, links and code as they are", () => {
    const words = "Update README.md and src/main.rs (v1.2.3, e.g. 3.5) see https://a.example/x.md";
    const broken = words.replace("README.md", `README.${joiner}md`).replace("main.rs", `main.${joiner}rs`);
    for (const node of ["bold", "italic", "quote"] as const)
      expect(toHtml([{ node, text: words }])).toContain(broken);
    for (const node of ["text", "code"] as const) expect(toHtml([{ node, text: words }])).toContain(words);
    expect(toHtml([{ node: "link", text: words, url: "https://a.example/1" }])).toContain(`>${words}</a>`);
  });

  it("never cuts inside an emoji that is several characters", () => {
    const family = "👩‍👩‍👧‍👦";
    for (let limit = 10; limit < 40; limit += 1) {
      const told = toPlain([{ node: "text", text: family.repeat(9) }], limit);
      expect(told.replaceAll(family, "")).toBe("…");
    }
  });

  it("keeps the title and its link when the rest must be cut, at a word's end", () => {
    const nodes: TextNode[] = [
      { node: "link", text: "acme/api", url: "https://a.example/1" },
      { node: "quote", text: "one two three four five" },
      { node: "text", text: "never" },
    ];
    expect(toHtml(nodes, 22)).toBe(
      '<a href="https://a.example/1">acme/api</a>\n<blockquote>one two…</blockquote>',
    );
    expect(toPlain(nodes, 60)).toBe("acme/api (https://a.example/1)\none two three four five\nnever");
  });

  it("keeps emoji that are joined, and joins nothing else", () => {
    expect(cleanText("👩‍👩‍👧 ❤️‍🔥 👨🏽‍💻 a\u200db")).toBe("👩‍👩‍👧 ❤️‍🔥 👨🏽‍💻 ab");
  });
});
