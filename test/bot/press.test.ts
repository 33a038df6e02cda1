import { describe, expect, it } from "vitest";
import { renderNotice } from "../../src/delivery/card/index.js";
import { Failure } from "../../src/domain/failure.js";
import { createTranslator } from "../../src/i18n/index.js";
import { listAudit } from "../../src/store/audit.js";
import { saveCard } from "../../src/store/cards.js";
import { listDeliveries } from "../../src/store/outbox.js";
import { toSubjectKey } from "../../src/domain/subject.js";
import { saveSnapshot } from "../../src/store/subjects.js";
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

const used = "box: This button has already been used.";
const tooOld = "box: This button has expired. Use the ones on the newest card.";

describe("a merge", () => {
  it("names what it would do and is done once, with the head that was shown, as the member", async () => {
    const world = await asked();
    await world.press(world.yes);
    await world.press(world.yes);
    expect(world.forge.actions).toEqual([
      { verb: "merge", projectPath: "acme/api", projectId: "7", number: 12, sha: "a1b2c3d4e5f6" },
    ]);
    expect(world.said).toEqual(["toast: On it…", "🎉 Merged acme/api#12 as ann.", used]);
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
    const details = { message: "The head moved.", code: "head_moved" as const, headSha: "99887766" };
    world.forge.act = () => Promise.reject(new Failure("conflict", details));
    await world.press(world.yes);
    expect(world.said.at(-1)).toContain("its head is now 9988776");
  });

  it("without an answer says that it may have been done, and is not tried again", async () => {
    const world = await asked();
    world.forge.act = () => Promise.reject(new Failure("ambiguous", { message: "No answer came in time." }));
    await world.press(world.yes);
    expect(world.said.at(-1)).toContain("may or may not have been done");
    expect([world.forge.actions.length, (await listAudit(world.opened.db, 1))[0]?.result]).toEqual([
      1,
      "unknown",
    ]);
  });

  it("is told in a new message when the question is not there any more", async () => {
    const world = await asked();
    world.mute.rewrite = new Failure("gone", { message: "message to edit not found", code: "message" });
    await world.press(world.yes);
    expect(world.said.at(-1)).toBe("🎉 Merged acme/api#12 as ann.");
  });
});

describe("a press", () => {
  it("of somebody else's question does nothing and is written down", async () => {
    const world = await asked({ chat: group });
    await world.press(world.yes, { chat: group, from: { id: memberId, name: "Bob" } });
    expect(world.said).toEqual(["box: Only the person who asked can answer this."]);
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
      expect(world.said).toEqual(["box: You are not allowed to do this here. Nothing was done."]);
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
    expect(world.said.at(-1)).toContain("You have no linked account on forge");
  });

  /** A card of pipeline 900 with its Retry button in the owner's chat. */
  async function withCard(verb: "retry" | "merge" = "retry") {
    const world = await createBotWorld();
    const { makeButtons } = await import("../../src/operations/buttons.js");
    const type = verb === "merge" ? ("merge_request" as const) : ("pipeline" as const);
    const subject = { connectionId: "forge", projectId: "7", type, id: verb === "merge" ? "12" : "900" };
    const key = toSubjectKey(subject);
    const address = { destination: `telegram:${ownersId}:`, subject: key };
    await saveCard(world.opened.db, address, { messageId: "60", fingerprint: "f", chat: ownersId, now: 0 });
    const meaning = { do: "act" as const, verb, subject, projectPath: "acme/api", sha: "a1b2c3d4e5f6" };
    const owner = { chat: ownersId, person: ownersId };
    const [[button] = []] = await makeButtons(world.operations, [[{ label: "Retry", meaning }]], owner);
    return { ...world, nonce: button?.nonce };
  }

  it("is answered by the toast and the card, without a message beside it", async () => {
    const world = await withCard();
    await world.press(world.nonce);
    expect(world.said).toEqual(["toast: 🔄 acme/api@900 is running again."]);
    expect((await listDeliveries(world.opened.db, { limit: 9 })).map(({ mode }) => mode)).toEqual(["update"]);
  });

  it("that was in vain says why in a box, and in a message below the card where a box is too small", async () => {
    const world = await withCard();
    world.forge.act = () => Promise.reject(new Failure("forbidden", { message: "Not allowed." }));
    await world.press(world.nonce);
    expect(world.said).toEqual(["box: acme/api@900: not done. Not allowed."]);
    const other = await withCard();
    const message = `${"x".repeat(250)}.`;
    other.forge.act = () => Promise.reject(new Failure("forbidden", { message }));
    await other.press(other.nonce);
    expect(other.said[0]?.length).toBeLessThanOrEqual("box: ".length + 200);
    expect([other.said[1], other.replies.at(-1)]).toEqual([`acme/api@900: not done. ${message}`, "60"]);
  });

  it("asks below its card", async () => {
    const world = await withCard("merge");
    world.forge.readable.set("12", mergeRequestFacts());
    await world.press(world.nonce);
    expect([world.said[0], world.replies.at(-1)]).toEqual(["toast: Please confirm below.", "60"]);
  });

  it("that a stop interrupted before anything was done is carried out when it is handled again", async () => {
    const world = await withCard();
    const press = { updateId: 77 };
    const { usePress } = await import("../../src/operations/buttons.js");
    await usePress(world.operations, { nonce: world.nonce ?? "", by: "update:77" });
    await world.press(world.nonce, { updateId: 78 });
    expect(world.said).toEqual([used]);
    await world.press(world.nonce, press);
    expect(world.forge.actions).toHaveLength(1);
  });

  it("that a stop interrupted after it was done is not done again, and hears how it ended", async () => {
    const world = await withCard();
    await world.press(world.nonce, { updateId: 77 });
    world.said.length = 0;
    world.mute.answer = new Failure("rejected", { message: "query is too old" });
    await world.press(world.nonce, { updateId: 77 });
    expect(world.said).toEqual(["🔄 acme/api@900 is running again."]);
    expect(world.forge.actions).toHaveLength(1);
  });

  it("of one button of a card leaves the card's others to be pressed", async () => {
    const world = await createBotWorld();
    const { makeButtons } = await import("../../src/operations/buttons.js");
    const subject = { connectionId: "forge", projectId: "7", type: "pipeline" as const, id: "900" };
    const act = (verb: "retry" | "retry_failed") => ({
      label: verb,
      meaning: { do: "act" as const, verb, subject, projectPath: "acme/api" },
    });
    const owner = { chat: ownersId, person: ownersId };
    const [row = []] = await makeButtons(world.operations, [[act("retry"), act("retry_failed")]], owner);
    for (const button of row) await world.press(button.nonce);
    expect(world.forge.actions.map(({ verb }) => verb)).toEqual(["retry", "retry_failed"]);
  });

  it("for what was the case already is no more than a toast, and so is one that takes its time", async () => {
    const world = await withCard();
    world.forge.act = async () => ({ outcome: "already", note: "already" });
    await world.press(world.nonce);
    expect(world.said).toEqual([expect.stringMatching(/^toast: /)]);
    const slow = await withCard();
    slow.forge.act = async () => {
      await slow.clock.sleep(5_000);
      return { outcome: "done", note: "done" };
    };
    const pressing = slow.press(slow.nonce);
    await slow.clock.advance(6_000);
    await pressing;
    expect(slow.said).toEqual(["toast: On it…"]);
  });

  it("to merge what was merged at another head says so, and not that the head moved", async () => {
    const world = await withCard("merge");
    world.forge.readable.set("12", mergeRequestFacts({ state: "merged", headSha: "0000000" }));
    await world.press(world.nonce);
    expect(world.said).toEqual([expect.stringContaining("is already merged")]);
  });

  it("that is too old, of an anonymous administrator, gets no message: nobody knows who it is", async () => {
    const world = await createBotWorld();
    world.mute.answer = new Failure("rejected", { message: "query is too old" });
    await world.press("made-up", { anonymous: true });
    expect(world.said).toEqual([]);
  });

  it("that is too old to be answered by a box gets a message, when it is a member's", async () => {
    const world = await createBotWorld();
    world.mute.answer = new Failure("rejected", { message: "query is too old" });
    await world.press("made-up");
    expect(world.said).toEqual([tooOld.slice("box: ".length)]);
    world.mute.answer = new Failure("rejected", { message: "query is too old" });
    await world.press("made-up", { from: { id: strangerId, name: "Eve" } });
    expect(world.said).toHaveLength(1);
  });

  it("gives the card that it was on fresh buttons, also when the answer cannot be sent", async () => {
    const world = await withCard();
    world.mute.answer = new Failure("rejected", { message: "query is too old" });
    world.mute.say = new Failure("throttled", { message: "Too much." });
    await expect(world.press(world.nonce)).rejects.toThrow("Too much.");
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

describe("a question before a merge", () => {
  it("shows what decides it, read now", async () => {
    const world = await createBotWorld();
    world.forge.readable.set(
      "12",
      mergeRequestFacts({
        checks: { state: "failed", passed: 10, failed: 2 },
        ...{ diff: { files: 5, additions: 120, deletions: 30 }, approvalsRequired: 2, openThreads: 3 },
        approvedBy: [{ id: "2", login: "bob", bot: false }],
      }),
    );
    await world.write("/merge acme/api#12");
    // Figures stay with their words at the end of a line.
    expect(world.said.map((text) => text.replaceAll("\u00a0", " "))).toEqual([
      [
        "Merge this?",
        "acme/api#12 · Fix login",
        "fix-login → main @ a1b2c3d",
        "❌ 2 of 12 checks failed · 1 of 2 approvals · 3 open threads · +120 −30, 5 files",
      ].join("\n"),
    ]);
  });

  it.each([
    ["en", "Yes, merge", "✋ Bob, carol requested changes", "waiting for Dave · needs a rebase"],
    ["ru", "Да, влить", "✋ Bob, carol просят правки", "ждёт ревью: Dave · нужен rebase"],
  ] as const)(
    "says in %s who refused it and what else is in the way",
    async (language, yes, refusal, rest) => {
      const world = await createBotWorld(language);
      const dave = { id: "4", login: "dave", name: "Dave", bot: false };
      world.forge.readable.set(
        "12",
        mergeRequestFacts({
          changesRequestedBy: [
            { id: "2", login: "bob", name: "Bob", bot: false },
            { id: "3", login: "carol", bot: false },
          ],
          ...{ reviewRequests: [{ person: dave }], behind: true },
        }),
      );
      await world.write("/merge acme/api#12");
      expect(world.said.join("\n").split("\n").slice(3)).toEqual([refusal, expect.stringContaining(rest)]);
      expect(world.button(yes)).toBeDefined();
    },
  );

  it.each([
    [{ draft: true }, "is a draft"],
    [{ conflict: true }, "has a conflict"],
    [{ state: "merged" as const }, "is already merged"],
    [{ state: "closed" as const }, "is closed"],
  ])("is not asked of one that is %j", async (changes, said) => {
    const world = await createBotWorld();
    world.forge.readable.set("12", mergeRequestFacts(changes));
    await world.write("/merge acme/api#12");
    expect(world.said).toEqual([expect.stringContaining(said)]);
    expect(world.last().buttons).toEqual([]);
  });
});

describe("a command in words", () => {
  const subject = { connectionId: "forge", projectId: "7", type: "merge_request" as const, id: "12" };

  async function shown(headSha: string, now: number) {
    const world = await createBotWorld();
    const snapshot = { ...mergeRequestFacts({ headSha }), mentioned: [], counts: {} };
    await saveSnapshot(world.opened.db, { subject, revision: "1", snapshot, open: false, now });
    world.forge.readable.set("12", mergeRequestFacts());
    return world;
  }

  it("is carried out at once while nothing has moved", async () => {
    const world = await shown("a1b2c3d4e5f6", 0);
    await world.clock.advance(5_000);
    await world.write("/approve acme/api#12");
    expect(world.said).toEqual(["👍 Approved acme/api#12 as ann."]);
  });

  it("that was handled late asks first, with the head of now", async () => {
    const world = await shown("a1b2c3d4e5f6", 0);
    await world.clock.advance(100_000);
    await world.write("/approve acme/api#12", { sentAt: world.clock.now() - 61_000 });
    expect(world.forge.actions).toEqual([]);
    expect(world.said[0]).toContain("more than a minute");
    await world.press(world.button("Yes, approve"));
    expect(world.forge.actions).toMatchObject([{ verb: "approve", sha: "a1b2c3d4e5f6" }]);
  });

  it("that was carried out before a stop is told how it ended, however late, and asks nothing", async () => {
    const world = await shown("a1b2c3d4e5f6", 0);
    const sentAt = world.clock.now();
    await world.write("/approve acme/api#12", { updateId: 9, sentAt });
    await world.clock.advance(600_000);
    await world.write("/approve acme/api#12", { updateId: 9, sentAt });
    expect(world.said).toEqual(Array(2).fill("👍 Approved acme/api#12 as ann."));
    expect(world.forge.actions).toHaveLength(1);
  });

  it.each([
    ["the head is another than the card's", "0000000", 0],
    ["the head came after it was written", "a1b2c3d4e5f6", 9_000],
  ])("asks first where %s", async (_why, head, since) => {
    const world = await shown(head, (await createBotWorld()).clock.now() + since);
    await world.clock.advance(10_000);
    await world.write("/approve acme/api#12", { sentAt: world.clock.now() - 3_000 });
    expect([world.forge.actions, world.said[0]]).toEqual([[], expect.stringContaining("Something changed")]);
  });

  it("that is given up is owed an apology, by a member alone", async () => {
    const world = await createBotWorld();
    const update = (updateId: number, id: string) => ({
      ...{ type: "message" as const, updateId, messageId: "1", text: "/approve acme/api#12", sentAt: 0 },
      ...{ chat: { id, kind: "private" as const, isForum: false }, from: { id, name: "x" } },
      ...{ isMedia: false, replyToBot: false, forwarded: false, anonymous: false },
    });
    await world.bot.giveUp(update(1, ownersId), "failed");
    await world.bot.giveUp(update(2, strangerId), "failed");
    const owed = await listDeliveries(world.opened.db, { limit: 9 });
    expect(owed.map(({ destination, notice }) => [destination.chat, notice?.name])).toEqual([
      [ownersId, "given-up"],
    ]);
  });

  it("and that waited for the database too long is told so, and not that it went wrong three times", async () => {
    const world = await createBotWorld();
    const press = {
      type: "press" as const,
      updateId: 3,
      queryId: "q",
      messageId: "1",
      data: "x",
      anonymous: false,
    };
    const chat = { id: ownersId, kind: "private" as const, isForum: false };
    await world.bot.giveUp({ ...press, chat, from: { id: ownersId, name: "x" } }, "held_up");
    const [owed] = await listDeliveries(world.opened.db, { limit: 9 });
    const notice = owed?.notice ?? { name: "none", values: {} };
    const said = (language: "en" | "ru") =>
      JSON.stringify(renderNotice(notice, createTranslator(language)).text);
    expect(said("en")).toMatch(
      /the button you pressed: another program kept my database locked for ten minutes/,
    );
    expect(said("ru")).toMatch(/другая программа десять минут не отпускала базу данных/);
    expect(said("en")).not.toMatch(/three times/);
  });
});
