import { describe, expect, it } from "vitest";
import { features, isDelivered } from "../../src/domain/feature.js";
import { personalFeatures } from "../../src/operations/pairing.js";
import { routes as githubRoutes } from "../../src/platforms/github/routes.js";
import { routes as gitlabRoutes } from "../../src/platforms/gitlab/routes.js";
import { parseWish, subscribe } from "../../src/operations/subscribe.js";
import { unsubscribe } from "../../src/operations/unsubscribe.js";
import { listSources } from "../../src/store/sources.js";
import { listSubscriptions } from "../../src/store/subscriptions.js";
import { aSubscription } from "../support/builders.js";
import { createBotWorld } from "../bot/bot-world.js";

const github = { id: "github", url: "https://github.com", routes: githubRoutes };
const work = { id: "work", url: "https://gitlab.example.com", routes: gitlabRoutes };
const all = features.map(({ name }) => name).filter((name) => name !== "alerts");
const delivered = all.filter(isDelivered);
const signal = new AbortController().signal;

describe("a wish", () => {
  it.each([
    ["acme/api", ["github:acme/api"], delivered, ""],
    ["acme/*", ["github:acme/*"], delivered, ""],
    ["acme/api acme/web,acme/app", ["github:acme/api", "github:acme/web", "github:acme/app"], delivered, ""],
    ["github:acme/api ci reviews", ["github:acme/api"], ["pipelines", "reviews"], ""],
    ["pipelines,CI acme/api workflows", ["github:acme/api"], ["pipelines"], ""],
    ["https://github.com/acme/api/pull/12 mentions", ["github:acme/api"], ["mentions"], ""],
    ["acme/api all", ["github:acme/api"], all, ""],
    ["acme/api pipelines all", ["github:acme/api"], all, ""],
    [
      "acme/api branch:main,dev -author:renovate[bot]",
      ["github:acme/api"],
      delivered,
      "branch:main,dev -author:renovate[bot]",
    ],
    ['acme/api label:"good first issue"', ["github:acme/api"], delivered, 'label:"good first issue"'],
    ["me", undefined, personalFeatures, ""],
    ["@me reviews", undefined, ["reviews"], ""],
    ["reviews -bot:true", undefined, ["reviews"], "-bot:true"],
    ["*", ["*"], delivered, ""],
    ["", undefined, personalFeatures, ""],
  ])("%j is understood", (words, projects, wanted, filter) => {
    expect(parseWish(words, [github])).toEqual({ ok: true, projects, features: wanted, filter });
  });

  it.each([
    ["acme/api piplines", "piplines", "pipelines"],
    ["acme/api revews", "revews", "reviews"],
    ["acme", "acme", "acme/*"],
    ["acme/api brnch:main", "brnch", "branch"],
    ["gihub:acme/api", "gihub:acme/api", "github:acme/api"],
    ["acme/a?i", "acme/a?i", undefined],
  ])("%j is refused with the word and the nearest right one", (words, word, suggestion) => {
    const parsed = parseWish(words, [github]);
    expect([parsed.ok, !parsed.ok && parsed.word, !parsed.ok && parsed.suggestion]).toEqual([
      false,
      word,
      suggestion,
    ]);
  });

  it("needs the connection named where there are several", () => {
    const parsed = parseWish("acme/api", [github, work]);
    expect(!parsed.ok && [parsed.word, parsed.suggestion]).toEqual(["acme/api", "github:acme/api"]);
  });
});

describe("subscribing", () => {
  it("keeps the subscription and has its sources polled", async () => {
    const world = await createBotWorld();
    const outcome = await subscribe(world.operations, { words: "me", to: "owner", createdBy: "500" }, signal);
    expect(outcome).toMatchObject({ ok: true, problems: [], undelivered: [] });
    expect((await listSources(world.opened.db)).map(({ id }) => id)).toContain("forge/inbox/-");
    expect(outcome.ok && outcome.overlaps.map(({ id }) => id)).toEqual(["s1"]);
  });

  it("says what is not delivered yet", async () => {
    const world = await createBotWorld();
    const outcome = await subscribe(
      world.operations,
      { words: "acme/api issues", to: { chat: "-1" } },
      signal,
    );
    expect(outcome).toMatchObject({ ok: true, undelivered: ["issues"], overlaps: [] });
  });

  it("keeps nothing that was not understood, and nothing of a project that is not there", async () => {
    const world = await createBotWorld();
    await subscribe(world.operations, { words: "acme/api piplines", to: "owner" }, signal);
    const refused = await subscribe(world.operations, { words: "acme/nothing", to: "owner" }, signal);
    expect(refused).toMatchObject({ ok: false, code: "unknown-project", where: ["forge"] });
    expect(await listSubscriptions(world.opened.db)).toHaveLength(1);
  });
});

describe("unsubscribing", () => {
  it("takes an id or a project, of this recipient alone", async () => {
    const world = await createBotWorld();
    await subscribe(world.operations, { words: "acme/api", to: { chat: "-1" } }, signal);
    const ask = (words: string, to: "owner" | { chat: string }) =>
      unsubscribe(world.operations, { words, to }, signal);
    expect(await ask("s1", { chat: "-1" })).toEqual({ result: "unknown" });
    expect(await ask("acme/nothing", "owner")).toEqual({ result: "unknown" });
    expect(await ask(" acme/api ", "owner")).toMatchObject({
      result: "removed",
      rules: [{ id: "s1" }],
    });
    expect(await listSubscriptions(world.opened.db)).toHaveLength(1);
    expect((await listSources(world.opened.db)).map(({ id }) => id)).toEqual(["forge/pipelines/7"]);
  });

  it("leaves to config.yaml what is declared there", async () => {
    const world = await createBotWorld();
    const declared = aSubscription({ id: "config-1", origin: "config" });
    const context = { ...world.operations, declared: [declared] };
    expect(await unsubscribe(context, { words: "config-1" }, signal)).toEqual({
      result: "declared",
      rules: [declared],
    });
  });
});
