import type { Say } from "../../i18n/wizard.js";
import { toExpiryParts } from "../expiry.js";

/** `expires in 12 days (2026-12-24)`, in the reader's language. */
export function sayExpiry(say: Say, expiresAt: string | null | undefined, now: number): string {
  const { state, ...values } = toExpiryParts(expiresAt, now);
  return say(`expiry.${state}`, values);
}
