import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ShownMessage } from "../../src/sandbox/telegram/index.js";
import {
  eventually,
  inspect,
  owner,
  ownerChat,
  pollRound,
  startDaemon,
  startSurroundings,
  type Surroundings,
} from "./harness.js";

const project = "platform/core";
const minute = 60_000;
let world: Surroundings;
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(() => world.close());

const onlyGitLab = (more = "") =>
  world.config(`subscriptions:
  - { to: owner, projects: ["work:platform/core"], events: [reviews, mentions, merge_requests, comments] }
${more}`);
const round = (config = onlyGitLab()) => pollRound(world, { config });
const saying = (...words: string[]) =>
  ownerChat(world).filter((message) => words.every((word) => message.text.includes(word)));

function ask(title: string): number {
  const { iid } = world.gitlab.openMergeRequest(project, {
    author: "bob",
    title,
    source: title.replaceAll(" ", "-"),
  });
  world.gitlab.requestReview(project, iid, { by: "bob", reviewer: "mia" });
  return iid;
}

const refusal = (code: number, description: string, parameters?: object) =>
  ({
    kind: "status",
    status: code,
    body: { ok: false, error_code: code, description, ...(parameters && { parameters }) },
  }) as const;

async function states(): Promise<string[]> {
  const rows = await inspect(world, (db) => db.selectFrom("deliveries").select("state").execute());
  return rows.map((row) => row.state);
}

describe("Telegram that does not take a message", () => {
  beforeEach(() => round());

  it("429 with retry_after: waits that long, in that chat alone, and loses nothing", async () => {
    world.telegram.addGroup({ id: -55, title: "Team", members: [owner] });
    const both = onlyGitLab(
      `  - { to: { chat: -55 }, projects: ["work:platform/core"], events: [reviews] }\n`,
    );
    await round(both);
    ask("Some work");
    const limit = world.telegram.faults.add(
      /sendMessage/,
      refusal(429, "Too Many Requests: retry after 600", { retry_after: 600 }),
      1,
    );
    await round(both);
    limit();
    const sent = () =>
      saying("Some work").length +
      world.telegram.chat(-55).filter(({ text }) => text.includes("Some work")).length;
    expect(sent()).toBe(1);
    const asked = world.telegram.ledger.count(/sendMessage/);
    world.clock.skip(5 * minute);
    await round(both);
    expect(world.telegram.ledger.count(/sendMessage/)).toBe(asked);
    world.clock.skip(6 * minute);
    await round(both);
    expect(sent()).toBe(2);
    expect(saying("possibly repeated")).toHaveLength(0);
  });

  it("5xx and a lost reply leave it in doubt: it comes again, labelled, without sound", async () => {
    ask("Some work");
    world.telegram.faults.add(/sendMessage/, { kind: "lost_reply" }, 1);
    await round();
    world.clock.skip(minute);
    await round();
    const shown = saying("requested your review", "Some work");
    expect(shown).toHaveLength(2);
    expect(shown.map((message) => [message.text.includes("possibly repeated"), message.silent])).toEqual([
      [false, false],
      [true, true],
    ]);
    await round();
    expect(saying("requested your review", "Some work")).toHaveLength(2);
  });

  it("an outage of ten hours loses nothing", async () => {
    const stop = world.telegram.faults.add(/./, { kind: "status", status: 502, body: "<html>" }, Infinity);
    ask("Night work");
    for (let hour = 0; hour < 10; hour += 1) {
      await round();
      world.clock.skip(60 * minute);
    }
    stop();
    await round();
    expect(saying("requested your review", "Night work")).toHaveLength(1);
    expect(await states()).not.toContain("dead");
  });

  it("a connection that is refused is no doubt: it comes once, without a label", async () => {
    ask("Some work");
    const home = world.telegram.url;
    const nowhere = onlyGitLab().replace(home, "http://127.0.0.1:9");
    await pollRound(world, { config: nowhere });
    world.clock.skip(minute);
    await round();
    expect(saying("Some work")).toHaveLength(1);
    expect(saying("possibly repeated")).toHaveLength(0);
  });

  it("markup that it cannot parse: the message comes as plain text, and the log says that it is our fault", async () => {
    ask("Some work");
    world.telegram.faults.add(
      /sendMessage/,
      refusal(400, "Bad Request: can't parse entities: Unexpected end tag"),
      1,
    );
    await round();
    expect(saying("requested your review", "Some work")).toHaveLength(1);
    expect(
      world.logged.some(
        (line) => line.startsWith("error") && line.includes("could not take a part of a message"),
      ),
    ).toBe(true);
  });

  it("a card that was deleted by its reader: the next news makes a new one, an edit does not", async () => {
    const iid = ask("Some work");
    await round();
    const card = saying("Some work")[0] as ShownMessage;
    world.telegram.forget(owner, card.messageId);
    world.gitlab.push(project, iid, { by: "bob" });
    await round();
    expect(saying("Some work")).toHaveLength(0);
    world.gitlab.note(project, iid, { by: "ann", body: "looks fine" });
    await round();
    expect(saying("Some work", "looks fine")).toHaveLength(1);
    expect(await states()).not.toContain("dead");
  });

  it("a card that is too old to be edited is sent anew", async () => {
    const iid = ask("Some work");
    await round();
    world.telegram.faults.add(
      /editMessageText/,
      refusal(400, "Bad Request: message can't be edited"),
      Infinity,
    );
    world.gitlab.note(project, iid, { by: "ann", body: "looks fine" });
    await round();
    expect(saying("Some work", "looks fine")).toHaveLength(1);
  });
});

describe("a chat that is closed to the bot", () => {
  it("is parked, keeps what is owed, and gets it when its owner comes back with /start", async () => {
    await round();
    world.telegram.block(owner);
    ask("Some work");
    await round();
    await round();
    expect(world.telegram.ledger.count(/sendMessage/)).toBeLessThanOrEqual(2);
    expect(saying("Some work")).toHaveLength(0);
    const daemon = await startDaemon(world, onlyGitLab());
    try {
      world.telegram.unblock(owner);
      world.telegram.say({ userId: owner, chatId: owner, text: "/start" });
      await eventually(() => saying("requested your review", "Some work").length === 1);
    } finally {
      await daemon.stop();
    }
  });

  it("a group that threw the bot out is told to the owner, once", async () => {
    world.telegram.addGroup({ id: -56, title: "Team", members: [owner] });
    const config = onlyGitLab(
      `  - { to: { chat: -56 }, projects: ["work:platform/core"], events: [reviews] }\n`,
    );
    await round(config);
    world.telegram.kick(-56);
    ask("Some work");
    ask("More work");
    await round(config);
    await round(config);
    expect(saying("-56", "on hold")).toHaveLength(1);
    expect(saying("requested your review")).toHaveLength(2);
  });

  it("a group that became a supergroup is followed: what is owed arrives there, once", async () => {
    world.telegram.addGroup({ id: -57, title: "Team", members: [owner] });
    const config = onlyGitLab(
      `  - { to: { chat: -57 }, projects: ["work:platform/core"], events: [reviews, merge_requests] }\n`,
    );
    await round(config);
    const iid = ask("Some work");
    await round(config);
    const next = world.telegram.migrate(-57);
    ask("More work");
    world.gitlab.approve(project, iid, { by: "ann" });
    await round(config);
    await round(config);
    const there = world.telegram.chat(next).map((message) => message.text);
    expect(there.filter((text) => text.includes("More work"))).toHaveLength(1);
    expect(there.filter((text) => text.includes("Some work") && text.includes("ann approved"))).toHaveLength(
      1,
    );
    ask("Third work");
    await round(config);
    expect(world.telegram.chat(next).filter(({ text }) => text.includes("Third work"))).toHaveLength(1);
    expect(await states()).not.toContain("dead");
  });
});

describe("a second process that polls the same bot", () => {
  it("stops commands but not messages, and is said once in the log without a tight loop", async () => {
    await round();
    const taken = refusal(
      409,
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    );
    world.telegram.faults.add(/getUpdates/, taken, Infinity);
    const daemon = await startDaemon(world, onlyGitLab());
    try {
      ask("Some work");
      await eventually(() => saying("requested your review", "Some work").length === 1);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const asked = world.telegram.ledger.entries.filter(({ exchange }) =>
        exchange.path.endsWith("getUpdates"),
      );
      expect(asked.length).toBeLessThanOrEqual(2);
      expect(world.logged.filter((line) => line.includes("other_poller"))).toHaveLength(1);
    } finally {
      await daemon.stop();
    }
  });
});
