import { afterEach, beforeEach, expect, it } from "vitest";
import { findOwner } from "../../src/store/members.js";
import { eventually, type Running, startDaemon, startSurroundings, type Surroundings } from "./harness.js";

const eve = 901;
const mia = 902;
let world: Surroundings;
let daemon: Running;
beforeEach(async () => {
  world = await startSurroundings();
  for (const [id, firstName] of [
    [eve, "Eve"],
    [mia, "Mia"],
  ] as const) {
    world.telegram.addUser({ id, firstName });
    world.telegram.privateChat(id);
  }
  daemon = await startDaemon(world, world.config("# no-owner"));
});
afterEach(async () => {
  await daemon.stop();
  await world.close();
});

const say = (userId: number, text: string) => world.telegram.say({ userId, chatId: userId, text });
const heard = (userId: number) =>
  world.telegram
    .chat(userId)
    .filter((message) => message.from === "bot")
    .map((message) => message.text);
const last = (userId: number, words: string) =>
  eventually(() => heard(userId).findLast((text) => text.includes(words)));

async function printedCode(): Promise<string> {
  const line = await eventually(() => daemon.printed.find((printed) => printed.includes("/start ")));
  return /\/start (\S+)/.exec(line)?.[1] ?? "";
}

it("prints a link and a code, and makes an owner of whoever sends it, with what concerns them", async () => {
  const code = await printedCode();
  expect(code.length).toBeGreaterThanOrEqual(20);
  expect(daemon.printed.join("\n")).toContain(`https://t.me/${world.telegram.bot.username}?start=${code}`);
  say(mia, `/start ${code}`);
  expect(await last(mia, "This bot is yours now")).toContain("Mia");
  expect((await findOwner(daemon.app.options.db))?.id).toBe(String(mia));
  await last(mia, "Now watching what concerns you on work");
  await last(mia, "Now watching what concerns you on github");
  const { iid } = world.gitlab.openMergeRequest("platform/core", {
    author: "bob",
    title: "Lab work",
    source: "lab",
  });
  world.gitlab.requestReview("platform/core", iid, { by: "bob", reviewer: "mia" });
  await last(mia, "requested your review");
});

it("refuses a wrong code, a used one, and a second person", async () => {
  const code = await printedCode();
  say(eve, "/start wrong-code");
  await last(eve, "wrong, already used, or older");
  say(eve, "/status");
  await last(eve, "This bot has no owner yet");
  expect(await findOwner(daemon.app.options.db)).toBeNull();
  say(mia, `/start ${code}`);
  await last(mia, "This bot is yours now");
  say(eve, `/start ${code}`);
  await last(eve, "cannot help you");
  const before = heard(eve).length;
  say(eve, "/subscribe me");
  say(mia, "/me");
  await last(mia, "the owner");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(heard(eve)).toHaveLength(before);
  expect((await findOwner(daemon.app.options.db))?.id).toBe(String(mia));
});

it("refuses a code that is older than ten minutes", async () => {
  const code = await printedCode();
  await daemon.app.options.db
    .updateTable("pairings")
    .set({ expires_at: Date.now() - 1 })
    .execute();
  say(mia, `/start ${code}`);
  await last(mia, "wrong, already used, or older");
  expect(await findOwner(daemon.app.options.db)).toBeNull();
});

it("prints no code and keeps the owner when started again", async () => {
  say(mia, `/start ${await printedCode()}`);
  await last(mia, "This bot is yours now");
  await daemon.stop();
  daemon = await startDaemon(world, world.config("# no-owner"));
  say(mia, "/me");
  await last(mia, "the owner");
  expect(daemon.printed.join("\n")).not.toContain("/start");
});
