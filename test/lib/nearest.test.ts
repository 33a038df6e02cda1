import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "../../src/lib/nearest.js";

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["lable", "label", 1],
    ["author", "autor", 1],
    ["same", "same", 0],
  ])("between %j and %j is %d", (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
    expect(editDistance(to, from)).toBe(distance);
  });
});

describe("nearest", () => {
  const words = ["author", "actor", "label", "url", "apiUrl"];

  it.each([
    ["autor", "author"],
    ["AUTHOR", "author"],
    ["apiurl", "apiUrl"],
    ["ulr", "url"],
    ["labels", "label"],
  ])("takes %s for %s", (word, expected) => {
    expect(nearest(word, words)).toBe(expected);
  });

  it("has no answer where nothing is near", () => {
    expect(nearest("zzz", words)).toBeUndefined();
    expect(nearest("", words)).toBeUndefined();
    expect(nearest("x", ["y"])).toBeUndefined();
    expect(nearest("a".repeat(10_000), words)).toBeUndefined();
  });
});
