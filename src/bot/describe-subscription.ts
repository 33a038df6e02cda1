import type { Subscription } from "../domain/subscription.js";
import type { Translate } from "../i18n/index.js";

/** The rule as it was understood, in one line. */
export function describeSubscription(translate: Translate, subscription: Subscription): string {
  const what = subscription.projects?.join(", ") ?? translate("bot.subscriptions.personal");
  const filter = subscription.filter === "" ? "" : ` · ${subscription.filter}`;
  return `${what} · ${subscription.features.join(", ")}${filter}`;
}
