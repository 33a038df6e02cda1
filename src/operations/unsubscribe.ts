import { parseProjectPattern } from "../domain/project-pattern.js";
import type { Recipient, Subscription } from "../domain/subscription.js";
import { deleteSubscription } from "../store/subscriptions.js";
import type { OperationContext } from "./context.js";
import { listAllSubscriptions } from "./list-subscriptions.js";

export type UnsubscribeOutcome =
  | { result: "removed"; ids: string[] }
  /** Declared in config.yaml: only the file can change it. */
  | { result: "declared"; id: string }
  | { result: "unknown" };

/** Removes by id or by project. `to` narrows to one recipient; undefined (the command line) reaches all. */
export async function unsubscribe(
  context: OperationContext,
  wish: { words: string; to?: Recipient },
  signal: AbortSignal,
): Promise<UnsubscribeOutcome> {
  const reachable = (await listAllSubscriptions(context)).filter(
    (subscription) => wish.to === undefined || JSON.stringify(subscription.to) === JSON.stringify(wish.to),
  );
  const meant = reachable.filter((subscription) => isMeant(context, subscription, wish.words.trim()));
  const declared = meant.find((subscription) => subscription.origin === "config");
  const stored = meant.filter((subscription) => subscription.origin === "stored");
  if (stored.length === 0)
    return declared === undefined ? { result: "unknown" } : { result: "declared", id: declared.id };
  for (const subscription of stored) await deleteSubscription(context.db, subscription.id);
  await context.replan(signal);
  return { result: "removed", ids: stored.map((subscription) => subscription.id) };
}

function isMeant(context: OperationContext, subscription: Subscription, words: string): boolean {
  if (subscription.id === words) return true;
  const connections = [...context.connections.values()].map((live) => live.connection);
  const pattern = parseProjectPattern(words, connections);
  return pattern.ok && subscription.projects?.length === 1 && subscription.projects[0] === pattern.pattern;
}
