import { expect, it } from "vitest";
import { judge, type Verdict } from "../../src/delivery/retry-policy.js";
import { Failure, type FailureDetails, type FailureKind } from "../../src/domain/failure.js";

const now = Date.UTC(2026, 10, 2);
const s = 1_000;
const iso = (ms: number) => new Date(now + ms).toISOString();

it.each<[FailureKind, Partial<FailureDetails>, number, Verdict]>([
  ["throttled", { retryAt: iso(600 * s) }, 1, { do: "wait", until: now + 600 * s }],
  ["throttled", {}, 1, { do: "wait", until: now + 30 * s }],
  ["throttled", { retryAt: iso(-5 * s) }, 1, { do: "wait", until: now + s }],
  ["throttled", { retryAt: "soon" }, 1, { do: "wait", until: now + 30 * s }],
  ["unreachable", {}, 1, { do: "again", at: now + 2 * s, inDoubt: false }],
  ["unreachable", {}, 4, { do: "again", at: now + 16 * s, inDoubt: false }],
  ["unreachable", {}, 1_000, { do: "again", at: now + 300 * s, inDoubt: false }],
  ["unauthorized", {}, 2, { do: "again", at: now + 4 * s, inDoubt: false }],
  ["conflict", {}, 1, { do: "again", at: now + 2 * s, inDoubt: false }],
  ["ambiguous", {}, 1, { do: "again", at: now + 2 * s, inDoubt: true }],
  ["gone", { code: "chat" }, 1, { do: "park" }],
  ["gone", { code: "topic" }, 1, { do: "park" }],
  ["gone", { code: "message" }, 1, { do: "renew" }],
  ["gone", { code: "chat", movedTo: "-900" }, 1, { do: "move", chat: "-900" }],
  ["forbidden", {}, 1, { do: "park" }],
  ["rejected", {}, 1, { do: "bury" }],
])("%s %j at attempt %i", (kind, details, attempts, verdict) => {
  expect(judge(new Failure(kind, { message: "no", ...details }), attempts, now)).toEqual(verdict);
});
