import { allFeatures, isDelivered } from "../domain/feature.js";
import type { Subscription } from "../domain/subscription.js";
import type { Translate } from "../i18n/index.js";

/** The rule as it was understood, in one line. */
export function describeSubscription(translate: Translate, subscription: Subscription): string {
  const filter = subscription.filter === "" ? "" : ` · ${subscription.filter}`;
  return `${describeProjects(translate, subscription)} · ${describeFeatures(translate, subscription)}${filter}`;
}

export function describeProjects(translate: Translate, { projects }: Subscription): string {
  return projects?.join(", ") ?? translate("bot.subscriptions.personal");
}

function describeFeatures(translate: Translate, { features }: Subscription): string {
  const has = (feature: (typeof features)[number]) => features.includes(feature);
  if (allFeatures.filter(isDelivered).every(has)) return translate("bot.subscriptions.everything");
  return features.join(", ");
}
