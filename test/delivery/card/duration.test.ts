import { describe, expect, it } from "vitest";
import { durationBetween, toDuration } from "../../../src/delivery/card/duration.js";
import { createTranslator } from "../../../src/i18n/index.js";
import { at } from "../../support/builders.js";

const english = createTranslator("en");

describe("toDuration", () => {
  it.each([
    [-5, "0\u00a0s"],
    [45_900, "45\u00a0s"],
    [192_000, "3\u00a0min 12\u00a0s"],
    [180_000, "3\u00a0min"],
    [14.9 * 60_000, "14\u00a0min"],
    [120 * 60_000, "2\u00a0h"],
    [125 * 60_000, "2\u00a0h 5\u00a0min"],
    [24 * 60 * 60_000, "1\u00a0day"],
    [75 * 60 * 60_000, "3\u00a0days"],
  ])("says %d ms as %s", (ms, text) => {
    expect(toDuration(ms, english)).toBe(text);
  });
});

describe("durationBetween", () => {
  it("is nothing when an end is missing or the two are the wrong way round", () => {
    expect(durationBetween(at(1), at(3), english)).toBe("2\u00a0min");
    expect(durationBetween(at(3), at(1), english)).toBeUndefined();
    expect(durationBetween(undefined, at(1), english)).toBeUndefined();
    expect(durationBetween(at(1), undefined, english)).toBeUndefined();
  });
});
