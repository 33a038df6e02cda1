import type { Clock } from "../../src/lib/clock.js";

/** A clock that stands still until a test moves it. Sleepers wake in the order of their times, each with its consequences first. */
export interface FakeClock extends Clock {
  /** Moves on by so many milliseconds and lets everything happen that was waiting for it. */
  advance(ms: number): Promise<void>;
  /** Lets what is under way come to rest, without moving on. */
  settle(): Promise<void>;
  /** How many sleep at the moment. */
  sleepers(): number;
}

interface Sleeper {
  at: number;
  wake: () => void;
}

/** The beginning of the time in which the tests live, as in `at(0)`. */
export const testEpoch = Date.UTC(2026, 10, 2, 9, 0);

export function createFakeClock(start = testEpoch): FakeClock {
  let now = start;
  let sleeping: Sleeper[] = [];

  async function advance(ms: number): Promise<void> {
    const target = now + ms;
    await settle();
    for (;;) {
      const [next] = sleeping.filter((sleeper) => sleeper.at <= target).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      now = Math.max(now, next.at);
      next.wake();
      await settle();
    }
    now = target;
    await settle();
  }

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const refuse = () => reject(signal?.reason instanceof Error ? signal.reason : new Error("aborted"));
        if (signal?.aborted === true) return refuse();
        if (ms <= 0) return resolve();
        const leave = () => {
          sleeping = sleeping.filter((other) => other !== sleeper);
          signal?.removeEventListener("abort", abort);
        };
        const abort = () => {
          leave();
          refuse();
        };
        const wake = () => {
          leave();
          resolve();
        };
        const sleeper: Sleeper = { at: now + Math.max(0, ms), wake };
        sleeping.push(sleeper);
        signal?.addEventListener("abort", abort, { once: true });
      }),
    advance,
    settle,
    sleepers: () => sleeping.length,
  };
}

/** The database answers within the event loop's next turns, so that some turns are all that must pass. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
