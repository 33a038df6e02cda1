import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stage, type Json, type Stage, word } from "./gitlab-client.js";

let on: Stage;
let one: string;
beforeEach(async () => {
  on = await stage();
  one = `${on.project}/merge_requests/1`;
  on.sandbox.openMergeRequest("acme/api", { author: "bob", title: "Add login", source: "login" });
});
afterEach(() => on.sandbox.close());

const read = async (): Promise<Json> => (await on.ann.get(one)).json;
const notes = async (query = ""): Promise<string[]> =>
  (await on.ann.get(`${one}/notes${query}`)).rows.map((note) => word(note["body"]).split("\n")[0] ?? "");

describe("merge requests", () => {
  it("move their updated_at for notes, labels and pushes, and not for pipelines or conflicts", async () => {
    const moves = async (act: () => void): Promise<boolean> => {
      const before = (await read())["updated_at"];
      on.clock.now += 5000;
      act();
      return (await read())["updated_at"] !== before;
    };
    const { sandbox } = on;
    expect(await moves(() => sandbox.note("acme/api", 1, { by: "ann", body: "x" }))).toBe(true);
    expect(await moves(() => sandbox.label("acme/api", 1, { labels: ["bug"] }))).toBe(true);
    expect(await moves(() => sandbox.push("acme/api", 1, { by: "bob" }))).toBe(true);
    const run = sandbox.startPipeline("acme/api", { by: "bob", mergeRequest: 1 });
    expect(await moves(() => sandbox.finishPipeline("acme/api", run.id, { status: "failed" }))).toBe(false);
    expect(await moves(() => sandbox.setConflict("acme/api", 1, true))).toBe(false);
    expect(await read()).toMatchObject({ has_conflicts: true, detailed_merge_status: "conflict" });
  });

  it("keep their updated_at for a push when the switch says so", async () => {
    const before = await read();
    on.sandbox.settings.pushBumpsUpdatedAt = false;
    on.clock.now += 5000;
    const { sha } = on.sandbox.push("acme/api", 1, { by: "bob" });
    expect(await read()).toMatchObject({ sha, updated_at: before["updated_at"] });
  });

  it("tell what happened in system notes", async () => {
    const { sandbox } = on;
    sandbox.markDraft("acme/api", 1, { by: "bob" });
    expect(await read()).toMatchObject({ title: "Draft: Add login", draft: true });
    sandbox.markReady("acme/api", 1, { by: "bob" });
    sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
    sandbox.approve("acme/api", 1, { by: "ann" });
    sandbox.assign("acme/api", 1, { by: "ann", assignee: "bob" });
    sandbox.push("acme/api", 1, { by: "bob" });
    sandbox.note("acme/api", 1, { by: "ann", body: "Thanks" });
    expect(await notes("?sort=asc&activity_filter=only_activity")).toEqual([
      "marked this merge request as **draft**",
      "marked this merge request as **ready**",
      "requested review from @ann",
      "approved this merge request",
      "assigned to @bob",
      "added 1 commit",
    ]);
    expect(await notes("?activity_filter=only_comments")).toEqual(["Thanks"]);
    expect((await notes())[0]).toBe("Thanks");
  });

  it("put a reviewer who is asked again back to unreviewed, with a second note", async () => {
    on.sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
    on.sandbox.requestChanges("acme/api", 1, { by: "ann" });
    const state = async () => (await on.ann.get(`${one}/reviewers`)).rows.map((row) => row["state"]);
    expect(await state()).toEqual(["requested_changes"]);
    on.sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
    expect(await state()).toEqual(["unreviewed"]);
    const asked = (await notes()).filter((body) => body === "requested review from @ann");
    expect(asked).toHaveLength(2);
  });

  it("get their head pipeline, and lose it with a push", async () => {
    const { id } = on.sandbox.startPipeline("acme/api", { by: "bob", mergeRequest: 1 });
    expect((await read())["head_pipeline"]).toMatchObject({ id, ref: "refs/merge-requests/1/head" });
    on.sandbox.push("acme/api", 1, { by: "bob" });
    expect((await read())["head_pipeline"]).toBeNull();
    expect((await on.ann.get(`${one}/pipelines`)).rows.map((row) => row["id"])).toEqual([id]);
  });

  it("follow commits that reach their branch by other ways", async () => {
    const how = { by: "ann", message: "More", files: { "a.txt": "a" }, branch: "login" };
    const { sha } = on.sandbox.commitFiles("acme/api", how);
    expect(await read()).toMatchObject({ sha, diff_refs: { head_sha: sha } });
  });

  it("answer 304 to their ETag until something changes, in the list too", async () => {
    for (const path of [one, `${on.project}/merge_requests?state=all`]) {
      const etag = (await on.ann.get(path)).headers.get("etag") ?? "";
      expect(etag).toMatch(/^W\//);
      expect((await on.ann.get(path, { "if-none-match": etag })).status).toBe(304);
      on.clock.now += 1000;
      on.sandbox.label("acme/api", 1, { labels: [path] });
      expect((await on.ann.get(path, { "if-none-match": etag })).status).toBe(200);
    }
  });

  it("include those of the very instant of updated_after", async () => {
    const at = word((await read())["updated_at"]);
    const list = (after: string) => on.ann.get(`${on.project}/merge_requests?updated_after=${after}`);
    expect((await list(at)).rows).toHaveLength(1);
    expect((await list("2026-11-02T10:00:01.001Z")).rows).toHaveLength(0);
    expect((await list("soon")).status).toBe(400);
  });

  it("page with Link and totals", async () => {
    for (let n = 2; n <= 45; n += 1) {
      on.clock.now += 1;
      on.sandbox.openMergeRequest("acme/api", { author: "bob", title: `N${n}`, source: `b${n}` });
    }
    const seen: unknown[] = [];
    let next: string | undefined = `${on.project}/merge_requests?state=all&per_page=20`;
    while (next !== undefined) {
      const answer = await on.ann.get(next);
      expect(answer.headers.get("x-total")).toBe("45");
      seen.push(...answer.rows.map((row) => row["iid"]));
      const link = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
      next = link?.replace(`${on.sandbox.url}/api/v4`, "");
    }
    expect(seen).toEqual(Array.from({ length: 45 }, (_, index) => 45 - index));
  });

  it("show only one's own in the global list unless a scope is given", async () => {
    expect((await on.ann.get("/merge_requests")).rows).toHaveLength(0);
    expect((await on.bob.get("/merge_requests")).rows).toHaveLength(1);
    expect((await on.ann.get("/merge_requests?scope=all")).rows).toHaveLength(1);
    expect((await on.ann.get(`${on.project}/merge_requests`)).rows).toHaveLength(1);
  });

  it("are found by iid and not by id", async () => {
    const { json } = await on.ann.get(one);
    const answer = await on.ann.get(`${on.project}/merge_requests/${word(json["id"])}`);
    expect([answer.status, answer.json["message"]]).toEqual([404, "404 Merge Request Not Found"]);
  });
});
