import { describe, expect, it } from "vitest";
import { parseCommand } from "../../src/bot/bot.js";
import { botCommands, findCommand } from "../../src/bot/commands/index.js";
import { describe as describeCommand } from "../../src/bot/describe-command.js";
import { createTranslator, languages } from "../../src/i18n/index.js";
import { listParked, park } from "../../src/store/destinations.js";
import { createBotWorld, group, memberId, strangerId } from "./bot-world.js";

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
    await world.write("/dance");
    await world.write("/dance", { chat: group });
    await world.write("/dance@gitnotify_bot", { chat: group });
    expect(world.said).toEqual(Array(2).fill("I do not know /dance. /help shows what I know."));
  });

  it("does not take what is forwarded, anonymous or no command", async () => {
    const world = await createBotWorld();
    await world.write("/help", { forwarded: true });
    await world.write("/help", { anonymous: true });
    await world.write("help");
    await world.write("/help@other_bot");
    expect(world.said).toEqual([]);
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
