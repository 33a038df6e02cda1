import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Which rooms of src/ may import which. A room is the longest prefix that is listed. `own` rooms of one kind never import
 * each other: an adapter knows its contract, not its siblings.
 */
const rules: Record<string, readonly string[]> = {
  lib: [],
  domain: ["lib/nearest", "lib/secret-shapes"],
  "event-kinds": ["domain"],
  platforms: [
    "domain",
    "lib",
    "platforms/github/index",
    "platforms/github/routes",
    "platforms/gitlab/index",
    "platforms/gitlab/routes",
  ],
  "platforms/github": [
    "platforms/platform",
    "platforms/found",
    "platforms/rows",
    "platforms/pushes",
    "platforms/set-aside",
    "domain",
    "lib",
  ],
  "platforms/gitlab": [
    "platforms/platform",
    "platforms/found",
    "platforms/rows",
    "platforms/pushes",
    "platforms/set-aside",
    "domain",
    "lib",
  ],
  channels: ["domain", "lib"],
  "channels/telegram": ["channels/channel", "domain", "lib"],
  secrets: ["lib"],
  service: ["lib", "secrets/systemd"],
  i18n: ["domain", "lib/shorten"],
  store: ["domain", "lib"],
  polling: ["domain", "event-kinds", "store", "lib", "platforms/platform"],
  delivery: ["domain", "event-kinds", "store", "lib", "i18n", "channels/channel", "platforms/platform"],
  operations: ["domain", "store", "lib", "platforms/platform"],
  bot: ["operations", "domain", "lib", "i18n", "channels/telegram/message"],
  config: ["domain", "lib"],
  app: ["*"],
  cli: ["*"],
  sandbox: [],
};

interface Import {
  from: string;
  to: string;
}

describe("the import rules of the design", () => {
  const imports = readImports();

  it("finds imports at all", () => {
    expect(imports.length).toBeGreaterThan(300);
  });

  it("has a rule for every room", () => {
    const rooms = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(rooms.map((room) => room.name).filter((name) => !(name in rules))).toEqual([]);
  });

  it("lets every room import only what its rule names", () => {
    const broken = imports.filter(({ from, to }) => !isAllowed(roomOf(from), to));
    expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it("keeps the sandbox apart: only the demo starts both", () => {
    const intoSandbox = imports.filter(
      ({ from, to }) => to.startsWith("sandbox/") && !from.startsWith("sandbox/"),
    );
    expect([...new Set(intoSandbox.map(({ from }) => from))]).toEqual(["cli/commands/demo"]);
  });

  it("has no circle of rooms", () => {
    const edges = new Map<string, Set<string>>();
    for (const { from, to } of imports) {
      const [a, b] = [from.split("/")[0] ?? "", to.split("/")[0] ?? ""];
      if (a !== b) edges.set(a, (edges.get(a) ?? new Set()).add(b));
    }
    expect(findCircle(edges)).toEqual([]);
  });
});

describe("the documents", () => {
  it.each(["README.md", "CONTRIBUTING.md", "docs/ARCHITECTURE.md"])(
    "%s names only paths that exist",
    (document) => {
      const text = readFileSync(join(root, document), "utf8");
      const named = [...text.matchAll(/`((?:src|test|docs|bench|bin|scripts|\.ci)\/[\w./-]*)`/g)].map(
        (match) => match[1] ?? "",
      );
      expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    },
  );
});

function roomOf(file: string): string {
  const fitting = Object.keys(rules).filter((room) => file.startsWith(`${room}/`));
  return fitting.sort((a, b) => b.length - a.length)[0] ?? "";
}

function isAllowed(room: string, to: string): boolean {
  const rule = rules[room] ?? [];
  if (roomOf(to) === room) return true;
  return rule.some(
    (allowed) =>
      allowed === "*" || to === allowed || (to.startsWith(`${allowed}/`) && !isNestedRoom(allowed, to)),
  );
}

/** `platforms` in a rule does not open the rooms inside it. */
function isNestedRoom(allowed: string, to: string): boolean {
  return allowed in rules && roomOf(to) !== allowed;
}

function readImports(): Import[] {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  return files.flatMap((file) => {
    const name = file.split("\\").join("/");
    const text = readFileSync(join(root, "src", file), "utf8");
    const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
      (match) => match[1] ?? "",
    );
    return specifiers
      .map((specifier) => posix.normalize(posix.join(posix.dirname(name), specifier)))
      .filter((target) => !target.startsWith(".."))
      .map((target) => ({ from: name.replace(/\.ts$/, ""), to: target.replace(/\.js$/, "") }));
  });
}

function findCircle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const visit = (room: string, path: string[]): string[] => {
    if (path.includes(room)) return [...path.slice(path.indexOf(room)), room];
    for (const next of edges.get(room) ?? []) {
      const circle = visit(next, [...path, room]);
      if (circle.length > 0) return circle;
    }
    return [];
  };
  for (const room of edges.keys()) {
    const circle = visit(room, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
