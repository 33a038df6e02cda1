import { isSameRule } from "../domain/same-rule.js";
import type { Subscription } from "../domain/subscription.js";
import { listSubscriptions, saveSubscription } from "../store/subscriptions.js";
import type { OperationContext } from "./context.js";

/** A rule before it has a name. */
export type NewRule = Omit<Subscription, "id" | "origin">;

export interface KeptRule {
  /** false: the same rule was there before, and `subscription` is that one. */
  added: boolean;
  subscription: Subscription;
}

/**
 * Stores rules in the database, where the bot can change them; whoever makes a rule (bot, command line, `init`) keeps it with this. Asks no
 * platform. The caller lets the sources follow (`replan`); a running daemon notices what another process stored.
 */
export async function keepSubscriptions(
  context: Pick<OperationContext, "db" | "clock" | "randomText" | "declared">,
  rules: readonly NewRule[],
): Promise<KeptRule[]> {
  return context.db.transaction().execute(async (transaction) => {
    const known = [...context.declared, ...(await listSubscriptions(transaction))];
    const kept: KeptRule[] = [];
    for (const rule of rules) {
      const same = known.find((other) => isSameRule(other, rule));
      if (same !== undefined) {
        kept.push({ added: false, subscription: same });
        continue;
      }
      const id = nameRule(context.randomText, known);
      const subscription: Subscription = { ...rule, id, origin: "stored" };
      await saveSubscription(transaction, subscription, context.clock.now());
      known.push(subscription);
      kept.push({ added: true, subscription });
    }
    return kept;
  });
}

/** Short enough to type on a phone, so that a name may be taken already: saving under it would replace that rule. */
function nameRule(randomText: (bytes: number) => string, known: readonly Subscription[]): string {
  for (;;) {
    const id = randomText(4)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, "x");
    if (!known.some((other) => other.id === id)) return id;
  }
}
