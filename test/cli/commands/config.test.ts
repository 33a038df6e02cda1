import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { run, useFolder } from "../terminal.js";

const folder = useFolder();

function write(text: string): string[] {
  writeFileSync(join(folder.path, "config.yaml"), text);
  return ["--home", folder.path];
}

const right = "connections:\n  - { id: github, platform: github, url: https://github.com }\n";

describe("config path", () => {
  it("prints one line that a shell can use, and everything with --all or --json", async () => {
    const file = join(folder.path, "config.yaml");
    expect((await run(["--home", folder.path, "config", "path"])).stdout).toBe(`${file}\n`);
    const all = await run(["--home", folder.path, "config", "path", "--all"]);
    expect(all.stdout).toContain(`configFile\t${file}\n`);
    const json: unknown = JSON.parse((await run(["--json", "--home", folder.path, "config", "path"])).stdout);
    expect(json).toMatchObject({ configFile: file, scope: "folder" });
  });
});

describe("config check", () => {
  it("says that a right file is right, and exits with 0", async () => {
    const ran = await run([...write(right), "config", "check"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("is right: 1 connection, 0 subscriptions here, 0 in the database.");
  });

  it("counts what was subscribed in the chat too, and makes no database to find out", async () => {
    const home = write(right);
    await run([...home, "config", "check"]);
    expect(existsSync(join(folder.path, "gitnotify.db"))).toBe(false);
    expect((await run([...home, "subscriptions", "add", "github:acme/api"])).code).toBe(0);
    const { stdout } = await run([...home, "config", "check"]);
    expect(stdout).toContain("0 subscriptions here, 1 in the database.");
  });

  it("prints every problem with its place, and exits with 3", async () => {
    const ran = await run([...write("langauge: en\nweb: { enabled: 7 }\n"), "config", "check"]);
    const file = join(folder.path, "config.yaml");
    expect(ran).toEqual({
      code: 3,
      stdout: `${file}:1:1: unknown key "langauge"\n  did you mean: language\n${file}:2:17: web.enabled: must be true or false, not a number\n`,
      stderr: "",
    });
  });

  it("prints the same as JSON, with the same exit code", async () => {
    const ran = await run([...write("langauge: en\n"), "config", "check", "--json"]);
    expect(ran.code).toBe(3);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: false,
      problems: [{ line: 1, suggestion: "language" }],
    });
  });

  it("tells warnings and still exits with 0", async () => {
    const ran = await run([...write("subscriptions: [{ to: 5, events: [tags] }]"), "config", "check"]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('warning: subscriptions[0].events: "tags"');
  });

  it("takes the addresses that people paste for what they mean, and calls no pattern right that nothing fits", async () => {
    const settings = (project: string) => `connections:
  - { id: github, platform: github, url: "https://github.com" }
  - { id: work, platform: gitlab, url: "https://git.example" }
subscriptions:
  - { to: { chat: -1001 }, projects: ["${project}"] }
`;
    for (const [address, pattern] of [
      ["https://git.example/acme/platform/releases", "work:acme/platform/releases"],
      ["https://git.example/groups/acme/-/issues", "work:acme/*"],
      ["https://github.com/acme/api/discussions", "github:acme/api"],
    ] as const) {
      const home = write(settings(address));
      expect(await run([...home, "config", "check"])).toMatchObject({ code: 0 });
      expect((await run([...home, "config", "show"])).stdout).toContain(pattern);
    }
    for (const [project, better] of [
      ["github:acme/api/discussions", "github:acme/api"],
      ["github:acme/api/*", "github:acme/api"],
      ["work:groups/acme/*", "work:acme/*"],
      ["https://github.com/settings/tokens", '"settings" is a page of GitHub itself'],
      ["codeberg.org/acme/api", "no connection is at codeberg.org"],
    ] as const) {
      const ran = await run([...write(settings(project)), "config", "check"]);
      expect(ran.code).toBe(3);
      expect(ran.stdout).toContain(":5:");
      expect(ran.stdout).toContain(better);
    }
  });

  it("exits with 3 when there is no file to check", async () => {
    const ran = await run(["--home", folder.path, "config", "check"]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("there is no ");
  });
});

describe("config show", () => {
  it("prints what holds, without the password of a proxy", async () => {
    const proxied = right.replace(" }", ', proxy: "http://ann:hunter2@proxy:1" }');
    const ran = await run([...write(proxied), "config", "show"]);
    expect(ran.code).toBe(0);
    expect(parse(ran.stdout)).toMatchObject({
      language: "en",
      connections: [{ proxy: "http://***@proxy:1" }],
    });
    expect(JSON.stringify(ran)).not.toContain("hunter2");
    const json = await run([...write(proxied), "config", "show", "--json"]);
    expect(JSON.parse(json.stdout)).toEqual(parse(ran.stdout));
  });

  it("exits with 3 and shows the problems when the file is wrong", async () => {
    const ran = await run([...write("language: fr"), "config", "show"]);
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toContain("config.yaml:1:11: language: must be one of en, ru");
  });

  it("shows the defaults when there is no file, and says so", async () => {
    const ran = await run(["--home", folder.path, "config", "show"]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("these are the defaults");
  });
});

describe("config schema", () => {
  it("prints a JSON Schema that knows the platforms", async () => {
    const ran = await run(["config", "schema"]);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      additionalProperties: false,
      properties: { connections: { items: { properties: { platform: { enum: ["github", "gitlab"] } } } } },
    });
  });
});
