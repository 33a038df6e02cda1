import type { ChannelLimits } from "../channels/channel.js";
import type { Destination } from "../domain/destination.js";

/** A chat with all its topics: that is what a channel counts. */
export function toChatKey({ channel, chat }: Destination): string {
  return `${channel}:${chat}`;
}

/** Keeps within a channel's own limits, so that "too many requests" is the exception. Forgets everything at a restart. */
export interface Pace {
  /** Epoch milliseconds from which a message may go there. */
  readyAt(destination: Destination, now: number): number;
  sent(destination: Destination, now: number): void;
}

export function createPace(limits: ChannelLimits): Pace {
  const recent = new Map<string, number[]>();
  return {
    readyAt: (destination, now) => {
      // What lies ahead was written by a clock that has been set back since.
      const times = (recent.get(toChatKey(destination)) ?? []).filter((time) => time <= now);
      const last = times.at(-1);
      if (last === undefined) return 0;
      const perMinute = limits.perMinute(destination);
      const oldestThatCounts = times.length >= perMinute ? times[times.length - perMinute] : undefined;
      const minuteRule = oldestThatCounts === undefined ? 0 : oldestThatCounts + 60_000;
      return Math.max(last + limits.gapMs(destination), minuteRule);
    },
    sent: (destination, now) => {
      const key = toChatKey(destination);
      recent.set(key, [...(recent.get(key) ?? []).filter((time) => time > now - 60_000 && time <= now), now]);
    },
  };
}
