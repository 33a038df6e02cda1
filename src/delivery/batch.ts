import type { Delivery } from "../store/outbox.js";

/** What one send to a destination carries. */
export type Batch =
  | { kind: "notice"; delivery: Delivery; deliveries: Delivery[] }
  | { kind: "card"; subject: string; deliveries: Delivery[]; mode: "card" | "ping" | "update" }
  | { kind: "digest"; deliveries: Delivery[] };

/** Above either, what piled up goes out as one digest instead of a flood. */
const digestAbove = { subjects: 15, lateSubjects: 3, lateMs: 30 * 60_000 };

/**
 * The next batch from what is owed to one destination, oldest first: normally the first delivery together with all later ones
 * about the same subject, for they are one card. Edits give way to messages.
 */
export function nextBatch(owed: readonly Delivery[], now: number): Batch | null {
  const first = owed[0];
  if (first === undefined || first.nextAttemptAt > now) return null;
  if (isPileUp(owed, now)) return toDigest(owed.filter(isNews));
  const head = owed.find((delivery) => delivery.mode !== "update" && delivery.nextAttemptAt <= now) ?? first;
  if (head.subject === null) return { kind: "notice", delivery: head, deliveries: [head] };
  return toCard(
    head.subject,
    owed.filter((delivery) => delivery.subject === head.subject),
  );
}

function toDigest(news: readonly Delivery[]): Batch {
  const deliveries = piece(news);
  const [only] = deliveries;
  // The last piece of a digest that fell apart is a card again, with its buttons.
  if (deliveries.length === 1 && only?.subject != null) return toCard(only.subject, deliveries);
  return { kind: "digest", deliveries };
}

function toCard(subject: string, all: readonly Delivery[]): Batch {
  const deliveries = piece(all);
  return { kind: "card", subject, deliveries, mode: strongest(deliveries) };
}

/** Where the daemon stopped while sending a batch, it goes out in smaller ones. */
function piece(deliveries: readonly Delivery[]): Delivery[] {
  return deliveries.slice(0, deliveries[0]?.together ?? deliveries.length);
}

function isNews({ mode }: Delivery): boolean {
  return mode === "card" || mode === "ping";
}

/** Very much at once, or several things that happened long ago: an outage, a laptop that slept, a backup that was restored. */
function isPileUp(owed: readonly Delivery[], now: number): boolean {
  const news = owed.filter(isNews);
  const isLate = ({ happenedAt, createdAt }: Delivery) =>
    now - Math.min(happenedAt ?? createdAt, createdAt) > digestAbove.lateMs;
  const countSubjects = (some: readonly Delivery[]) => new Set(some.map(({ subject }) => subject)).size;
  return (
    countSubjects(news) > digestAbove.subjects ||
    countSubjects(news.filter(isLate)) > digestAbove.lateSubjects
  );
}

function strongest(deliveries: readonly Delivery[]): "card" | "ping" | "update" {
  if (deliveries.some((delivery) => delivery.mode === "ping")) return "ping";
  return deliveries.some((delivery) => delivery.mode === "card") ? "card" : "update";
}
