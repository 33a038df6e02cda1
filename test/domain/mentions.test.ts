import { describe, expect, it } from "vitest";
import { findMentions } from "../../src/domain/mentions.js";
import { mentionGrammar as github } from "../../src/platforms/github/mention-grammar.js";
import { mentionGrammar as gitlab } from "../../src/platforms/gitlab/mention-grammar.js";
import { mentionCases } from "./mention-cases.js";

describe("findMentions", () => {
  it.each(mentionCases)("reads %j as GitHub does: %j, and as GitLab does: %j", (text, onGitHub, onGitLab) => {
    expect(findMentions(text, github)).toEqual(onGitHub);
    expect(findMentions(text, gitlab)).toEqual(onGitLab);
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
    ["open links", "[](".repeat(100_000)],
    ["brackets", "[".repeat(300_000)],
    ["open tags", "<a>".repeat(100_000)],
    ["half tags", "<a ".repeat(100_000)],
    ["dots in a name", `@a${".".repeat(300_000)}`],
    ["emphasised names", `_x ${"@a_".repeat(100_000)}`],
    ["dots of an e-mail", `${"a.".repeat(150_000)}@`],
    ["everybody", Array.from({ length: 30_000 }, (_, n) => `@p${n}`).join(" ")],
  ])("takes no long time for %s", (_name, text) => {
    const started = performance.now();
    const found = [github, gitlab].map((grammar) => findMentions(`${text}\n@x`, grammar).length);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(Math.max(...found)).toBeLessThanOrEqual(200);
  });
});
