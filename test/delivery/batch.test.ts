import { describe, expect, it } from "vitest";
import { nextBatch } from "../../src/delivery/batch.js";
import type { DeliveryMode } from "../../src/domain/delivery.js";
import type { Delivery } from "../../src/store/outbox.js";

const minute = 60_000;
const now = 100 * minute;
let id = 0;

function owed(
  subject: string | null,
  mode: DeliveryMode = "card",
  changes: Partial<Delivery> = {},
): Delivery {
  id += 1;
  return {
    ...{
      id,
      destination: { channel: "telegram", chat: "1" },
      mode,
      subject,
      eventId: null,
      eventKey: null,
      notice: null,
    },
    ...{
      state: "pending",
      attempts: 0,
      together: null,
      nextAttemptAt: 0,
      createdAt: now,
      happenedAt: null,
      settledAt: null,
      reason: null,
      failure: null,
      messageId: null,
    },
    ...changes,
  };
}

function subjects(count: number, changes: Partial<Delivery> = {}): Delivery[] {
  return Array.from({ length: count }, (_, n) => owed(`s${n}`, "card", changes));
}

describe("the next batch", () => {
  it("is nothing while nothing is owed or the oldest waits", () => {
    expect(nextBatch([], now)).toBeNull();
    expect(nextBatch([owed("a", "card", { nextAttemptAt: now + 1 }), owed("b")], now)).toBeNull();
  });

  it("is one notice at a time", () => {
    const [first, second] = [owed(null, "notice"), owed(null, "notice")];
    expect(nextBatch([first, second], now)).toEqual({ kind: "notice", delivery: first, deliveries: [first] });
  });

  it("is everything about the subject of the oldest, shown in the strongest way", () => {
    const [a, b, a2] = [owed("a", "card"), owed("b", "ping"), owed("a", "update")];
    expect(nextBatch([a, b, a2], now)).toEqual({
      kind: "card",
      subject: "a",
      deliveries: [a, a2],
      mode: "card",
    });
    expect(nextBatch([a, owed("a", "ping"), a2], now)).toMatchObject({ mode: "ping" });
  });

  it("lets a message go before the edits that wait, but not before its own time", () => {
    const [edit, news, later] = [owed("a", "update"), owed("b", "ping"), owed("a", "update")];
    expect(nextBatch([edit, news, later], now)).toMatchObject({ mode: "ping", deliveries: [news] });
    expect(nextBatch([edit, later], now)).toMatchObject({ mode: "update", deliveries: [edit, later] });
    const waits = owed("b", "ping", { nextAttemptAt: now + 1 });
    expect(nextBatch([edit, waits], now)).toMatchObject({ mode: "update", deliveries: [edit] });
  });

  it("is no bigger than a crash allows, and a card again when it is one", () => {
    const fallen = subjects(20, { together: 5 });
    expect(nextBatch(fallen, now)).toEqual({ kind: "digest", deliveries: fallen.slice(0, 5) });
    const alone = subjects(20, { together: 1 });
    expect(nextBatch(alone, now)).toMatchObject({ kind: "card", deliveries: alone.slice(0, 1) });
  });

  it.each([
    ["15 subjects at once", subjects(15), "card"],
    ["16 subjects at once", subjects(16), "digest"],
    ["16 deliveries of few subjects", [...subjects(8), ...subjects(8)], "card"],
    ["3 subjects of half an hour ago", subjects(3, { createdAt: now - 31 * minute }), "card"],
    ["4 subjects of half an hour ago", subjects(4, { createdAt: now - 31 * minute }), "digest"],
    ["4 subjects of a while ago", subjects(4, { createdAt: now - 30 * minute }), "card"],
    ["4 subjects of a restored backup", subjects(4, { happenedAt: now - 31 * minute }), "digest"],
    ["very many edits of cards", Array.from({ length: 40 }, (_, n) => owed(`s${n}`, "update")), "card"],
  ])("of %s is a %s", (_what, deliveries, kind) => {
    expect(nextBatch(deliveries, now)?.kind).toBe(kind);
  });

  it("is a digest of the news alone: notices keep their own messages, and edits their cards", () => {
    const notice = owed(null, "notice");
    const news = subjects(16);
    const edit = owed("card that is there", "update");
    expect(nextBatch([notice, edit, ...news], now)?.deliveries).toEqual(news);
  });
});
