import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stage, type Stage, word } from "./gitlab-client.js";

let on: Stage;
beforeEach(async () => {
  on = await stage();
});
afterEach(() => on.sandbox.close());

function commit(message: string, files: Record<string, string | null>): string {
  on.clock.now += 60_000;
  return on.sandbox.commitFiles("acme/api", { by: "ann", message, files }).sha;
}

describe("the repository", () => {
  it("lists commits newest first, by path and since an instant", async () => {
    const docs = commit("Docs\n\nMore about it", { "docs/a.md": "a\n", "src/a.ts": "a\n" });
    const code = commit("Code", { "src/a.ts": "b\n" });
    const list = async (query: string) =>
      (await on.ann.get(`${on.project}/repository/commits?ref_name=main${query}`)).rows.map(
        (row) => row["id"],
      );
    expect((await list("")).slice(0, 2)).toEqual([code, docs]);
    expect(await list("&path=docs")).toEqual([docs]);
    expect(await list("&path=doc")).toEqual([]);
    expect(await list("&since=2026-11-02T10:02:01Z")).toEqual([code]);
    expect((await on.ann.get(`${on.project}/repository/commits/${docs}`)).json).toMatchObject({
      title: "Docs",
      message: "Docs\n\nMore about it",
      author_name: "Ann",
      stats: { additions: 2, deletions: 0, total: 2 },
      created_at: "2026-11-02T10:01:01.000+00:00",
    });
  });

  it("says which files a commit added, changed and removed", async () => {
    commit("One", { "docs/a.md": "a\n", "docs/b.md": "b\n" });
    const sha = commit("Two", { "docs/a.md": "aa\n", "docs/b.md": null, "docs/c.md": "c\n" });
    const { rows } = await on.ann.get(`${on.project}/repository/commits/${sha}/diff`);
    expect(rows.map((row) => [row["new_path"], row["new_file"], row["deleted_file"]])).toEqual([
      ["docs/a.md", false, false],
      ["docs/b.md", false, true],
      ["docs/c.md", true, false],
    ]);
    expect(rows[0]?.["diff"]).toBe("@@ -1,1 +1,1 @@\n-a\n+aa\n");
  });

  it("compares two commits, oldest commit first", async () => {
    const from = commit("One", { "docs/a.md": "a\n" });
    const second = commit("Two", { "docs/b.md": "b\n" });
    const third = commit("Three", { "docs/a.md": null });
    const { json } = await on.ann.get(`${on.project}/repository/compare?from=${from}&to=main`);
    expect(json["commits"]).toMatchObject([{ id: second }, { id: third }]);
    expect(json["diffs"]).toMatchObject([
      { new_path: "docs/a.md", deleted_file: true },
      { new_path: "docs/b.md", new_file: true },
    ]);
    const same = await on.ann.get(`${on.project}/repository/compare?from=main&to=main`);
    expect(same.json).toMatchObject({ commits: [], diffs: [], compare_same_ref: true });
  });

  it("answers 404 for an unknown branch, commit and end of a comparison", async () => {
    for (const path of [
      "branches/none",
      "commits/abcdef1234",
      "compare?from=none&to=main",
      "commits?ref_name=none",
    ]) {
      expect((await on.ann.get(`${on.project}/repository/${path}`)).status).toBe(404);
    }
  });

  it("has branches with slashes in their names", async () => {
    on.sandbox.openMergeRequest("acme/api", { author: "bob", title: "T", source: "feature/one" });
    const { json } = await on.ann.get(`${on.project}/repository/branches/feature%2Fone`);
    expect(json).toMatchObject({ name: "feature/one", default: false });
  });
});

describe("the wiki", () => {
  it("tells no time and no author, and its content only when asked", async () => {
    on.sandbox.editWiki("acme/api", { by: "ann", slug: "guides/Set-up", content: "one" });
    const page = { format: "markdown", slug: "guides/Set-up", title: "Set up", wiki_page_meta_id: 2001 };
    expect((await on.ann.get(`${on.project}/wikis`)).rows).toEqual([page]);
    const full = { ...page, content: "one", encoding: "UTF-8", front_matter: {} };
    expect((await on.ann.get(`${on.project}/wikis?with_content=1`)).rows).toEqual([full]);
    expect((await on.ann.get(`${on.project}/wikis/guides%2FSet-up`)).json).toEqual(full);
    expect((await on.ann.get(`${on.project}/wikis/none`)).status).toBe(404);
  });

  it("is forbidden where it is switched off", async () => {
    on.sandbox.addProject("acme/plain", { wiki: false });
    expect((await on.ann.get("/projects/acme%2Fplain/wikis")).status).toBe(403);
  });

  it("shows its changes in the feed", async () => {
    const edit = (by: string, content: string | null) =>
      on.sandbox.editWiki("acme/api", { by, slug: "Home", content });
    edit("ann", "one");
    edit("bob", "two");
    edit("ann", null);
    const { rows } = await on.ann.get(`${on.project}/events?target_type=wiki&sort=asc`);
    expect(rows.map((row) => [row["action_name"], row["author_username"]])).toEqual([
      ["created", "ann"],
      ["updated", "bob"],
      ["destroyed", "ann"],
    ]);
    expect(rows[1]).toMatchObject({
      target_type: "WikiPage::Meta",
      target_title: "Home",
      wiki_page: { slug: "Home", wiki_page_meta_id: 2001 },
    });
  });
});

describe("the feed", () => {
  it("leaves both named days out", async () => {
    const days = async (query: string) =>
      (await on.ann.get(`${on.project}/events?sort=asc&${query}`)).rows.map((row) =>
        word(row["created_at"]).slice(8, 10),
      );
    for (const day of ["02T23:59:59.999Z", "03T00:00:00.000Z", "04T12:00:00.000Z"]) {
      on.clock.now = Date.parse(`2026-11-${day}`);
      on.sandbox.openIssue("acme/api", { author: "ann", title: day });
    }
    expect(await days("")).toEqual(["02", "03", "04"]);
    expect(await days("after=2026-11-02")).toEqual(["03", "04"]);
    expect(await days("after=2026-11-02T08:00:00Z")).toEqual(["03", "04"]);
    expect(await days("before=2026-11-04")).toEqual(["02", "03"]);
    expect(await days("after=2026-11-04")).toEqual([]);
  });

  it("has pushes with their data, and merges under their own name", async () => {
    const { sha } = on.sandbox.openMergeRequest("acme/api", { author: "bob", title: "T", source: "s" });
    const pushed = on.sandbox.push("acme/api", 1, { by: "bob", message: "Again" });
    on.sandbox.merge("acme/api", 1, { by: "ann" });
    const { rows } = await on.ann.get(`${on.project}/events?sort=asc`);
    expect(rows.map((row) => row["action_name"])).toEqual([
      "pushed new",
      "opened",
      "pushed to",
      "pushed to",
      "accepted",
    ]);
    expect(rows[2]?.["push_data"]).toEqual({
      commit_count: 1,
      action: "pushed",
      ref_type: "branch",
      commit_from: sha,
      commit_to: pushed.sha,
      ref: "s",
      commit_title: "Again",
      ref_count: null,
    });
  });

  it("has comments, but no pipelines and no system notes", async () => {
    on.sandbox.openIssue("acme/api", { author: "ann", title: "T" });
    on.sandbox.issueNote("acme/api", 1, { by: "bob", body: "Hm" });
    on.sandbox.assignIssue("acme/api", 1, { by: "ann", assignee: "bob" });
    on.sandbox.startPipeline("acme/api", { by: "ann", ref: "main" });
    const { rows } = await on.ann.get(`${on.project}/events`);
    expect(rows.map((row) => row["action_name"])).toEqual(["commented on", "opened"]);
    expect(rows[0]?.["note"]).toMatchObject({ body: "Hm", noteable_type: "Issue", noteable_iid: 1 });
  });
});
