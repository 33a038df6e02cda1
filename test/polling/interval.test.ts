import { describe, expect, it } from "vitest";
import type { Activity } from "../../src/domain/source.js";
import { backoffMs, nextInterval, phaseOf, staleAfterMs } from "../../src/polling/interval.js";
import { expressionPeriodMs } from "../../src/polling/ticks.js";

const s = 1_000;

describe("the time until a source is due again", () => {
  it.each<[string, Activity, number, number, boolean, number]>([
    ["something runs", "hot", 60, 0, true, 15],
    ["something runs and the expression is quicker", "hot", 5, 0, true, 5],
    ["something moved lately", "warm", 30, 0, true, 60],
    ["nothing moves", "cold", 30, 0, true, 120],
    ["nothing moves and the expression is slower", "cold", 3_600, 0, true, 3_600],
    ["it is told not to adapt", "hot", 60, 0, false, 60],
    ["it is told not to adapt, quiet", "cold", 60, 0, false, 60],
    ["the platform wants more time", "hot", 30, 90, true, 90],
    ["the platform wants less time", "cold", 30, 60, true, 120],
    ["the platform wants more, without adapting", "cold", 30, 300, false, 300],
  ])("when %s", (_when, activity, base, minInterval, adaptive, expected) => {
    const options = { baseMs: base * s, activity, adaptive, minIntervalMs: minInterval * s };
    expect(nextInterval(options)).toBe(expected * s);
  });
});

describe("the phase of a source", () => {
  const ids = Array.from({ length: 100 }, (_, n) => `github/pipelines/${1_000 + n * 37}`);

  it("is the same every time, and within the span", () => {
    expect(phaseOf("github/pipelines/7", 30_000)).toBe(phaseOf("github/pipelines/7", 30_000));
    const phases = ids.map((id) => phaseOf(id, 30_000));
    expect(phases.every((phase) => phase >= 0 && phase < 30_000)).toBe(true);
  });

  it("spreads four sources of each of a hundred projects so that no second gets more than a twentieth", () => {
    const seconds = new Map<number, number>();
    for (const kind of ["pipelines", "mergeRequests", "repository", "wiki"]) {
      for (let n = 0; n < 100; n += 1) {
        const second = Math.floor(phaseOf(`github/${kind}/${1_000 + n * 37}`, 60_000) / 1000);
        seconds.set(second, (seconds.get(second) ?? 0) + 1);
      }
    }
    expect(Math.max(...seconds.values())).toBeLessThanOrEqual(400 * 0.05);
    expect(seconds.size).toBeGreaterThan(50);
  });
});

describe("waiting after failures", () => {
  it("doubles from five seconds to five minutes, a tenth to either side", () => {
    const middle = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => backoffMs(failures, () => 0.5) / s);
    expect(middle).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect([backoffMs(1, () => 0), backoffMs(1, () => 1)]).toEqual([4_500, 5_500]);
  });

  it("is worth telling after five intervals, and never before ten minutes", () => {
    expect([staleAfterMs(30 * s), staleAfterMs(600 * s)]).toEqual([600 * s, 3_000 * s]);
  });
});

describe("the rhythm of a cron expression", () => {
  it.each([
    ["*/30 * * * * *", 30 * s],
    ["* * * * *", 60 * s],
    ["*/2 * * * *", 120 * s],
    // Nights and weekends are pauses, and not how often it ticks; whatever time it is now.
    ["*/30 8-18 * * 1-5", 1_800 * s],
    ["0,30 9 * * 1", 1_800 * s],
    ["0 9 * * *", 86_400 * s],
    ["0 9 * * 1", 7 * 86_400 * s],
  ])("%s", async (expression, period) => {
    // A change to summer time may come between two ticks that are days apart.
    expect(Math.abs((await expressionPeriodMs(expression)) - period)).toBeLessThanOrEqual(
      period >= 86_400 * s ? 3_600 * s : 0,
    );
  });
});
