import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Routes } from "../../src/domain/routes.js";
import { routesOf } from "../../src/platforms/index.js";
import { matchesPattern, parseProjectPattern } from "../../src/domain/project-pattern.js";

const { github, gitlab } = routesOf as Record<"github" | "gitlab", Routes>;
const connections = [
  { id: "github", url: "https://github.com", routes: github },
  { id: "work", url: "https://gitlab.example.com/git", routes: gitlab },
  { id: "other", url: "https://gitlab.example.com:8443", routes: gitlab },
];

function patternOf(text: string, known = connections): string {
  const parsed = parseProjectPattern(text, known);
  return parsed.ok ? parsed.pattern : `refused: ${parsed.message}`;
}

describe("matchesPattern", () => {
  it.each([
    ["github:acme/api", "github", "acme/api", true],
    ["github:Acme/API", "github", "acme/api", true],
    ["github:acme/api", "work", "acme/api", false],
    ["github:acme/api", "github", "acme/api-2", false],
    ["work:platform/*", "work", "platform/tools", true],
    ["work:platform/*", "work", "platform/tools/deep", true],
    ["work:platform/*", "work", "platform", false],
    ["work:platform/*", "work", "platforms/tools", false],
    ["work:*", "work", "anything/at/all", true],
    ["work:*", "github", "acme/api", false],
    ["*", "github", "acme/api", true],
  ])("%s against %s %s is %s", (pattern, connectionId, path, expected) => {
    expect(matchesPattern(pattern, { connectionId, path })).toBe(expected);
  });
});

describe("parseProjectPattern", () => {
  it.each([
    ["github:acme/api", "github:acme/api"],
    [" work:platform/* ", "work:platform/*"],
    ["*", "*"],
    ["work:*", "work:*"],
    ["github:/acme/api/", "github:acme/api"],
    ["https://github.com/acme/api", "github:acme/api"],
    ["HTTPS://GitHub.com/acme/api.git", "github:acme/api"],
    ["http://github.com/acme/api/", "github:acme/api"],
    ["github.com/acme/api", "github:acme/api"],
    ["https://github.com/acme/api/pull/12/files?w=1#x", "github:acme/api"],
    ["https://github.com/acme", "github:acme/*"],
    ["https://gitlab.example.com/git/platform/sub/tool/-/merge_requests/3", "work:platform/sub/tool"],
    ["https://gitlab.example.com:8443/a/b", "other:a/b"],
    ["git@github.com:acme/api.git", "github:acme/api"],
    ["ssh://git@github.com/acme/api.git", "github:acme/api"],
  ])("takes %s for %s", (text, expected) => {
    expect(patternOf(text)).toBe(expected);
  });

  it("needs no connection where there is only one", () => {
    expect(patternOf("acme/api", connections.slice(0, 1))).toBe("github:acme/api");
    expect(patternOf("acme/*", connections.slice(0, 1))).toBe("github:acme/*");
  });

  it.each([
    ["", /missing/, undefined],
    ["acme/api", /on which connection/, "github:acme/api"],
    ["githb:acme/api", /no connection is called "githb"/, "github:acme/api"],
    ["github:acme", /a group or an owner/, "github:acme/*"],
    ["github:", /path of the project is missing/, "github:*"],
    ["github:acme//api", /empty part/, "github:acme/api"],
    ["github:acme/a?b", /"\?" cannot be/, undefined],
    [
      "https://elsewhere.example.com/acme/api",
      /no connection is at elsewhere.example.com; there are: github/,
      undefined,
    ],
    ["https://gitlab.example.com/gitty/a/b", /outside of every connection/, undefined],
    ["https://", /not a whole address/, undefined],
  ])("says why it refuses %s", (text, message, suggestion) => {
    const parsed = parseProjectPattern(text, connections);
    expect(parsed).toMatchObject({ ok: false, message: expect.stringMatching(message) as string });
    expect(parsed.ok ? undefined : parsed.suggestion).toBe(suggestion);
  });

  it("does not repeat a password that an address holds", () => {
    expect(patternOf("https://ann:hunter2@nowhere.example.com/a/b")).not.toContain("hunter2");
  });

  it("never throws, and takes its own answer for the same pattern", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((path) => `github:${path}`),
        ),
        (text) => {
          const parsed = parseProjectPattern(text, connections);
          if (parsed.ok) expect(patternOf(parsed.pattern)).toBe(parsed.pattern);
        },
      ),
      { numRuns: 500 },
    );
  });
});
