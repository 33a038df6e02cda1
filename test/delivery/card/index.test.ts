import { mentionGrammar } from "../../../src/platforms/github/mention-grammar.js";
import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/domain/event.js";
import type {
  DocsChangeFacts,
  Facts,
  MergeRequestFacts,
  PipelineFacts,
} from "../../../src/domain/facts/index.js";
import type { Snapshot } from "../../../src/domain/snapshot.js";
import { cardActions, renderCard } from "../../../src/delivery/card/index.js";
import { createTranslator } from "../../../src/i18n/index.js";
import { compare, toFixed } from "../../../src/polling/compare/index.js";
import {
  aComment,
  ann,
  anEvent,
  aProject,
  at,
  bob,
  bobsAccount,
  carol,
  docsFacts,
  issueFacts,
  mergeRequestFacts,
  pipelineFacts,
  renovate,
  wikiFacts,
} from "../../support/builders.js";
import { plain } from "./plain.js";

const project = aProject();
const words = { mergeRequest: "PR", sigil: "#", pipeline: "run" };
const bobReads = { accounts: [{ connectionId: "github", personId: bob.id, login: "bob" }] };
const context = { project, baseline: false, account: bobsAccount, mentionGrammar };
const english = createTranslator("en");

interface Shown {
  prior?: Snapshot;
  recent?: Event[];
  happened?: Event[];
  now?: string;
  language?: "en" | "ru";
}

function show(facts: Facts, { prior, recent = [], happened, now = at(6), language = "en" }: Shown = {}) {
  const { snapshot, events } = compare(prior ?? null, facts, context);
  const { text } = renderCard({
    snapshot,
    events,
    recent,
    happened: happened ?? [...recent, ...events],
    reader: bobReads,
    project,
    words,
    translate: createTranslator(language),
    now: Date.parse(now),
    actions: cardActions(snapshot, bob.id),
  });
  return { text, lines: plain(text).split("\n"), snapshot, events };
}

function seen(changes: Partial<MergeRequestFacts> = {}): Snapshot {
  return compare(null, mergeRequestFacts(changes), { ...context, baseline: true }).snapshot;
}

describe("the card of a merge request", () => {
  it("says first what the reader is asked to do, then how it stands", () => {
    const facts = mergeRequestFacts({
      reviewRequests: [{ person: bob, by: ann, at: at(5) }],
      approvedBy: [carol],
      approvalsRequired: 2,
      checks: { state: "failed", passed: 10, failed: 2, running: 0 },
      diff: { files: 5, additions: 120, deletions: 30 },
      labels: ["bug", "backend"],
      openThreads: 3,
      conflict: true,
    });
    const { lines, text } = show(facts, { prior: seen() });
    expect(lines.slice(0, 6)).toEqual([
      "👀 Ann requested your review",
      "🔀 acme/api PR #12 · Fix login",
      "open · fix-login → main · by Ann · at a1b2c3d · +120\u00a0−30, 5 files",
      "👍 carol · 1 of 2 approvals · waiting for Bob",
      "❌ 2 of 12 checks failed · 3 open threads · ⚠️ conflict",
      "🏷 bug, backend",
    ]);
    expect(text[0]?.node).toBe("bold");
    expect(text).toContainEqual({
      node: "link",
      text: "acme/api PR #12 · Fix login",
      url: "https://github.com/acme/api/pull/12",
    });
  });

  it("tells what each reviewer said last", () => {
    const verdict = (key: string, kind: string, actor: Event["actor"]) => anEvent({ key, kind, actor });
    const happened = [
      verdict("1", "review.approved", carol),
      verdict("2", "review.changes_requested", carol),
      verdict("3", "review.commented", carol),
      verdict("4", "review.commented", bob),
      verdict("5", "review.changes_requested", ann),
    ];
    expect(show(mergeRequestFacts(), { prior: seen(), happened }).lines[2]).toBe("✋ carol · 💬 Bob");
    const dismissed = anEvent({ key: "6", kind: "review.dismissed", detail: { whom: ["@carol"] } });
    expect(show(mergeRequestFacts(), { prior: seen(), happened: [...happened, dismissed] }).lines[2]).toBe(
      "💬 Bob",
    );
    const approved = mergeRequestFacts({ approvedBy: [carol, bob] });
    expect(show(approved, { prior: seen(), happened }).lines[2]).toBe("👍 carol, Bob");
  });

  it("waits for nobody who approved already, and names teams, three of them at most", () => {
    const line = (changes: Partial<MergeRequestFacts>) =>
      show(mergeRequestFacts(changes), { prior: seen(changes) }).lines[2];
    const requests = { reviewRequests: [{ person: bob }, { person: carol }] };
    expect(line({ ...requests, approvedBy: [carol] })).toBe("👍 carol · waiting for Bob");
    expect(line({ reviewRequests: [{ team: "acme/core" }] })).toBe("waiting for acme/core");
    const teams = ["a", "b", "c", "d", "e"].map((team) => ({ team }));
    expect(line({ reviewRequests: teams })).toBe("waiting for a, b, c and 2 more");
  });

  it("says of what has ended who approves it, and no more what stood in its way", () => {
    const happened = [
      anEvent({ key: "1", kind: "review.changes_requested", actor: carol }),
      anEvent({ key: "2", kind: "review.commented", actor: bob }),
    ];
    const ended = { state: "merged", approvedBy: [renovate], approvalsRequired: 2 } as const;
    const facts = mergeRequestFacts({ ...ended, approvedBy: [...ended.approvedBy] });
    expect(show(facts, { prior: seen(), happened }).lines[2]).toBe("👍 renovate[bot]");
  });

  it.each([
    [{ state: "running" as const, passed: 3, running: 4 }, "⏳ checks running"],
    [{ state: "running" as const, passed: 3, failed: 1, running: 4 }, "❌ checks running, 1 failed"],
    [{ state: "success" as const, passed: 12 }, "✅ 12 of 12 checks passed"],
    [{ state: "success" as const }, "✅ checks passed"],
    [{ state: "failed" as const }, "❌ checks failed"],
  ])("says how the checks stand: %j", (checks, line) => {
    expect(show(mergeRequestFacts({ checks }), { prior: seen() }).lines[2]).toContain(line);
  });

  it("shows what was said, cut where it is long", () => {
    const body = `@bob ${"long words ".repeat(60)}`;
    const facts = mergeRequestFacts({ happenings: [aComment({ actor: ann, body })] });
    const { lines } = show(facts, { prior: seen() });
    expect(lines[0]).toBe("📣 Ann mentioned you · show");
    const quote = lines.filter((line) => line.startsWith("| "));
    expect(quote).toHaveLength(1);
    expect(quote[0]?.length).toBeLessThanOrEqual(303);
    expect(quote[0]).toMatch(/ (?:long|words)…$/);
  });

  it("keeps the last happenings below, each once and linked, and counts the new ones that do not fit", () => {
    const url = "https://github.com/acme/api/pull/12#c";
    const recent = [1, 2].map((n) => anEvent({ key: `k${n}`, detail: { body: `word ${n}`, url } }));
    const happenings = [1, 2, 3, 4, 5].map((n) => aComment({ id: `comment:${n}`, body: `new ${n}` }));
    const { lines, text } = show(mergeRequestFacts({ happenings }), {
      prior: seen(),
      recent: [...recent, ...recent],
    });
    expect(lines.slice(2)).toEqual([
      "2 more updates",
      ...["new 3", "new 4", "new 5"].flatMap((words) => ["💬 Bob commented", `| ${words}`]),
    ]);
    expect(text).toContainEqual({
      node: "link",
      text: "💬 Bob commented",
      url: expect.any(String) as string,
    });
  });

  it("tells the remarks of one review together, counts those that do not fit, and links each", () => {
    const review = {
      ...aComment({ id: "review:7", actor: ann }),
      what: "changes_requested" as const,
      body: "See below",
    };
    const remarks = Array.from({ length: 8 }, (_, n) =>
      aComment({
        id: `review-comment:${n}`,
        actor: ann,
        body: `remark ${n}`,
        path: `src/${n}.ts`,
        reviewId: "review:7",
        url: `u${n}`,
      }),
    );
    const facts = mergeRequestFacts({ author: bob, happenings: [review, ...remarks] });
    const { lines, text } = show(facts, { prior: seen({ author: bob }) });
    expect(lines[0]).toBe("✋ Ann requested changes · show");
    expect(lines.slice(-5)).toEqual([
      "| See below",
      "• src/0.ts: remark 0",
      "• src/1.ts: remark 1",
      "• src/2.ts: remark 2",
      "5 more remarks",
    ]);
    expect(text.filter((node) => node.node === "link" && /^u\d$/.test(node.url))).toHaveLength(3);
    const alone = show(mergeRequestFacts({ author: carol, happenings: remarks }), {
      prior: seen({ author: carol }),
    });
    expect(alone.lines.slice(2)).toEqual(["💬 Ann reviewed", ...lines.slice(-4)]);
  });

  it("says how it ended, without what matters only while it is open", () => {
    const { lines } = show(
      mergeRequestFacts({
        ...{ state: "merged", endedBy: carol, conflict: true, openThreads: 2 },
        reviewRequests: [{ person: bob }],
        checks: { state: "success" },
      }),
      { prior: seen() },
    );
    expect(lines).toEqual([
      "🟣 acme/api PR #12 · Fix login",
      "merged · fix-login → main · by Ann",
      "🎉 carol merged it",
    ]);
  });

  it("forgets a conflict that is resolved", () => {
    const { events } = show(mergeRequestFacts({ conflict: true }), { prior: seen() });
    const { lines } = show(mergeRequestFacts({ conflict: false }), { prior: seen(), recent: events });
    expect(lines.join("\n")).not.toMatch(/conflict/i);
  });

  it("says how old news is that comes late", () => {
    const facts = mergeRequestFacts({ happenings: [aComment({ at: at(5), url: mergeRequestFacts().url })] });
    expect(show(facts, { prior: seen(), now: at(14) }).lines.join()).not.toContain("ago");
    expect(show(facts, { prior: seen(), now: at(140) }).lines).toContain(
      "💬 Bob commented · 2\u00a0h 15\u00a0min ago",
    );
  });

  it("keeps hostile titles on one line and inside the link, where nothing of them can be tapped by itself", () => {
    const { text } = show(mergeRequestFacts({ title: `<b>/merge README.md\n\n${"x".repeat(500)}` }), {
      prior: seen(),
    });
    const title = text.find((node) => node.node === "link");
    expect(title).toMatchObject({
      text: expect.stringMatching(/#12 · <b>\/merge README\.md x+…$/) as string,
    });
    expect(plain(text.filter((node) => node !== title))).not.toContain("README");
    expect(plain(text).length).toBeLessThan(300);
  });

  it("speaks Russian", () => {
    const facts = mergeRequestFacts({ reviewRequests: [{ person: bob, by: ann }], approvedBy: [carol, ann] });
    expect(show(facts, { prior: seen(), language: "ru" }).lines).toEqual([
      "👀 Ann запрашивает ваше ревью",
      "🔀 acme/api PR #12 · Fix login",
      "открыт · fix-login → main · автор: Ann · коммит a1b2c3d",
      "👍 carol, Ann · ждёт ревью: Bob",
    ]);
  });
});

describe("the card of a pipeline", () => {
  const failed: Partial<PipelineFacts> = { status: "failed", startedAt: at(1), finishedAt: at(4.2) };

  it("names what failed, who started it and how long it took", () => {
    const failedJobs = Array.from({ length: 7 }, (_, n) => ({
      id: `${n}`,
      name: `build ${n}`,
      step: "Run tests",
      url: "u",
    }));
    const { lines } = show(pipelineFacts({ ...failed, failedJobs, attempt: 2 }));
    expect(lines).toEqual([
      "❌ CI #142 failed · main · acme/api",
      ...[0, 1, 2, 3, 4].map((n) => `• build ${n} › Run tests`),
      "and 2 more",
      "by Ann · a1b2c3d “Fix login” · 3\u00a0min 12\u00a0s · attempt 2",
    ]);
  });

  it("shows the error, the way through a child pipeline, who wrote the commit and since when it is broken", () => {
    const excerpt = ["TypeError: x is not a function", "    at login.ts:3"];
    const via = { name: "deploy", url: "v" };
    const failedJobs = [{ id: "1", name: "migrate", step: "test", url: "u", via, excerpt }];
    const facts = pipelineFacts({ ...failed, failedJobs, commitAuthor: bob });
    const broken = compare(
      null,
      pipelineFacts({ status: "failed", id: "1", number: 1, finishedAt: at(-10) }),
      context,
    );
    const { snapshot, events } = compare(null, facts, { ...context, line: broken.line ?? null });
    const options = { snapshot, reader: bobReads, project, words, translate: english, now: 0, actions: [] };
    const { text } = renderCard({ ...options, events });
    expect(plain(text).split("\n")).toEqual([
      "❌ CI #142 failed · main · acme/api",
      "broken for 14\u00a0min",
      "• deploy › migrate › test",
      "TypeError: x is not a function",
      "    at login.ts:3",
      "by Ann · a1b2c3d “Fix login” by Bob · 3\u00a0min 12\u00a0s",
    ]);
    expect(text).toContainEqual({ node: "block", text: excerpt.join("\n") });
    if (snapshot.type !== "pipeline") throw new Error("A pipeline has the snapshot of a pipeline.");
    const fixed = renderCard({ ...options, snapshot: toFixed(snapshot, { number: 143, url: "f" }), events });
    expect(plain(fixed.text)).not.toContain("TypeError");
  });

  it("says after what it is fixed", () => {
    const broken = compare(null, pipelineFacts({ ...failed, id: "10" }), context);
    const success = pipelineFacts({
      id: "11",
      number: 143,
      status: "success",
      createdAt: at(8),
      finishedAt: at(18.5),
    });
    const { snapshot, events } = compare(null, success, { ...context, line: broken.line ?? null });
    const options = {
      snapshot,
      reader: bobReads,
      project,
      words,
      translate: english,
      now: Date.parse(at(19)),
      actions: [],
    };
    const lines = plain(renderCard({ ...options, events }).text).split("\n");
    expect(lines.slice(0, 2)).toEqual([
      "✅ CI #143 is fixed · main · acme/api",
      "after 1 failed run, in 14\u00a0min",
    ]);
    // Drawn again later, from what the store has kept.
    expect(plain(renderCard({ ...options, events: [], recent: events }).text)).toBe(lines.join("\n"));
  });

  it("says on the failed one by which it was fixed", () => {
    const { snapshot } = compare(null, pipelineFacts(failed), context);
    if (snapshot.type !== "pipeline") throw new Error("A pipeline has the snapshot of a pipeline.");
    const fixed = toFixed(snapshot, { number: 143, url: "https://github.com/acme/api/actions/runs/901" });
    const { text } = renderCard({
      snapshot: fixed,
      events: [],
      reader: bobReads,
      project,
      words,
      translate: english,
      now: 0,
      actions: [],
    });
    expect(text).toContainEqual({
      node: "link",
      text: "fixed by #143",
      url: "https://github.com/acme/api/actions/runs/901",
    });
  });

  it.each([
    ["running", "🔄 CI #142 is running · main · acme/api"],
    ["queued", "🕒 CI #142 is queued · main · acme/api"],
    ["canceled", "🚫 CI #142 was canceled · main · acme/api"],
    ["blocked", "⏸ CI #142 is waiting for a manual step · main · acme/api"],
    ["success", "✅ CI #142 passed · main · acme/api"],
  ] as const)("says that it is %s", (status, line) => {
    expect(show(pipelineFacts({ status })).lines[0]).toBe(line);
  });

  it("shows the platform's word where ours are not enough, and its name for a pipeline without one", () => {
    const { lines } = show(pipelineFacts({ status: "unknown", rawStatus: "pondering", workflow: "" }));
    expect(lines[0]).toBe("❔ Run #142: pondering · main · acme/api");
  });

  it("leads to its merge request", () => {
    const mergeRequest = { number: 12, title: "Fix login", url: "u" };
    expect(show(pipelineFacts({ mergeRequest })).lines.at(-1)).toBe("PR #12 · Fix login");
  });
});

describe("the cards of pages and issues", () => {
  it("say what happened to a wiki page", () => {
    expect(show(wikiFacts()).lines).toEqual([
      "📖 Setup · acme/api",
      "Ann updated this wiki page · show the change",
      "| How to begin",
    ]);
    const gone = show(
      wikiFacts({ change: "deleted", actor: null, summary: undefined, changeUrl: undefined }),
    );
    expect(gone.lines).toEqual(["🗑 Setup · acme/api", "Wiki page deleted"]);
    expect(gone.text.some((node) => node.node === "link")).toBe(false);
    expect(show(wikiFacts({ formerTitle: "Install" })).lines).toContain("Formerly “Install”");
  });

  it("list the files of a change of the docs", () => {
    const files: DocsChangeFacts["files"] = Array.from({ length: 10 }, (_, n) => ({
      path: `docs/${n}.md`,
      change: "added",
    }));
    const { lines } = show(docsFacts({ files }));
    expect(lines.slice(0, 3)).toEqual([
      "📄 Docs changed on main · acme/api · by Ann",
      "“Explain tokens”",
      "+ docs/0.md",
    ]);
    expect(lines.at(-1)).toBe("and 2 more");
    expect(show(docsFacts({ files, truncated: true })).lines.at(-1)).toBe("and more");
  });

  it("say who means the reader on an issue", () => {
    const comments = [{ id: "comment:1", at: at(5), actor: ann, body: "@bob any idea?", url: "u" }];
    expect(show(issueFacts({ comments })).lines).toEqual([
      "📣 Ann mentioned you · show",
      "📋 acme/api#5 · Login fails · open",
      "| @bob any idea?",
    ]);
  });

  it("say once who mentioned the reader twice on an issue, and that it was assigned to them", () => {
    const says = (n: number, body: string) => ({
      id: `comment:${n}`,
      at: at(n),
      actor: ann,
      body,
      url: `u${n}`,
    });
    const facts = issueFacts({
      state: "closed",
      comments: [says(4, "@bob why?"), says(5, "@bob and how?")],
    });
    expect(show(facts).lines).toEqual([
      "📣 Ann mentioned you twice",
      "📋 acme/api#5 · Login fails · closed",
      "• @bob why?",
      "• @bob and how?",
    ]);
    expect(show({ ...facts, state: "open" }, { language: "ru" }).lines.slice(0, 2)).toEqual([
      "📣 Ann упоминает вас дважды",
      "📋 acme/api#5 · Login fails · открыта",
    ]);
    expect(show(issueFacts({ state: null, comments: [says(4, "@bob why?")] })).lines[1]).toBe(
      "📋 acme/api#5 · Login fails",
    );
  });
});

describe("cardActions", () => {
  const pipelineActions = (status: PipelineFacts["status"]) =>
    cardActions(show(pipelineFacts({ status })).snapshot, null);
  const requestActions = (changes: Partial<MergeRequestFacts>) => cardActions(seen(changes), bob.id);

  it("offers what can work now", () => {
    expect(pipelineActions("failed")).toEqual(["retry", "retry_failed", "log", "open"]);
    expect(pipelineActions("running")).toEqual(["cancel", "open"]);
    expect(pipelineActions("blocked")).toEqual(["open"]);
    expect(pipelineActions("success")).toEqual(["open"]);
    expect(requestActions({})).toEqual(["approve", "merge", "open"]);
    expect(requestActions({ state: "merged" })).toEqual(["open"]);
  });

  it("retries no run that was made good since", () => {
    const { snapshot } = show(pipelineFacts({ status: "failed" }));
    if (snapshot.type !== "pipeline") throw new Error("A pipeline has the snapshot of a pipeline.");
    expect(cardActions(toFixed(snapshot, { number: 1, url: "u" }), null)).toEqual(["log", "open"]);
  });

  it("approves neither one's own nor what one approves already", () => {
    expect(requestActions({ author: bob })).toEqual(["merge", "open"]);
    expect(requestActions({ approvedBy: [bob] })).toEqual(["merge", "open"]);
    expect(cardActions(seen({ author: bob, approvedBy: [bob] }), null)).toEqual(["approve", "merge", "open"]);
  });

  it.each([
    { draft: true },
    { conflict: true },
    { checks: { state: "failed" as const } },
    { approvalsRequired: 1 },
  ])("merges nothing that the platform would refuse: %j", (changes) => {
    expect(requestActions(changes)).toEqual(["approve", "open"]);
  });

  it("merges what has its approvals, or where that is unknown", () => {
    expect(requestActions({ approvalsRequired: 1, approvedBy: [carol] })).toContain("merge");
    expect(requestActions({ checks: { state: "running" } })).toContain("merge");
    expect(requestActions({ approvalsRequired: 1, approvedBy: undefined })).toContain("merge");
  });
});
