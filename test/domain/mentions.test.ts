import { describe, expect, it } from "vitest";
import { findMentions } from "../../src/domain/mentions.js";

describe("findMentions", () => {
  it.each([
    ["@ann please look", ["ann"]],
    ["(@ann), “@bob-x” and @c_d.", ["ann", "bob-x", "c_d"]],
    ["cc @acme/backend and @group/sub/team", ["acme/backend", "group/sub/team"]],
    ["thanks @ann.lee.", ["ann.lee"]],
    ["_@ann_ and **@bob**", ["ann", "bob"]],
    ["@Ann @ann @ANN", ["Ann"]],
    ["- first\n\n    @ann still text of the item", ["ann"]],
    ["paragraph\n    @ann continues it", ["ann"]],
    ["a stray ` backtick @ann", ["ann"]],
    ["``a ` b`` @ann", ["ann"]],
    ["> said @bob\n\n@ann yes", ["ann"]],
    ["<!-- @bob --> @ann", ["ann"]],
    ["`<!--` @ann", ["ann"]],
    ["<!--\n```\n-->\n@ann", ["ann"]],
    ["@dependabot[bot] rebase", ["dependabot"]],
    [">>>\nno @bob\n\nno @bob\n>>>\n@ann", ["ann"]],
    [">>>\n@ann", ["ann"]],
    ["https://x.test/@bob then @ann", ["ann"]],
  ])("finds in %j %j", (text, expected) => {
    expect(findMentions(text)).toEqual(expected);
  });

  it.each([
    "mail ann@example.com",
    "ann+x@example.com",
    "@ann@social.example",
    "https://gitlab.com/@ann/x and https://x.test?u=@ann",
    "`@ann`",
    "`a\n@ann b`",
    "``@ann ` @bob``",
    "```\n@ann\n```",
    "~~~ts\n@ann\n```\n@bob\n~~~",
    "```\n@ann and no end",
    "text\n\n    @ann",
    "\t@ann",
    "> @ann",
    "  > @ann",
    "<!-- @ann\n@bob -->",
    "<!-- @ann and no end\n\n@bob",
    "\\@ann",
    "@ ann, @, @@, @-ann",
    "",
  ])("finds nobody in %j", (text) => {
    expect(findMentions(text)).toEqual([]);
  });

  it.each([
    ["backticks of growing length", Array.from({ length: 700 }, (_, n) => "`".repeat(n)).join(" ")],
    ["at signs", "@".repeat(300_000)],
    ["underscores", `${"_".repeat(300_000)}@ann`],
    ["dashes in a name", `@a${"-".repeat(300_000)}`],
    ["slashes", `@a${"/a".repeat(150_000)}`],
    ["open comments", "<!--".repeat(75_000)],
    ["closed comments", "<!-- ` -->".repeat(30_000)],
    ["quote marks", ">".repeat(300_000)],
    ["quote lines", ">>>\n".repeat(75_000)],
    ["blanks", `${" ".repeat(300_000)}@ann`],
    ["list marks", "- ".repeat(150_000)],
    ["half web addresses", "http://".repeat(43_000)],
    ["everybody", Array.from({ length: 30_000 }, (_, n) => `@p${n}`).join(" ")],
  ])("takes no long time for %s", (_name, text) => {
    const started = performance.now();
    const found = findMentions(`${text}\n@x`);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(found.length).toBeLessThanOrEqual(200);
  });
});
