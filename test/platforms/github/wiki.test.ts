import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toAuthor, toWikiChanges } from "../../../src/platforms/github/wiki.js";
import { watch } from "../../contracts/platform-world.js";
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

  it("says which permission is missing when git refuses the token", async () => {
    edit(repo, "Home", "hello");
    const watcher = await watch(world, "wiki");
    await watcher.drain();
    const { cursor } = watcher;
    world.sandbox.server.faults.add(/wiki\.git/, { kind: "status", status: 403 });
    const outcome = await watcher.poll();
    expect(outcome.shortfalls).toMatchObject([
      { code: "denied", values: { scope: expect.stringContaining("Contents") } },
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
    expect(toWikiChanges(commit, project)).toMatchObject([
      { slug: "Deep-Page", title: "Deep Page", url: `${project.url}/wiki/Deep-Page` },
    ]);
  });
});
