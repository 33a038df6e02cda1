import { expect, it } from "vitest";
import { toSubjectKey } from "../../src/domain/subject.js";
import { makeButtons } from "../../src/operations/buttons.js";
import { rememberMessage, saveCard } from "../../src/store/cards.js";
import { listParked, loadChatMoves, park } from "../../src/store/destinations.js";
import { listDeliveries } from "../../src/store/outbox.js";
import { saveSnapshot } from "../../src/store/subjects.js";
import { mergeRequestFacts } from "../support/builders.js";
import { createBotWorld, group, memberId, ownersId } from "./bot-world.js";

const subject = { connectionId: "forge", projectId: "7", type: "merge_request" as const, id: "12" };
const signal = new AbortController().signal;
const membership = { type: "membership" as const, updateId: 1, chat: group };

it("a command is answered in the topic where it was written", async () => {
  const world = await createBotWorld();
  await world.write("/help", { chat: group, topic: "7" });
  await world.write("/help", { chat: group });
  expect(world.addresses).toEqual([
    { channel: "telegram", chat: group.id, topic: "7" },
    { channel: "telegram", chat: group.id },
  ]);
});

it("a group that became a supergroup is followed to its new number", async () => {
  const world = await createBotWorld();
  await world.bot.handle({ ...membership, canWrite: false, movedTo: "-1007" }, signal);
  expect([...(await loadChatMoves(world.opened.db, "telegram"))]).toEqual([[group.id, "-1007"]]);
});

it("a chat gets what was held back when the bot may write there again, and not when it may not", async () => {
  const world = await createBotWorld();
  const { db } = world.opened;
  await park(db, `telegram:${group.id}:`, { reason: "kicked", now: 0 });
  await world.bot.handle({ ...membership, canWrite: false }, signal);
  expect(await listParked(db)).toHaveLength(1);
  await world.bot.handle({ ...membership, canWrite: true }, signal);
  expect(await listParked(db)).toEqual([]);
});

it("an update that is given up is owed an apology in a group where it was a command, and not where people talk", async () => {
  const world = await createBotWorld();
  const update = (updateId: number, text: string) => ({
    ...{ type: "message" as const, updateId, messageId: "1", text, sentAt: 0, chat: group },
    ...{ from: { id: memberId, name: "Bob" }, isMedia: false, replyToBot: false },
    ...{ forwarded: false, anonymous: false },
  });
  await world.bot.giveUp(update(1, "see you at lunch"), "failed");
  expect(await world.owed()).toEqual([]);
  await world.bot.giveUp(update(2, "/status"), "failed");
  expect(await world.owed()).toEqual(["given-up"]);
});

it("a draft's card offers its approval and no merge", async () => {
  const world = await createBotWorld();
  const { db } = world.opened;
  const snapshot = { ...mergeRequestFacts({ draft: true }), mentioned: [], counts: {} };
  await saveSnapshot(db, { subject, revision: "1", snapshot, open: false, now: 0 });
  await rememberMessage(db, { chat: ownersId, messageId: "60", subject: toSubjectKey(subject) });
  await world.write("LGTM", { replyTo: "60", replyToBot: true });
  expect(world.said[0]).toContain("/approve");
  expect(world.said[0]).not.toContain("/merge");
});

it("a draft may be approved late, after a question: only a merge has obstacles", async () => {
  const world = await createBotWorld();
  world.forge.readable.set("12", mergeRequestFacts({ draft: true }));
  await world.clock.advance(100_000);
  await world.write("/approve acme/api#12", { sentAt: world.clock.now() - 61_000 });
  await world.press(world.button("Yes, approve"));
  expect(world.forge.actions).toMatchObject([{ verb: "approve" }]);
});

it("a head that came within the second in which a command was written is no doubt: Telegram tells whole seconds", async () => {
  const world = await createBotWorld();
  const sentAt = world.clock.now();
  const snapshot = { ...mergeRequestFacts(), mentioned: [], counts: {} };
  await saveSnapshot(world.opened.db, { subject, revision: "1", snapshot, open: false, now: sentAt + 500 });
  world.forge.readable.set("12", mergeRequestFacts());
  await world.clock.advance(1_000);
  await world.write("/approve acme/api#12", { sentAt });
  expect(world.said).toEqual(["👍 Approved acme/api#12 as ann."]);
});

it("a card whose log was asked for gets fresh buttons", async () => {
  const world = await createBotWorld();
  const pipeline = { ...subject, type: "pipeline" as const, id: "900" };
  const address = { destination: `telegram:${ownersId}:`, subject: toSubjectKey(pipeline) };
  await saveCard(world.opened.db, address, { messageId: "60", fingerprint: "f", chat: ownersId, now: 0 });
  const meaning = { do: "log" as const, subject: pipeline, projectPath: "acme/api" };
  const owner = { chat: ownersId, person: ownersId };
  const [[button] = []] = await makeButtons(world.operations, [[{ label: "Log", meaning }]], owner);
  await world.press(button?.nonce);
  expect((await listDeliveries(world.opened.db, { limit: 9 })).map(({ mode }) => mode)).toEqual(["update"]);
});
