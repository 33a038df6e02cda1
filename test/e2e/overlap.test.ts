import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspect, owner, ownerChat, pollRound, startSurroundings, type Surroundings } from "./harness.js";

let world: Surroundings;
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(() => world.close());

function askOnBoth(): void {
  const { github, gitlab } = world;
  const { number } = github.openPullRequest("acme/api", {
    author: "ann",
    title: "Hub work",
    body: "b",
    head: "hub",
  });
  github.requestReview("acme/api", number, { by: "ann", reviewer: "mia" });
  github.comment("acme/api", number, { by: "ann", body: "@mia please" });
  const opened = { author: "bob", title: "Lab work", source: "lab" };
  const { iid } = gitlab.openMergeRequest("platform/core", opened);
  gitlab.requestReview("platform/core", iid, { by: "bob", reviewer: "mia" });
  gitlab.note("platform/core", iid, { by: "bob", body: "@mia please" });
}

/** Everything that was ever sent to the chat, counted by title. */
const sent = (title: string, chat = owner) =>
  world.telegram.chat(chat).filter((message) => message.from === "bot" && message.text.includes(title));

const rules: Array<[string, string]> = [
  [
    "the inbox and the project's own list",
    `
  - { to: owner, projects: ["github:acme/api", "work:platform/core"] }
  - { to: owner }`,
  ],
  [
    "a project and a wildcard over it",
    `
  - { to: owner, projects: ["github:acme/api", "work:platform/core"] }
  - { to: owner, projects: ["github:acme/*", "work:platform/*"], events: [reviews, merge_requests, mentions] }`,
  ],
  [
    "the owner by word, as member and as chat",
    `
  - { to: owner, projects: ["github:acme/api", "work:platform/core"] }
  - { to: { chat: ${owner} }, projects: ["github:acme/api", "work:platform/core"] }`,
  ],
];

describe("one thing that several ways lead to", () => {
  it.each(rules)("makes one message in one chat: %s", async (_, subscriptions) => {
    const config = world.config(`subscriptions:${subscriptions}\n`);
    await pollRound(world, { config });
    askOnBoth();
    await pollRound(world, { config });
    await pollRound(world, { config });
    for (const title of ["Hub work", "Lab work"]) {
      expect(sent(title).map((message) => message.text)).toHaveLength(1);
      expect(sent(title)[0]?.silent).toBe(false);
    }
    const keys = await inspect(world, (db) =>
      db.selectFrom("events").select("key").where("kind", "=", "review.requested").execute(),
    );
    expect(keys).toHaveLength(2);
  });

  it("makes one message in each chat that subscribes", async () => {
    world.telegram.addGroup({ id: -81, title: "Team", members: [owner] });
    const config = world.config(`subscriptions:
  - { to: owner }
  - { to: { chat: -81 }, projects: ["github:acme/*", "work:platform/core"], events: [merge_requests] }
`);
    await pollRound(world, { config });
    askOnBoth();
    await pollRound(world, { config });
    for (const title of ["Hub work", "Lab work"]) {
      expect(sent(title)).toHaveLength(1);
      expect(sent(title, -81)).toHaveLength(1);
      expect(sent(title, -81)[0]?.text).not.toContain("your review");
    }
  });

  it("tells nobody of another's review when the subscription is only personal", async () => {
    const config = world.config(`subscriptions:\n  - { to: owner }\n`);
    await pollRound(world, { config });
    const { iid } = world.gitlab.openMergeRequest("platform/core", {
      author: "bob",
      title: "Lab work",
      source: "lab",
    });
    world.gitlab.requestReview("platform/core", iid, { by: "bob", reviewer: "ann" });
    world.github.openPullRequest("acme/api", { author: "ann", title: "Hub work", body: "b", head: "hub" });
    await pollRound(world, { config });
    expect(
      ownerChat(world).filter(({ text }) => text.includes("work") && !text.includes("watching")),
    ).toEqual([]);
  });
});

describe("what is written while somebody presses a button", () => {
  it("arrives although the card was refreshed in between", async () => {
    const { startDaemon, eventually } = await import("./harness.js");
    await pollRound(world);
    const opened = { author: "bob", title: "Lab work", source: "lab" };
    const { iid } = world.gitlab.openMergeRequest("platform/core", opened);
    const hub = world.github.openPullRequest("acme/api", {
      author: "ann",
      title: "Hub work",
      body: "b",
      head: "hub",
    });
    await pollRound(world);
    // Polls come seldom here, so that the press falls between the comment and the poll that reads it.
    const seldom = world.config().replace(/mergeRequests: "[^"]*"/, 'mergeRequests: "*/6 * * * * *"');
    const daemon = await startDaemon(world, seldom);
    try {
      for (const [title, command] of [
        ["Lab work", `/approve platform/core!${iid}`],
        ["Hub work", `/approve acme/api#${hub.number}`],
      ] as const) {
        if (title === "Lab work") world.gitlab.note("platform/core", iid, { by: "ann", body: "lab remark" });
        else world.github.comment("acme/api", hub.number, { by: "bob", body: "hub remark" });
        world.telegram.say({ userId: owner, chatId: owner, text: command });
      }
      await eventually(() => sent("Approved").length === 2, {
        describe: () => world.telegram.renderChat(owner),
      });
      await eventually(() => ["lab remark", "hub remark"].every((words) => sent(words).length === 1), {
        describe: () => world.telegram.renderChat(owner),
      });
    } finally {
      await daemon.stop();
    }
  });
});
