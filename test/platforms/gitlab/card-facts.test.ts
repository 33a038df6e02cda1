import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MergeRequestFacts } from "../../../src/domain/facts/index.js";
import { account, colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, signal, type Poller } from "./poller.js";

let fixture: GitLabFixture;
let poller: Poller;
let iid: number;
const hour = 3_600_000;

beforeEach(async () => {
  fixture = await startFixture();
  const made = { author: account, title: "Card", source: "card", labels: ["backend"] };
  ({ iid } = fixture.sandbox.openMergeRequest(projectPath, made));
  poller = await createPoller(fixture, "mergeRequests");
  await poller.poll();
  fixture.advance(hour);
});
afterEach(() => fixture.close());

async function read(): Promise<MergeRequestFacts> {
  return fixture.connection.readMergeRequest(await fixture.project(), iid, signal());
}

function note(body: string, made: { path?: string; thread?: boolean; replyTo?: number } = {}): number {
  return fixture.sandbox.note(projectPath, iid, { by: colleague, body, ...made }).id;
}

describe("checks", () => {
  it.each([
    ["running", "running"],
    ["failed", "failed"],
    ["success", "success"],
  ])("are %s while the head's pipeline is", async (status, state) => {
    const { id } = fixture.sandbox.startPipeline(projectPath, { by: account, mergeRequest: iid });
    if (status !== "running") fixture.sandbox.finishPipeline(projectPath, id, { status });
    const url = `${fixture.sandbox.url}/${projectPath}/-/pipelines/${id}`;
    expect((await read()).checks).toEqual({ state, url });
  });

  it("are none without a pipeline, and not those of an earlier head", async () => {
    expect((await read()).checks).toBeNull();
    const head_pipeline = { id: 5, sha: "0".repeat(40), status: "success" };
    const { id } = await fixture.project();
    const path = new RegExp(`projects/${id}/merge_requests/${iid}$`);
    const whole = await fetch(`${fixture.sandbox.url}/api/v4/projects/${id}/merge_requests/${iid}`, {
      headers: { authorization: "Bearer glpat-canary-7f3a" },
    });
    const body = { ...((await whole.json()) as object), head_pipeline };
    fixture.sandbox.server.faults.add(path, { kind: "status", status: 200, body });
    expect((await read()).checks).toBeUndefined();
  });
});

it("counts the files that change, and the labels", async () => {
  expect(await read()).toMatchObject({ diff: { files: 1, more: false }, labels: ["backend"] });
});

describe("open threads", () => {
  it("are counted thread by thread, whatever number of replies they have", async () => {
    expect((await read()).openThreads).toBe(0);
    const first = note("here?", { path: "src/card.txt" });
    note("yes", { replyTo: first });
    const second = note("and this?", { thread: true });
    note("just a comment");
    expect((await read()).openThreads).toBe(2);
    fixture.sandbox.resolveThread(projectPath, iid, second);
    expect((await read()).openThreads).toBe(1);
  });

  it("cost a request only where there is one", async () => {
    note("just a comment");
    await poller.poll();
    expect(fixture.sandbox.server.ledger.count(/discussions/)).toBe(0);
  });

  it("are unknown where they cannot be read, and the comments are told all the same", async () => {
    note("here?", { path: "src/card.txt" });
    fixture.sandbox.server.faults.add(/discussions/, { kind: "status", status: 500 }, Infinity);
    const facts = only(await poller.facts(), "merge_request");
    expect(facts.openThreads).toBeUndefined();
    expect(facts.happenings).toMatchObject([{ body: "here?" }]);
  });

  it("tie a comment to its thread", async () => {
    const first = note("here?", { path: "src/card.txt" });
    note("yes", { replyTo: first });
    const [one, two] = only(await poller.facts(), "merge_request").happenings;
    if (one?.what !== "commented" || two?.what !== "commented") throw new Error("two comments");
    expect(one.threadId).toMatch(/^[0-9a-f]{40}$/);
    expect(two.threadId).toBe(one.threadId);
  });
});

describe("remarks on the code", () => {
  const reviewIds = async () =>
    only(await poller.facts(), "merge_request").happenings.map((one) =>
      one.what === "commented" ? one.reviewId : "",
    );

  it("that are published in one go are of one review", async () => {
    const first = note("one", { path: "a" });
    note("two", { path: "b" });
    fixture.advance(1000);
    note("three", { path: "c" });
    const id = `remarks:${first}`;
    expect(await reviewIds()).toEqual([id, id, id]);
  });

  it("that are written one after another are not", async () => {
    note("one", { path: "a" });
    fixture.advance(30_000);
    note("two", { path: "b" });
    note("a comment");
    expect(await reviewIds()).toEqual([undefined, undefined, undefined]);
  });
});

it("takes how many approvals are wanted from the plan that knows it", async () => {
  const body = { approvals_required: 2, approved_by: [] };
  fixture.sandbox.server.faults.add(/approvals$/, { kind: "status", status: 200, body });
  expect((await read()).approvalsRequired).toBe(2);
  expect((await read()).approvalsRequired).toBeUndefined();
});
