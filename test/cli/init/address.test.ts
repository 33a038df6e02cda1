import { describe, expect, it } from "vitest";
import { createSay } from "../../../src/i18n/wizard.js";
import { readServerAddress, toConnectionId } from "../../../src/cli/init/address.js";
import { github } from "../../../src/platforms/github/index.js";
import { gitlab } from "../../../src/platforms/gitlab/index.js";

describe("readServerAddress", () => {
  it.each([
    [github, "github.com", ["https://github.com"]],
    [github, "https://github.com/acme/api/pull/12", ["https://github.com"]],
    [github, "https://api.github.com", ["https://github.com"]],
    [github, "https://api.octo.ghe.com/user", ["https://octo.ghe.com"]],
    [github, "https://ghe.example.com/api/v3", ["https://ghe.example.com"]],
    [gitlab, "https://gitlab.example.com/api/graphql?x=1", ["https://gitlab.example.com"]],
    [github, " https://GHE.example.com/ ", ["https://ghe.example.com"]],
    [github, "http://127.0.0.1:4101", ["http://127.0.0.1:4101"]],
    [gitlab, "gitlab.com", ["https://gitlab.com"]],
    [gitlab, "https://gitlab.example.com:8443", ["https://gitlab.example.com:8443"]],
    [gitlab, "https://example.com/gitlab/", ["https://example.com/gitlab", "https://example.com"]],
    [gitlab, "https://example.com/gitlab/api/v4", ["https://example.com/gitlab", "https://example.com"]],
    [
      gitlab,
      "https://gitlab.com/acme/api/-/merge_requests/3",
      ["https://gitlab.com/acme/api", "https://gitlab.com/acme", "https://gitlab.com"],
    ],
    [gitlab, "localhost:4102", ["https://localhost:4102"]],
    [gitlab, "[::1]:4102", ["https://[::1]:4102"]],
  ])("takes $1", (platform, text, bases) =>
    expect(readServerAddress(text, platform)).toEqual({ ok: true, bases }),
  );

  it.each([
    ["", "Type the address"],
    ["not a url", "no spaces"],
    ["ftp://gitlab.example.com", "not a web address"],
    ["git@gitlab.com:acme/api.git", "git remote"],
    ["https://oauth2:secret@gitlab.com", "user name or password"],
    ["gitlab", "no dot in it"],
    ["https://", "not a web address"],
  ])("refuses %j with its reason", (text, why) => {
    const read = readServerAddress(text, gitlab);
    const said = read.ok ? "taken" : createSay("en")(read.why, read.values);
    expect(said).toContain(why);
    expect(said).not.toContain("secret@");
  });
});

describe("toConnectionId", () => {
  it.each([
    [github, "https://github.com", [], "github"],
    [github, "https://github.com", ["github"], "github-2"],
    [github, "https://github.com", ["github", "github-2"], "github-3"],
    [gitlab, "https://gitlab.example.com", [], "example"],
    [gitlab, "https://git.acme.co.uk", [], "acme"],
    [github, "https://ghe.corp.example.com", [], "corp"],
    [gitlab, "https://example.com/gitlab", [], "example"],
    [gitlab, "http://127.0.0.1:4102", [], "gitlab"],
    [gitlab, "https://[::1]:4102", [], "gitlab"],
    [github, "https://GitHub_Int.example", [], "github-int"],
  ])("calls %s %s with %j taken %s", (platform, url, taken, id) =>
    expect(toConnectionId(url, platform, taken)).toBe(id),
  );
});
