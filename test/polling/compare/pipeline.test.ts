import { mentionGrammar } from "../../../src/platforms/github/mention-grammar.js";
import { describe, expect, it } from "vitest";
import type { PipelineFacts } from "../../../src/domain/facts/index.js";
import type { PipelineLine, PipelineSnapshot, Snapshot } from "../../../src/domain/snapshot.js";
import {
  compare,
  toFixed,
  toLine,
  type CompareContext,
  type Comparison,
} from "../../../src/polling/compare/index.js";
import { ann, aProject, at, bob, bobsAccount, pipelineFacts } from "../../support/builders.js";

/** What the store does around the comparison: keeps snapshots and the line, and drops keys that it knows. */
function createHistory() {
  const snapshots = new Map<string, Snapshot>();
  const keys = new Set<string>();
  let line: PipelineLine | null = null;
  return {
    see(changes: Partial<PipelineFacts>, baseline = false): Comparison & { kinds: string[] } {
      const facts = pipelineFacts(changes);
      const context = { project: aProject(), baseline, account: bobsAccount, mentionGrammar, line };
      const result = compare(snapshots.get(facts.id) ?? null, facts, context);
      snapshots.set(facts.id, JSON.parse(JSON.stringify(result.snapshot)) as Snapshot);
      line = result.line ?? line;
      const fresh = result.events.filter((event) => !keys.has(event.key));
      fresh.forEach((event) => keys.add(event.key));
      return { ...result, kinds: fresh.map((event) => event.kind) };
    },
    line: () => line,
  };
}

const run10 = { id: "10", number: 10, createdAt: at(0) };
const run11 = { id: "11", number: 11, createdAt: at(10) };

describe("a pipeline", () => {
  it("tells each step of one attempt once", () => {
    const history = createHistory();
    expect(history.see({ status: "queued", attempt: 1 }).kinds).toEqual([]);
    expect(history.see({ status: "running", attempt: 1, updatedAt: at(2) }).kinds).toEqual([
      "pipeline.started",
    ]);
    expect(history.see({ status: "running", attempt: 1, updatedAt: at(3) }).kinds).toEqual([]);
    const failed = { status: "failed", attempt: 1, updatedAt: at(4), finishedAt: at(4) } as const;
    expect(history.see(failed).kinds).toEqual(["pipeline.failed"]);
    expect(history.see(failed).kinds).toEqual([]);
  });

  it("is a new attempt by its number on GitHub", () => {
    const history = createHistory();
    history.see({ status: "failed", attempt: 1, updatedAt: at(2) });
    expect(history.see({ status: "running", attempt: 2, updatedAt: at(3) }).kinds).toEqual([
      "pipeline.started",
    ]);
    expect(history.see({ status: "failed", attempt: 2, updatedAt: at(4) }).kinds).toEqual([
      "pipeline.failed",
    ]);
    expect(history.line()).toMatchObject({ failures: 2, failedPipelines: [{ id: "900" }] });
  });

  it("is a new attempt on GitLab when a finished one moves, or finishes at another time", () => {
    const history = createHistory();
    history.see({ status: "failed", updatedAt: at(2), finishedAt: at(2) });
    const again = history.see({ status: "failed", updatedAt: at(5), finishedAt: at(5) });
    expect(again.events[0]?.key).toBe("github/7/pipeline/900/2/failed");
    const running = history.see({ status: "running", updatedAt: at(6), finishedAt: undefined });
    expect(running.events[0]?.key).toBe("github/7/pipeline/900/3/started");
    expect((running.snapshot as PipelineSnapshot).finishedAt).toBeUndefined();
    expect(history.see({ status: "success", updatedAt: at(7) }).events[0]?.key).toBe(
      "github/7/pipeline/900/3/succeeded",
    );
  });

  it("keeps what is newer when a list lags behind", () => {
    const history = createHistory();
    history.see({ status: "failed", updatedAt: at(5) });
    expect(history.see({ status: "running", updatedAt: at(4) }).events).toEqual([]);
    expect(history.see({ status: "running", updatedAt: at(5) }).events).toEqual([]);
    const byAttempt = createHistory();
    byAttempt.see({ status: "running", attempt: 2, updatedAt: at(5) });
    expect(byAttempt.see({ status: "failed", attempt: 1, updatedAt: at(6) }).events).toEqual([]);
  });

  it("says nothing of a status that is new to us", () => {
    const history = createHistory();
    history.see({ status: "failed", updatedAt: at(2) });
    const odd = history.see({ status: "unknown", rawStatus: "pondering", updatedAt: at(3) });
    expect(odd.events).toEqual([]);
    expect(history.see({ status: "failed", updatedAt: at(4) }).events).toEqual([]);
  });

  it("keeps the failed jobs when a later answer leaves them out, until it runs again", () => {
    const history = createHistory();
    const failedJobs = [{ id: "1", name: "build", url: "u" }];
    history.see({ status: "failed", updatedAt: at(2), failedJobs });
    expect(history.see({ status: "failed", updatedAt: at(3) }).snapshot).toMatchObject({ failedJobs });
    expect(
      (history.see({ status: "running", updatedAt: at(4) }).snapshot as PipelineSnapshot).failedJobs,
    ).toBeUndefined();
  });

  it("is no news when it ended before the news began and was never seen", () => {
    const history = createHistory();
    expect(
      history.see({ status: "failed", finishedAt: at(2), updatedAt: at(2), newsSince: at(3) }).events,
    ).toEqual([]);
    expect(history.line()?.lastFinal).toBe("failed");
  });

  it("concerns whoever started it and the author of its merge request", () => {
    const context = {
      project: aProject(),
      baseline: false,
      account: bobsAccount,
      mentionGrammar,
      mergeRequest: { author: bob, draft: false },
    };
    const [event] = compare(null, pipelineFacts({ status: "failed" }), context).events;
    expect(event?.concerns).toEqual([
      { personId: ann.id, as: "starter" },
      { personId: bob.id, as: "author" },
    ]);
    expect(event?.attributes).toMatchObject({ branch: ["main"], workflow: ["CI"], status: ["failed"] });
  });
});

describe("what a pipeline's event says", () => {
  const context = { project: aProject(), baseline: false, account: bobsAccount, mentionGrammar };
  const eventOf = (changes: Partial<PipelineFacts>, more: Partial<CompareContext> = {}) =>
    compare(null, pipelineFacts({ status: "failed", finishedAt: at(5), ...changes }), { ...context, ...more })
      .events[0];

  it("takes a fork's branch and a tag for no branch of ours", () => {
    expect(eventOf({ fork: "mallory/api" })?.attributes).toMatchObject({ branch: ["mallory:main"] });
    const ofTag = eventOf({ branch: "v1.0.0", isTag: true })?.attributes;
    expect([ofTag?.tag, ofTag?.branch]).toEqual([["v1.0.0"], undefined]);
  });

  it("concerns whoever wrote the commit", () => {
    expect(eventOf({ commitAuthor: bob })?.concerns).toContainEqual({ personId: bob.id, as: "author" });
  });

  it("knows whether its line was broken before, a schedule started it, or its merge request is a draft", () => {
    expect(eventOf({})?.detail).toEqual({ url: pipelineFacts().url });
    const { line } = compare(null, pipelineFacts({ status: "failed", finishedAt: at(5) }), context);
    expect(
      eventOf({ id: "901", number: 143, createdAt: at(9) }, { line: line ?? null })?.detail,
    ).toMatchObject({
      brokenSince: at(5),
    });
    expect(eventOf({ trigger: "schedule" })?.detail.scheduled).toBe(true);
    expect(eventOf({}, { mergeRequest: { author: ann, draft: true } })?.detail.ofDraft).toBe(true);
  });
});

describe("the line of a pipeline", () => {
  it("is fixed by the next success, which says how long it was broken", () => {
    const history = createHistory();
    history.see({ ...run10, status: "failed", finishedAt: at(5) });
    history.see({ ...run11, status: "failed", finishedAt: at(12) });
    const fixed = history.see({
      id: "12",
      number: 12,
      createdAt: at(18),
      status: "success",
      finishedAt: at(19),
      url: "u12",
    });
    expect(fixed.kinds).toEqual(["pipeline.fixed"]);
    expect(fixed.events[0]).toMatchObject({
      key: "github/7/pipeline/12/1/succeeded",
      detail: { fixed: { runs: 2, brokenSince: at(5), byNumber: 12, byUrl: "u12" } },
    });
    expect(fixed.fixes).toEqual(["10", "11"]);
    expect(history.see({ id: "13", number: 13, createdAt: at(30), status: "success" }).kinds).toEqual([
      "pipeline.succeeded",
    ]);
  });

  it("is fixed by a retry of the same pipeline, which is no other card", () => {
    const history = createHistory();
    history.see({ ...run10, status: "failed", attempt: 1, updatedAt: at(5) });
    const fixed = history.see({ ...run10, status: "success", attempt: 2, updatedAt: at(9) });
    expect(fixed.kinds).toEqual(["pipeline.fixed"]);
    expect(fixed.fixes).toBeUndefined();
  });

  it("is neither fixed nor broken by an old pipeline that ends late", () => {
    const history = createHistory();
    history.see({ ...run10, status: "running" });
    history.see({ ...run11, status: "failed" });
    expect(history.see({ ...run10, status: "success", updatedAt: at(20) }).kinds).toEqual([
      "pipeline.succeeded",
    ]);
    expect(history.line()).toMatchObject({ lastFinal: "failed", failures: 1 });
    const broken = createHistory();
    broken.see({ ...run10, status: "running" });
    broken.see({ ...run11, status: "success" });
    expect(broken.see({ ...run10, status: "failed", updatedAt: at(20) }).kinds).toEqual(["pipeline.failed"]);
    expect(broken.line()).toMatchObject({ lastFinal: "success" });
  });

  it("is known from the baseline, so that the first success after it is a recovery", () => {
    const history = createHistory();
    expect(history.see({ ...run10, status: "failed" }, true).events).toEqual([]);
    expect(history.see({ ...run11, status: "success" }).kinds).toEqual(["pipeline.fixed"]);
  });

  it("does not grow without end, and a canceled run says nothing about it", () => {
    const history = createHistory();
    for (let n = 0; n < 30; n += 1)
      history.see({ id: `f${n}`, number: n, createdAt: at(n), status: "failed" });
    expect(history.line()?.failedPipelines).toHaveLength(20);
    expect(history.see({ id: "c", number: 40, createdAt: at(40), status: "canceled" }).line).toBeUndefined();
    expect(history.line()?.failures).toBe(30);
  });

  it("keeps what the logs of its jobs said when a later reading does not read them", () => {
    const history = createHistory();
    const job = { id: "1", name: "unit", url: "u" };
    history.see({ ...run10, status: "failed", failedJobs: [{ ...job, excerpt: ["E"] }] });
    const { snapshot } = history.see({ ...run10, status: "failed", failedJobs: [job, { ...job, id: "2" }] });
    const jobs = (snapshot as PipelineSnapshot).failedJobs;
    expect(jobs?.map(({ excerpt }) => excerpt)).toEqual([["E"], undefined]);
  });

  it("is another for another branch, workflow, tag, fork or merge request", () => {
    const lines = [
      pipelineFacts({ workflowId: "7" }),
      pipelineFacts({ workflowId: "7", branch: "dev" }),
      pipelineFacts({ workflowId: "8" }),
      pipelineFacts({ workflowId: "7", isTag: true }),
      pipelineFacts({ workflowId: "7", fork: "bob/api" }),
      pipelineFacts({ workflowId: "7", trigger: "pull_request" }),
      pipelineFacts({ workflowId: "7", trigger: "pull_request", fork: "bob/api" }),
      pipelineFacts({ workflowId: "7", trigger: "pull_request", mergeRequest: { number: 3, url: "u" } }),
      pipelineFacts({ workflow: "" }),
      pipelineFacts({ workflow: "", trigger: "schedule" }),
    ].map(toLine);
    expect(new Set(lines).size).toBe(lines.length);
    expect(toLine(pipelineFacts({ workflowId: "7", id: "1", number: 1 }))).toBe(
      toLine(pipelineFacts({ workflowId: "7", trigger: "schedule" })),
    );
  });

  it("is the same whatever its pipelines are called: a name may hold the title of a commit", () => {
    expect(toLine(pipelineFacts({ workflow: "main: Fix" }))).toBe(
      toLine(pipelineFacts({ workflow: "main: Add" })),
    );
    expect(toLine(pipelineFacts({ workflow: "CI", workflowId: "7" }))).toBe(
      toLine(pipelineFacts({ workflow: "Checks", workflowId: "7" })),
    );
  });

  it("marks the earlier pipelines until they run again", () => {
    const history = createHistory();
    const { snapshot } = history.see({ ...run10, status: "failed" });
    const fixed = toFixed(snapshot as PipelineSnapshot, { number: 11, url: "u" });
    expect(fixed.fixedBy).toEqual({ number: 11, url: "u" });
    const context = { project: aProject(), baseline: false, account: bobsAccount, mentionGrammar };
    const same = compare(
      fixed,
      pipelineFacts({ ...run10, status: "failed", updatedAt: at(3) }),
      context,
    ).snapshot;
    expect(same).toMatchObject({ fixedBy: { number: 11 } });
    const again = compare(
      fixed,
      pipelineFacts({ ...run10, status: "running", updatedAt: at(4) }),
      context,
    ).snapshot;
    expect((again as PipelineSnapshot).fixedBy).toBeUndefined();
  });
});
