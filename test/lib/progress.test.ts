import { expect, it } from "vitest";
import { createProgress } from "../../src/lib/progress.js";

it("names the parts that are silent for longer than they said, until they speak or end", () => {
  let now = 0;
  const progress = createProgress(() => now);
  progress.expect("planner", 100);
  progress.expect("delivery", 200);
  now = 100;
  expect(progress.late()).toEqual([]);
  now = 101;
  expect(progress.late()).toEqual(["planner"]);
  progress.expect("planner", 50);
  expect(progress.late()).toEqual([]);
  now = 300;
  expect(progress.late()).toEqual(["planner", "delivery"]);
  progress.end("planner");
  progress.end("delivery");
  expect(progress.late()).toEqual([]);
});
