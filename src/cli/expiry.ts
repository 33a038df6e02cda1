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

export interface ExpiryParts {
  state: "unknown" | "never" | "past" | "today" | "days";
  days: number;
  /** `2026-12-24` */
  day: string;
}

export function toExpiryParts(expiresAt: string | null | undefined, now: number): ExpiryParts {
  if (expiresAt == null) return { state: expiresAt === null ? "never" : "unknown", days: 0, day: "" };
  const days = Math.floor((Date.parse(expiresAt) - now) / dayMs);
  const state = days < 0 ? "past" : days === 0 ? "today" : "days";
  return { state, days, day: expiresAt.slice(0, 10) };
}

/** `expires in 12 days (2026-12-24)` */
export function describeExpiry(expiresAt: string | null | undefined, now: number): string {
  const { state, days, day } = toExpiryParts(expiresAt, now);
  switch (state) {
    case "unknown":
      return "the server does not say when it expires";
    case "never":
      return "does not expire";
    case "past":
      return `expired on ${day}`;
    case "today":
      return `expires today (${day})`;
    case "days":
      return `expires in ${days} day${days === 1 ? "" : "s"} (${day})`;
  }
}
