import type { Failure } from "../domain/failure.js";

/** What becomes of a batch whose send failed. Instants are epoch milliseconds. */
export type Verdict =
  | { do: "again"; at: number; inDoubt: boolean }
  /** The whole destination waits; nothing is wrong with what was sent. */
  | { do: "wait"; until: number }
  | { do: "park" }
  | { do: "move"; chat: string }
  /** The card's message is not there any more: a new one takes its place, once. */
  | { do: "renew" }
  | { do: "bury" };

const second = 1000;

/** The core's decision for every failure that a channel can classify. `attempts` counts this one. */
export function judge(failure: Failure, attempts: number, now: number): Verdict {
  switch (failure.kind) {
    case "throttled":
      return {
        do: "wait",
        until: Math.max(now + second, Date.parse(failure.retryAt ?? "") || now + 30 * second),
      };
    case "unreachable":
    case "unauthorized":
    case "conflict":
      return { do: "again", at: now + waitMs(attempts), inDoubt: false };
    case "ambiguous":
      return { do: "again", at: now + waitMs(attempts), inDoubt: true };
    case "gone":
      if (failure.movedTo !== undefined) return { do: "move", chat: failure.movedTo };
      return failure.code === "message" ? { do: "renew" } : { do: "park" };
    case "forbidden":
      return { do: "park" };
    case "rejected":
      return { do: "bury" };
  }
}

/** 2 s doubling to 5 minutes. There is no last try: an outage of the chat service loses nothing. */
function waitMs(attempts: number): number {
  return Math.min(2 * second * 2 ** Math.min(Math.max(attempts - 1, 0), 10), 300 * second);
}
