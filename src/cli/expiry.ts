const dayMs = 86_400_000;
/** Two working weeks: enough time to make a new token. */
const soonMs = 14 * dayMs;

export type ExpiryState = "never" | "unknown" | "fine" | "soon";

/** `expiresAt` as in `Access`: an ISO instant, null = does not expire, undefined = the platform does not say. */
export function expiryState(expiresAt: string | null | undefined, now: number): ExpiryState {
  if (expiresAt === undefined) return "unknown";
  if (expiresAt === null) return "never";
  return Date.parse(expiresAt) - now < soonMs ? "soon" : "fine";
}

/** `expires in 12 days (2026-12-24)` */
export function describeExpiry(expiresAt: string | null | undefined, now: number): string {
  if (expiresAt === undefined) return "the server does not say when it expires";
  if (expiresAt === null) return "does not expire";
  const days = Math.floor((Date.parse(expiresAt) - now) / dayMs);
  const day = expiresAt.slice(0, 10);
  if (days < 0) return `expired on ${day}`;
  if (days === 0) return `expires today (${day})`;
  return `expires in ${days} day${days === 1 ? "" : "s"} (${day})`;
}
