import { describe, expect, it } from "vitest";
import { cleanToken, findBotTokenProblem, findTokenProblem } from "../../../src/cli/init/token-kind.js";
import { createSay } from "../../../src/i18n/wizard.js";
import { github } from "../../../src/platforms/github/index.js";
import { gitlab } from "../../../src/platforms/gitlab/index.js";

const known = { platforms: [github, gitlab], say: createSay("en") };
const bot = "123456789:AAbcdefghijklmnopqrstuvwxyz0123456789";

describe("cleanToken", () => {
  it.each([
    ["  ghp_abc \n", "ghp_abc"],
    ['"ghp_abc"', "ghp_abc"],
    ["`ghp_abc`", "ghp_abc"],
    ["“glpat-abc”", "glpat-abc"],
    ["GITHUB_TOKEN=ghp_abc", "ghp_abc"],
    ["export GH_TOKEN='ghp_abc'", "ghp_abc"],
    ["Bearer ghp_abc", "ghp_abc"],
    [bot, bot],
  ])("takes %j for %j", (pasted, token) => expect(cleanToken(pasted)).toBe(token));
});

describe("a GitHub or GitLab token", () => {
  it.each([
    [github, "ghp_0123456789012345678901234567890123456"],
    [github, "github_pat_11ABCDEFG0abcdefghij_0123456789"],
    [github, "gho_0123456789012345678901234567890123456"],
    [github, "0123456789abcdef0123456789abcdef01234567"],
    [gitlab, "glpat-0123456789abcdefghij"],
    [gitlab, "glpat-01.23_4567-89abcdefghij"],
    // An instance may have a prefix of its own.
    [gitlab, "acme-0123456789abcdefghij"],
  ])("is taken: $1", (platform, token) => expect(findTokenProblem(token, platform, known)).toBeUndefined());

  it.each([
    [github, "", "Nothing was pasted"],
    [github, "two words", "no spaces"],
    [github, "https://github.com/settings/tokens", "That is an address"],
    [github, "glpat-0123456789abcdefghij", "That is a GitLab token"],
    [github, "gldt-0123456789abcdefghij", "That is a GitLab token"],
    [gitlab, "ghp_0123456789012345678901234567890123456", "That is a GitHub token"],
    [gitlab, "gldt-0123456789abcdefghij", "deploy token"],
    [gitlab, "glrt-0123456789abcdefghij", "runner"],
    [gitlab, "glcbt-0123456789abcdefghij", "job"],
    [github, "ghs_0123456789012345678901234567890123456", "GitHub App"],
    [github, "ghr_0123456789012345678901234567890123456", "refresh token"],
    [github, bot, "Telegram bot"],
    [gitlab, bot, "Telegram bot"],
    [github, "ghp", "too short"],
    [github, "ghp_12", "too short"],
    [gitlab, "glpat-1", "too short"],
    [github, "ghp_абвгдежзиклмнопрстуфхцчшщ", "tokens never have"],
  ])("is refused with its reason: $1", (platform, token, why) =>
    expect(findTokenProblem(token, platform, known)).toContain(why),
  );

  it("is never repeated in the reason", () => {
    const secret = "gldt-veryverysecret000000";
    for (const text of [secret, `${secret} x`, `x${secret}`, `https://${secret}`])
      expect(findTokenProblem(text, gitlab, known) ?? "").not.toContain("verysecret");
  });
});

describe("a bot token", () => {
  it("is taken", () => expect(findBotTokenProblem(` ${bot} `, known)).toBeUndefined());

  it.each([
    ["", "Nothing was pasted"],
    ["@gitnotify_bot", "name of a bot"],
    ["ghp_0123456789012345678901234567890123456", "GitHub token"],
    ["glpat-0123456789abcdefghij", "GitLab token"],
    ["123456789", "does not look like a bot token"],
    ["123456789:short", "does not look like a bot token"],
  ])("is refused with its reason: %s", (text, why) =>
    expect(findBotTokenProblem(text, known)).toContain(why),
  );
});
