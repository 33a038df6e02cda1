import { mentionGrammar } from "../../../src/platforms/github/mention-grammar.js";
import { describe, expect, it } from "vitest";
import { openAsks } from "../../../src/delivery/card/asks.js";
import type { Event } from "../../../src/domain/event.js";
import type { MergeRequestFacts } from "../../../src/domain/facts/index.js";
import { compare } from "../../../src/polling/compare/index.js";
import {
  ann,
  anEvent,
  aProject,
  at,
  bob,
  bobsAccount,
  carol,
  issueFacts,
  mergeRequestFacts,
} from "../../support/builders.js";

const reader = { accounts: [{ connectionId: "github", personId: bob.id, login: "bob" }] };
const context = { project: aProject(), baseline: true, account: bobsAccount, mentionGrammar };

function event(kind: string, minute: number, changes: Partial<Event> = {}): Event {
  return anEvent({ key: `${kind}/${minute}`, kind, at: at(minute), actor: ann, concerns: [], ...changes });
}

const requested = event("review.requested", 1, { concerns: [{ personId: bob.id, as: "reviewer" }] });
const mentioned = event("mention.created", 2, { concerns: [{ personId: bob.id, as: "mentioned" }] });
const assigned = event("assignment.added", 3, { concerns: [{ personId: bob.id, as: "assignee" }] });
const refused = event("review.changes_requested", 4, { concerns: [{ personId: bob.id, as: "author" }] });
const all = [requested, mentioned, assigned, refused];

/** The kinds that are still open when this has happened too. */
function open(later: readonly Event[], changes: Partial<MergeRequestFacts> = {}, who = reader): string[] {
  const facts = mergeRequestFacts({
    reviewRequests: [{ person: bob }],
    assignments: [{ person: bob }],
    ...changes,
  });
  const { snapshot } = compare(null, facts, context);
  return openAsks({ told: all, happened: [...all, ...later], snapshot, reader: who }).map(({ kind }) => kind);
}

const four = all.map(({ kind }) => kind);

describe("what asks the reader", () => {
  it("stays while others talk and push, and oldest stands first", () => {
    const talk = Array.from({ length: 30 }, (_, n) => event("comment.created", 10 + n, { actor: carol }));
    expect(open(talk)).toEqual(four);
    expect(open([event("merge_request.pushed", 9, { actor: null })])).toEqual(four.slice(0, 3));
  });

  it.each(["comment.created", "review.approved", "review.commented", "merge_request.pushed"])(
    "is answered by the reader's own %s",
    (kind) => {
      expect(open([event(kind, 9, { actor: bob })])).toEqual([]);
    },
  );

  it("is not answered by what the reader did before, though it became known later", () => {
    expect(open([event("comment.created", 0, { actor: bob })])).toEqual(four);
    expect(open([event("comment.created", 3, { actor: bob })])).toEqual(four.slice(2));
  });

  it("ends with the merge request, but for a question to the reader", () => {
    expect(open([], { state: "merged" })).toEqual(["mention.created"]);
    expect(open([], { state: "closed" })).toEqual(["mention.created"]);
    expect(open([event("comment.created", 9, { actor: bob })], { state: "merged" })).toEqual([]);
  });

  it("ends when it is taken back, and stays where that is unknown", () => {
    expect(open([], { reviewRequests: [] })).not.toContain("review.requested");
    expect(open([], { reviewRequests: undefined })).toContain("review.requested");
    expect(open([], { assignments: [] })).not.toContain("assignment.added");
  });

  it("of a team stays until the team is no longer asked", () => {
    const ofTeam = { ...requested, attributes: { team: ["acme/core"] } };
    const of = (team: string) => {
      const { snapshot } = compare(null, mergeRequestFacts({ reviewRequests: [{ team }] }), context);
      return openAsks({ told: [ofTeam], happened: [ofTeam], snapshot, reader });
    };
    expect(of("acme/core")).toHaveLength(1);
    expect(of("acme/web")).toHaveLength(0);
  });

  it("ends with the reviewer's own approval or dismissal, where changes were requested", () => {
    expect(open([event("review.approved", 9)])).not.toContain("review.changes_requested");
    expect(open([event("review.approved", 9, { actor: carol })])).toContain("review.changes_requested");
    const dismissed = event("review.dismissed", 9, { actor: carol, detail: { whom: ["@ann"] } });
    expect(open([dismissed])).not.toContain("review.changes_requested");
  });

  it("stands once, however often it was asked; every mention stands for itself", () => {
    const again = event("review.requested", 5, { concerns: requested.concerns });
    const another = event("mention.created", 6, { concerns: mentioned.concerns });
    const { snapshot } = compare(null, mergeRequestFacts({ reviewRequests: [{ person: bob }] }), context);
    const told = [requested, mentioned, again, another];
    const keys = openAsks({ told, happened: told, snapshot, reader }).map(({ key }) => key);
    expect(keys).toEqual([again.key, mentioned.key, another.key]);
  });

  it("asks nobody in a group, and nobody on another connection", () => {
    expect(open([], {}, { accounts: [] })).toEqual([]);
    expect(open([], {}, { accounts: [{ connectionId: "work", personId: bob.id, login: "bob" }] })).toEqual(
      [],
    );
  });

  it("is not the reader's own doing, nor what concerns the reader in another role", () => {
    const about = (events: Event[]) => {
      const facts = mergeRequestFacts({ reviewRequests: [{ person: bob }], assignments: [{ person: bob }] });
      const { snapshot } = compare(null, facts, context);
      return openAsks({ told: events, happened: events, snapshot, reader }).map(({ kind }) => kind);
    };
    expect(about([{ ...assigned, actor: bob }])).toEqual([]);
    expect(about([{ ...requested, concerns: [{ personId: bob.id, as: "author" }] }])).toEqual([]);
    expect(about([assigned, requested])).toHaveLength(2);
  });

  it("stays when another's verdict is dismissed, and stands for each who requested changes", () => {
    const others = event("review.dismissed", 9, { actor: carol, detail: { whom: ["@carol"] } });
    expect(open([others])).toContain("review.changes_requested");
    const second = { ...refused, key: "second", actor: carol };
    const told = [refused, second];
    const { snapshot } = compare(null, mergeRequestFacts(), context);
    expect(openAsks({ told, happened: told, snapshot, reader })).toEqual(told);
  });

  it("ends with the issue where it is work, and stays where it is a question", () => {
    const of = (state: "open" | "closed") => {
      const { snapshot } = compare(null, issueFacts({ state }), context);
      const told = [mentioned, { ...mentioned, key: "assigned", ...assigned }];
      return openAsks({ told, happened: told, snapshot, reader }).map(({ kind }) => kind);
    };
    const assigned = {
      kind: "assignment.added",
      concerns: [{ personId: bob.id, as: "assignee" as const }],
    };
    expect(of("open")).toEqual(["mention.created", "assignment.added"]);
    expect(of("closed")).toEqual(["mention.created"]);
  });

  it("is answered in the order of becoming known, where the server tells no time", () => {
    const answer = event("comment.created", 9, { actor: bob, at: undefined });
    const ask = { ...mentioned, at: undefined };
    const { snapshot } = compare(null, mergeRequestFacts(), context);
    const after = (happened: Event[]) => openAsks({ told: [ask], happened, snapshot, reader });
    expect(after([ask, answer])).toHaveLength(0);
    expect(after([answer, ask])).toHaveLength(1);
  });
});
