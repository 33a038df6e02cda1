import { describe, expect, it } from "vitest";
import { parseCommand } from "../../src/bot/bot.js";
import { botCommands, findCommand } from "../../src/bot/commands/index.js";
import { describe as describeCommand } from "../../src/bot/describe-command.js";
import { createTranslator, languages } from "../../src/i18n/index.js";
import { listParked, park } from "../../src/store/destinations.js";
import type { MergeRequestFacts } from "../../src/domain/facts/index.js";
import { toSubjectKey } from "../../src/domain/subject.js";
import { createPairing } from "../../src/operations/pairing.js";
import { rememberMessage } from "../../src/store/cards.js";
import { saveSnapshot } from "../../src/store/subjects.js";
import { mergeRequestFacts, pipelineFacts } from "../support/builders.js";
import { createBotWorld, group, memberId, ownersId, strangerId } from "./bot-world.js";

describe("a command", () => {
  it.each([
    ["/help", "help", "", false],
    ["  /Help  ", "help", "", false],
    ["/help@gitnotify_bot", "help", "", true],
    ["/HELP@GitNotify_Bot me", "help", "me", true],
    ["/runs  acme/api ", "runs", "acme/api", false],
    ["/subscribe acme/api\nbranch:main", "subscribe", "acme/api\nbranch:main", false],
  ])("%j is understood", (written, name, words, addressed) => {
    expect(parseCommand(written, "gitnotify_bot")).toEqual({ name, words, addressed });
  });

  it.each([
    ["/help@other_bot"],
    ["help"],
    ["say /help"],
    ["/"],
    ["//help"],
    ["/he-lp"],
    [`/${"x".repeat(33)}`],
    [""],
  ])("%j is none of this bot's", (written) => {
    expect(parseCommand(written, "gitnotify_bot")).toBeNull();
  });
});

describe("the list of commands", () => {
  const names = botCommands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);

  it("names each once, as Telegram's menu takes names", () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z0-9_]{1,32}$/.test(name))).toEqual([]);
    expect(names.length).toBeLessThanOrEqual(100);
    expect(findCommand("rerun")?.name).toBe("retry");
  });

  it.each(languages)("describes each in %s, as briefly as the menu takes it", (language) => {
    for (const { name } of botCommands) {
      const description = describeCommand(createTranslator(language), name);
      expect([name, description !== name, description.length <= 256]).toEqual([name, true, true]);
    }
  });
});

describe("who is heard", () => {
  it("answers an unknown command in private, and in a group only when it was meant", async () => {
    const world = await createBotWorld();
    await world.write("/weather");
    await world.write("/weather", { chat: group });
    await world.write("/weather@gitnotify_bot", { chat: group });
    expect(world.said).toEqual(Array(2).fill("There is no command /weather. See /help."));
  });

  it("carries out nothing forwarded or anonymous, and says so in private alone", async () => {
    const world = await createBotWorld();
    world.forge.readable.set("12", mergeRequestFacts());
    const text = "/approve acme/api#12";
    await world.write(text, { forwarded: true, chat: group });
    await world.write(text, { anonymous: true });
    await world.write(text, { forwarded: true, from: { id: strangerId, name: "Eve" } });
    expect(world.said).toEqual([]);
    await world.write(text, { forwarded: true });
    expect([world.said.length, world.forge.actions]).toEqual([1, []]);
    expect(world.said[0]).toContain("not your own words");
  });

  it("greets a stranger once, and in private alone", async () => {
    const world = await createBotWorld();
    const from = { id: strangerId, name: "Eve" };
    await world.write("/status", { from, chat: group });
    expect(world.said).toEqual([]);
    for (const text of ["/status", "/merge acme/api#12", "/start"]) await world.write(text, { from });
    expect(world.said).toHaveLength(1);
    expect(world.said[0]).toContain(strangerId);
    expect(world.forge.actions).toEqual([]);
  });

  it("answers twenty strangers an hour, and never two hours' worth at once", async () => {
    const world = await createBotWorld();
    const crowd = async (first: number) => {
      for (let id = first; id < first + 60; id++)
        await world.write("hi", { from: { id: String(id), name: "x" } });
    };
    await crowd(1000);
    await crowd(1000);
    expect(world.said).toHaveLength(20);
    await world.clock.advance(3_600_001);
    await crowd(1000);
    expect(world.said).toHaveLength(40);
  });

  it("lets go what was held back for a chat as soon as a member writes there", async () => {
    const world = await createBotWorld();
    const parked = () => listParked(world.opened.db).then((all) => all.map(({ key }) => key));
    for (const key of ["telegram:500:", "telegram:-100:7"])
      await park(world.opened.db, key, { reason: "blocked", now: 0 });
    await world.write("/help", { chat: group, from: { id: strangerId, name: "Eve" } });
    expect(await parked()).toHaveLength(2);
    await world.write("/help", { chat: group, from: { id: memberId, name: "Bob" } });
    expect([await parked(), world.wakes()]).toEqual([["telegram:500:"], 1]);
    await world.write("/help");
    expect(await parked()).toEqual([]);
  });

  it("tells what went wrong with a target instead of trying it again", async () => {
    const world = await createBotWorld();
    await world.write("/approve what is this");
    await world.write("/approve acme/nothing#3");
    await world.write("/approve");
    expect(world.said[0]).toContain("does not name a project");
    expect(world.said[1]).toContain("acme/nothing is not on this forge");
    expect(world.said[2]).toContain("Which one?");
  });
});

describe("a bot without an owner", () => {
  async function unowned() {
    const world = await createBotWorld();
    await world.opened.db.deleteFrom("members").execute();
    return { ...world, from: { id: "900", name: "Mia" } };
  }

  it("tells the owner-to-be where the pairing link is, whatever they write", async () => {
    const world = await unowned();
    const { said, from } = world;
    await world.write("/start", { from });
    await world.write("hello?", { from });
    await world.write("/start", { from, chat: group });
    expect(said).toHaveLength(2);
    for (const text of said) {
      expect(text).toContain("This bot has no owner yet");
      expect(text).toContain("gitnotify init");
    }
  });

  it("answers a wrong code five times an hour, and takes the right one after that too", async () => {
    const world = await unowned();
    const { code } = await createPairing(world.operations);
    for (let n = 0; n < 50; n++) await world.write(`/start guess-${n}`, { from: world.from });
    expect(world.said).toHaveLength(5);
    expect(world.said[0]).toContain("wrong, already used, or older than ten minutes");
    expect(world.said.join()).not.toContain(code);
    await world.write(`/start ${code}`, { from: world.from });
    expect(world.said.at(-1)).toContain("Welcome, Mia");
  });
});

describe("a text that is no command", () => {
  async function withCard(changes: Partial<MergeRequestFacts> = {}) {
    const world = await createBotWorld();
    const { db } = world.opened;
    const subject = { connectionId: "forge", projectId: "7", type: "merge_request" as const, id: "12" };
    const snapshot = { ...mergeRequestFacts(changes), mentioned: [], counts: {} };
    await saveSnapshot(db, { subject, revision: "1", snapshot, open: false, now: 0 });
    for (const chat of [ownersId, group.id])
      await rememberMessage(db, { chat, messageId: "60", subject: toSubjectKey(subject) });
    return world;
  }
  const reply = { replyTo: "60", replyToBot: true };

  it("in answer to a card is said not to be posted, with where and what is possible", async () => {
    const world = await withCard();
    await world.write("LGTM, but please add a test", reply);
    expect(world.said).toEqual([
      [
        "Your reply was not posted: I cannot post comments on acme/api#12 yet.",
        "You can comment here: acme/api#12",
        "In reply to this card you can write: /approve · /merge",
      ].join("\n"),
    ]);
    expect(JSON.stringify(world.last().text)).toContain("https://github.com/acme/api/pull/12");
  });

  it("names no command that cannot work on a card any more", async () => {
    const world = await withCard({ state: "merged" });
    await world.write("thanks", reply);
    expect(world.said[0]).not.toContain("/merge");
  });

  it("in a group is answered once below each card, and nowhere else", async () => {
    const world = await withCard();
    const bobs = { chat: group, from: { id: memberId, name: "Bob" } };
    await world.write("see you at lunch", bobs);
    await world.write("me too", { ...bobs, replyTo: "61", replyToBot: false });
    await world.write("/dance", { ...bobs, ...reply });
    expect(world.said).toEqual([]);
    await world.write("LGTM", { ...bobs, ...reply, from: { id: strangerId, name: "Eve" } });
    await world.write("LGTM", { ...bobs, ...reply });
    expect(world.said).toHaveLength(1);
    expect(world.said[0]).toContain("was not posted");
  });

  it("in answer to a pipeline's card offers the command that was meant, and speaks of no comments", async () => {
    const world = await createBotWorld();
    const { db } = world.opened;
    const subject = { connectionId: "forge", projectId: "7", type: "pipeline" as const, id: "991" };
    const snapshot = { ...pipelineFacts({ id: "991", status: "failed" }) };
    await saveSnapshot(db, { subject, revision: "1", snapshot, open: false, now: 0 });
    await rememberMessage(db, { chat: ownersId, messageId: "60", subject: toSubjectKey(subject) });
    await world.write("retry failed", reply);
    expect(world.said.at(-1)).toBe("Did you mean /retry failed?");
    expect(world.button("/retry failed")).toBeTruthy();
    await world.write("Retry", reply);
    expect(world.said.at(-1)).toBe("Did you mean /retry?");
    await world.press(world.button("/retry"));
    expect(world.said.at(-1)).not.toContain("Which pipeline?");
    await world.write("hm, again", reply);
    expect(world.said.at(-1)).toContain("I cannot post comments there: acme/api@991.");
    expect(world.said.at(-1)).not.toContain("comment here");
  });

  it("calls a wiki page by its title in answer to its card", async () => {
    const world = await createBotWorld();
    const { db } = world.opened;
    const subject = { connectionId: "forge", projectId: "7", type: "wiki_page" as const, id: "runbook" };
    const snapshot = { type: "wiki_page", slug: "runbook", title: "Runbook", url: "https://forge.example/w" };
    await saveSnapshot(db, { subject, revision: "1", snapshot, open: false, now: 0 });
    await rememberMessage(db, { chat: ownersId, messageId: "60", subject: toSubjectKey(subject) });
    await world.write("nice", reply);
    expect(world.said).toEqual([
      "Your reply was not posted, because I cannot post comments there: wiki page Runbook.",
    ]);
  });

  it("in private always gets an answer, and a command without its slash is offered", async () => {
    const world = await createBotWorld();
    await world.write("good morning");
    await world.write("/help@other_bot");
    await world.write("what?", reply);
    expect(world.said).toHaveLength(3);
    expect(world.said[0]).toContain("See /help for the commands");
    await world.write("Runs acme/api");
    expect(world.said.at(-1)).toContain("Did you mean /runs acme/api?");
    await world.press(world.button("/runs acme/api"));
    expect(world.said.at(-1)).toContain("acme/api has no pipelines yet");
  });

  it("that is a photo is answered in private, and its caption is no command", async () => {
    const world = await createBotWorld();
    world.forge.readable.set("12", mergeRequestFacts());
    await world.write("/approve acme/api#12", { isMedia: true });
    await world.write("", { isMedia: true });
    await world.write("look", { isMedia: true, chat: group });
    await world.write("", { isMedia: true, from: { id: strangerId, name: "Eve" }, chat: group });
    expect([world.said.length, world.forge.actions]).toEqual([2, []]);
    expect(world.said[0]).toContain("I can only read text");
  });

  it("that misspells a command is offered the right one with its words", async () => {
    const world = await createBotWorld();
    await world.write("/subscrbe acme/api reviews");
    expect(world.said[0]).toContain("Did you mean /subscribe acme/api reviews?");
    await world.press(world.button("/subscribe acme/api reviews"));
    expect(world.said.at(-1)).toContain("• review requests");
  });
});
