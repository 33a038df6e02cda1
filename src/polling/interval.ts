import { createHash } from "node:crypto";
import type { Activity } from "../domain/source.js";

const second = 1000;
const minute = 60 * second;

/** How often to ask, from what moves (performance.md 3.4: 15/60/120 s find faster than a fixed 60 s with a quarter fewer polls). */
const adaptiveMs: Record<Activity, number> = { hot: 15 * second, warm: minute, cold: 2 * minute };

/**
 * Milliseconds until a source is due again. `baseMs` is the time between two ticks of its cron expression: something running
 * is asked for more often than that, something quiet less often. The platform's own wish (`minIntervalMs`) always holds.
 */
export function nextInterval(options: {
  baseMs: number;
  activity: Activity;
  adaptive: boolean;
  minIntervalMs: number;
}): number {
  const { baseMs, activity, adaptive, minIntervalMs } = options;
  const wanted = !adaptive
    ? baseMs
    : activity === "hot"
      ? Math.min(baseMs, adaptiveMs.hot)
      : Math.max(baseMs, adaptiveMs[activity]);
  return Math.max(wanted, minIntervalMs);
}

/**
 * The fixed place of a source within a span: the same after every restart, and spread evenly over many sources, so that a
 * hundred of them do not start in one second.
 */
export function phaseOf(sourceId: string, spanMs: number): number {
  const hash = createHash("sha256").update(sourceId).digest().readUInt32BE(0);
  return Math.floor((hash / 2 ** 32) * spanMs);
}

/** Wait after the n-th failure in a row: 5 s doubling to 5 minutes, ±10 % so that many sources do not return together. */
export function backoffMs(failures: number, random: () => number): number {
  const base = Math.min(5 * second * 2 ** Math.min(failures - 1, 10), 5 * minute);
  return Math.round(base * (0.9 + 0.2 * random()));
}

/** No server knows how long it wants to be left alone: after so long it is asked again. */
const longestThrottleMs = 60 * minute;

/** Until when a connection is left alone that asks for it, until `retryAt` (an ISO instant) or for a minute. */
export function throttledUntil(retryAt: string | undefined, now: number): number {
  const wanted = Date.parse(retryAt ?? "") || now + minute;
  return Math.min(Math.max(wanted, now + second), now + longestThrottleMs);
}

/** When silence is worth telling: five intervals, at least ten minutes. */
export function staleAfterMs(baseMs: number): number {
  return Math.max(5 * baseMs, 10 * minute);
}
