import { describe, expect, it } from "vitest";
import * as z from "zod";
import { listOf } from "../../src/lib/list-of.js";

describe("a list of rows", () => {
  const list = listOf(z.object({ id: z.number().transform(String), name: z.string() }));

  it("gives what its rows become", () => {
    expect(list.parse([{ id: 1, name: "a", more: true }])).toEqual([{ id: "1", name: "a" }]);
  });

  it("stops at the first odd row and names the place of the first fault in it", () => {
    const odd = [{ id: 1, name: "a" }, {}, ...Array.from({ length: 1_000 }, () => null)];
    const read = z.object({ rows: list }).safeParse({ rows: odd });
    expect(read.error?.issues).toMatchObject([{ code: "invalid_type", path: ["rows", 1, "id"] }]);
  });

  it("refuses what is no list", () => {
    expect(list.safeParse({ length: 0 }).success).toBe(false);
  });
});
