import { expect, it } from "vitest";
import * as z from "zod";
import { sortRows } from "../../src/platforms/rows.js";

const row = z.object({ id: z.number(), title: z.string() });
const good = { id: 1, title: "one" };

it.each([
  ["null", null, { what: "the runs", where: "row 2" }],
  ["a number", 7, { what: "the runs", where: "row 2" }],
  ["nothing in it", {}, { what: "the runs", where: "row 2" }],
  ["a name and no title", { id: 9 }, { what: "9", where: "title: invalid_type" }],
])("a row with %s is left out and said, and the others are read", (_what, odd, values) => {
  const sorted = sortRows(row, [good, odd, { id: 3, title: "three" }], "the runs");
  expect(sorted?.rows.map(({ id }) => id)).toEqual([1, 3]);
  expect(sorted?.refused).toMatchObject([{ code: "refused_row", values }]);
});

it.each([[[null]], [[7, {}]], [{ message: "sign in" }], ["<html>"]])(
  "%j is no list of ours, and nothing is taken from it",
  (value) => expect(sortRows(row, value, "the runs")).toBeUndefined(),
);

it("an empty list is a list", () => expect(sortRows(row, [], "the runs")?.rows).toEqual([]));
