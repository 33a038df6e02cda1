import { describe, expect, it } from "vitest";
import type { Event } from "../../src/domain/event.js";
import { parseFilter } from "../../src/domain/filter.js";
import type { Subscription } from "../../src/domain/subscription.js";
import { explainRoute, route, type RoutedSubscription } from "../../src/polling/route.js";
import { ann, anEvent, aProject, aSubscription, bob, carol, renovate } from "../support/builders.js";

const project = aProject();
const chat = { channel: "telegram", chat: "100" };
const annReads = { accounts: [{ connectionId: "github", personId: ann.id, login: "ann" }] };
const group = { accounts: [] };

function listener(
  changes: Partial<Subscription> & { personal?: boolean; reader?: typeof annReads; chat?: string } = {},
): RoutedSubscription {
  const { personal, reader = annReads, chat: address = "100", ...rest } = changes;
  const subscription = aSubscription({ ...rest, ...(personal === true && { projects: undefined }) });
  const parsed = parseFilter(subscription.filter);
  if (!parsed.ok) throw new Error("The filter of this test cannot be read.");
  return {
    subscription,
    filter: parsed.filter,
    destination: { ...chat, chat: address },
    reader,
    matchesProject: (candidate) => candidate.path === "acme/api",
  };
}

function pipeline(kind: string, changes: Partial<Event> = {}): Event {
  const status =
    { failed: "failed", fixed: "success", succeeded: "success", started: "running" }[kind] ?? kind;
  return anEvent({
    key: `github/7/pipeline/900/1/${kind}`,
    kind: `pipeline.${kind}`,
    subject: { connectionId: "github", projectId: "7", type: "pipeline", id: "900" },
    actor: ann,
    concerns: [{ personId: ann.id, as: "starter" }],
    attributes: { branch: ["main"], status: [status], workflow: ["CI"], actor: ["ann"] },
    ...changes,
  });
}

function modeOf(event: Event, subscription: RoutedSubscription) {
  const verdict = explainRoute(event, subscription, project);
  return [verdict.mode, verdict.reason];
}

describe("a subscription to projects", () => {
  it("brings news as a card, and pings where the reader must act", () => {
    expect(modeOf(anEvent(), listener())).toEqual(["ping", "asks_reader"]);
    expect(modeOf(anEvent(), listener({ reader: group }))).toEqual(["card", "news"]);
  });

  it("brings a person their own mentions and those of their teams alone, and a group all", () => {
    const mention = (changes: Partial<Event> = {}) => anEvent({ kind: "mention.created", ...changes });
    const others = mention({
      concerns: [{ personId: carol.id, as: "mentioned" }],
      attributes: { team: ["acme/design"] },
    });
    expect(modeOf(mention({ concerns: [{ personId: ann.id, as: "mentioned" }] }), listener())[0]).toBe(
      "ping",
    );
    expect(modeOf(others, listener())).toEqual(["update", "not_concerned"]);
    expect(modeOf(others, listener({ filter: "team:acme/design" }))).toEqual(["card", "news"]);
    expect(modeOf(others, listener({ filter: "-team:acme/design" }))[1]).toBe("filtered");
    expect(modeOf(others, listener({ reader: group }))).toEqual(["card", "news"]);
  });

  it("rings for a failure whom it concerns, and everybody once when the default branch or a named one breaks", () => {
    const failed = (changes: Partial<Event> = {}) =>
      pipeline("failed", { concerns: [{ personId: bob.id, as: "starter" }], ...changes });
    const on = (branch: string) => ({ attributes: { branch: [branch], status: ["failed"] } });
    expect(modeOf(failed(), listener({ reader: group }))[0]).toBe("ping");
    expect(modeOf(failed({ detail: { brokenSince: "2026-11-02T09:00:00Z" } }), listener())[0]).toBe("card");
    expect(modeOf(failed(on("fix-login")), listener())[0]).toBe("card");
    expect(modeOf(failed(on("mallory:main")), listener())[0]).toBe("card");
    expect(modeOf(failed(on("release/2")), listener({ filter: "branch:release/*" }))[0]).toBe("ping");
    const ofReader = { concerns: [{ personId: ann.id, as: "author" as const }] };
    expect(modeOf(failed({ ...on("fix-login"), ...ofReader }), listener())[0]).toBe("ping");
    const broken = { ...ofReader, detail: { brokenSince: "2026-11-02T09:00:00Z" } };
    expect(modeOf(failed({ ...on("fix-login"), ...broken }), listener())[0]).toBe("ping");
  });

  it("does not ring for what goes wrong in a draft, nor for a schedule that was broken before", () => {
    const failed = (detail: Event["detail"]) => modeOf(pipeline("failed", { detail }), listener())[0];
    expect(failed({ ofDraft: true })).toBe("card");
    expect(failed({ scheduled: true, brokenSince: "2026-11-02T09:00:00Z" })).toBe("card");
    expect(failed({ scheduled: true })).toBe("ping");
    const conflict = { kind: "merge_request.conflict", actor: null };
    expect(modeOf(anEvent(conflict), listener())[0]).toBe("ping");
    expect(modeOf(anEvent({ ...conflict, attributes: { draft: ["true"] } }), listener())[0]).toBe("card");
  });

  it("brings nothing of other projects, unknown kinds or subjects of other features", () => {
    expect(explainRoute(anEvent(), listener(), aProject({ path: "acme/web" })).mode).toBeNull();
    expect(route([anEvent()], [listener()], aProject({ path: "acme/web" }))).toEqual([]);
    expect(modeOf(anEvent({ kind: "comment.sung" }), listener())).toEqual([null, "unknown_kind"]);
    expect(modeOf(anEvent(), listener({ features: ["pipelines", "wiki"] }))).toEqual([null, "other_subject"]);
  });

  it("only updates the card for features that are not subscribed, on subjects that are", () => {
    const merged = anEvent({ kind: "merge_request.merged" });
    expect(modeOf(merged, listener({ features: ["reviews"] }))).toEqual(["update", "other_feature"]);
  });

  it("brings kinds that are off by default only when the filter names them", () => {
    expect(modeOf(pipeline("succeeded"), listener())).toEqual(["update", "not_named"]);
    expect(modeOf(pipeline("succeeded"), listener({ filter: "status:success" }))).toEqual(["card", "news"]);
    expect(modeOf(pipeline("succeeded"), listener({ filter: "status:passed" }))).toEqual(["card", "news"]);
    expect(modeOf(pipeline("started"), listener({ filter: "kind:pipeline.*" }))).toEqual(["card", "news"]);
    const pushed = anEvent({ kind: "merge_request.pushed", actor: bob });
    expect(modeOf(pushed, listener({ filter: "state:open" }))).toEqual(["update", "not_named"]);
  });

  it("is quiet about an opened draft unless drafts are asked for", () => {
    const opened = anEvent({
      kind: "merge_request.opened",
      attributes: { draft: ["true"], author: ["bob"] },
    });
    expect(modeOf(opened, listener())).toEqual(["update", "quiet"]);
    expect(modeOf(opened, listener({ filter: "draft:true" }))).toEqual(["card", "news"]);
  });

  it("lets a card follow what a filter of failures leaves out, but nothing that the filter is not about", () => {
    expect(modeOf(pipeline("started"), listener({ filter: "status:failed" }))).toEqual([
      "update",
      "filtered",
    ]);
    expect(modeOf(pipeline("started"), listener({ filter: "status:failed branch:dev" }))).toEqual([
      null,
      "filtered",
    ]);
    expect(modeOf(anEvent(), listener({ filter: "author:carol" }))).toEqual([null, "filtered"]);
  });
});

describe("a personal subscription", () => {
  it("brings what concerns the reader, and only lets cards follow the rest", () => {
    expect(modeOf(anEvent(), listener({ personal: true }))).toEqual(["ping", "asks_reader"]);
    const others = anEvent({ concerns: [{ personId: carol.id, as: "author" }] });
    expect(modeOf(others, listener({ personal: true }))).toEqual(["update", "not_concerned"]);
  });

  it("does not take the same id on another connection for the reader", () => {
    const elsewhere = anEvent({ subject: { ...anEvent().subject, connectionId: "work" } });
    expect(modeOf(elsewhere, listener({ personal: true }))[1]).toBe("not_concerned");
  });

  it("pings only in the roles that the kind asks", () => {
    const requested = (as: "reviewer" | "author") =>
      anEvent({ kind: "review.requested", concerns: [{ personId: ann.id, as }] });
    expect(modeOf(requested("reviewer"), listener({ personal: true }))[0]).toBe("ping");
    expect(modeOf(requested("author"), listener({ personal: true }))[0]).toBe("card");
  });
});

describe("own actions", () => {
  const own = anEvent({ kind: "merge_request.merged", actor: ann });

  it("are silent unless the filter asks for them", () => {
    expect(modeOf(own, listener())).toEqual(["update", "own_action"]);
    expect(modeOf(own, listener({ filter: "self:true" }))).toEqual(["card", "news"]);
    expect(modeOf(own, listener({ filter: "self:only" }))).toEqual(["card", "news"]);
    expect(modeOf(own, listener({ reader: group }))).toEqual(["card", "news"]);
  });

  it("do not keep anybody from hearing how their pipeline went", () => {
    expect(modeOf(pipeline("failed"), listener({ personal: true }))).toEqual(["ping", "asks_reader"]);
    expect(modeOf(pipeline("fixed"), listener({ personal: true }))).toEqual(["card", "news"]);
  });
});

describe("what bots do", () => {
  const attributes = { author: ["ann"], actor: ["renovate[bot]"] };
  const byBot = anEvent({ actor: renovate, attributes });

  it("is silent unless the filter asks for bots or names this one", () => {
    expect(modeOf(byBot, listener())).toEqual(["update", "bot"]);
    expect(modeOf(byBot, listener({ filter: "bot:true" }))[0]).toBe("ping");
    expect(modeOf(byBot, listener({ filter: "actor:renovate[bot]" }))[0]).toBe("ping");
    expect(modeOf(byBot, listener({ filter: "-actor:renovate[bot]" }))).toEqual(["update", "filtered"]);
    expect(modeOf(anEvent(), listener({ filter: "bot:only" }))[1]).toBe("filtered");
  });

  it("is news when it lies on the reader's table", () => {
    const asked = anEvent({
      kind: "review.requested",
      actor: renovate,
      concerns: [{ personId: ann.id, as: "reviewer" }],
    });
    expect(modeOf(asked, listener())[0]).toBe("ping");
    expect(modeOf(asked, listener({ reader: group }))).toEqual(["update", "bot"]);
  });

  it("covers what nobody did to a bot's merge request, and not what a person did", () => {
    const conflict = { kind: "merge_request.conflict", detail: { authoredByBot: true } };
    expect(modeOf(anEvent({ ...conflict, actor: null }), listener({ reader: group }))).toEqual([
      "update",
      "bot",
    ]);
    expect(modeOf(anEvent({ ...conflict, actor: bob }), listener({ reader: group }))).toEqual([
      "card",
      "news",
    ]);
  });

  it("is news where it breaks the default branch, or one that the filter names", () => {
    const onBranch = (branch: string) =>
      pipeline("failed", {
        actor: renovate,
        concerns: [],
        attributes: { branch: [branch], status: ["failed"] },
      });
    expect(modeOf(onBranch("main"), listener())[0]).toBe("ping");
    expect(modeOf(onBranch("mallory:main"), listener())).toEqual(["update", "bot"]);
    expect(modeOf(onBranch("renovate/x"), listener())).toEqual(["update", "bot"]);
    expect(modeOf(onBranch("release/2"), listener({ filter: "branch:release/*" }))[0]).toBe("ping");
  });
});

describe("an issue", () => {
  const subject = { connectionId: "github", projectId: "7", type: "issue" as const, id: "5" };
  const concerns = [{ personId: ann.id, as: "mentioned" as const }];
  const mention = anEvent({ kind: "mention.created", subject, concerns });

  it("may be confidential, and reaches its reader alone, never a group", () => {
    expect(modeOf(mention, listener({ personal: true }))).toEqual(["ping", "asks_reader"]);
    expect(modeOf(mention, listener({ reader: group }))).toEqual([null, "other_subject"]);
    expect(modeOf(mention, listener({ reader: group, filter: "kind:mention.created" }))[0]).toBeNull();
  });
});

describe("several at once", () => {
  it.each([
    ["comment.created", "mention.created"],
    ["review.commented", "mention.created"],
    ["comment.created", "review.commented"],
    ["merge_request.opened", "review.requested"],
    ["merge_request.opened", "assignment.added"],
    ["assignment.added", "review.requested"],
    ["review.approved", "mention.created"],
  ])("brings of one happening not %s but %s, where both are news alike", (lesser, greater) => {
    const happening = "github/7/mr/12/opened";
    const events = [lesser, greater].map((kind) => anEvent({ key: kind, kind, happening, concerns: [] }));
    const routed = route(events, [listener({ reader: group })], project);
    expect(routed.map(({ event }) => event.kind)).toEqual([greater]);
    expect(route(events.reverse(), [listener({ reader: group })], project)).toHaveLength(1);
  });

  it("brings an event once to one destination, in the strongest way", () => {
    const routed = route(
      [pipeline("succeeded")],
      [
        listener({ id: "a" }),
        listener({ id: "b", filter: "status:success" }),
        listener({ id: "c", filter: "status:success" }),
        listener({ id: "d", chat: "200", reader: group }),
      ],
      project,
    );
    expect(
      routed.map(({ destination, mode, subscriptionIds }) => [destination.chat, mode, subscriptionIds]),
    ).toEqual([
      ["100", "card", ["b", "c"]],
      ["200", "update", ["d"]],
    ]);
  });

  it("brings what is laid on the reader's table beside the mention that came with it, once and to them alone", () => {
    const opened = (key: string, kind: string, as: "assignee" | "reviewer" | "mentioned") =>
      anEvent({ key, kind, happening: "github/7/issue/5/opened", concerns: [{ personId: ann.id, as }] });
    const events = [
      opened("k1", "mention.created", "mentioned"),
      opened("k2", "assignment.added", "assignee"),
      opened("k3", "review.requested", "reviewer"),
    ];
    const routed = route(events, [listener(), listener({ chat: "200", reader: group })], project);
    expect(routed.map(({ event, destination, mode }) => [event.key, destination.chat, mode])).toEqual([
      ["k1", "100", "ping"],
      ["k1", "200", "card"],
      ["k2", "100", "ping"],
      ["k3", "100", "ping"],
    ]);
  });

  it("brings the most telling event of one happening to each destination", () => {
    const happening = "github/7/mr/12/comment:1";
    const comment = anEvent({ key: "k1", happening, concerns: [{ personId: carol.id, as: "author" }] });
    const mention = anEvent({
      key: "k2",
      happening,
      kind: "mention.created",
      concerns: [{ personId: ann.id, as: "mentioned" }],
    });
    const other = anEvent({ key: "k3", happening: "github/7/mr/12/comment:2" });
    const routed = route(
      [comment, mention, other],
      [listener(), listener({ chat: "200", reader: group, features: ["comments"] })],
      project,
    );
    expect(routed.map(({ event, destination, mode }) => [event.key, destination.chat, mode])).toEqual([
      ["k1", "200", "card"],
      ["k2", "100", "ping"],
      ["k3", "100", "ping"],
      ["k3", "200", "card"],
    ]);
  });
});
