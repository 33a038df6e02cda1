import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/domain/event.js";
import type {
  DocsChangeFacts,
  Facts,
  MergeRequestFacts,
  PipelineFacts,
} from "../../../src/domain/facts/index.js";
import type { TextNode } from "../../../src/domain/notification.js";
import type { Snapshot } from "../../../src/domain/snapshot.js";
import {
  cardActions,
  renderCard,
  renderDigest,
  renderFolded,
  renderNotice,
} from "../../../src/delivery/card/index.js";
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
  wikiFacts,
} from "../../support/builders.js";

const project = aProject();
const words = { mergeRequest: "PR", sigil: "#", pipeline: "run" };
const bobReads = { accounts: [{ connectionId: "github", personId: bob.id, login: "bob" }] };
const context = { project, baseline: false, account: bobsAccount };
const english = createTranslator("en");

/** As a person sees it; a quote stands on lines of its own. */
function plain(nodes: readonly TextNode[]): string {
  return nodes
    .map((node) => (node.node === "break" ? "\n" : node.node === "quote" ? `\n| ${node.text}` : node.text))
    .join("")
    .replace(/\n{2,}/g, "\n");
}

interface Shown {
  prior?: Snapshot;
  recent?: Event[];
  now?: string;
  language?: "en" | "ru";
}

function show(facts: Facts, { prior, recent = [], now = at(6), language = "en" }: Shown = {}) {
  const { snapshot, events } = compare(prior ?? null, facts, context);
  const { text } = renderCard({
    snapshot,
    events,
    recent,
    reader: bobReads,
    project,
    words,
    translate: createTranslator(language),
    now: Date.parse(now),
    actions: cardActions(snapshot),
  });
  return { text, lines: plain(text).split("\n"), snapshot, events };
}

function seen(changes: Partial<MergeRequestFacts> = {}): Snapshot {
  return compare(null, mergeRequestFacts(changes), { ...context, baseline: true }).snapshot;
}

describe("the card of a merge request", () => {
  it("says first what the reader is asked to do", () => {
    const facts = mergeRequestFacts({
      reviewRequests: [{ person: bob, by: ann, at: at(5) }],
      approvedBy: [carol],
    });
    const { lines, text } = show(facts, { prior: seen() });
    expect(lines).toEqual([
      "👀 Ann asks you to review",
      "🟢 acme/api PR #12 · Fix login",
      "open · ann → main · 1 approval · waits for bob · at a1b2c3d",
    ]);
    expect(text[0]?.node).toBe("bold");
    expect(text).toContainEqual({
      node: "link",
      text: "acme/api PR #12",
      url: "https://github.com/acme/api/pull/12",
    });
  });

  it("shows what was said, cut where it is long", () => {
    const body = `@bob ${"long words ".repeat(60)}`;
    const facts = mergeRequestFacts({ happenings: [aComment({ actor: ann, body })] });
    const { lines } = show(facts, { prior: seen() });
    expect(lines[0]).toBe("📣 Ann mentions you");
    const quote = lines.filter((line) => line.startsWith("| "));
    expect(quote).toHaveLength(1);
    expect(quote[0]?.length).toBeLessThanOrEqual(303);
    expect(quote[0]).toMatch(/ (?:long|words)…$/);
  });

  it("keeps earlier happenings below, each once and at most three", () => {
    const recent = [1, 2, 3, 4].map((n) => anEvent({ key: `k${n}`, detail: { body: `word ${n}` } }));
    const { lines } = show(mergeRequestFacts({ conflict: true }), {
      prior: seen(),
      recent: [...recent, ...recent],
    });
    expect(lines.slice(1)).toEqual([
      "open · ann → main · ⚠️ conflict · at a1b2c3d",
      "💬 Bob comments",
      "| word 3",
      "💬 Bob comments",
      "| word 4",
      "⚠️ It conflicts with its target branch",
    ]);
  });

  it("says how it ended, without what matters only while it is open", () => {
    const { lines } = show(
      mergeRequestFacts({
        state: "merged",
        endedBy: carol,
        conflict: true,
        reviewRequests: [{ person: bob }],
      }),
      { prior: seen() },
    );
    expect(lines).toEqual(["🟣 acme/api PR #12 · Fix login", "merged · ann → main", "🎉 carol merges it"]);
  });

  it("says how old news is that comes late", () => {
    const facts = mergeRequestFacts({ happenings: [aComment({ at: at(5) })] });
    expect(show(facts, { prior: seen(), now: at(14) }).lines.join()).not.toContain("ago");
    expect(show(facts, { prior: seen(), now: at(140) }).lines).toContain("💬 Bob comments · 2 h 15 min ago");
  });

  it("keeps hostile titles on one line and as plain text", () => {
    const { text } = show(mergeRequestFacts({ title: `<b>a\n\n${"x".repeat(500)}` }), { prior: seen() });
    const title = text.find((node) => node.node === "bold");
    expect(title).toMatchObject({ text: expect.stringMatching(/^<b>a x+…$/) as string });
    expect(plain(text).length).toBeLessThan(300);
  });

  it("speaks Russian", () => {
    const facts = mergeRequestFacts({ reviewRequests: [{ person: bob, by: ann }], approvedBy: [carol, ann] });
    expect(show(facts, { prior: seen(), language: "ru" }).lines).toEqual([
      "👀 Ann просит вас о ревью",
      "🟢 acme/api PR #12 · Fix login",
      "открыт · ann → main · 2 одобрения · ждёт ревью: bob · на a1b2c3d",
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
      "by ann · a1b2c3d “Fix login” · 3 min 12 s · attempt 2",
    ]);
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
      "after 1 failed run and 14 min",
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
      text: "fixed since by #143",
      url: "https://github.com/acme/api/actions/runs/901",
    });
  });

  it.each([
    ["running", "🔄 CI #142 is running · main · acme/api"],
    ["queued", "🕒 CI #142 is queued · main · acme/api"],
    ["canceled", "🚫 CI #142 was canceled · main · acme/api"],
    ["blocked", "⏸ CI #142 waits for somebody to go on · main · acme/api"],
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
      "Wiki page updated by Ann · show the change",
      "| How to begin",
    ]);
    const gone = show(
      wikiFacts({ change: "deleted", actor: null, summary: undefined, changeUrl: undefined }),
    );
    expect(gone.lines).toEqual(["🗑 Setup · acme/api", "Wiki page deleted"]);
    expect(gone.text.some((node) => node.node === "link")).toBe(false);
  });

  it("list the files of a change of the docs", () => {
    const files: DocsChangeFacts["files"] = Array.from({ length: 10 }, (_, n) => ({
      path: `docs/${n}.md`,
      change: "added",
    }));
    const { lines } = show(docsFacts({ files }));
    expect(lines.slice(0, 3)).toEqual([
      "📄 Docs changed on main · acme/api · by ann",
      "“Explain tokens”",
      "+ docs/0.md",
    ]);
    expect(lines.at(-1)).toBe("and 2 more");
    expect(show(docsFacts({ files, truncated: true })).lines.at(-1)).toBe("and more");
  });

  it("say who means the reader on an issue", () => {
    const comments = [{ id: "comment:1", at: at(5), actor: ann, body: "@bob any idea?", url: "u" }];
    expect(show(issueFacts({ comments })).lines).toEqual([
      "📣 Ann mentions you",
      "📋 acme/api#5 · Login fails · open",
      "| @bob any idea?",
    ]);
  });
});

describe("cardActions", () => {
  const pipelineActions = (status: PipelineFacts["status"]) =>
    cardActions(show(pipelineFacts({ status })).snapshot);
  const requestActions = (changes: Partial<MergeRequestFacts>) => cardActions(seen(changes));

  it("offers what makes sense now", () => {
    expect(pipelineActions("failed")).toEqual(["retry", "retry_failed", "log", "open"]);
    expect(pipelineActions("running")).toEqual(["cancel", "open"]);
    expect(pipelineActions("success")).toEqual(["open"]);
    expect(requestActions({})).toEqual(["approve", "merge", "open"]);
    expect(requestActions({ draft: true })).toEqual(["approve", "open"]);
    expect(requestActions({ state: "merged" })).toEqual(["open"]);
  });
});

describe("other messages", () => {
  it("puts what piled up into one digest, newest first, each subject once", () => {
    const item = (n: number) => ({
      event: anEvent({ subject: { ...anEvent().subject, id: `${n % 30}` } }),
      snapshot: seen({ number: n % 30 }),
      project,
      words,
    });
    const items = Array.from({ length: 40 }, (_, n) => item(n));
    const lines = plain(renderDigest(items, { reader: bobReads, translate: english }).text).split("\n");
    expect(lines[0]).toBe("40 pieces of news while messages were held up");
    expect(lines[1]).toBe("💬 Bob comments: acme/api PR #9 · Fix login");
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe("and 10 more");
  });

  it("folds a card to one line", () => {
    const { text } = renderFolded({ snapshot: seen(), project, words, translate: english });
    expect(plain(text)).toBe("acme/api PR #12 · Fix login · continued below ↓");
  });

  it("says notices in the reader's language, and shows unknown ones as they are", () => {
    const notice = {
      name: "watching",
      values: { connection: "github", count: 12, projects: "acme/api", more: 11 },
    };
    expect(plain(renderNotice(notice, english).text)).toBe(
      "👁 Now watching 12 projects on github: acme/api and 11 more. You will hear of what happens from now on.",
    );
    const refused = {
      name: "refused",
      values: { connection: "work", platform: "GitLab", reason: "It expired.", remedy: "" },
    };
    expect(plain(renderNotice(refused, english).text)).toMatch(/It expired\.$/);
    expect(plain(renderNotice({ name: "of-tomorrow", values: { a: 1 } }, english).text)).toBe(
      "of-tomorrow · a: 1",
    );
  });
});
