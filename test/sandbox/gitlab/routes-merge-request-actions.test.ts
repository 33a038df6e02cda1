import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stage, type Stage, word } from "./gitlab-client.js";

let on: Stage;
let one: string;
let sha: string;
beforeEach(async () => {
  on = await stage();
  one = `${on.project}/merge_requests/1`;
  const made = { author: "bob", title: "Add login", source: "login" };
  sha = on.sandbox.openMergeRequest("acme/api", made).sha;
});
afterEach(() => on.sandbox.close());

describe("approving", () => {
  it("counts once: a second time is 401", async () => {
    const first = await on.ann.post(`${one}/approve`, { sha });
    expect([first.status, first.json["user_has_approved"]]).toEqual([201, true]);
    expect((await on.ann.post(`${one}/approve`, { sha })).status).toBe(401);
    const { json } = await on.bob.get(`${one}/approvals`);
    expect(json).toMatchObject({ approved_by: [{ user: { username: "ann" } }], user_can_approve: true });
  });

  it("refuses a head that has moved with 409, and approves nothing", async () => {
    on.sandbox.push("acme/api", 1, { by: "bob" });
    const answer = await on.ann.post(`${one}/approve`, { sha });
    expect(answer.status).toBe(409);
    expect((await on.ann.get(`${one}/approvals`)).json["approved"]).toBe(false);
  });

  it("refuses those who are no members with 401", async () => {
    expect((await on.eve.post(`${one}/approve`)).status).toBe(401);
  });

  it("can be taken back once: then 404", async () => {
    await on.ann.post(`${one}/approve`);
    expect((await on.ann.post(`${one}/unapprove`)).status).toBe(201);
    expect((await on.ann.post(`${one}/unapprove`)).status).toBe(404);
  });
});

describe("merging", () => {
  const merge = async (body: object = { sha }) => (await on.ann.put(`${one}/merge`, body)).status;

  it("merges the files, tells who and when, and cannot be repeated", async () => {
    on.clock.now += 60_000;
    expect(await merge()).toBe(200);
    const { json } = await on.bob.get(one);
    expect(json).toMatchObject({
      state: "merged",
      merged_by: { username: "ann" },
      merge_user: { username: "ann" },
      merged_at: "2026-11-02T10:01:01.000Z",
      detailed_merge_status: "not_open",
    });
    const head = await on.ann.get(`${on.project}/repository/branches/main`);
    expect(head.json["commit"]?.["id"]).toBe(json["merge_commit_sha"]);
    expect((await on.ann.get(`${on.project}/repository/compare?from=main&to=login`)).json["diffs"]).toEqual(
      [],
    );
    const body = `mentioned in commit ${word(json["merge_commit_sha"])}`;
    expect((await on.ann.get(`${one}/notes`)).rows.map((note) => note["body"])).toContain(body);
    expect(await merge()).toBe(405);
  });

  it("refuses drafts and conflicts with 405", async () => {
    on.sandbox.markDraft("acme/api", 1, { by: "bob" });
    expect(await merge()).toBe(405);
    on.sandbox.markReady("acme/api", 1, { by: "bob" });
    on.sandbox.setConflict("acme/api", 1, true);
    expect(await merge()).toBe(405);
    on.sandbox.setConflict("acme/api", 1, false);
    on.sandbox.setMergeStatus("acme/api", 1, "ci_must_pass");
    expect(await merge()).toBe(405);
    on.sandbox.setMergeStatus("acme/api", 1, null);
    expect(await merge()).toBe(200);
  });

  it("refuses a moved head with 409, strangers with 401, a missing sha by switch with 400, a race with 422", async () => {
    expect((await on.eve.put(`${one}/merge`, { sha })).status).toBe(401);
    on.sandbox.settings.requireShaForMerge = true;
    expect(await merge({})).toBe(400);
    on.sandbox.settings.mergeFails = true;
    expect(await merge()).toBe(422);
    on.sandbox.push("acme/api", 1, { by: "bob" });
    expect(await merge()).toBe(409);
    expect((await on.ann.get(one)).json["state"]).toBe("opened");
  });
});

describe("updating", () => {
  it("closes and reopens, with state events", async () => {
    await on.ann.put(one, { state_event: "close" });
    expect((await on.ann.get(one)).json).toMatchObject({ state: "closed", closed_by: { username: "ann" } });
    await on.ann.put(one, { state_event: "reopen" });
    const events = (await on.ann.get(`${one}/resource_state_events`)).rows;
    expect(events.map((event) => event["state"])).toEqual(["closed", "reopened"]);
  });

  it("asks new reviewers and leaves the old ones alone", async () => {
    const { json } = await on.ann.get("/user");
    await on.bob.put(one, { reviewer_ids: [json["id"]] });
    await on.bob.put(one, { reviewer_ids: [json["id"]] });
    const bodies = (await on.ann.get(`${one}/notes`)).rows.map((note) => note["body"]);
    expect(bodies).toEqual(["requested review from @ann"]);
  });

  it("says which methods an address has", async () => {
    expect((await on.ann.post(`${one}/merge`)).status).toBe(405);
  });
});
