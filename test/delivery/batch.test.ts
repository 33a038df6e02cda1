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
      nextAttemptAt: 0,
      createdAt: now,
      settledAt: null,
      reason: null,
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
    const [a, b, a2] = [owed("a", "update"), owed("b", "ping"), owed("a", "card")];
    expect(nextBatch([a, b, a2], now)).toEqual({
      kind: "card",
      subject: "a",
      deliveries: [a, a2],
      mode: "card",
    });
    expect(nextBatch([a, owed("a", "ping"), a2], now)).toMatchObject({ mode: "ping" });
    expect(nextBatch([a, b], now)).toMatchObject({ mode: "update", deliveries: [a] });
  });

  it.each([
    ["15 subjects at once", subjects(15), "card"],
    ["16 subjects at once", subjects(16), "digest"],
    ["16 deliveries of few subjects", [...subjects(8), ...subjects(8)], "card"],
    ["5 subjects of half an hour ago", subjects(5, { createdAt: now - 31 * minute }), "card"],
    ["6 subjects of half an hour ago", subjects(6, { createdAt: now - 31 * minute }), "digest"],
    ["6 subjects of a while ago", subjects(6, { createdAt: now - 30 * minute }), "card"],
    ["very many edits of cards", Array.from({ length: 40 }, (_, n) => owed(`s${n}`, "update")), "card"],
  ])("of %s is a %s", (_what, deliveries, kind) => {
    expect(nextBatch(deliveries, now)?.kind).toBe(kind);
  });

  it("is a digest of everything but the notices, which keep their own messages", () => {
    const notice = owed(null, "notice");
    const all = [notice, ...subjects(16)];
    expect(nextBatch(all, now)?.deliveries).toEqual(all.slice(1));
  });
});
