import { mentionGrammar } from "../../../src/platforms/github/mention-grammar.js";
import { describe, expect, it } from "vitest";
import { compare, type CompareContext } from "../../../src/polling/compare/index.js";
import {
  ann,
  aProject,
  at,
  bob,
  bobsAccount,
  docsFacts,
  issueFacts,
  mergeRequestFacts,
  wikiFacts,
} from "../../support/builders.js";

const context: CompareContext = {
  project: aProject(),
  baseline: false,
  account: bobsAccount,
  mentionGrammar,
};
const baseline = { ...context, baseline: true };

describe("a wiki page", () => {
  it("tells each change once, and nothing at the baseline", () => {
    const first = compare(null, wikiFacts(), baseline);
    expect(first.events).toEqual([]);
    expect(compare(first.snapshot, wikiFacts(), context).events).toEqual([]);
    const { events } = compare(
      first.snapshot,
      wikiFacts({ changeId: "c2", change: "deleted", at: at(9) }),
      context,
    );
    expect(events).toMatchObject([
      { kind: "wiki.deleted", key: "github/7/wiki/Setup/c2", actor: ann, at: at(9) },
    ]);
  });

  it("keeps the newest change when an older one is told late", () => {
    const newest = compare(null, wikiFacts({ changeId: "c2", at: at(9) }), context).snapshot;
    const late = compare(newest, wikiFacts({ changeId: "c1", at: at(3) }), context);
    expect(late.events).toHaveLength(1);
    expect(late.snapshot).toBe(newest);
  });

  it("is no news when it is older than the news, and news when no time is told", () => {
    expect(compare(null, wikiFacts({ newsSince: at(4) }), context).events).toEqual([]);
    expect(compare(null, wikiFacts({ at: undefined, newsSince: at(4) }), context).events).toHaveLength(1);
  });
});

describe("a change of the docs", () => {
  it("is told once, with the paths that it touches", () => {
    const { events, snapshot } = compare(null, docsFacts(), context);
    expect(events).toMatchObject([
      {
        kind: "docs.changed",
        actor: ann,
        attributes: { path: ["docs/tokens.md"], branch: ["main"], author: ["ann"] },
      },
    ]);
    expect(compare(snapshot, docsFacts(), context).events).toEqual([]);
    expect(compare(null, docsFacts(), baseline).events).toEqual([]);
  });
});

describe("an issue", () => {
  const comment = { id: "comment:1", at: at(5), actor: ann, body: "hi @bob", url: "u" };

  it("tells the account of its mentions and assignments, and of nobody else's", () => {
    const prior = compare(null, issueFacts(), baseline).snapshot;
    const facts = issueFacts({
      updatedAt: at(6),
      description: "@carol",
      assignments: [{ person: bob }, { person: ann }],
      comments: [comment, { ...comment, id: "comment:2", body: "hi @carol" }],
    });
    const { events } = compare(prior, facts, context);
    expect(events.map(({ kind, concerns }) => [kind, concerns[0]?.personId])).toEqual([
      ["assignment.added", bob.id],
      ["mention.created", bob.id],
    ]);
  });

  it("believes the platform that a page mentions the account, whose text may be cut before the name", () => {
    const page = { key: "page:1", name: "1a2b3c4d" };
    const facts = issueFacts({
      number: 0,
      page,
      comments: [{ ...comment, body: "cut", mentionsAccount: true }],
    });
    const [event] = compare(null, facts, context).events;
    expect(event).toMatchObject({
      kind: "mention.created",
      concerns: [{ personId: bob.id, as: "mentioned" }],
    });
    expect(event?.subject.id).toBe("page:1");
  });

  it("leaves out what is not news", () => {
    const facts = issueFacts({
      newsSince: at(9),
      description: "@bob",
      assignments: [{ person: bob }],
      comments: [comment],
    });
    expect(compare(null, facts, context).events).toEqual([]);
  });
});

it("takes a snapshot of another type for none", () => {
  const wiki = compare(null, wikiFacts(), context).snapshot;
  expect(compare(wiki, mergeRequestFacts(), context).events.map((event) => event.kind)).toEqual([
    "merge_request.opened",
  ]);
});

it("compares at least 20,000 unchanged merge requests a second", () => {
  const description = `${"Some words about it. ".repeat(40)} @bob and \`code\``;
  const facts = mergeRequestFacts({
    description,
    reviewRequests: [{ person: bob }],
    assignments: [{ person: ann }],
  });
  const { snapshot } = compare(null, facts, baseline);
  // Processor time: the machine that runs the tests may be busy with other things.
  const started = process.cpuUsage();
  for (let n = 0; n < 20_000; n += 1) compare(snapshot, facts, context);
  const { user } = process.cpuUsage(started);
  expect(user / 1_000).toBeLessThan(1_000);
});
