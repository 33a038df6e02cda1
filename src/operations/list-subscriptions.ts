import type { Recipient, Subscription } from "../domain/subscription.js";
import { listSubscriptions } from "../store/subscriptions.js";
import type { OperationContext } from "./context.js";

/** Declared ones first, then those made here. */
export async function listAllSubscriptions(
  context: Pick<OperationContext, "db" | "declared">,
): Promise<Subscription[]> {
  return [...context.declared, ...(await listSubscriptions(context.db))];
}

export async function listSubscriptionsFor(
  context: OperationContext,
  to: Recipient,
): Promise<Subscription[]> {
  const wanted = JSON.stringify(to);
  return (await listAllSubscriptions(context)).filter(
    (subscription) => JSON.stringify(subscription.to) === wanted,
  );
}
