import { afterEach, beforeEach, expect, it } from "vitest";
import type { Action } from "../../../src/domain/action.js";
import { failureOf } from "../../contracts/platform-world.js";
import { account, colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { signal } from "./poller.js";

let fixture: GitLabFixture;
let on: { projectPath: string; projectId: string };

beforeEach(async () => {
  fixture = await startFixture();
  on = { projectPath, projectId: (await fixture.project()).id };
});
afterEach(() => fixture.close());

function open(author = colleague): { number: number; sha: string } {
  const { iid, sha } = fixture.sandbox.openMergeRequest(projectPath, { author, title: "Act", source: "act" });
  return { number: iid, sha };
}

function act(action: Action) {
  return fixture.connection.act(action, signal());
}

function writes(): number {
  return fixture.sandbox.server.ledger.count(/^(POST|PUT|PATCH|DELETE) /);
}

function run(status: string): string {
  const { id } = fixture.sandbox.startPipeline(projectPath, { by: colleague });
  if (status !== "running") fixture.sandbox.finishPipeline(projectPath, id, { status });
  return String(id);
}

it("says that an approval was given before", async () => {
  const target = open();
  const action: Action = { verb: "approve", ...on, ...target };
  expect((await act(action)).outcome).toBe("done");
  expect((await act(action)).outcome).toBe("already");
});

it("calls an approval that GitLab refuses to this account forbidden, and the token no less good", async () => {
  const target = open(account);
  fixture.sandbox.server.faults.add(/approve$/, {
    kind: "status",
    status: 401,
    body: { message: "401 Unauthorized" },
  });
  await expect(act({ verb: "approve", ...on, ...target })).rejects.toMatchObject({ kind: "forbidden" });
});

it("calls an approval with a revoked token unauthorized", async () => {
  const target = open();
  fixture.sandbox.revokeToken("glpat-canary-7f3a");
  await expect(act({ verb: "approve", ...on, ...target })).rejects.toMatchObject({ kind: "unauthorized" });
});

it("names the missing scope", async () => {
  const target = open();
  await fixture.close();
  fixture = await startFixture({ scopes: ["read_api"] });
  open();
  const failure = await failureOf(act({ verb: "approve", ...on, ...target }));
  expect(failure).toMatchObject({ kind: "forbidden", code: "insufficient_scope" });
  expect(failure.remedy).toContain("api");
});

it.each([
  ["not_approved", "not_mergeable", /approvals/],
  ["discussions_not_resolved", "not_mergeable", /threads/],
  ["checking", "not_ready_yet", /still checking/],
  ["some_new_reason", "not_mergeable", /some_new_reason/],
])("explains a merge that GitLab refuses for %s", async (status, code, words) => {
  const target = open();
  fixture.sandbox.setMergeStatus(projectPath, target.number, status);
  fixture.sandbox.server.faults.add(/merge$/, {
    kind: "status",
    status: 405,
    body: { message: "405 Method Not Allowed" },
  });
  const failure = await failureOf(act({ verb: "merge", ...on, ...target }));
  expect(failure).toMatchObject({ kind: "conflict", code });
  expect(failure.message).toMatch(words);
});

it("sends no merge for a head that the person has not seen", async () => {
  const target = open();
  const { sha } = fixture.sandbox.push(projectPath, target.number, { by: colleague });
  const failure = act({ verb: "merge", ...on, ...target });
  await expect(failure).rejects.toMatchObject({ kind: "conflict", code: "head_moved", headSha: sha });
  expect(writes()).toBe(0);
});

it("tells a head that moved between the look and the merge from other refusals", async () => {
  const target = open();
  fixture.sandbox.server.faults.add(/merge$/, { kind: "status", status: 409 });
  const stays = act({ verb: "merge", ...on, ...target });
  await expect(stays).rejects.toMatchObject({ kind: "conflict", code: "not_mergeable", status: 409 });
});

it("says that somebody else merged meanwhile", async () => {
  const target = open();
  const fault = { kind: "slow", ms: 150 } as const;
  fixture.sandbox.server.faults.add(/PUT .*merge$/, fault);
  const result = act({ verb: "merge", ...on, ...target });
  await new Promise((resolve) => setTimeout(resolve, 75));
  fixture.sandbox.world.merge(projectPath, target.number, { by: colleague });
  expect((await result).outcome).toBe("already");
});

it.each([
  ["a gateway's error", { kind: "status", status: 502, body: "<html>" }],
  ["a sign-in page", { kind: "html" }],
  ["half an answer", { kind: "truncated" }],
  ["no answer", { kind: "lost_reply" }],
] as const)("leaves a merge in doubt after %s", async (_name, fault) => {
  const target = open();
  fixture.sandbox.server.faults.add(/^PUT /, fault);
  await expect(act({ verb: "merge", ...on, ...target })).rejects.toMatchObject({ kind: "ambiguous" });
  expect(writes()).toBe(1);
});

it("does not call a merge in doubt that an overloaded server turned away", async () => {
  const target = open();
  fixture.sandbox.server.faults.add(/^PUT /, { kind: "status", status: 503 });
  await expect(act({ verb: "merge", ...on, ...target })).rejects.toMatchObject({ kind: "unreachable" });
});

it("follows no redirect of a write", async () => {
  const target = open();
  fixture.sandbox.server.faults.add(/^PUT /, { kind: "redirect", location: "/api/v4/elsewhere" });
  await expect(act({ verb: "merge", ...on, ...target })).rejects.toMatchObject({ code: "redirect" });
  expect(fixture.sandbox.server.ledger.count(/elsewhere/)).toBe(0);
});

it("retries nothing on a pipeline that runs, and says so", async () => {
  const result = await act({ verb: "retry", ...on, pipelineId: run("running") });
  expect(result.outcome).toBe("already");
  expect(writes()).toBe(0);
});

it("does not claim to have retried a pipeline in which nothing failed", async () => {
  const failure = act({ verb: "retry_failed", ...on, pipelineId: run("success") });
  await expect(failure).rejects.toMatchObject({ kind: "conflict", code: "nothing_to_retry" });
});

it("cancels nothing that is over", async () => {
  expect((await act({ verb: "cancel", ...on, pipelineId: run("failed") })).outcome).toBe("already");
  expect(writes()).toBe(0);
});

it("calls an absent pipeline gone", async () => {
  await expect(act({ verb: "retry", ...on, pipelineId: "4711" })).rejects.toMatchObject({ kind: "gone" });
});

it("calls what GitLab cannot process now a conflict, in GitLab's words, and asks nobody for another token", async () => {
  const pipelineId = run("failed");
  const body = { message: "Pipeline is archived" };
  fixture.sandbox.server.faults.add(/retry$/, { kind: "status", status: 422, body });
  const failure = await failureOf(act({ verb: "retry", ...on, pipelineId }));
  expect(failure).toMatchObject({ kind: "conflict", status: 422 });
  expect(failure.message).toContain("Pipeline is archived");
});

it("calls a question that GitLab cannot process rejected: nothing stands in the way of a question", async () => {
  fixture.sandbox.server.faults.add(/./, { kind: "status", status: 422, body: { message: "Odd." } });
  const asking = fixture.connection.searchProjects({ limit: 1 }, signal());
  await expect(asking).rejects.toMatchObject({ kind: "rejected", status: 422 });
});

it("calls a merge that GitLab refuses while it merges a conflict, with its reason", async () => {
  const target = open();
  fixture.sandbox.settings.mergeFails = true;
  await expect(act({ verb: "merge", ...on, ...target })).rejects.toMatchObject({
    kind: "conflict",
    code: "not_mergeable",
    status: 422,
  });
  expect(writes()).toBe(1);
});
