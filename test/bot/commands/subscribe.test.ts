import { describe, expect, it } from "vitest";
import { listSubscriptions, saveSubscription } from "../../../src/store/subscriptions.js";
import { saveAccess } from "../../../src/store/accounts.js";
import { aProject, aSubscription } from "../../support/builders.js";
import { aConnection, createFakePlatform, toLive } from "../../support/fake-platform.js";
import { createBotWorld, group, ownersId } from "../bot-world.js";

/** Two connections, both with acme/api; only the second has acme/web. */
async function twoForges() {
  const world = await createBotWorld();
  const other = createFakePlatform();
  other.projects = ["acme/api", "acme/web"].map((path, index) =>
    aProject({ connectionId: "other", id: String(20 + index), path }),
  );
  const live = { ...toLive(other), connection: aConnection({ id: "other", url: "https://other.example" }) };
  (world.operations.connections as Map<string, typeof live>).set("other", live);
  await saveAccess(world.opened.db, "other", other.access);
  return world;
}

const rules = async (world: Awaited<ReturnType<typeof createBotWorld>>) =>
  (await listSubscriptions(world.opened.db)).map(({ projects, features }) => [projects, features.length]);

describe("/subscribe", () => {
  it("says what will come, what does not yet, what the token leaves out, and what comes already", async () => {
    const world = await createBotWorld();
    await saveAccess(world.opened.db, "forge", { ...world.forge.access, lacks: ["actions"] });
    world.forge.access = { ...world.forge.access, lacks: ["actions"] };
    await world.write("/subscribe acme/api reviews issues label:bug");
    expect(world.last().text.length).toBeGreaterThan(0);
    const said = world.said.at(-1) ?? "";
    expect(said).toContain(
      "forge:acme/api:\n• review requests, approvals and requested changes\nOnly if: label:bug",
    );
    expect(said).toContain("does not deliver it yet: issues");
    expect(said).toContain("🔒 forge:");
    expect(said).toContain("Partly covered by “forge:acme/api · everything”; nothing comes twice.");
    expect(said).not.toMatch(/\bs1\b/);
  });

  it("sums up overlaps in one sentence", async () => {
    const world = await createBotWorld();
    for (const id of ["s2", "s3"])
      await saveSubscription(
        world.opened.db,
        aSubscription({ id, filter: `label:${id}`, projects: ["forge:acme/api"] }),
        1,
      );
    await world.write("/subscribe acme/api reviews");
    expect(world.said.at(-1)?.match(/Partly covered/g)).toHaveLength(1);
    expect(world.said.at(-1)).toContain(
      "Partly covered by “forge:acme/api · everything” and 2 others; nothing comes twice.",
    );
  });

  it("keeps the same rule once and says so", async () => {
    const world = await createBotWorld();
    await world.write("/subscribe acme/api reviews");
    await world.write("/subscribe reviews forge:acme/api");
    expect(world.said.at(-1)).toContain("You already have this subscription");
    expect(await rules(world)).toHaveLength(2);
  });

  it("names the nearest projects for one that is not there, as buttons", async () => {
    const world = await createBotWorld();
    await world.write("/subscribe acme/ap reviews");
    expect(world.said.at(-1)).toContain("There is no project “acme/ap” on forge");
    await world.press(world.button("forge: acme/api"));
    expect(world.said.at(-1)).toContain("Subscribed");
    expect(await rules(world)).toContainEqual([["forge:acme/api"], 1]);
  });

  it.each([
    [
      "acme/api kind:pipeline.suceeded",
      "I do not know the kind “pipeline.suceeded”.\nDid you mean pipeline.succeeded?",
      "acme/api kind:pipeline.succeeded",
    ],
    ["acme/api autor:bob", "I do not know the filter “autor”.\nDid you mean author?", "acme/api author:bob"],
    [
      "acme/api brnch:main",
      "I do not know the filter “brnch”.\nDid you mean branch?",
      "acme/api branch:main",
    ],
    [
      "acme/api -autor:bob",
      "I do not know the filter “autor”.\nDid you mean author?",
      "acme/api -author:bob",
    ],
  ])("refuses in %j what no event can have, and offers what was meant", async (words, said, better) => {
    const world = await createBotWorld();
    await world.write(`/subscribe ${words}`);
    expect(world.said.at(-1)).toBe(said);
    expect(await rules(world)).toHaveLength(1);
    await world.press(world.button(`/subscribe ${better}`));
    expect(world.said.at(-1)).toContain("Subscribed");
  });

  it("takes the @ before a path, and offers an owner's projects on each connection", async () => {
    const world = await twoForges();
    await world.write("/subscribe @acme/web reviews");
    expect(world.said.at(-1)).toContain("Subscribed");
    await world.write("/subscribe zzcorp");
    const labels = world
      .last()
      .buttons.flat()
      .map(({ label }) => label);
    expect(labels).toEqual(["/subscribe forge:zzcorp/*", "/subscribe other:zzcorp/*"]);
    for (const label of labels) {
      await world.write("/subscribe zzcorp");
      await world.press(world.button(label));
      expect(world.said.at(-1)).toContain("Subscribed");
    }
    await world.write("/subscribe acme/ap");
    expect(world.said.at(-1)).toContain("Did you mean");
  });

  it("knows what GitHub for Slack calls these commands", async () => {
    const world = await createBotWorld();
    await world.write("/github subscribe acme/api wiki");
    await world.press(world.button("/subscribe acme/api wiki"));
    expect(world.said.at(-1)).toContain("Subscribed");
    await world.write("/subscribe list");
    await world.press(world.button("/subscriptions"));
    expect(world.said.at(-1)).toContain("Subscriptions in this chat");
  });

  it("tells a filter that has no near one, a server that is mistyped, and a quotation mark that is open", async () => {
    const world = await createBotWorld();
    const answers = {
      "name:main": "filter “name”. You can use:",
      "forg:acme/api": "“forg:acme/api” cannot be used",
    };
    for (const [word, said] of Object.entries(answers)) {
      await world.write(`/subscribe acme/api ${word}`);
      expect(world.said.at(-1)).toContain(said);
    }
    for (const words of [
      'acme/api label:"good first',
      'acme/api "good first',
      "acme/api label:“good first",
    ]) {
      await world.write(`/subscribe ${words}`);
      expect(world.said.at(-1)).toBe("A quotation mark is not closed.");
    }
    expect(await rules(world)).toHaveLength(1);
  });

  it("asks which connection is meant where several have it", async () => {
    const world = await twoForges();
    for (const words of ["acme/api", "acme/*"]) {
      await world.write(`/subscribe ${words} reviews`);
      expect(world.said.at(-1)).toBe(`Which “${words}” do you mean?`);
      expect(
        world
          .last()
          .buttons.flat()
          .map(({ label }) => label),
      ).toEqual([`forge: ${words}`, `other: ${words}`]);
      await world.press(world.button(`other: ${words}`));
      expect(await rules(world)).toContainEqual([[`other:${words}`], 1]);
    }
    await world.write("/subscribe acme/web reviews");
    expect(await rules(world)).toContainEqual([["other:acme/web"], 1]);
    await world.write("/subscribe acme/nothing");
    expect(world.said.at(-1)).toContain("on forge or other");
  });

  it("asks before a group is told of a private project", async () => {
    const world = await createBotWorld();
    world.forge.projects.push(
      aProject({ connectionId: "forge", id: "9", path: "acme/secret", private: true }),
    );
    await world.write("/subscribe acme/secret", { chat: group });
    expect(world.said.at(-1)).toContain("acme/secret is private. Everyone in this chat will see");
    expect(await rules(world)).toHaveLength(1);
    await world.press(world.button("Yes, everyone here may see it"), { chat: group });
    expect(await rules(world)).toContainEqual([["forge:acme/secret"], expect.any(Number)]);
    for (const words of ["acme/*", "*"]) {
      await world.write(`/subscribe ${words} wiki`, { chat: group });
      expect(world.said.at(-1)).toContain("acme/secret is private");
    }
    await world.write("/subscribe me", { chat: group });
    expect(world.said.at(-1)).toContain("whatever concerns you in private projects");
    await world.press(world.button("Yes, everyone here may see it"), { chat: group });
    expect(world.said.at(-1)).toContain("Subscribed");
    for (const words of ["acme/secret wiki", "me wiki"]) {
      await world.write(`/subscribe ${words}`);
      expect(world.said.at(-1)).toContain("Subscribed");
    }
  });
});

describe("/unsubscribe", () => {
  it.each(["acme/api", "forge:acme/api", "Acme/API", "https://forge.example/acme/api"])(
    "finds by %j what /subscribe acme/api made",
    async (words) => {
      const world = await createBotWorld();
      await world.write(`/unsubscribe ${words}`);
      expect(world.said.at(-1)).toBe("Stopped:\n• forge:acme/api · everything");
      expect(await rules(world)).toEqual([]);
    },
  );

  it("shows only the rule that it changed", async () => {
    const world = await createBotWorld();
    await world.write("/subscribe acme/api issues wiki");
    await world.write("/unsubscribe acme/api issues");
    expect(world.said.at(-1)).toBe("Changed. What is left:\n• forge:acme/api · wiki");
  });

  it("takes the number that the list shows, and says how many there are for another", async () => {
    const world = await createBotWorld();
    await world.write("/subscribe acme/api wiki");
    await world.write("/subscriptions");
    expect(world.said.at(-1)).toContain("2. forge:acme/api · wiki");
    await world.write("/unsubscribe 99");
    expect(world.said.at(-1)).toBe("There is no number 99; there are 2.");
    await world.write("/unsubscribe 2");
    expect(world.said.at(-1)).toBe("Stopped:\n• forge:acme/api · wiki");
    await world.write("/unsubscribe 0");
    expect(world.said.at(-1)).toBe("There is no number 0; there is only one.");
    expect(await rules(world)).toHaveLength(1);
  });

  it("lists several rules and asks which", async () => {
    const world = await createBotWorld();
    const { db } = world.opened;
    await saveSubscription(
      db,
      aSubscription({ id: "two", projects: ["forge:acme/api", "forge:acme/web"], features: ["wiki"] }),
      1,
    );
    await world.write("/unsubscribe acme/api");
    expect(world.said.at(-1)).toBe(
      "Which should I stop?\n1. forge:acme/api · everything\n2. forge:acme/api, forge:acme/web · wiki",
    );
    expect(await rules(world)).toHaveLength(2);
    const stopFirst = world.button("Stop 1");
    await world.press(world.button("Only acme/api in 2"));
    expect(await rules(world)).toContainEqual([["forge:acme/web"], 1]);
    await world.press(stopFirst);
    expect(await rules(world)).toEqual([[["forge:acme/web"], 1]]);
  });

  it("takes features out of a rule, and asks before one that covers more goes", async () => {
    const world = await createBotWorld();
    await world.write("/unsubscribe acme/api wiki docs");
    expect(await rules(world)).toEqual([[["forge:acme/api"], 6]]);
    await saveSubscription(world.opened.db, aSubscription({ id: "w", projects: ["forge:acme/*"] }), 1);
    await world.write("/unsubscribe acme/web");
    expect(world.said.at(-1)).toContain("Which should I stop?\n1. forge:acme/*");
    await world.write("/unsubscribe all");
    await world.press(world.button("Stop all 2"));
    expect(await rules(world)).toEqual([]);
  });

  it("says where a rule stands that cannot be changed here", async () => {
    const world = await createBotWorld();
    const declared = aSubscription({ id: "c", origin: "config", projects: ["forge:acme/web"] });
    (world.operations.declared as unknown[]).push(declared);
    await world.write("/unsubscribe acme/web");
    expect(world.said.at(-1)).toContain("config.yaml on the computer where gitnotify runs");
    await world.write("/unsubscribe", { chat: { ...group, id: ownersId } });
    expect(world.said.at(-1)).toContain("This chat has no subscriptions");
  });
});
