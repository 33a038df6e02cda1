import type { Subscription } from "../../domain/subscription.js";
import type { Say } from "../../i18n/wizard.js";
import type { NewRule } from "../../operations/keep-subscriptions.js";
import { personalFeatures } from "../../operations/pairing.js";
import { describeRecipient } from "../subscriptions/recipient.js";
import { type Draft, ownerOf } from "./draft.js";

/** Every rule that is there: those of config.yaml first, then those that the phone can change. */
export function existingRules({ existing }: Draft): Subscription[] {
  return [...existing.config.subscriptions, ...existing.stored];
}

/** Those that tell the owner. */
export function ownRules(draft: Draft, known = existingRules(draft)): Subscription[] {
  const owner = ownerOf(draft)?.id;
  return known.filter(({ to }) => to === "owner" || ("member" in to && to.member === owner));
}

/**
 * What this run asks for and no rule of the owner's brings yet. A rule that was narrowed by a filter counts: whoever narrowed it
 * does not want it back whole.
 */
export function toNewRules(draft: Draft, known: readonly Subscription[]): NewRule[] {
  if (draft.rules === undefined) return [];
  const { personal, projects, features } = draft.rules;
  const own = ownRules(draft, [...known]);
  const hasPersonal = own.some((rule) => rule.projects === undefined);
  const missing = projects.filter((project) => !own.some((rule) => brings(rule, project, features)));
  return [
    ...(personal && !hasPersonal ? [toRule(undefined, personalFeatures)] : []),
    ...(missing.length > 0 ? [toRule(missing, features)] : []),
  ];
}

function brings(rule: Subscription, project: string, features: readonly string[]): boolean {
  const told: readonly string[] = rule.features;
  return (rule.projects ?? []).includes(project) && features.every((feature) => told.includes(feature));
}

function toRule(
  projects: readonly string[] | undefined,
  features: readonly Subscription["features"][number][],
): NewRule {
  return { to: "owner", projects: projects && [...projects], features: [...features], filter: "" };
}

/** One line: what it brings, to whom unless to the owner, and where it is changed. */
export function describeRule(say: Say, { to, projects, features, filter, origin }: Subscription): string {
  const what = projects?.join(", ") ?? say("review.personal");
  const narrowed = filter === "" ? "" : `; ${filter}`;
  const whom = to === "owner" ? "" : ` → ${describeRecipient(to)}`;
  return say(`existing.rule.${origin}`, { what: `${what}${whom} (${features.join(", ")}${narrowed})` });
}
