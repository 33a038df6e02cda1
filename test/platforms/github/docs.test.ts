import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isDocsPath } from "../../../src/domain/docs-path.js";
import type { DocsChangeFacts } from "../../../src/domain/facts/index.js";
import { checkGitHubExchanges } from "../../support/github-openapi.js";
import { watch } from "../../contracts/platform-world.js";
import { repo, startDatedGitHubWorld, startGitHubWorld, type GitHubWorld } from "./github-world.js";

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

  const answers = (status: number) => ({ kind: "status", status, body: { message: "No" } }) as const;

  it("says what it cannot tell of a forced push whose old head is gone, and goes on from the new one", async () => {
    const watcher = await watch(world, "repository");
    const old = commit(repo, { "docs/old.md": "old" });
    await watcher.drain();
    const { sha } = world.sandbox.forcePush(repo, {
      by: "bob",
      message: "Anew",
      files: { "docs/a.md": "a" },
    });
    const outcome = await watcher.poll();
    expect(outcome.facts).toEqual([]);
    const what = `main ${old.sha.slice(0, 8)}...${sha.slice(0, 8)}`;
    expect(outcome.shortfalls).toMatchObject([{ code: "missed", key: sha, values: { what } }]);
    expect((await watcher.poll()).shortfalls).toEqual([]);
    commit(repo, { "docs/a.md": "again" });
    expect(await watcher.drain()).toMatchObject([{ files: [{ path: "docs/a.md", change: "modified" }] }]);
    expect(checkGitHubExchanges(world.sandbox.server.ledger.entries)).toEqual([]);
  });

  it("tells a forced push that has nothing in common with the old head by the files of both", async () => {
    commit(repo, { "docs/a.md": "a", "docs/b.md": "b" });
    const watcher = await watch(world, "repository");
    await watcher.drain();
    const files = { "docs/a.md": "other", "src/c.ts": "c" };
    world.sandbox.forcePush(repo, { by: "bob", message: "Anew", files, keepsOld: true });
    expect(await watcher.drain()).toMatchObject([
      {
        commits: [{ title: "Anew" }],
        files: [
          { path: "docs/a.md", change: "modified" },
          { path: "README.md", change: "removed" },
          { path: "docs/b.md", change: "removed" },
        ],
      },
    ]);
  });

  it("waits where the server does not know its own new head yet", async () => {
    const watcher = await watch(world, "repository");
    await watcher.drain();
    const { sha } = commit(repo, { "docs/a.md": "a" });
    const off = world.sandbox.server.faults.add(/compare|trees|commits/, answers(404), Infinity);
    expect(await watcher.poll()).toMatchObject({ facts: [], shortfalls: [] });
    off();
    expect(await watcher.drain()).toMatchObject([{ headSha: sha }]);
  });

  it("sets aside a push that cannot be read, says so, tells later ones, and tells it when it can be read", async () => {
    await world.close();
    world = await startDatedGitHubWorld();
    const watcher = await watch(world, "repository");
    await watcher.drain();
    const { sha } = commit(repo, { "docs/heavy.md": "a" });
    const off = world.sandbox.server.faults.add(
      new RegExp(`compare/\\w+...${sha}|trees|commits`),
      answers(502),
      Infinity,
    );
    for (let polls = 0; polls < 3; polls += 1) {
      expect(await watcher.drain()).toEqual([]);
      world.advance(60_000);
    }
    expect((await watcher.poll()).shortfalls).toMatchObject([
      { code: "set_aside", values: { reason: "server" } },
    ]);
    const later = commit(repo, { "docs/light.md": "b" });
    expect(await watcher.drain()).toMatchObject([{ headSha: later.sha, files: [{ path: "docs/light.md" }] }]);
    off();
    world.advance(3_600_000);
    const outcome = await watcher.poll();
    expect(outcome.facts).toMatchObject([{ facts: { headSha: sha, files: [{ path: "docs/heavy.md" }] } }]);
    expect(outcome.shortfalls).toEqual([]);
    expect(await watcher.drain()).toEqual([]);
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
