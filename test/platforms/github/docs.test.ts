import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isDocsPath } from "../../../src/domain/docs-path.js";
import type { DocsChangeFacts } from "../../../src/domain/facts/index.js";
import { checkGitHubExchanges } from "../../support/github-openapi.js";
import { watch } from "../../contracts/platform-world.js";
import { repo, startGitHubWorld, type GitHubWorld } from "./github-world.js";

describe("polling a repository for documentation", () => {
  let world: GitHubWorld;
  beforeEach(async () => {
    world = await startGitHubWorld();
  });
  afterEach(() => world.close());

  const commit = (on: string, files: Record<string, string>) =>
    world.sandbox.commitFiles(on, { by: "bob", message: "Write\n\nmore", files });

  it("tells the commits and the files of a push", async () => {
    const watcher = await watch(world, "repository");
    commit(repo, { "README.md": "a" });
    await watcher.drain();
    commit(repo, { "docs/a.md": "a", "src/b.ts": "b" });
    const { sha } = commit(repo, { "README.md": "c" });
    expect(await watcher.drain()).toMatchObject([
      {
        headSha: sha,
        branch: "main",
        commits: [{ title: "Write", author: { login: "bob" } }, { title: "Write" }],
        files: [
          { path: "README.md", change: "modified" },
          { path: "docs/a.md", change: "added" },
        ],
        truncated: false,
      },
    ]);
    world.sandbox.server.ledger.clear();
    expect(await watcher.drain()).toEqual([]);
    expect(world.sandbox.server.ledger.totals()).toMatchObject({ requests: 1, cost: 0 });
  });

  const many = (from: number) =>
    Object.fromEntries(Array.from({ length: 310 }, (_, index) => [`a/${from + index}.ts`, `${from}`]));

  it("tells documentation behind the 300 files that a comparison lists", async () => {
    commit(repo, { "docs/old.md": "same", "docs/away.md": "gone" });
    const watcher = await watch(world, "repository");
    await watcher.drain();
    const files = { ...many(0), "docs/guide.md": "new", "docs/moved.md": "same", "README.md": "read" };
    const request = {
      by: "bob",
      message: "Large",
      files: { ...files, "docs/old.md": null, "docs/away.md": null },
    };
    world.sandbox.commitFiles(repo, request);
    const [facts] = await watcher.drain();
    expect(facts).toMatchObject({ truncated: false });
    expect((facts as DocsChangeFacts).files.map(({ path, change }) => `${change} ${path}`).sort()).toEqual([
      "added docs/guide.md", "modified README.md", "removed docs/away.md", "renamed docs/moved.md",
    ]); // prettier-ignore
    expect(checkGitHubExchanges(world.sandbox.server.ledger.entries)).toEqual([]);
  });

  it("says that the list is cut where the trees cannot be had either", async () => {
    const watcher = await watch(world, "repository");
    await watcher.drain();
    commit(repo, { ...many(0), "docs/guide.md": "new" });
    const none = { kind: "status", status: 404, body: { message: "Not Found" } } as const;
    world.sandbox.server.faults.add(/git\/trees/, none, Infinity);
    const outcome = await watcher.poll();
    expect(outcome.facts).toEqual([]);
    expect(outcome.shortfalls).toMatchObject([{ code: "cut", values: { limit: 300 } }]);
    commit(repo, { ...many(1000), "README.md": "new" });
    expect(await watcher.drain()).toMatchObject([{ truncated: true, files: [{ path: "README.md" }] }]);
  });

  it("goes on past a push whose comparison takes the server too long", async () => {
    const watcher = await watch(world, "repository");
    await watcher.drain();
    const { sha } = commit(repo, { "docs/guide.md": "new", "src/a.ts": "x" });
    world.sandbox.server.faults.add(/compare/, { kind: "status", status: 500, body: "too long" }, Infinity);
    expect(await watcher.drain()).toMatchObject([
      {
        headSha: sha,
        commits: [{ sha, author: { login: "bob" } }],
        files: [{ path: "docs/guide.md", change: "added" }],
      },
    ]);
  });

  it("tells all commits of a push of more than 250", async () => {
    const watcher = await watch(world, "repository");
    await watcher.drain();
    for (let index = 0; index < 260; index += 1) commit(repo, { "docs/a.md": String(index) });
    const { sha } = world.sandbox.commitFiles(repo, {
      by: "bob",
      message: "Last",
      files: { "docs/a.md": "z" },
    });
    const [facts] = await watcher.drain();
    expect((facts as DocsChangeFacts).commits).toHaveLength(261);
    expect((facts as DocsChangeFacts).commits.at(-1)).toMatchObject({ sha, title: "Last" });
  });

  it("begins anew, and says so, where its cursor cannot be read", async () => {
    const watcher = await watch(world, "repository");
    watcher.cursor = { sha: 7 };
    const outcome = await watcher.poll();
    expect(outcome.shortfalls).toEqual([
      { code: "reread", key: "repository", values: { what: "repository" } },
    ]);
  });

  it("goes on from the new head when the old one cannot be compared", async () => {
    const watcher = await watch(world, "repository");
    await watcher.drain();
    commit(repo, { "docs/a.md": "a" });
    world.sandbox.server.faults.add(/compare/, {
      kind: "status",
      status: 404,
      body: { message: "Not Found" },
    });
    expect(await watcher.drain()).toEqual([]);
    commit(repo, { "docs/a.md": "again" });
    expect(await watcher.drain()).toMatchObject([{ type: "docs_change" }]);
  });

  it("waits for the first commit of an empty repository", async () => {
    world.sandbox.addRepository("acme/empty", { members: ["ann", "bob"], empty: true });
    const watcher = await watch({ ...world, projectPath: "acme/empty" }, "repository");
    expect(await watcher.drain()).toEqual([]);
    commit("acme/empty", { "README.md": "first" });
    await watcher.drain();
    commit("acme/empty", { "README.md": "second" });
    await watcher.drain();
    commit("acme/empty", { "README.md": "third" });
    expect(await watcher.drain()).toMatchObject([{ files: [{ path: "README.md" }] }]);
    expect(checkGitHubExchanges(world.sandbox.server.ledger.entries)).toEqual([]);
  });

  it("follows the repository, and not its old name", async () => {
    const watcher = await watch(world, "repository");
    await watcher.drain();
    world.sandbox.renameRepository(repo, "acme/core");
    world.sandbox.addRepository(repo, { members: ["ann", "bob"] });
    commit(repo, { "README.md": "stranger" });
    commit("acme/core", { "docs/ours.md": "ours" });
    expect(await watcher.drain()).toMatchObject([{ files: [{ path: "docs/ours.md" }] }]);
    expect(watcher.project.path).toBe("acme/core");
  });

  it.each([
    ["docs/deep/a.png", true],
    ["Documentation/x.c", true],
    ["README", true],
    ["CHANGELOG.md", true],
    ["guide.adoc", true],
    ["src/docs/a.md", false],
    ["src/README.md", false],
    ["docsify.js", false],
  ])("takes %s for documentation: %s", (path, expected) => {
    expect(isDocsPath(path)).toBe(expected);
  });
});
