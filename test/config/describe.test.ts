import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { describeKeys, keysAt, toJsonSchema } from "../../src/config/describe.js";
import { routesOf } from "../../src/platforms/index.js";
import { loadConfig } from "../../src/config/load.js";
import { createConfigSchema } from "../../src/config/schema.js";

const build = { platformIds: ["github", "gitlab"], routes: routesOf, secretStoreIds: ["keyring", "env"] };
const schema = createConfigSchema(build);
const example = readFileSync(new URL("../../config.example.yaml", import.meta.url), "utf8");

/** With every setting that is switched off (`#key: …`) switched on. */
const everything = example.replace(
  /^( *)#(?! )(.*)\n((?: *# {2,}\S.*\n)*)/gm,
  (_whole, indent: string, line: string, more: string) => {
    return `${indent}${line}\n${more.replace(/^( *)#/gm, "$1")}`;
  },
);

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "gitnotify-example-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** `connections[].url` and so on, of a parsed YAML text. */
function pathsOf(value: unknown, prefix = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${prefix}[]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [path, ...pathsOf(inner, path)];
  });
}

describe("config.example.yaml", () => {
  it("loads without problems as it is", () => {
    expect(loadConfig({ ...build, path: "config.yaml", text: example })).toMatchObject({ ok: true });
  });

  it("loads with every setting that is switched off switched on", () => {
    writeFileSync(join(folder, "corp.pem"), "-----BEGIN CERTIFICATE-----\n");
    const text = everything.replaceAll("/etc/ssl/corp.pem", "corp.pem");
    const loaded = loadConfig({ ...build, path: join(folder, "config.yaml"), text });
    expect(loaded).toMatchObject({ ok: true, warnings: [] });
  });

  it("has every key of the schema", () => {
    const written = new Set(pathsOf(parse(everything)));
    expect(
      describeKeys(schema)
        .map(({ path }) => path)
        .filter((path) => !written.has(path)),
    ).toEqual([]);
  });

  it("shows the defaults where it does not say otherwise", () => {
    const settings: unknown = parse(example);
    for (const { path, default: value } of describeKeys(schema)) {
      if (value === undefined || path.includes("[]") || Array.isArray(value)) continue;
      const shown = path
        .split(".")
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], settings);
      expect([path, shown]).toEqual([path, value]);
    }
  });
});

describe("describeKeys", () => {
  it("has a sentence for every key", () => {
    const keys = describeKeys(schema);
    expect(keys.length).toBeGreaterThan(30);
    for (const { path, description } of keys) expect(`${path}: ${description}`).toMatch(/: \S.*\.$/s);
  });

  it("knows which keys are required", () => {
    const required = describeKeys(schema).filter((key) => key.required);
    expect(required.map(({ path }) => path)).toEqual([
      "connections[].id",
      "connections[].platform",
      "connections[].url",
      "subscriptions[].to",
      "subscriptions[].to.chat",
    ]);
  });
});

describe("keysAt", () => {
  it("finds the keys inside lists and inside one form of several", () => {
    const root = toJsonSchema(schema);
    expect(keysAt(root, ["secrets"])).toEqual(["store", "keyFile"]);
    expect(keysAt(root, ["connections", 3])).toContain("caFile");
    expect(keysAt(root, ["subscriptions", 0, "to"])).toEqual(["chat", "topic"]);
    expect(keysAt(root, ["language", "x"])).toEqual([]);
  });
});
