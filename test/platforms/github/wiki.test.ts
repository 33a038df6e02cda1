import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toAuthor } from "../../../src/platforms/github/wiki-authors.js";
import { toWikiChanges } from "../../../src/platforms/github/wiki.js";
import { randomBytes } from "node:crypto";
import { signal, watch } from "../../contracts/platform-world.js";
import type { HttpClient } from "../../../src/lib/http.js";
import { createPlainHttp } from "../../support/plain-http.js";
import { bomb, packets } from "./git-packs.js";
import { repo, startGitHubWorld, type GitHubWorld } from "./github-world.js";

describe("polling a GitHub wiki", () => {
  let world: GitHubWorld;
  beforeEach(async () => {
    world = await startGitHubWorld();
  });
  afterEach(() => world.close());

  const edit = (on: string, page: string, content: string | null) =>
    world.sandbox.editWiki(on, { by: "bob", page, content, message: `edit ${page}` });

  it("takes a wiki that was never written for empty, and tells its first page", async () => {
    const watcher = await watch(world, "wiki");
    expect(await watcher.poll()).toMatchObject({ facts: [], activity: "cold" });
    edit(repo, "Home", "hello");
    expect(await watcher.drain()).toMatchObject([
      { slug: "Home", change: "created", summary: "edit Home", actor: { login: "bob" } },
    ]);
  });

  it("tells every edit of an absence, oldest first, at the cost of one request when quiet", async () => {
    edit(repo, "Home", "hello");
    const watcher = await watch(world, "wiki");
    await watcher.drain();
    for (let index = 0; index < 12; index += 1) {
      world.advance(1000);
      edit(repo, `Page-${index}`, "text");
    }
    const slugs = (await watcher.drain()).map((one) => one.type === "wiki_page" && one.slug);
    expect(slugs).toEqual(Array.from({ length: 12 }, (_, index) => `Page-${index}`));
    world.sandbox.server.ledger.clear();
    await watcher.drain();
    expect(world.sandbox.server.ledger.totals()).toMatchObject({ requests: 1, cost: 0 });
  });

  it("never tells of the wiki of a repository that took over the name", async () => {
    edit(repo, "Home", "hello");
    const watcher = await watch(world, "wiki");
    await watcher.drain();
    world.sandbox.renameRepository(repo, "acme/core");
    world.sandbox.addRepository(repo, { wiki: true, members: ["ann", "bob"] });
    edit(repo, "Stranger", "hello");
    edit("acme/core", "Ours", "hello");
    expect(await watcher.drain()).toMatchObject([{ slug: "Ours" }]);
    expect(watcher.project.path).toBe("acme/core");
  });

  it("reads names and not contents: images of any size do not matter", async () => {
    edit(repo, "Home", "hello");
    const watcher = await watch(world, "wiki");
    await watcher.drain();
    const files = {
      "images/large.png": randomBytes(6 * 1024 * 1024).toString("base64"),
      "_Sidebar.md": "- Home",
    };
    world.sandbox.editWiki(repo, { by: "bob", page: "Home", content: "hello again", files });
    world.sandbox.server.ledger.clear();
    expect(await watcher.drain()).toMatchObject([{ slug: "Home", change: "updated" }]);
    expect(world.sandbox.server.ledger.totals().bytes).toBeLessThan(20_000);
  });

  it.each([
    ["alone", "hello"],
    ["with its text", "other"],
  ])("tells a page that is renamed, %s, once", async (_, content) => {
    edit(repo, "Home", "hello");
    const watcher = await watch(world, "wiki");
    await watcher.drain();
    world.sandbox.editWiki(repo, { by: "bob", page: "Start here", content, from: "Home" });
    expect(await watcher.drain()).toMatchObject([
      { slug: "Start-here", title: "Start here", formerTitle: "Home", change: "updated" },
    ]);
  });

  it("is unreachable when something else answers, and tells all once it can be read", async () => {
    edit(repo, "Home", "hello");
    const watcher = await watch(world, "wiki");
    await watcher.drain();
    edit(repo, "Setup", "one");
    const headers = { "content-type": "application/x-git-upload-pack-result" };
    world.sandbox.server.faults.add(/upload-pack/, {
      kind: "status",
      status: 200,
      headers,
      body: "no packet",
    });
    await expect(watcher.poll()).rejects.toMatchObject({ kind: "unreachable", code: "schema" });
    expect(await watcher.drain()).toMatchObject([{ slug: "Setup" }]);
  });

  it("sets changes aside that are a bomb, does not fetch them again, and goes on with the next", async () => {
    edit(repo, "Home", "hello");
    const plain = createPlainHttp();
    let fetches = 0;
    let hostile = true;
    const http: HttpClient = {
      ...plain,
      request: async (request) => {
        const answer = await plain.request(request);
        if (!(typeof request.body === "string" && request.body.includes("command=fetch"))) return answer;
        fetches += 1;
        return hostile ? { ...answer, body: packets(bomb) } : answer;
      },
    };
    const watcher = await watch({ ...world, connection: world.connect({ http }) }, "wiki");
    await watcher.drain();
    edit(repo, "Setup", "one");
    for (let round = 0; round < 3; round += 1) {
      const { facts, shortfalls } = await watcher.poll();
      expect([facts, shortfalls]).toMatchObject([[], [{ code: "set_aside", key: "wiki" }]]);
    }
    expect(fetches).toBe(1);
    hostile = false;
    edit(repo, "More", "two");
    const outcome = await watcher.poll();
    expect(outcome.facts.map(({ facts }) => facts.type === "wiki_page" && facts.slug)).toEqual([
      "Setup",
      "More",
    ]);
    expect(outcome.shortfalls).toEqual([]);
    await plain.close();
  });

  it("knows its own account behind a real address, and remembers it", async () => {
    edit(repo, "Home", "hello");
    const watcher = await watch(world, "wiki");
    await watcher.drain();
    const own = { by: "ann", author: { name: "Ann", email: "ann@example.com" } };
    world.sandbox.editWiki(repo, { ...own, page: "Home", content: "mine" });
    const { id } = (await world.connection.checkAccess(signal())).account;
    expect(await watcher.drain()).toMatchObject([{ actor: { id, login: "ann", name: "Ann" } }]);
    const asked = world.sandbox.server.ledger.count(/\/events/);
    // A deletion makes no event.
    world.sandbox.editWiki(repo, { ...own, page: "Home", content: null });
    expect(await watcher.drain()).toMatchObject([{ change: "deleted", actor: { id } }]);
    expect(world.sandbox.server.ledger.count(/\/events/)).toBe(asked);
  });

  it("takes what somebody pushes of another for the pusher's once, and does not remember it", async () => {
    edit(repo, "Home", "hello");
    const watcher = await watch(world, "wiki");
    await watcher.drain();
    const foreign = { by: "ann", author: { name: "Carol", email: "carol@example.com" } };
    world.sandbox.editWiki(repo, { ...foreign, page: "Home", content: "carol's" });
    expect(await watcher.drain()).toMatchObject([{ actor: { login: "ann", name: "Carol" } }]);
    expect(watcher.cursor).toMatchObject({ authors: {} });
  });

  it("says which permission is missing when git refuses the token", async () => {
    edit(repo, "Home", "hello");
    const watcher = await watch(world, "wiki");
    await watcher.drain();
    const { cursor } = watcher;
    world.sandbox.server.faults.add(/wiki\.git/, { kind: "status", status: 403 });
    const outcome = await watcher.poll();
    expect(outcome.shortfalls).toMatchObject([
      { code: "denied", values: { scope: expect.stringContaining("Contents") as string } },
    ]);
    expect(outcome.cursor).toEqual(cursor);
  });

  it("knows the account behind a no-reply address, and nobody behind another", () => {
    const known = toAuthor({ name: "Bob B", email: "123+bob@users.noreply.github.com" });
    expect(known).toEqual({ id: "123", login: "bob", name: "Bob B", bot: false });
    expect(toAuthor({ name: "Bob", email: "bob@example.com" })).toMatchObject({ login: "Bob" });
  });

  it("tells pages only, not images and sidebars", async () => {
    const project = (await watch(world, "wiki")).project;
    const changes = ["a/Deep-Page.md", "_Sidebar.md", "image.png"].map((path) => ({
      path,
      change: "created" as const,
    }));
    const commit = {
      sha: "abc",
      message: "m",
      name: "n",
      email: "e",
      at: "2026-01-01T00:00:00.000Z",
      changes,
    };
    expect(toWikiChanges(commit, project, toAuthor(commit))).toMatchObject([
      { slug: "Deep-Page", title: "Deep Page", url: `${project.url}/wiki/Deep-Page` },
    ]);
  });
});
