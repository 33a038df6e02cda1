import type { Clock } from "../../lib/clock.js";

const leastMs = 1_000;
/** What somebody who writes to the bot waits for an answer at most, beside the server's own time. */
const mostMs = 5_000;

/**
 * A server that knows no long polls answers "nothing" at once, as some local Bot API servers and mocks do, and would be asked a thousand
 * times a second. Between two such answers lies a least time, which grows.
 */
export function createIdlePace(clock: Clock) {
  let waitMs = leastMs;
  return {
    async rest({ askedAt, news }: { askedAt: number; news: boolean }, signal: AbortSignal): Promise<void> {
      // A clock that was put back says nothing about how long it took.
      const tookMs = Math.max(0, clock.now() - askedAt);
      if (news || tookMs >= leastMs) {
        waitMs = leastMs;
        return;
      }
      await clock.sleep(waitMs, signal);
      waitMs = Math.min(mostMs, waitMs * 2);
    },
  };
}
