import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { saveSubscription, listSubscriptions } from "../../../src/store/subscriptions.js";
import { openDatabase } from "../../../src/store/database.js";
import { startGitLabSandbox, type GitLabSandbox } from "../../../src/sandbox/gitlab/index.js";
import { aRegistry, run, useFolder, type Ran } from "../terminal.js";

const folder = useFolder();
const token = "glpat-secret00000000000";
let values: Map<string, string>;
beforeEach(() => void (values = new Map()));

const file = () => join(folder.path, "config.yaml");
const write = (text: string) => writeFileSync(file(), text);
const read = () => readFileSync(file(), "utf8");

function connections(...argv: string[]): Promise<Ran> {
  return run(["--home", folder.path, "connections", ...argv], { registry: aRegistry(values) });
}

const commented = `# Mine.
connections:
  - id: work               # at work
    platform: gitlab
    url: https://gitlab.com
`;

describe("connections add", () => {
  it("makes config.yaml where there is none, and says which secret is next", async () => {
    const ran = await connections("add", "github", "--platform", "github");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("gitnotify secrets set connection/github");
    expect(parse(read())).toEqual({
      connections: [{ id: "github", platform: "github", url: "https://github.com" }],
    });
  });

  it("adds to a file with comments and leaves its lines alone", async () => {
    write(commented);
    const flags = ["--url", "http://10.0.0.1/gitlab", "--allow-http", "--allow-private-address"];
    const ran = await connections("add", "lab", "--platform", "gitlab", ...flags);
    expect(ran.code).toBe(0);
    expect(read().startsWith(commented)).toBe(true);
    expect(parse(read().slice(commented.length))).toEqual([
      {
        ...{ id: "lab", platform: "gitlab", url: "http://10.0.0.1/gitlab" },
        ...{ allowHttp: true, allowPrivateAddress: true },
      },
    ]);
  });

  it.each([
    [["lab", "--platform", "gitlb"], "--platform must be one of github, gitlab\n  did you mean: gitlab"],
    [["Lab!", "--platform", "gitlab"], "ID must be lower-case letters"],
    [["lab", "--platform", "gitlab", "--url", "http://x.example"], "--allow-http permits it"],
    [["lab", "--platform", "gitlab", "--url", "x.example"], "--url must be a web address"],
    [["lab", "--platform", "gitlab", "--ca-file", "absent.pem"], "absent.pem does not exist"],
    [["lab", "--platform", "gitlab", "--proxy", "socks4://x:1"], "--proxy is of SOCKS4"],
    [["work", "--platform", "gitlab"], "there is a connection “work” already"],
    [["lab"], "--platform"],
  ])("refuses %j, names the flag, and changes nothing", async (argv, reason) => {
    write(commented);
    const ran = await connections("add", ...argv);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(reason);
    expect(read()).toBe(commented);
  });

  it("refuses what would make an older line ambiguous", async () => {
    const bare = `${commented}subscriptions:\n  - { to: owner, projects: [group/project] }\n`;
    write(bare);
    const ran = await connections("add", "github", "--platform", "github");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("subscriptions[0].projects[0]: it is not said on which connection");
    expect(read()).toBe(bare);
  });

  it("builds nothing on a wrong file", async () => {
    write("langauge: en\n");
    const ran = await connections("add", "github", "--platform", "github");
    expect(ran.code).toBe(3);
    expect(read()).toBe("langauge: en\n");
  });
});

describe("connections list", () => {
  it("tells a missing token, and asks nobody", async () => {
    write(commented);
    expect((await connections("list")).stdout).toBe("work\tgitlab\thttps://gitlab.com\t-\ttoken missing\n");
    values.set("connection/work", token);
    const json = await connections("list", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject([{ id: "work", token: "stored", account: null }]);
    expect(json.stdout).not.toContain(token);
  });
});

describe("connections remove", () => {
  const declared = `${commented}  - { id: github, platform: github, url: https://github.com }
subscriptions:
  # Everything at work.
  - { to: owner, projects: ["work:a/*"] }
  - to: owner
    projects: ["github:acme/api", "work:a/b"]
`;

  it("takes the lines out and says that the secret stays", async () => {
    write(`${commented}  - { id: github, platform: github, url: https://github.com }\n`);
    values.set("connection/github", token);
    const ran = await connections("remove", "github");
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("secrets remove connection/github");
    expect(read()).toBe(commented);
    expect(values.has("connection/github")).toBe(true);
  });

  it("removes the secret too when asked", async () => {
    write(commented);
    values.set("connection/work", token);
    expect((await connections("remove", "work", "--with-secret")).code).toBe(0);
    expect(values.has("connection/work")).toBe(false);
    expect(read()).toBe("# Mine.\nconnections: []\n");
  });

  it("refuses while subscriptions name it, declared or stored", async () => {
    write(declared);
    const ran = await connections("remove", "work");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("work:a/*");
    expect(read()).toBe(declared);
  });

  it("takes it out of every subscription with --force", async () => {
    write(declared);
    const { db, close } = await openDatabase(join(folder.path, "gitnotify.db"));
    const stored = {
      origin: "stored" as const,
      to: "owner" as const,
      features: ["wiki" as const],
      filter: "",
    };
    await saveSubscription(db, { ...stored, id: "one", projects: ["work:a/b"] }, 1);
    await saveSubscription(db, { ...stored, id: "two", projects: ["work:a/b", "github:a/b"] }, 1);
    const ran = await connections("remove", "work", "--force");
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/No longer in these subscriptions: config-\w+, config-\w+, one, two\./);
    expect(parse(read())).toMatchObject({
      connections: [{ id: "github" }],
      subscriptions: [{ projects: ["github:acme/api"] }],
    });
    expect((await listSubscriptions(db)).map(({ id, projects }) => [id, projects])).toEqual([
      ["two", ["github:a/b"]],
    ]);
    await close();
  });

  it("suggests the nearest name", async () => {
    write(commented);
    const ran = await connections("remove", "wrok");
    expect(ran).toMatchObject({ code: 2 });
    expect(ran.stderr).toContain("Did you mean: work");
  });
});

describe("connections test", () => {
  let gitlab: GitLabSandbox;
  beforeEach(async () => {
    gitlab = await startGitLabSandbox();
    gitlab.addUser("mia", { name: "Mia" });
    gitlab.addToken(token, { username: "mia", scopes: ["read_api"] });
    write(
      `connections:\n  - { id: work, platform: gitlab, url: "${gitlab.url}", allowHttp: true, allowPrivateAddress: true }\n`,
    );
  });
  afterEach(() => gitlab.close());

  it("prints whose the token is and what it leaves out, never the token", async () => {
    values.set("connection/work", token);
    const ran = await connections("test", "work");
    expect(ran.code).toBe(0);
    for (const part of ["mia (Mia)", "read_api", "does not expire", "create a token with the scope api"]) {
      expect(ran.stdout).toContain(part);
    }
    expect(JSON.stringify(ran)).not.toContain(token);
    expect(JSON.parse((await connections("test", "work", "--json")).stdout)).toMatchObject({
      account: { login: "mia" },
    });
  });

  it("exits with 4 without a token and with a refused one", async () => {
    const missing = await connections("test", "work");
    expect(missing.code).toBe(4);
    expect(missing.stderr).toContain("gitnotify secrets set connection/work");
    values.set("connection/work", "glpat-other");
    const refused = await connections("test", "work");
    expect(refused.code).toBe(4);
    expect(refused.stderr).not.toContain("glpat-other");
  });

  it("exits with 6 when nobody answers", async () => {
    values.set("connection/work", token);
    await gitlab.close();
    expect((await connections("test", "work")).code).toBe(6);
    expect(existsSync(join(folder.path, "gitnotify.db"))).toBe(false);
  });
});
