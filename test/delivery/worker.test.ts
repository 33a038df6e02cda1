import { describe, expect, it, onTestFinished } from "vitest";
import { findCard } from "../../src/store/cards.js";
import { listParked, tryParked, unparkChat } from "../../src/store/destinations.js";
import {
  claimDeliveries,
  countDeliveries,
  listDeliveries,
  settleDeliveries,
  unsettledDeliveries,
} from "../../src/store/outbox.js";
import { recoverDeliveries } from "../../src/store/recovery.js";
import { nextBatch } from "../../src/delivery/batch.js";
import { to, failure, createWorld, failing } from "./worker-world.js";

describe("the order and the limits", () => {
  it("sends three chats at once and one message at a time to each", async () => {
    const world = await createWorld();
    for (const chat of ["1", "2", "3", "4", "5"]) for (const n of ["a", "b"]) await world.say(to(chat), n);
    world.channel.before = () => new Promise((resolve) => setTimeout(resolve, 5));
    expect(await world.drain()).toEqual({ sent: 10, failed: 0, nextAt: null });
    expect(world.channel.most).toEqual({ atOnce: 3, inOneChat: 1 });
    for (const chat of ["1", "2", "3", "4", "5"])
      expect(world.shown().filter((line) => line.startsWith(`send ${chat} `))).toEqual([
        `send ${chat} 🏷 a`,
        `send ${chat} 🏷 b`,
      ]);
  });

  it("takes the topics of one chat for one chat", async () => {
    const world = await createWorld({ gapMs: 1_000 });
    await world.say(to("-1", "7"), "a");
    await world.say(to("-1", "8"), "b");
    expect(await world.drain()).toMatchObject({ sent: 1, nextAt: world.clock.now() + 1_000 });
  });

  it("lets no slow chat hold up the others", async () => {
    const world = await createWorld();
    for (const chat of ["1", "2", "3", "4", "5", "6"]) await world.say(to(chat), "a");
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    world.channel.before = ({ destination }) => (destination.chat === "1" ? held : Promise.resolve());
    const draining = world.drain();
    await world.clock.settle();
    expect(world.channel.shown).toHaveLength(5);
    release();
    expect(await draining).toMatchObject({ sent: 6 });
  });

  it("lets chats at their own limit not keep a fourth from its message", async () => {
    const world = await createWorld({ gapMs: 60_000 });
    for (const chat of ["1", "2", "3"]) for (const n of ["a", "b"]) await world.say(to(chat), n);
    await world.drain();
    await world.say(to("4"), "a");
    expect(await world.drain()).toMatchObject({ sent: 1, nextAt: world.clock.now() + 60_000 });
  });

  it("waits as long as a chat is told to, and goes on elsewhere", async () => {
    const world = await createWorld();
    await world.say(to("1"), "a");
    await world.say(to("2"), "a");
    const until = world.clock.now() + 600_000;
    const retryAt = new Date(until).toISOString();
    world.channel.before = failing(1, failure("throttled", { retryAt }), (chat) => chat === "1");
    expect(await world.drain()).toEqual({ sent: 1, failed: 1, nextAt: until });
    await world.clock.advance(599_999);
    expect(await world.drain()).toMatchObject({ sent: 0 });
    await world.clock.advance(1);
    expect(await world.drain()).toMatchObject({ sent: 1, nextAt: null });
  });
});

describe("a message that is not delivered", () => {
  it("holds back the later ones of its chat until its own time", async () => {
    const world = await createWorld();
    await world.say(to("1"), "a");
    await world.say(to("1"), "b");
    world.channel.before = failing(1, failure("unreachable"));
    expect(await world.drain()).toEqual({ sent: 0, failed: 1, nextAt: world.clock.now() + 2_000 });
    await world.clock.advance(2_000);
    await world.drain();
    expect(world.shown()).toEqual(["send 1 🏷 a", "send 1 🏷 b"]);
    expect(world.channel.shown[0]?.notification.silent).toBe(false);
  });

  it("in doubt comes a second time, labelled and without a sound", async () => {
    const world = await createWorld();
    await world.say(to("1"), "a");
    world.channel.before = failing(1, failure("ambiguous"));
    await world.drain();
    expect((await countDeliveries(world.db)).unknown).toBe(1);
    await world.clock.advance(2_000);
    await world.drain();
    const [second] = world.channel.shown;
    expect([second?.text.startsWith("↻"), second?.notification.silent]).toEqual([true, true]);
    expect((await countDeliveries(world.db)).delivered).toBe(1);
  });

  it("in doubt comes without a sound also where it asks the reader", async () => {
    const world = await createWorld();
    await world.happen({ key: "k1", mode: "ping" });
    world.channel.before = failing(1, failure("ambiguous"));
    await world.drain();
    await world.clock.advance(2_000);
    await world.drain();
    const [second] = world.channel.shown;
    expect([second?.text.startsWith("↻"), second?.notification.silent]).toEqual([true, true]);
  });

  it("parks the chat that is gone, says so once, and goes out when the chat is open again", async () => {
    const world = await createWorld();
    for (const n of ["a", "b"]) await world.say(to("1"), n);
    world.channel.before = failing(1, failure("gone", { code: "chat" }));
    await world.drain();
    expect(await world.drain()).toMatchObject({ sent: 0, failed: 0 });
    expect([world.parked, (await listParked(world.db)).length]).toEqual([["1"], 1]);
    expect((await countDeliveries(world.db)).pending).toBe(2);
    await unparkChat(world.db, to("1"));
    expect(await world.drain()).toMatchObject({ sent: 2 });
  });

  it("tries a closed chat again every hour and at a start, without a word while it stays closed", async () => {
    const world = await createWorld();
    await world.say(to("1"), "a");
    world.channel.before = failing(3, failure("forbidden"));
    await world.drain();
    await world.clock.advance(59 * 60_000);
    expect(await world.drain()).toMatchObject({ sent: 0, failed: 0 });
    await world.clock.advance(60_000);
    expect(await world.drain()).toMatchObject({ failed: 1 });
    await tryParked(world.db);
    expect(await world.drain()).toMatchObject({ failed: 1 });
    expect(world.parked).toEqual(["1"]);
    await world.clock.advance(60 * 60_000);
    expect(await world.drain()).toEqual({ sent: 1, failed: 0, nextAt: null });
    expect(await listParked(world.db)).toEqual([]);
  });

  it("follows the chat to its new number", async () => {
    const world = await createWorld();
    for (const n of ["a", "b"]) await world.say(to("-1", "7"), n);
    world.channel.before = failing(1, failure("gone", { movedTo: "-9" }));
    expect(await world.drain()).toEqual({ sent: 2, failed: 1, nextAt: null });
    expect(world.shown()).toEqual(["send -9 🏷 a", "send -9 🏷 b"]);
    expect(world.channel.shown[0]?.destination.topic).toBe("7");
  });

  it("becomes a dead letter when it is rejected, and the later ones go on", async () => {
    const world = await createWorld();
    for (const n of ["a", "b"]) await world.say(to("1"), n);
    world.channel.before = failing(1, failure("rejected"));
    expect(await world.drain()).toEqual({ sent: 1, failed: 1, nextAt: null });
    expect(world.shown()).toEqual(["send 1 🏷 b"]);
    const [dead] = await listDeliveries(world.db, { states: ["dead"], limit: 9 });
    expect(dead?.reason).toBe("It is rejected.");
    expect(world.announced()).toBe(1);
  });

  it("for a fault of our own is tried again before it becomes a dead letter", async () => {
    const world = await createWorld();
    await world.say(to("1"), "a");
    world.channel.before = failing(99, new TypeError("x is not a function"));
    for (const wait of [0, 2_000, 4_000]) {
      expect((await countDeliveries(world.db)).dead).toBe(0);
      await world.clock.advance(wait);
      await world.drain();
    }
    const [dead] = await listDeliveries(world.db, { states: ["dead"], limit: 9 });
    expect(dead?.reason).toBe("This message could not be made: x is not a function");
  });

  it("and was delivered although that could not be written down, comes labelled", async () => {
    const world = await createWorld();
    await world.say(to("1"), "a");
    world.raw.exec(
      "create trigger full before update on deliveries when new.state = 'delivered' begin select raise(abort, 'disk full'); end",
    );
    await expect(world.drain()).rejects.toThrow("disk full");
    world.raw.exec("drop trigger full");
    await world.drain();
    expect(world.channel.shown.map(({ text }) => text.startsWith("↻"))).toEqual([false, true]);
  });
});

describe("a card", () => {
  it("is one message that is edited, without an edit that changes nothing", async () => {
    const world = await createWorld();
    await world.happen({ key: "k1", mode: "card" });
    await world.drain();
    await world.happen({
      key: "k2",
      mode: "update",
      title: "Fix login for good",
      event: { kind: "merge_request.pushed" },
    });
    await world.drain();
    const [sent, edited] = world.channel.shown;
    expect([sent?.what, edited?.what, edited?.messageId === sent?.messageId]).toEqual(["send", "edit", true]);
    expect(edited?.text).toContain("Fix login for good");
    const { oweUpdate } = await import("../../src/store/outbox.js");
    await oweUpdate(
      world.db,
      { destination: "telegram:1:", subject: "github/7/merge_request/12", once: "x" },
      0,
    );
    await world.drain();
    expect(world.channel.shown).toHaveLength(2);
    expect((await listDeliveries(world.db, { limit: 1 }))[0]?.reason).toBe("Nothing to change.");
  });

  it("is not made by an update alone", async () => {
    const world = await createWorld();
    await world.happen({ key: "k1", mode: "update" });
    expect(await world.drain()).toMatchObject({ sent: 1 });
    expect(world.channel.shown).toEqual([]);
  });

  it("that asks the reader to act comes anew below, and the old one goes", async () => {
    const world = await createWorld();
    await world.happen({ key: "k1", mode: "card" });
    await world.drain();
    await world.happen({ key: "k2", mode: "ping", event: { kind: "review.requested" } });
    await world.drain();
    const [first, second, gone] = world.channel.shown;
    expect([second?.what, second?.replyTo, second?.notification.silent]).toEqual(["send", undefined, false]);
    expect([gone?.what, gone?.messageId]).toEqual(["remove", first?.messageId]);
    const address = { destination: "telegram:1:", subject: "github/7/merge_request/12" };
    expect((await findCard(world.db, address))?.messageId).toBe(second?.messageId);
  });

  it("folds where the old message is too old to be taken away", async () => {
    const world = await createWorld();
    await world.happen({ key: "k1", mode: "card" });
    await world.drain();
    await world.happen({ key: "k2", mode: "ping", event: { kind: "review.requested" } });
    world.channel.before = async ({ what }) => {
      if (what === "remove") throw failure("rejected");
    };
    await world.drain();
    const [first, , folded] = world.channel.shown;
    expect([folded?.what, folded?.messageId, folded?.notification.buttons]).toEqual([
      "edit",
      first?.messageId,
      [],
    ]);
    expect(folded?.text).toContain("continued below");
  });

  it("counts as delivered when only its old message could not be folded", async () => {
    const world = await createWorld();
    await world.happen({ key: "k1", mode: "card" });
    await world.drain();
    await world.happen({ key: "k2", mode: "ping" });
    world.channel.before = async ({ what }) => {
      if (what !== "send") throw new Error("no such message");
    };
    expect(await world.drain()).toMatchObject({ sent: 1, failed: 0 });
  });

  it("whose message somebody deleted comes anew, once", async () => {
    const world = await createWorld();
    await world.happen({ key: "k1", mode: "card" });
    await world.drain();
    await world.happen({ key: "k2", mode: "card", title: "Another title" });
    world.channel.before = failing(1, failure("gone", { code: "message" }));
    expect(await world.drain()).toEqual({ sent: 1, failed: 1, nextAt: null });
    expect(world.channel.shown.map(({ what }) => what)).toEqual(["send", "send"]);
  });

  it("gives way to one digest when very much piled up", async () => {
    const world = await createWorld();
    for (let number = 1; number <= 20; number += 1)
      await world.happen({ key: `k${number}`, mode: "card", number });
    expect(await world.drain()).toMatchObject({ sent: 1 });
    expect(world.channel.shown).toHaveLength(1);
    expect((await countDeliveries(world.db)).delivered).toBe(20);
  });

  it("keeps in the digest what asks the reader, whatever was said of the same subject after it", async () => {
    const world = await createWorld();
    for (let number = 1; number <= 20; number += 1)
      await world.happen({
        key: `k${number}`,
        mode: "card",
        number,
        event: { kind: "merge_request.opened" },
      });
    await world.happen({ key: "ask", mode: "ping", number: 20, event: { kind: "review.requested" } });
    await world.happen({ key: "talk", mode: "card", number: 20 });
    await world.drain();
    const lines = world.channel.shown[0]?.text.split("\n") ?? [];
    expect(lines.filter((line) => line.includes("#20"))).toEqual([expect.stringContaining("requested")]);
  });
});

describe("the buttons of a card", () => {
  it("may be pressed by the reader alone in a private chat, and by every member in a group", async () => {
    const world = await createWorld();
    for (const chat of ["1", "-5"])
      await world.happen({ key: `k${chat}`, mode: "card", destination: to(chat) });
    await world.drain();
    const nonces = await world.db.selectFrom("nonces").select(["chat", "person"]).distinct().execute();
    expect(nonces).toHaveLength(2);
    expect(nonces).toEqual(
      expect.arrayContaining([
        { chat: "1", person: "1" },
        { chat: "-5", person: null },
      ]),
    );
  });
});

describe("a digest in whose sending the daemon stops", () => {
  /** Sends the next batch, unless it holds `poison`: then the daemon dies of it. Returns how many went out or died. */
  async function step(world: Awaited<ReturnType<typeof createWorld>>, poison: string) {
    const { db, clock } = world;
    const owed = await unsettledDeliveries(db, "telegram:1:");
    const batch = nextBatch(owed, clock.now());
    if (batch === null) return null;
    const ids = batch.deliveries.map(({ id }) => id);
    await claimDeliveries(db, ids, clock.now());
    if (poison === "all" || batch.deliveries.some(({ eventKey }) => eventKey === poison))
      await recoverDeliveries(db, clock.now());
    else
      await settleDeliveries(db, {
        ids,
        settlement: { state: "delivered", messageId: "1" },
        now: clock.now(),
      });
    return ids.length;
  }

  async function owing(count: number) {
    const world = await createWorld();
    for (let number = 1; number <= count; number += 1)
      await world.happen({ key: `k${number}`, mode: "card", number });
    return world;
  }

  it("falls apart before anything of it is buried", async () => {
    const world = await owing(30);
    const sizes = [await step(world, "all"), await step(world, "all"), await step(world, "all")];
    expect(sizes).toEqual([30, 8, 2]);
    expect(await countDeliveries(world.db)).toMatchObject({ unknown: 30, dead: 0 });
  });

  it("loses nothing but the one that the daemon dies of each time", async () => {
    const world = await owing(30);
    for (let steps = 0; steps < 60 && (await step(world, "k17")) !== null; steps += 1);
    expect(await countDeliveries(world.db)).toMatchObject({ delivered: 29, dead: 1, unknown: 0 });
    const [dead] = await listDeliveries(world.db, { states: ["dead"], limit: 9 });
    expect(dead?.eventKey).toBe("k17");
  });
});

describe("a card whose first message was put aside after crashes", () => {
  it("says that it may be a repetition when it begins anew, and still makes its sound", async () => {
    const world = await createWorld();
    const { db, clock } = world;
    await world.happen({ key: "k1", mode: "card" });
    for (let crash = 1; crash <= 3; crash += 1) {
      const owed = await unsettledDeliveries(db, "telegram:1:");
      await claimDeliveries(db, owed.map(({ id }) => id), clock.now()); // prettier-ignore
      await recoverDeliveries(db, clock.now());
    }
    expect(await countDeliveries(db)).toMatchObject({ dead: 1 });
    await world.happen({ key: "k2", mode: "ping" });
    await world.happen({ key: "k3", mode: "card", number: 13 });
    await world.drain();
    const seen = world.channel.shown.map(({ text, notification }) => [
      text.startsWith("↻"),
      notification.silent,
    ]);
    expect(seen).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

describe("a card whose edit became a dead letter", () => {
  it("is edited once more, and not again when that fails too", async () => {
    const world = await createWorld();
    await world.happen({ key: "k1", mode: "card" });
    await world.drain();
    await world.happen({ key: "k2", mode: "card", title: "Another title" });
    world.channel.before = failing(1, failure("rejected"));
    await world.drain();
    expect(world.channel.shown.at(-1)).toMatchObject({ what: "edit" });
    expect(world.channel.shown.at(-1)?.text).toContain("Another title");
    await world.happen({ key: "k3", mode: "card", title: "A third title" });
    world.channel.before = failing(99, failure("rejected"));
    expect(await world.drain()).toEqual({ sent: 0, failed: 2, nextAt: null });
  });

  it("follows what a digest told of its subject", async () => {
    const world = await createWorld();
    await world.happen({ key: "k1", mode: "card", number: 1 });
    await world.drain();
    await world.happen({ key: "k2", mode: "card", number: 1, title: "Told in the digest" });
    for (let number = 2; number <= 20; number += 1)
      await world.happen({ key: `x${number}`, mode: "card", number });
    await world.drain();
    expect(world.channel.shown.map(({ what }) => what)).toEqual(["send", "send", "edit"]);
    expect(world.channel.shown.at(-1)?.text).toContain("Told in the digest");
    expect(world.channel.shown[1]?.notification.silent).toBe(true);
  });
});

describe("the worker as it runs", () => {
  it("says after a crash what may come twice, and delivers what it is woken for", async () => {
    const world = await createWorld();
    await world.say(to("1"), "a");
    await world.db.updateTable("deliveries").set({ state: "sending" }).execute();
    const controller = new AbortController();
    const running = world.worker.run(controller.signal);
    await world.clock.settle();
    await world.say(to("1"), "b");
    world.worker.wake();
    await world.clock.settle();
    expect(world.channel.shown.map(({ text }) => text.startsWith("↻"))).toEqual([true, false]);
    controller.abort();
    await running;
  });

  it("lets a message that is on its way arrive when it is stopped, and begins no other", async () => {
    const world = await createWorld();
    for (const n of ["a", "b"]) await world.say(to("1"), n);
    let release = () => {};
    world.channel.before = () => new Promise((resolve) => (release = resolve));
    const controller = new AbortController();
    onTestFinished(() => release());
    const running = world.worker.run(controller.signal);
    await world.clock.settle();
    controller.abort(new Error("stop"));
    await world.clock.settle();
    release();
    await running;
    expect(world.shown()).toEqual(["send 1 🏷 a"]);
    expect(await countDeliveries(world.db)).toMatchObject({ delivered: 1, pending: 1, unknown: 0 });
  });
});
