import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stage, type Client, type Stage, word } from "./gitlab-client.js";

let on: Stage;
beforeEach(async () => {
  on = await stage();
  on.sandbox.openMergeRequest("acme/api", { author: "bob", title: "Add login", source: "login" });
});
afterEach(() => on.sandbox.close());

async function actions(client: Client, query = ""): Promise<string[]> {
  return (await client.get(`/todos${query}`)).rows.map((todo) => word(todo["action_name"]));
}

describe("to-dos", () => {
  it("come for mentions, assignments and review requests, newest first", async () => {
    on.sandbox.note("acme/api", 1, { by: "bob", body: "I think @ann knows" });
    on.sandbox.assign("acme/api", 1, { by: "bob", assignee: "ann" });
    on.sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
    expect(await actions(on.ann)).toEqual(["review_requested", "assigned", "mentioned"]);
  });

  it("tell a person who is addressed first from one who is mentioned", async () => {
    on.sandbox.note("acme/api", 1, { by: "bob", body: "@ann look" });
    expect(await actions(on.ann)).toEqual(["directly_addressed"]);
  });

  it("never come for one's own acts", async () => {
    on.sandbox.note("acme/api", 1, { by: "bob", body: "@bob remember" });
    on.sandbox.assign("acme/api", 1, { by: "bob", assignee: "bob" });
    on.sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "bob" });
    expect(await actions(on.bob)).toEqual([]);
  });

  it.each([
    ["a code span", "see `@ann`"],
    ["a double code span", "see ``a ` @ann``"],
    ["a fenced block", "```\n@ann\n```\ndone"],
    ["a fenced block that never ends", "~~~\n@ann"],
    ["a mail address", "mail x@ann.example"],
    ["a longer name", "ask @anna"],
  ])("do not come for a name in %s", async (_where, body) => {
    on.sandbox.note("acme/api", 1, { by: "bob", body });
    expect(await actions(on.ann)).toEqual([]);
  });

  it("come for a name with a full stop behind it and after a code span", async () => {
    on.sandbox.note("acme/api", 1, { by: "bob", body: "Not `@eve` but @ann." });
    expect(await actions(on.ann)).toEqual(["mentioned"]);
  });

  it("are one per action while pending, except mentions", async () => {
    on.sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
    on.sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
    on.sandbox.note("acme/api", 1, { by: "bob", body: "hey @ann" });
    on.sandbox.note("acme/api", 1, { by: "bob", body: "hey @ann again" });
    expect(await actions(on.ann)).toEqual(["mentioned", "mentioned", "review_requested"]);
  });

  it("leave the pending ones when marked done, and answer with the done one", async () => {
    on.sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
    const [todo] = (await on.ann.get("/todos")).rows;
    const answer = await on.ann.post(`/todos/${word(todo?.["id"])}/mark_as_done`);
    expect([answer.status, answer.json["state"]]).toEqual([201, "done"]);
    expect(await actions(on.ann)).toEqual([]);
    expect(await actions(on.ann, "?state=done")).toEqual(["review_requested"]);
  });

  it("of somebody else cannot be marked done", async () => {
    on.sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
    const [todo] = (await on.ann.get("/todos")).rows;
    expect((await on.bob.post(`/todos/${word(todo?.["id"])}/mark_as_done`)).status).toBe(404);
  });

  it("are done when the person acts on the target", async () => {
    on.sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
    await on.ann.post(`${on.project}/merge_requests/1/approve`);
    expect(await actions(on.ann)).toEqual([]);
  });

  it("come to the author when the head pipeline fails, and go when it is retried", async () => {
    const { id } = on.sandbox.startPipeline("acme/api", { by: "ann", ref: "login" });
    on.sandbox.finishPipeline("acme/api", id, { status: "failed" });
    expect(await actions(on.bob)).toEqual(["build_failed"]);
    on.sandbox.retryPipeline("acme/api", id, { by: "ann" });
    expect(await actions(on.bob)).toEqual([]);
  });

  it("do not come to people who cannot see the project", async () => {
    on.sandbox.addProject("acme/secret", { private: true, members: ["bob"] });
    on.sandbox.openIssue("acme/secret", { author: "bob", title: "Plan", description: "@eve @ann" });
    expect(await actions(on.eve)).toEqual([]);
  });

  it("carry the anchor of the note and its text", async () => {
    const { id } = on.sandbox.note("acme/api", 1, { by: "bob", body: "Hello @ann" });
    const [todo] = (await on.ann.get("/todos?type=MergeRequest")).rows;
    expect(todo).toMatchObject({
      body: "Hello @ann",
      target_type: "MergeRequest",
      target_url: `${on.sandbox.url}/acme/api/-/merge_requests/1#note_${id}`,
      project: { path_with_namespace: "acme/api" },
    });
  });
});
