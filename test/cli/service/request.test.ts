import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import type { CliContext } from "../../../src/cli/context.js";
import { gatherRequest, parseRequest } from "../../../src/cli/service/request.js";
import { aRegistry, createIo, run, useFolder } from "../terminal.js";

const folder = useFolder();

function aContext(values: Record<string, string>): CliContext {
  const registry = async () => ({
    ...(await aRegistry(new Map(Object.entries(values)))()),
    secretStoreIds: ["keyring", "systemd"],
  });
  return {
    globals: () => ({ home: folder.path, color: true }),
    io: createIo().io,
    env: {},
    registry,
    commandTree: () => Promise.reject(new Error("not asked for")),
  };
}

const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

function setUp(): void {
  for (const name of ["a", "b"]) {
    mkdirSync(join(folder.path, name), { recursive: true });
    writeFileSync(join(folder.path, name, "corp ca.pem"), `${certificate}${name}`);
  }
  const connection = (id: string) =>
    `  - { id: ${id}, platform: gitlab, url: "https://${id}.example.com", caFile: "${id}/corp ca.pem" }\n`;
  writeFileSync(
    join(folder.path, "config.yaml"),
    `# mine\nconnections:\n${connection("a")}${connection("b")}secrets: { store: keyring }\n`,
  );
}

describe("gatherRequest", () => {
  it("is null where nothing is set up", async () => {
    expect(await gatherRequest(aContext({}), { values: true })).toBeNull();
  });

  it("takes the settings along, with systemd as the store and the certificates beside them", async () => {
    setUp();
    const request = await gatherRequest(aContext({ telegram: "12:x" }), { values: true });
    const config = parse(request?.files["config.yaml"] ?? "") as {
      secrets: unknown;
      connections: Array<{ caFile: string }>;
    };
    expect(config.secrets).toEqual({ store: "systemd" });
    const files = config.connections.map(({ caFile }) => request?.files[caFile]);
    expect(files).toEqual([`${certificate}a`, `${certificate}b`]);
    expect(request?.files["config.yaml"]).toContain("# mine");
  });

  it("takes what is needed and the members' own tokens; what is missing is null", async () => {
    setUp();
    const values = { telegram: "12:x", "connection/a": "t", "member/5/a": "m", "connection/old": "o" };
    const request = await gatherRequest(aContext(values), { values: true });
    expect(request?.secrets).toEqual({
      telegram: "12:x",
      "connection/a": "t",
      "connection/b": null,
      "member/5/a": "m",
    });
  });

  it("takes the subscriptions of the database along, which the new one begins with", async () => {
    setUp();
    const add = (...words: string[]) => run(["--home", folder.path, "subscriptions", "add", ...words]);
    await add("a:acme/api", "wiki", "branch:main");
    await add("a:acme/api", "wiki", "--to", "-1001/7");
    const request = await gatherRequest(aContext({}), { values: true });
    expect(request?.rules).toMatchObject([
      { to: "owner", projects: ["a:acme/api"], features: ["wiki"], filter: "branch:main" },
      { to: { chat: "-1001", topic: "7" }, filter: "" },
    ]);
    expect(parseRequest(JSON.stringify(request)).rules).toEqual(JSON.parse(JSON.stringify(request?.rules)));
  });

  it("reads no value where names are enough", async () => {
    setUp();
    const request = await gatherRequest(aContext({ telegram: "12:hidden" }), { values: false });
    expect(JSON.stringify(request?.secrets)).toBe(
      '{"telegram":null,"connection/a":null,"connection/b":null}',
    );
  });
});

describe("parseRequest", () => {
  it("gives back what was sent", () => {
    const request = { files: { "config.yaml": "a" }, secrets: { telegram: null }, rules: [] };
    expect(parseRequest(JSON.stringify(request))).toEqual(request);
  });

  it.each(["", "{", '{"files":{"../x":"a"},"secrets":{}}', '{"files":{},"secrets":{"telegram":"hidden",}}'])(
    "refuses %j without repeating it",
    (text) => {
      expect(() => parseRequest(text)).toThrow(/no request/);
      expect(() => parseRequest(text)).not.toThrow(/hidden/);
    },
  );
});
