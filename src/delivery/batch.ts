import type { Delivery } from "../store/outbox.js";

/** What one send to a destination carries. */
export type Batch =
  | { kind: "notice"; delivery: Delivery; deliveries: Delivery[] }
  | { kind: "card"; subject: string; deliveries: Delivery[]; mode: "card" | "ping" | "update" }
  | { kind: "digest"; deliveries: Delivery[] };

/** Above either, what piled up goes out as one digest instead of a flood (reliability.md F41). */
const digestAbove = { subjects: 15, subjectsWhenOld: 5, oldMs: 30 * 60_000 };

/**
 * The next batch from what is owed to one destination, oldest first: normally the first delivery together with all later ones
 * about the same subject, for they are one card.
 */
export function nextBatch(owed: readonly Delivery[], now: number): Batch | null {
  const head = owed[0];
  if (head === undefined || head.nextAttemptAt > now) return null;
  if (isPileUp(owed, now)) {
    return { kind: "digest", deliveries: owed.filter((delivery) => delivery.subject !== null) };
  }
  if (head.subject === null) return { kind: "notice", delivery: head, deliveries: [head] };
  const deliveries = owed.filter((delivery) => delivery.subject === head.subject);
  return { kind: "card", subject: head.subject, deliveries, mode: strongest(deliveries) };
}

function isPileUp(owed: readonly Delivery[], now: number): boolean {
  const news = owed.filter((delivery) => delivery.mode === "card" || delivery.mode === "ping");
  const subjects = new Set(news.map((delivery) => delivery.subject)).size;
  const oldest = news[0]?.createdAt ?? now;
  const old = now - oldest > digestAbove.oldMs;
  return subjects > digestAbove.subjects || (old && subjects > digestAbove.subjectsWhenOld);
}

function strongest(deliveries: readonly Delivery[]): "card" | "ping" | "update" {
  if (deliveries.some((delivery) => delivery.mode === "ping")) return "ping";
  return deliveries.some((delivery) => delivery.mode === "card") ? "card" : "update";
}
