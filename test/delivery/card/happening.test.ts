import { describe, expect, it } from "vitest";
import { happened } from "../../../src/delivery/card/happening.js";
import type { Event } from "../../../src/domain/event.js";
import type { MergeRequestFacts } from "../../../src/domain/facts/index.js";
import { createTranslator } from "../../../src/i18n/index.js";
import { mentionGrammar } from "../../../src/platforms/github/mention-grammar.js";
import { compare } from "../../../src/polling/compare/index.js";
import {
  ann,
  anEvent,
  aProject,
  at,
  bob,
  bobsAccount,
  carol,
  mergeRequestFacts,
} from "../../support/builders.js";
import { plain } from "./plain.js";

const reader = { accounts: [{ connectionId: "github", personId: bob.id, login: "bob" }] };
const context = { project: aProject(), baseline: true, account: bobsAccount, mentionGrammar };
const bobAs = (as: Event["concerns"][number]["as"]) => [{ personId: bob.id, as }];

/** On Bob's merge request, by Ann. */
function event(key: string, kind: string, changes: Partial<Event> = {}): Event {
  return anEvent({ key, kind, actor: ann, concerns: bobAs("author"), ...changes });
}

interface Told {
  events?: readonly Event[];
  recent?: readonly Event[];
  happened?: readonly Event[];
  facts?: Partial<MergeRequestFacts>;
  now?: string;
}

function show({ events = [], recent = [], facts = {}, now = at(6), ...rest }: Told) {
  const { snapshot } = compare(
    null,
    mergeRequestFacts({ author: bob, reviewRequests: [{ person: bob }], ...facts }),
    context,
  );
  const translate = createTranslator("en");
  const said = happened({
    ...{ events, recent, snapshot, reader, translate, now: Date.parse(now) },
    ...(rest.happened === undefined ? {} : { happened: rest.happened }),
  });
  const lines = (nodes: typeof said.head) => (nodes.length === 0 ? [] : plain(nodes).trim().split("\n"));
  return { head: lines(said.head), body: lines(said.body), nodes: [...said.head, ...said.body] };
}

const comment = event("c", "comment.created");
const approval = event("a", "review.approved", { actor: carol });
const mention = (n: number, changes: Partial<Event> = {}) =>
  event(`m${n}`, "mention.created", {
    concerns: bobAs("mentioned"),
    detail: { body: `word ${n}` },
    ...changes,
  });

describe("above the title of a card", () => {
  it("stands of several that ask and do not stay the heaviest, and of equals the newest", () => {
    const again = event("a2", "review.approved");
    expect(show({ events: [comment, approval] }).head).toEqual(["👍 carol approved"]);
    expect(show({ events: [approval, comment] }).head).toEqual(["👍 carol approved"]);
    expect(show({ events: [approval, again, comment] }).head).toEqual(["👍 Ann approved"]);
  });

  it("stands nothing that a message before this one told, unless it stays", () => {
    const pushed = event("p", "merge_request.pushed", { concerns: [] });
    expect(show({ events: [pushed], recent: [approval] }).head).toEqual([]);
    expect(show({ events: [pushed], recent: [mention(1)] }).head).toEqual(["📣 Ann mentioned you"]);
  });

  it("stands a review for its remarks, which ask the author", () => {
    const remark = event("r", "comment.created", { detail: { review: "review:7", body: "Why?" } });
    expect(show({ events: [remark] }).head).toEqual(["💬 Ann reviewed"]);
  });

  it("stands no conflict of a draft, which hurries nobody", () => {
    const conflict = (draft: string) =>
      event("x", "merge_request.conflict", { actor: null, attributes: { draft: [draft] } });
    expect(show({ events: [conflict("false")] }).head).toEqual(["⚠️ Conflicts with its target branch"]);
    expect(show({ events: [conflict("true")] }).head).toEqual([]);
  });

  it("stands nothing that was answered, though the answer was not told in this chat", () => {
    const answer = event("b", "comment.created", { actor: bob, at: at(6) });
    expect(show({ recent: [mention(1)], happened: [mention(1), answer] }).head).toEqual([]);
    expect(show({ recent: [mention(1)], happened: [mention(1)] }).head).toHaveLength(1);
  });

  it("stand five things that ask, each with its words below, and how many there are beside them", () => {
    const by = (n: number) => mention(n, { actor: { ...ann, id: `10${n}` } });
    const { head, body } = show({ events: [1, 2, 3, 4, 5, 6, 7].map(by) });
    expect(head).toEqual([...Array<string>(5).fill("📣 Ann mentioned you"), "2 more things need you"]);
    expect(body).toEqual([1, 2, 3, 4, 5].flatMap((n) => ["📣 Ann mentioned you", `| word ${n}`]));
  });

  it("is said once what asks alone: its words stand below without it", () => {
    const request = event("q", "review.requested", { concerns: bobAs("reviewer") });
    expect(show({ events: [mention(1)] }).body).toEqual(["| word 1"]);
    // One that has no words leaves none below.
    expect(show({ events: [mention(1), request] }).body).toEqual(["📣 Ann mentioned you", "| word 1"]);
  });
});

describe("one happening", () => {
  it.each([
    ["the mention last", [0, 1]],
    ["the mention first", [1, 0]],
  ])("is told as what weighs most in it: %s", (_, order) => {
    const both = [
      event("c", "comment.created", { happening: "h", detail: { body: "@bob hello" } }),
      mention(1, { happening: "h", detail: { body: "@bob hello" } }),
    ];
    const { head, body } = show({ events: order.flatMap((at) => both[at] ?? []) });
    expect(head).toEqual(["📣 Ann mentioned you"]);
    expect(body).toEqual(["| @bob hello"]);
  });

  it("hides no assignment behind the mention that came with it", () => {
    const opened = { happening: "opened" };
    const assignment = event("g", "assignment.added", { ...opened, concerns: bobAs("assignee") });
    const facts = { assignments: [{ person: bob }] };
    const { head } = show({ events: [mention(1, opened), assignment], facts });
    expect(head).toEqual(["📣 Ann mentioned you", "📌 Ann assigned this to you"]);
  });

  it("is said once, also where the part of it that asks the reader is not the heaviest", () => {
    const verdict = event("v", "review.changes_requested", {
      happening: "h",
      detail: { body: "@carol see" },
    });
    const others = mention(1, {
      ...{ happening: "h", concerns: [{ personId: carol.id, as: "mentioned" }] },
      detail: { body: "@carol see" },
    });
    const { head, body } = show({ events: [verdict, others] });
    expect(head).toEqual(["✋ Ann requested changes"]);
    expect(body).toEqual(["| @carol see"]);
  });
});

describe("a review and its remarks", () => {
  const remark = (n: number, url?: string) =>
    event(`r${n}`, "comment.created", {
      detail: { review: "v", body: `remark ${n}`, ...(url === undefined ? {} : { url }) },
    });
  const verdict = event("v", "review.changes_requested", { detail: { body: "See below" } });

  it.each([
    ["first", [verdict, remark(1), remark(2)]],
    ["between them", [remark(1), verdict, remark(2)]],
    ["last", [remark(1), remark(2), verdict]],
  ])("are one thing, whenever the review becomes known: %s", (_, events) => {
    const { head, body } = show({ events });
    expect(head).toEqual(["✋ Ann requested changes"]);
    expect(body).toEqual(["| See below", "• remark: remark 1", "• remark: remark 2"]);
  });

  it.each([
    ["first", [mention(1, { happening: "v" }), remark(1)]],
    ["last", [remark(1), mention(1, { happening: "v" })]],
  ])("are one thing with the mention in its words, which is told in its place: %s", (_, events) => {
    const { head, body } = show({ events, facts: { author: carol } });
    expect(head).toEqual(["📣 Ann mentioned you"]);
    expect(body).toEqual(["| word 1", "• remark: remark 1"]);
  });

  it("lead to the remark that is not shown first, where the review has no page", () => {
    const { nodes } = show({ events: [1, 2, 3, 4, 5].map((n) => remark(n, `u${n}`)) });
    expect(nodes).toContainEqual({ node: "link", text: "2 more remarks", url: "u4" });
  });
});

describe("below the title", () => {
  it("only news says how old it is: what stood there before did so in its time", () => {
    const old = event("o", "comment.created", { actor: carol, concerns: [], at: at(0) });
    const late = event("l", "comment.created", { actor: ann, concerns: [], at: at(1) });
    const { body } = show({ recent: [old], events: [late], now: at(61) });
    expect(body).toEqual(["💬 carol commented", "💬 Ann commented · 1\u00a0h ago"]);
  });

  it("says “your” of a request that names the reader, not of one on the reader's own work", () => {
    const asked = (as: "reviewer" | "author", whom: string[]) =>
      show({ events: [event("q", "review.requested", { concerns: bobAs(as), detail: { whom } })] });
    expect(asked("reviewer", ["@bob"]).head).toEqual(["👀 Ann requested your review"]);
    const { head, body } = asked("author", ["@carol"]);
    expect(head).toEqual([]);
    expect(body).toEqual(["👀 Ann requested a review from @carol"]);
  });
});
