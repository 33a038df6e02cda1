import { createTask } from "node-cron";
import { expect, it } from "vitest";
import { plainPeriodMs } from "../../src/lib/rhythm.js";

/** What node-cron does: all gaps between its next ticks. */
async function gapsOf(expression: string): Promise<number[]> {
  const task = createTask(expression, () => {});
  const runs = task.getNextRuns(8).map((run) => run.getTime());
  await task.destroy();
  return runs.slice(1).map((run, index) => run - (runs[index] ?? run));
}

it.each([
  "* * * * * *",
  "*/5 * * * * *",
  "*/30 * * * * *",
  "* * * * *",
  "0 * * * * *",
  "*/2 * * * *",
  "0 */15 * * * *",
  " */30  * * * * ",
])("knows without node-cron that %s comes every time after the same while", async (expression) => {
  const period = plainPeriodMs(expression);
  expect(period).toBeGreaterThan(0);
  expect(new Set(await gapsOf(expression))).toEqual(new Set([period]));
});

it.each([
  ...[
    "*/45 * * * * *",
    "*/60 * * * *",
    "*/0 * * * *",
    "*/7 * * * *",
    "0,30 * * * *",
    "5 * * * *",
    "30 * * * * *",
  ],
  ...["*/30 8-18 * * *", "* * * * 1-5", "*/30 */2 * * * *", "* * * *", "", "nonsense", "*/-5 * * * *"],
])("says nothing of %j", (expression) => {
  expect(plainPeriodMs(expression)).toBeUndefined();
});
