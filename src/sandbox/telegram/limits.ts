import type { Room, State } from "./model.js";
import { BotApiProblem } from "./problem.js";

/**
 * Telegram's flood limits as its bot FAQ gives them: a message a second in a chat with short bursts, 20 a minute in a
 * group, 30 a second in all. A refused call is not counted. An edit counts in groups alone (nobody documents it).
 */
export interface Limits {
  /** Throws the 429 with `retry_after`. */
  take(state: State, room: Room, what: "send" | "edit"): void;
}

const burst = 3;
const perGroupMinute = 20;
const perSecond = 30;

export const noLimits: Limits = { take() {} };

export function createLimits(): Limits {
  const buckets = new Map<number, { tokens: number; at: number }>();
  const groups = new Map<number, number[]>();
  const waits = new Map<number, number>();
  let all: number[] = [];

  return {
    take(state, room, what) {
      if (what === "edit" && room.type === "private") return;
      const now = state.now();
      const until = waits.get(room.id) ?? 0;
      if (until > now) throw tooMany(until - now);
      const refuse = (waitMs: number) => {
        waits.set(room.id, now + waitMs);
        return tooMany(waitMs);
      };
      all = all.filter((at) => at > now - 1000);
      if (all.length >= perSecond) throw tooMany((all[0] ?? now) + 1000 - now);
      const minute = (groups.get(room.id) ?? []).filter((at) => at > now - 60_000);
      if (room.type !== "private" && minute.length >= perGroupMinute)
        throw refuse((minute[0] ?? now) + 60_000 - now);
      const bucket = buckets.get(room.id) ?? { tokens: burst, at: now };
      const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / 1000);
      if (what === "send" && tokens < 1) throw refuse((1 - tokens) * 1000);
      buckets.set(room.id, { tokens: what === "send" ? tokens - 1 : tokens, at: now });
      groups.set(room.id, [...minute, now]);
      all.push(now);
    },
  };
}

function tooMany(waitMs: number): BotApiProblem {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new BotApiProblem(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}
