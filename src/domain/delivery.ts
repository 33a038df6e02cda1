/**
 * One notification owed to one destination.
 * pending → sending → delivered; back to pending with `nextAttemptAt`; `unknown` after a send in doubt; `dead` with its reason.
 */
export type DeliveryState = "pending" | "sending" | "unknown" | "delivered" | "dead";

/** How a delivery shows: its own message, the subject's card (edited in place), or the card sent anew because the reader must act. */
export type DeliveryMode = "notice" | "card" | "ping" | "update";
