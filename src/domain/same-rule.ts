import { isDeepStrictEqual } from "node:util";
import type { Subscription } from "./subscription.js";

type Rule = Pick<Subscription, "to" | "projects" | "features" | "filter">;

/** Whether two subscriptions say the same, in whatever order. */
export function isSameRule(a: Rule, b: Rule): boolean {
  return isDeepStrictEqual(toComparable(a), toComparable(b));
}

function toComparable({ to, projects, features, filter }: Rule) {
  const sorted = (words: readonly string[]) => [...new Set(words)].sort();
  // A recipient may come from JSON, where an absent topic is no key, or from a parser, where it is undefined.
  const recipient: unknown = JSON.parse(JSON.stringify(to));
  return {
    to: recipient,
    projects: projects && sorted(projects),
    features: sorted(features),
    filter: filter.trim(),
  };
}
