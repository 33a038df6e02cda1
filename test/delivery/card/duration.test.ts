import { describe, expect, it } from "vitest";
import { durationBetween, toDuration } from "../../../src/delivery/card/duration.js";
import { createTranslator } from "../../../src/i18n/index.js";
import { at } from "../../support/builders.js";

const english = createTranslator("en");

describe("toDuration", () => {
  it.each([
    [-5, "0 s"],
    [45_900, "45 s"],
    [192_000, "3 min 12 s"],
    [180_000, "3 min"],
    [14.9 * 60_000, "14 min"],
    [120 * 60_000, "2 h"],
    [125 * 60_000, "2 h 5 min"],
    [24 * 60 * 60_000, "1 day"],
    [75 * 60 * 60_000, "3 days"],
  ])("says %d ms as %s", (ms, text) => {
    expect(toDuration(ms, english)).toBe(text);
  });
});

describe("durationBetween", () => {
  it("is nothing when an end is missing or the two are the wrong way round", () => {
    expect(durationBetween(at(1), at(3), english)).toBe("2 min");
    expect(durationBetween(at(3), at(1), english)).toBeUndefined();
    expect(durationBetween(undefined, at(1), english)).toBeUndefined();
    expect(durationBetween(at(1), undefined, english)).toBeUndefined();
  });
});
