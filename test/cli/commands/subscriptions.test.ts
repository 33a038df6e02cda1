import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { insertEvent } from "../../../src/store/events.js";
import { openDatabase } from "../../../src/store/database.js";
import { saveMember } from "../../../src/store/members.js";
import { saveProject } from "../../../src/store/projects.js";
import { run, useFolder, type Ran } from "../terminal.js";

const folder = useFolder();

beforeEach(() => {
  writeFileSync(
    join(folder.path, "config.yaml"),
    `telegram: { owner: 5 }
secrets: { store: env }
connections:
  - { id: github, platform: github, url: https://github.com }
  - { id: work, platform: gitlab, url: https://gitlab.com }
subscriptions:
  - { to: owner, projects: ["work:platform/*"], events: [wiki] }
`,
  );
});

function subscriptions(argv: string[], input?: string): Promise<Ran> {
  return run(["--home", folder.path, "subscriptions", ...argv], input === undefined ? {} : { input });
}

async function listed(): Promise<Array<Record<string, unknown>>> {
  return JSON.parse((await subscriptions(["list", "--json"])).stdout) as Array<Record<string, unknown>>;
}

async function add(...words: string[]): Promise<string> {
  const ran = await subscriptions(["add", ...words, "--json"]);
  const { subscription } = JSON.parse(ran.stdout) as { subscription: { id: string } };
  return subscription.id;
}

describe("subscriptions add", () => {
  it("stores without a daemon and without a network, and repeats what it understood", async () => {
    const ran = await subscriptions([
      "add",
      "github:acme/api",
      "ci",
      "label:good first issue",
      "-head:wip/*",
    ]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(
      /^Added \w+:\n {2}to owner: github:acme\/api\n {2}pipelines\n {2}label:"good first issue" -head:wip\/\*\n$/,
    );
    expect(await listed()).toMatchObject([
      { origin: "config" },
      { origin: "stored", to: "owner", projects: ["github:acme/api"], features: ["pipelines"] },
    ]);
  });

  it("takes several words in one pair of quotes", async () => {
    await add("github:acme/api reviews branch:main -author:bob");
    expect((await listed())[1]).toMatchObject({
      features: ["reviews"],
      filter: "branch:main -author:bob",
    });
  });

  it("adds the same rule once, in whatever order it is written", async () => {
    const first = await add("github:acme/api", "wiki", "reviews");
    const again = await subscriptions(["add", "reviews", "github:acme/api", "wiki"]);
    expect(again.stdout).toContain(`This is there already, as ${first}`);
    expect(await listed()).toHaveLength(2);
  });

  it.each([
    ["owner", "owner"],
    ["member:77", { member: "77" }],
    ["77", { member: "77" }],
    ["-100123", { chat: "-100123" }],
    ["-100123/7", { chat: "-100123", topic: "7" }],
  ])("--to %s", async (to, expected) => {
    await add("github:acme/api", "--to", to);
    expect((await listed())[1]).toMatchObject({ to: expected });
  });

  it.each([
    [["github:acme/api", "pipelnes"], "pipelines", "                  ^^^^^^^^"],
    [["gihub:acme/api"], "github:acme/api", "  ^^^^^^^^^^^^^^"],
    [["me", "--too", "x"], "", "     ^^^^^"],
    [["me", "--to", "everybody"], "", "nobody that --to could mean"],
    [["me", "draft:maybe"], "", "draft"],
  ])("refuses %j with 2, points at the word and stores nothing", async (words, suggestion, place) => {
    const ran = await subscriptions(["add", ...words]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(place);
    expect(ran.stderr).toContain(suggestion);
    expect(existsSync(join(folder.path, "gitnotify.db"))).toBe(false);
  });

  it("tells what overlaps, what is not delivered yet and whom nobody knows", async () => {
    const ran = await subscriptions(["add", "work:platform/core", "wiki", "tags"]);
    expect(ran.stderr).toContain("overlaps with config-");
    expect(ran.stderr).toContain("delivers nothing of it yet: tags");
    expect((await subscriptions(["add", "me", "--to", "77"])).stderr).toContain("77 is not a member yet");
  });
});

describe("subscriptions remove", () => {
  it("removes stored ones, all or none", async () => {
    const [a, b] = [await add("github:a/a"), await add("github:b/b")];
    const ran = await subscriptions(["remove", a, "nothing"]);
    expect(ran.code).toBe(2);
    expect(await listed()).toHaveLength(3);
    expect((await subscriptions(["remove", a, b])).code).toBe(0);
    expect(await listed()).toHaveLength(1);
  });

  it("leaves those of config.yaml to the file", async () => {
    const [declared] = await listed();
    const ran = await subscriptions(["remove", String(declared?.["id"])]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("declared in config.yaml");
  });
});

describe("subscriptions export and import", () => {
  it("bring everything back, and a second time change nothing", async () => {
    await add("github:acme/api", "ci", 'label:"a b"', "--to", "-1001/7");
    await add("me", "--to", "77");
    const before = (await listed()).map((rule) => ({ ...rule, id: "" }));
    const exported = (await subscriptions(["export"])).stdout;
    for (const { id, origin } of await listed()) {
      if (origin === "stored") await subscriptions(["remove", String(id)]);
    }
    const file = join(folder.path, "subscriptions.yaml");
    writeFileSync(file, exported);
    expect((await subscriptions(["import", file, "--dry-run"])).stdout).toContain("2 added");
    expect(await listed()).toHaveLength(1);
    expect((await subscriptions(["import", file])).stdout).toContain("2 added, 0 removed, 0 there already");
    const ids = (await listed()).map(({ id }) => id);
    expect((await subscriptions(["import", "-"], exported)).stdout).toContain("0 added, 0 removed, 2 there");
    const after = await listed();
    expect(after.map(({ id }) => id)).toEqual(ids);
    const sorted = (rules: object[]) => rules.map((rule) => JSON.stringify(rule)).sort();
    expect(sorted(after.map((rule) => ({ ...rule, id: "" })))).toEqual(sorted(before));
    expect(parse((await subscriptions(["export"])).stdout)).toMatchObject({ subscriptions: [{}, {}] });
  });

  it("remove what the file does not have with --replace alone", async () => {
    const old = await add("github:old/old");
    const text = "subscriptions:\n  - { to: owner, projects: [github:acme/api] }\n";
    expect((await subscriptions(["import", "-"], text)).stdout).toContain("1 added, 0 removed");
    const replaced = await subscriptions(["import", "-", "--replace"], text);
    expect(replaced.stdout).toContain(`- ${old} to owner`);
    expect(await listed()).toHaveLength(2);
  });

  it.each([
    ["subscriptions:\n  - to: owner\n    projects: [gthub:a/b]\n", "-:3:16: subscriptions[0].projects[0]"],
    ["subscriptions:\n  - to: owner\n    event: [wiki]\n", "-:3:5: subscriptions[0]: unknown key"],
    ["language: en\nsubscriptions: []\n", "-:1:1: only subscriptions are imported"],
    ["- to: owner\n", "must begin with `subscriptions:`"],
    ['{ "subscriptions": [] }', "without the outer braces"],
    ["subscriptions: [\n", "this is not YAML"],
    ["", "declares no subscriptions"],
  ])("refuse %j with the place, and store nothing", async (text, reason) => {
    const ran = await subscriptions(["import", "-"], text);
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toContain(reason);
    expect(await listed()).toHaveLength(1);
  });
});

describe("subscriptions test", () => {
  async function seed(): Promise<void> {
    const { db, close } = await openDatabase(join(folder.path, "gitnotify.db"));
    const project = {
      ...{ connectionId: "github", id: "1", path: "acme/api", url: "https://github.com/acme/api" },
      ...{ defaultBranch: "main", hasWiki: true, archived: false, private: true },
    };
    await saveProject(db, project);
    await saveMember(db, { id: "5", role: "owner", name: "Mia" }, 1);
    for (const [index, branch] of ["main", "wip"].entries()) {
      const subject = {
        connectionId: "github",
        projectId: "1",
        type: "pipeline" as const,
        id: String(index),
      };
      const attributes = { branch: [branch] };
      const event = { key: branch, kind: "pipeline.failed", subject, actor: null, concerns: [] };
      await insertEvent(db, { ...event, attributes, detail: {} }, 1_000 + index);
    }
    await close();
  }

  it("says for each event whether it would come, and why not", async () => {
    await seed();
    const id = await add("github:acme/api", "pipelines", "branch:main");
    const ran = await subscriptions(["test", id, "--json"]);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      events: [
        { id: 2, mode: null, reason: "filtered" },
        { id: 1, mode: "ping", reason: "asks_reader" },
      ],
    });
    const text = await subscriptions(["test", id, "--limit", "1"]);
    expect(text.stdout).toContain("github:acme/api pipeline 1\t-\tits filter keeps it out");
    expect(text.stderr).toContain("Of 1 events 0 would come");
    expect((await subscriptions(["test", id, "--limit", "x"])).code).toBe(2);
  });

  it("says why a subscription rests, and suggests the nearest id", async () => {
    await seed();
    const id = await add("github:acme/api", "--to", "77");
    const ran = await subscriptions(["test", id]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("its recipient is not a member");
    expect((await subscriptions(["test", `${id}0`])).stderr).toContain(`Did you mean: ${id}`);
  });
});
