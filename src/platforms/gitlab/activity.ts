import type { Activity } from "../../domain/source.js";

const hotMs = 10 * 60_000;
const warmMs = 12 * 3_600_000;

/** By the server's clock alone: how long ago did the newest thing move. */
export function toActivity(newest: string | undefined, serverTime: string | undefined): Activity {
  if (newest === undefined) return "cold";
  if (serverTime === undefined) return "warm";
  const age = Date.parse(serverTime) - Date.parse(newest);
  if (age <= hotMs) return "hot";
  return age <= warmMs ? "warm" : "cold";
}
