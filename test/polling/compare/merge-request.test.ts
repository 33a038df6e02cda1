import { mentionGrammar as gitlabGrammar } from "../../../src/platforms/gitlab/mention-grammar.js";
import type { MentionGrammar } from "../../../src/domain/mentions.js";
import { mentionGrammar } from "../../../src/platforms/github/mention-grammar.js";
import { describe, expect, it } from "vitest";
import type { MergeRequestFacts } from "../../../src/domain/facts/index.js";
import type { MergeRequestSnapshot, Snapshot } from "../../../src/domain/snapshot.js";
import { compare, type CompareContext } from "../../../src/polling/compare/index.js";
import {
  aComment,
  ann,
  aProject,
  at,
  bob,
  bobsAccount,
  carol,
  mergeRequestFacts,
  renovate,
} from "../../support/builders.js";

const context: CompareContext = {
  project: aProject(),
  baseline: false,
  account: bobsAccount,
  teams: ["acme/backend"],
  mentionGrammar,
};

function stored(changes: Partial<MergeRequestFacts> = {}): Snapshot {
  const { snapshot } = compare(null, mergeRequestFacts(changes), { ...context, baseline: true });
  // What the store gives back has been through JSON.
  return JSON.parse(JSON.stringify(snapshot)) as Snapshot;
}

function eventsOf(prior: Snapshot | null, changes: Partial<MergeRequestFacts>) {
  return compare(prior, mergeRequestFacts(changes), context).events;
}

function kindsOf(prior: Snapshot | null, changes: Partial<MergeRequestFacts>): string[] {
  return eventsOf(prior, changes).map((event) => event.kind);
}

describe("a merge request that was never seen", () => {
  it("tells nothing at the baseline and stores what later comparisons need", () => {
    const facts = mergeRequestFacts({
      reviewRequests: [{ person: bob }],
      description: "@bob",
      happenings: [aComment()],
      conflict: true,
    });
    const { events, snapshot } = compare(null, facts, { ...context, baseline: true });
    expect(events).toEqual([]);
    expect(compare(snapshot, { ...facts, happenings: [] }, context).events).toEqual([]);
    expect(JSON.stringify(snapshot)).not.toContain("Looks good");
  });

  it("is opened when it is younger than the news", () => {
    expect(kindsOf(null, { newsSince: at(-1) })).toEqual(["merge_request.opened"]);
    expect(kindsOf(null, { newsSince: at(1) })).toEqual([]);
  });

  it("tells of an old one's new review request, and not of its old ones", () => {
    const changes = {
      newsSince: at(10),
      reviewRequests: [{ person: bob, at: at(11) }, { person: carol, at: at(5) }, { team: "acme/backend" }],
    };
    const events = eventsOf(null, changes);
    expect(events.map(({ kind, detail }) => [kind, detail.whom])).toEqual([["review.requested", ["@bob"]]]);
    expect(events[0]?.concerns).toEqual([{ personId: bob.id, as: "reviewer" }]);
  });

  it("takes the author for the one who asked with the opening, as one happening", () => {
    const events = eventsOf(null, {
      reviewRequests: [{ person: bob }],
      assignments: [{ person: ann }],
      description: "cc @bob",
    });
    expect(new Set(events.map((event) => event.happening))).toEqual(new Set(["github/7/mr/12/opened"]));
    expect(events.every((event) => event.actor?.id === ann.id)).toBe(true);
    // Ann assigned herself: that is no news for her.
    expect(events.find((event) => event.kind === "assignment.added")?.concerns).toEqual([]);
  });

  it("tells of an end since the news began", () => {
    expect(kindsOf(null, { state: "merged", endedAt: at(5), newsSince: at(3) })).toEqual([
      "merge_request.merged",
    ]);
    expect(kindsOf(null, { state: "merged", endedAt: at(2), newsSince: at(3) })).toEqual([]);
    expect(kindsOf(null, { state: "closed", newsSince: at(3) })).toEqual([]);
    expect(kindsOf(null, { state: "merged", endedAt: at(2), newsSince: at(-3) })).toEqual([
      "merge_request.opened",
      "merge_request.merged",
    ]);
  });
});

describe("a merge request that changed", () => {
  it.each<[string, Partial<MergeRequestFacts>, Partial<MergeRequestFacts>, string[]]>([
    ["nothing", {}, {}, []],
    ["merged", {}, { state: "merged" }, ["merge_request.merged"]],
    ["closed", {}, { state: "closed" }, ["merge_request.closed"]],
    ["reopened", { state: "closed" }, {}, ["merge_request.reopened"]],
    ["ready", { draft: true }, {}, ["merge_request.ready"]],
    ["drafted", {}, { draft: true }, ["merge_request.drafted"]],
    ["conflict", {}, { conflict: true }, ["merge_request.conflict"]],
    ["conflict from unknown", { conflict: undefined }, { conflict: true }, ["merge_request.conflict"]],
    ["conflict unknown again", { conflict: true }, { conflict: undefined }, []],
    ["pushed", {}, { headSha: "ffff" }, ["merge_request.pushed"]],
    ["draft after its end", {}, { state: "merged", draft: true, headSha: "x" }, ["merge_request.merged"]],
    ["reviewer", {}, { reviewRequests: [{ person: bob }] }, ["review.requested"]],
    ["reviewers unknown", { reviewRequests: [{ person: bob }] }, { reviewRequests: undefined }, []],
    ["same reviewer", { reviewRequests: [{ person: bob }] }, { reviewRequests: [{ person: bob }] }, []],
    [
      "asked again",
      { reviewRequests: [{ person: bob, requestId: "a" }] },
      { reviewRequests: [{ person: bob, requestId: "b" }] },
      ["review.requested"],
    ],
    [
      "request that gets its identity",
      { reviewRequests: [{ person: bob }] },
      { reviewRequests: [{ person: bob, requestId: "b" }] },
      [],
    ],
    ["assignee", {}, { assignments: [{ person: bob }] }, ["assignment.added"]],
    ["mention added", { description: "hm" }, { description: "hm @bob" }, ["mention.created"]],
    ["mention kept", { description: "@bob" }, { description: "still @Bob" }, []],
    ["description unknown", { description: "@bob" }, { description: undefined }, []],
    ["title and labels", {}, { title: "x", labels: ["bug"] }, []],
  ])("%s", (_name, before, now, expected) => {
    expect(kindsOf(stored(before), { updatedAt: at(1), ...now })).toEqual(expected);
    // Several things move without the time of the last change: a push on GitLab, a conflict.
    expect(kindsOf(stored(before), now)).toEqual(expected);
  });

  it("keeps what an answer leaves out", () => {
    const prior = stored({
      reviewRequests: [{ person: bob, requestId: "a" }],
      conflict: true,
      approvedBy: [bob],
    });
    const thin = mergeRequestFacts({
      reviewRequests: undefined,
      conflict: undefined,
      approvedBy: undefined,
      author: null,
      title: "New",
    });
    const snapshot = compare(prior, thin, context).snapshot as MergeRequestSnapshot;
    expect(snapshot).toMatchObject({ title: "New", conflict: true, approvedBy: [bob], author: ann });
    expect(snapshot.reviewRequests).toEqual([{ person: bob, requestId: "a" }]);
  });

  it("gives the second closing and the second request keys of their own", () => {
    const keys: string[] = [];
    let prior: Snapshot = stored();
    const steps: Array<Partial<MergeRequestFacts>> = [
      { state: "closed", reviewRequests: [{ person: bob }] },
      { state: "open", reviewRequests: [] },
      { state: "open", reviewRequests: [{ person: bob }] },
      { state: "open", reviewRequests: [] },
      { state: "open", reviewRequests: [{ person: bob }] },
      { state: "closed" },
    ];
    for (const [index, step] of steps.entries()) {
      const result = compare(prior, mergeRequestFacts({ ...step, updatedAt: at(index + 1) }), context);
      keys.push(...result.events.map((event) => event.key));
      prior = JSON.parse(JSON.stringify(result.snapshot)) as Snapshot;
    }
    expect(keys).toHaveLength(5);
    expect(new Set(keys).size).toBe(5);
  });

  it("gives two polls that compare with the same snapshot the same keys", () => {
    const prior = stored();
    const fromList = eventsOf(prior, {
      state: "closed",
      reviewRequests: [{ person: bob }],
      endedBy: carol,
      endedAt: at(3),
    });
    const fromInbox = eventsOf(prior, { state: "closed", reviewRequests: undefined, updatedAt: at(4) });
    expect(fromInbox.map((event) => event.key)).toEqual(fromList.map((event) => event.key));
  });

  it("never lets older facts overwrite newer ones, and still takes their happenings", () => {
    const prior = stored({ updatedAt: at(10), state: "merged" });
    const result = compare(prior, mergeRequestFacts({ updatedAt: at(9), happenings: [aComment()] }), context);
    expect(result.snapshot).toBe(prior);
    expect(result.events.map((event) => event.kind)).toEqual(["comment.created"]);
  });

  it("concerns the author and assignees with a merge, but not the one who merged", () => {
    const changes = { assignments: [{ person: carol }] };
    const [event] = eventsOf(stored(changes), { ...changes, state: "merged", endedBy: ann });
    expect(event?.concerns).toEqual([{ personId: carol.id, as: "assignee" }]);
    expect(event?.actor).toEqual(ann);
  });

  it("asks the account when its team is asked", () => {
    const [mine] = eventsOf(stored(), { reviewRequests: [{ team: "Acme/Backend" }] });
    const [other] = eventsOf(stored(), { reviewRequests: [{ team: "acme/web" }] });
    expect(mine?.concerns).toEqual([{ personId: bobsAccount.id, as: "reviewer" }]);
    expect(mine?.attributes.team).toEqual(["Acme/Backend"]);
    expect(other?.concerns).toEqual([]);
  });

  it("says that a conflict is a bot's", () => {
    const [event] = eventsOf(stored({ author: renovate }), { author: renovate, conflict: true });
    expect(event?.detail.authoredByBot).toBe(true);
  });
});

describe("happenings", () => {
  it("become events that keep their identity, only while they are news", () => {
    const happenings = [aComment({ id: "comment:1", at: at(1) }), aComment({ id: "comment:2", at: at(5) })];
    const events = eventsOf(stored(), { happenings, newsSince: at(2) });
    expect(events.map((event) => event.key)).toEqual(["github/7/mr/12/comment:2"]);
    expect(eventsOf(stored(), { happenings })).toHaveLength(2);
  });

  it("tell of a mention once for all whom it names", () => {
    const body = "@Bob @carol and @acme/backend, not @ann";
    const events = eventsOf(stored({ assignments: [{ person: carol }] }), {
      assignments: [{ person: carol }],
      happenings: [aComment({ actor: ann, body })],
    });
    expect(events.map((event) => event.kind)).toEqual(["comment.created", "mention.created"]);
    expect(events[1]).toMatchObject({
      key: "github/7/mr/12/comment:123/mention",
      happening: events[0]?.happening,
      concerns: [
        { personId: bob.id, as: "mentioned" },
        { personId: carol.id, as: "mentioned" },
      ],
      detail: { whom: ["@Bob", "@carol", "@acme/backend"] },
      attributes: { team: ["acme/backend"] },
    });
    // Ann's own comment does not concern her as the author.
    expect(events[0]?.concerns).toEqual([]);
  });

  it("tell of a push once, whether the head or the happening tells it", () => {
    const happening = {
      what: "pushed",
      id: "push:9",
      at: at(2),
      actor: ann,
      sha: "ffff",
      count: 3,
      url: "u",
    } as const;
    const both = eventsOf(stored(), { headSha: "ffff", happenings: [happening] });
    expect(both).toHaveLength(1);
    expect(both[0]).toMatchObject({ key: "github/7/mr/12/pushed/ffff", detail: { count: 3 }, actor: ann });
    expect(eventsOf(stored(), { headSha: "ffff" })[0]?.key).toBe(both[0]?.key);
  });

  it("are the kinds that reviews have", () => {
    const review = { at: at(2), actor: bob, body: "", url: "u" };
    const events = eventsOf(stored(), {
      happenings: [
        { ...review, what: "approved", id: "review:1" },
        { ...review, what: "changes_requested", id: "review:2" },
        { ...review, what: "reviewed", id: "review:3" },
        { ...review, what: "dismissed", id: "review:4", actor: carol, of: bob },
        { what: "unapproved", id: "review:5", at: at(2), actor: bob, url: "u" },
      ],
    });
    expect(events.map((event) => event.kind)).toEqual([
      "review.approved",
      "review.changes_requested",
      "review.commented",
      "review.dismissed",
      "review.dismissed",
    ]);
    expect(events[3]?.concerns).toEqual([
      { personId: ann.id, as: "author" },
      { personId: bob.id, as: "reviewer" },
    ]);
    expect(events[0]?.detail.body).toBeUndefined();
  });

  it("come in the order of their times", () => {
    const events = eventsOf(stored(), {
      state: "merged",
      endedAt: at(4),
      happenings: [aComment({ id: "comment:2", at: at(5) }), aComment({ id: "comment:1", at: at(3) })],
    });
    expect(events.map((event) => event.key.split("/").at(-1))).toEqual(["comment:1", "merged", "comment:2"]);
  });

  it("tells nobody of a name with a slash that is no team of the account", () => {
    const bump = aComment({ body: "bump @types/node from 20 to 22" });
    const events = eventsOf(stored(), { updatedAt: at(9), happenings: [bump] });
    expect(events.map(({ kind }) => kind)).toEqual(["comment.created"]);
  });

  it("concerns the account where the platform has a word for everybody", () => {
    const all = mergeRequestFacts({
      updatedAt: at(9),
      happenings: [aComment({ actor: ann, body: "@all please look" })],
    });
    const mentions = (mentionGrammar: MentionGrammar) =>
      compare(stored(), all, { ...context, mentionGrammar }).events.filter(
        ({ kind }) => kind === "mention.created",
      );
    expect(mentions(gitlabGrammar)[0]?.concerns).toContainEqual({
      personId: bobsAccount.id,
      as: "mentioned",
    });
    expect(mentions(mentionGrammar)[0]?.concerns).toEqual([]);
  });
});
