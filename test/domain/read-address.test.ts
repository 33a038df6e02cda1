import { expect, it } from "vitest";
import { parseProjectPattern } from "../../src/domain/project-pattern.js";
import { readAddress, withRoutes } from "../../src/domain/read-address.js";
import { routesOf } from "../../src/platforms/index.js";
import { connections, pastedAddresses } from "./pasted-addresses.js";

const meanings = pastedAddresses.map(([address, meaning]) => [address, meaning] as const);

it.each(meanings)("%s is %s", (address, meaning) => {
  const parsed = parseProjectPattern(address, connections);
  expect(parsed.ok ? parsed.pattern : parsed.code).toBe(meaning);
});

// With http:// and a port of https it would be another server.
const secure = meanings.filter(
  ([address, meaning]) => /^https:\/\/(?!.*:443\/)/.test(address) && !/^(pattern|address)\./.test(meaning),
);

it.each(secure)("%s is the same for every spelling of its scheme", (address, meaning) => {
  for (const scheme of ["HTTP://", "git+https://", "//", " <https://"]) {
    const parsed = parseProjectPattern(address.replace("https://", scheme), connections);
    expect(parsed).toEqual({ ok: true, pattern: meaning });
  }
});

it.each(pastedAddresses.map(([address, , target]) => [address, target] as const))(
  "%s points at %s, and at nothing else",
  (address, target) => {
    const read = readAddress(address, connections);
    const found = read?.is === "found" ? read.found : undefined;
    const id = found?.type === "pipeline" ? `@${found.pipelineId}` : undefined;
    const sigil = read?.is === "found" && read.connections[0]?.routes.label === "GitHub" ? "#" : "!";
    expect(found?.type === "merge_request" ? `${sigil}${found.number}` : id).toBe(target);
  },
);

it("takes no path, no word of a filter and no target for an address", () => {
  for (const text of [
    "acme/api",
    "github:acme/api",
    "acme/api#12",
    "acme.io/api",
    "me",
    "branch:main",
    "@me",
  ]) {
    expect(readAddress(text, connections)).toBeNull();
  }
});

it("asks which account is meant where several are on one server", () => {
  const known = withRoutes(
    [
      { id: "mine", platform: "github", url: "https://github.com" },
      { id: "bot", platform: "github", url: "https://github.com" },
    ],
    routesOf,
  );
  expect(parseProjectPattern("https://github.com/acme/api/pulls", known)).toMatchObject({
    code: "pattern.several-connections",
    message: "several connections (mine, bot) are at this address: write which one is meant",
    suggestion: "mine:acme/api",
  });
});

it("names the connections that there are, without a password that stands in one", () => {
  const [first] = withRoutes(
    [{ id: "a", platform: "gitlab", url: "https://u:pass@git.example/x" }],
    routesOf,
  );
  const parsed = parseProjectPattern(
    "https://nowhere.example/a/b?private_token=glpat-x",
    first ? [first] : [],
  );
  expect(parsed).toMatchObject({
    message: "no connection is at nowhere.example; there are: a (https://git.example/x)",
  });
});

it.each([
  ["github:acme/platform/releases", "pattern.no-such-path", "github:acme/platform"],
  ["github:acme/api/pull/12", "pattern.no-such-path", "github:acme/api"],
  ["github:acme/api/*", "pattern.two-parts", "github:acme/api"],
  ["github:acme/*/x", "pattern.two-parts", "github:acme/*"],
  ["github:orgs/acme", "pattern.no-such-path", "github:acme/*"],
  ["github:settings/tokens", "pattern.own-page", undefined],
  ["github:acme", "pattern.group", "github:acme/*"],
  ["work:acme/api/-/issues", "pattern.no-such-path", "work:acme/api"],
  ["work:acme/api/-/*", "pattern.no-such-group", "work:acme/api"],
  ["work:groups/acme/*", "pattern.no-such-group", "work:acme/*"],
  ["work:acme/tree", "pattern.reserved", undefined],
  ["work:explore/*", "pattern.own-page", undefined],
])("does not take %s for right, because nothing can ever fit it", (text, code, suggestion) => {
  const parsed = parseProjectPattern(text, connections);
  expect(parsed.ok ? parsed.pattern : [parsed.code, parsed.suggestion]).toEqual([code, suggestion]);
  // What is advised is right.
  if (suggestion !== undefined)
    expect(parseProjectPattern(suggestion, connections)).toMatchObject({ ok: true });
});

it.each([
  ["github:acme/api.git", "github:acme/api"],
  ["github:*/api", "github:*/api"],
  ["work:acme/*/api", "work:acme/*/api"],
  ["work:acme/platform/releases", "work:acme/platform/releases"],
  ["work:acme.io/api", "work:acme.io/api"],
])("takes %s for %s", (text, pattern) => {
  expect(parseProjectPattern(text, connections)).toEqual({ ok: true, pattern });
});
