import { describe, expect, it } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import { listAudit } from "../../src/store/audit.js";
import { saveCard } from "../../src/store/cards.js";
import { listDeliveries } from "../../src/store/outbox.js";
import { mergeRequestFacts } from "../support/builders.js";
import { createBotWorld, group, memberId, ownersId, strangerId } from "./bot-world.js";

/** A world in which the owner was just asked whether to merge. */
async function asked(changes: { chat?: typeof group } = {}) {
  const world = await createBotWorld();
  world.forge.readable.set("12", mergeRequestFacts());
  await world.write("/merge acme/api#12", changes);
  const [yes, no] = [world.button("Yes, merge"), world.button("No")];
  world.said.length = 0;
  return { ...world, yes, no };
}

const used = "box: This button was used already.";
const tooOld = "box: This button is too old. A newer card has fresh ones.";

describe("a merge", () => {
  it("names what it would do and is done once, with the head that was shown, as the member", async () => {
    const world = await asked();
    await world.press(world.yes);
    await world.press(world.yes);
    expect(world.forge.actions).toEqual([
      { verb: "merge", projectPath: "acme/api", projectId: "7", number: 12, sha: "a1b2c3d4e5f6" },
    ]);
    expect(world.said).toEqual(["toast: On it…", "🎉 acme/api#12 is merged, as ann.", used]);
    const audit = (await listAudit(world.opened.db, 9)).reverse();
    expect(audit.map(({ result, person, sha }) => [result, person, sha])).toEqual([
      ["started", ownersId, "a1b2c3d4e5f6"],
      ["done", ownersId, "a1b2c3d4e5f6"],
    ]);
    expect(world.refreshed).toEqual(["12"]);
  });

  it("is done once, however often and at once the button comes", async () => {
    const world = await asked();
    await Promise.all(Array.from({ length: 50 }, () => world.press(world.yes)));
    expect(world.forge.actions).toHaveLength(1);
    expect(world.said.filter((text) => text === used)).toHaveLength(49);
  });

  it("is not done after “no”", async () => {
    const world = await asked();
    await world.press(world.no);
    await world.press(world.yes);
    expect(world.forge.actions).toEqual([]);
    expect(world.said.at(-1)).toBe(used);
  });

  it("whose head moved on says where it is now", async () => {
    const world = await asked();
    const details = { message: "The head moved.", code: "head_moved", headSha: "99887766" };
    world.forge.act = () => Promise.reject(new Failure("conflict", details));
    await world.press(world.yes);
    expect(world.said.at(-1)).toContain("its head is 9988776 by now");
  });

  it("without an answer says that it may have been done, and is not tried again", async () => {
    const world = await asked();
    world.forge.act = () => Promise.reject(new Failure("ambiguous", { message: "No answer came in time." }));
    await world.press(world.yes);
    expect(world.said.at(-1)).toContain("may have been done or not");
    expect([world.forge.actions.length, (await listAudit(world.opened.db, 1))[0]?.result]).toEqual([
      1,
      "unknown",
    ]);
  });

  it("is told in a new message when the question is not there any more", async () => {
    const world = await asked();
    world.mute.rewrite = new Failure("gone", { message: "message to edit not found", code: "message" });
    await world.press(world.yes);
    expect(world.said.at(-1)).toBe("🎉 acme/api#12 is merged, as ann.");
  });
});

describe("a press", () => {
  it("of somebody else's question does nothing and is written down", async () => {
    const world = await asked({ chat: group });
    await world.press(world.yes, { chat: group, from: { id: memberId, name: "Bob" } });
    expect(world.said).toEqual(["box: Only the one who asked may answer this."]);
    const [row] = await listAudit(world.opened.db, 1);
    expect([row?.result, row?.person]).toEqual(["refused", memberId]);
    await world.press(world.yes, { chat: group });
    expect(world.forge.actions).toHaveLength(1);
  });

  it("that comes too late, is made up, or comes from another chat does nothing", async () => {
    const world = await asked();
    await world.press("made-up");
    await world.press(undefined);
    await world.press(world.yes, { chat: group });
    await world.clock.advance(15 * 60_000);
    await world.press(world.yes);
    expect([world.said, world.forge.actions]).toEqual([Array(4).fill(tooOld), []]);
  });

  it.each([
    ["a stranger", { from: { id: strangerId, name: "Eve" } }],
    ["an anonymous administrator", { anonymous: true, from: { id: memberId, name: "Group" } }],
  ])(
    "of everybody's button by %s does nothing, is written down, and leaves it to a member",
    async (_who, by) => {
      const world = await createBotWorld();
      const { makeButtons } = await import("../../src/operations/buttons.js");
      const subject = { connectionId: "forge", projectId: "7", type: "pipeline" as const, id: "900" };
      const meaning = { do: "act" as const, verb: "retry" as const, subject, projectPath: "acme/api" };
      const owner = { chat: "-100", person: null };
      const [[button] = []] = await makeButtons(world.operations, [[{ label: "Retry", meaning }]], owner);
      await world.press(button?.nonce, { chat: group, ...by });
      expect(world.said).toEqual(["box: You may not do this here. Nothing was done."]);
      expect((await listAudit(world.opened.db, 9)).map(({ result }) => result)).toEqual(["refused"]);
      await world.press(button?.nonce, { chat: group });
      expect(world.forge.actions).toHaveLength(1);
    },
  );

  it("by a member without an account of their own there does nothing", async () => {
    const world = await createBotWorld();
    world.forge.readable.set("12", mergeRequestFacts());
    const from = { id: memberId, name: "Bob" };
    const chat = { ...group, id: memberId, kind: "private" as const };
    await world.write("/approve acme/api#12", { from, chat });
    expect(world.forge.actions).toEqual([]);
    expect(world.said.at(-1)).toContain("You have no account on forge here");
  });

  it("gives the card that it was on fresh buttons, also when the answer cannot be sent", async () => {
    const world = await createBotWorld();
    const { makeButtons } = await import("../../src/operations/buttons.js");
    const subject = { connectionId: "forge", projectId: "7", type: "pipeline" as const, id: "900" };
    const address = { destination: `telegram:${ownersId}:`, subject: "forge/7/pipeline/900" };
    await saveCard(world.opened.db, address, { messageId: "60", fingerprint: "f", chat: ownersId, now: 0 });
    const meaning = { do: "act" as const, verb: "retry" as const, subject, projectPath: "acme/api" };
    const owner = { chat: ownersId, person: ownersId };
    const [[button] = []] = await makeButtons(world.operations, [[{ label: "Retry", meaning }]], owner);
    world.mute.say = new Failure("throttled", { message: "Too much." });
    await expect(world.press(button?.nonce)).rejects.toThrow("Too much.");
    expect((await listDeliveries(world.opened.db, { limit: 9 })).map(({ mode }) => mode)).toEqual(["update"]);
    expect(world.forge.actions).toHaveLength(1);
  });

  it("runs a command as the one who pressed", async () => {
    const world = await createBotWorld();
    await world.write("/start");
    await world.press(world.button("👤 Me"));
    expect(world.said.at(-1)).toContain("You are Ann (500), the owner.");
  });
});
