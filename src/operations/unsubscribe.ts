import { type FeatureName, toFeature } from "../domain/feature.js";
import { matchesPattern, parseProjectPattern } from "../domain/project-pattern.js";
import { splitWish } from "../domain/spellings.js";
import type { Recipient, Subscription } from "../domain/subscription.js";
import { deleteSubscription, saveSubscription } from "../store/subscriptions.js";
import { knownConnections, type OperationContext } from "./context.js";
import { listAllSubscriptions } from "./list-subscriptions.js";

export type UnsubscribeOutcome =
  | { result: "removed"; rules: Subscription[] }
  /** What is left of rules that said more. */
  | { result: "narrowed"; rules: Subscription[] }
  /** Nothing was done: which of these is meant? `project`: the one that was named, where a rule has others too. */
  | { result: "which"; rules: Subscription[]; project?: string | undefined }
  /** Declared in config.yaml: only the file can change them. */
  | { result: "declared"; rules: Subscription[] }
  /** `/subscriptions` numbers the rules; that many there are. */
  | { result: "no-number"; number: number; count: number }
  | { result: "unknown" };

/**
 * Removes rules by id (several at once), or the one rule of a project; features behind a project are taken out of its rules; a project behind
 * an id is taken out of that rule. The number that the list shows stands for an id. `to` narrows to one recipient; undefined reaches all.
 */
export async function unsubscribe(
  context: OperationContext,
  wish: { words: string; to?: Recipient },
  signal: AbortSignal,
): Promise<UnsubscribeOutcome> {
  const all = (await listAllSubscriptions(context)).filter(
    (rule) => wish.to === undefined || JSON.stringify(rule.to) === JSON.stringify(wish.to),
  );
  const numbered = toIds(all, splitWish(wish.words));
  if ("result" in numbered) return numbered;
  const outcome = await decide(context, all, numbered.words);
  if (outcome.result === "removed" || outcome.result === "narrowed") await context.replan(signal);
  return outcome;
}

function toIds(
  all: readonly Subscription[],
  words: readonly string[],
): { words: string[] } | Extract<UnsubscribeOutcome, { result: "no-number" }> {
  const ids: string[] = [];
  for (const word of words) {
    const number = /^#?(\d{1,4})\.?$/.exec(word)?.[1];
    if (number === undefined || all.some(({ id }) => id === word)) {
      ids.push(word);
      continue;
    }
    const rule = all[Number(number) - 1];
    if (rule === undefined) return { result: "no-number", number: Number(number), count: all.length };
    ids.push(rule.id);
  }
  return { words: ids };
}

async function decide(
  context: OperationContext,
  all: readonly Subscription[],
  words: readonly string[],
): Promise<UnsubscribeOutcome> {
  const named = all.filter(({ id }) => words.includes(id));
  const others = words.filter((word) => !all.some(({ id }) => id === word));
  const features = others.flatMap((word) => toFeature(word) ?? []);
  const [project, ...more] = others.filter((word) => toFeature(word) === undefined);
  if (more.length > 0) return { result: "unknown" };
  if (named.length > 0) {
    const change = { features, project: project && toPattern(context, project) };
    return changeRules(context, named, project === undefined && features.length === 0 ? null : change);
  }
  if (project === undefined) return { result: "unknown" };
  return forProject(context, all, { project, features });
}

/** The rules of this very project; else those that cover it, which nobody wants to lose by the way. */
async function forProject(
  context: OperationContext,
  all: readonly Subscription[],
  { project, features }: { project: string; features: FeatureName[] },
): Promise<UnsubscribeOutcome> {
  if (project.toLowerCase() === "all")
    return all.length === 0 ? { result: "unknown" } : { result: "which", rules: [...all] };
  const exact = all.filter((rule) => names(context, rule, project));
  if (exact.length === 0) {
    const covering = all.filter((rule) => covers(context, rule, project));
    return covering.length === 0 ? { result: "unknown" } : { result: "which", rules: covering };
  }
  if (features.length > 0) {
    const bringing = exact.filter((rule) => rule.features.some((feature) => features.includes(feature)));
    return bringing.length === 0 ? { result: "unknown" } : changeRules(context, bringing, { features });
  }
  const [only, ...others] = exact;
  if (only !== undefined && others.length === 0 && (only.projects?.length ?? 1) === 1) {
    return changeRules(context, exact, null);
  }
  if (exact.every(({ origin }) => origin === "config")) return { result: "declared", rules: exact };
  return { result: "which", rules: exact, project };
}

/** `change` null: the rules go. */
async function changeRules(
  context: OperationContext,
  rules: readonly Subscription[],
  change: { features: FeatureName[]; project?: string | undefined } | null,
): Promise<UnsubscribeOutcome> {
  const stored = rules.filter(({ origin }) => origin === "stored");
  if (stored.length === 0) return { result: "declared", rules: [...rules] };
  const left = stored.map((rule) => (change === null ? null : without(rule, change)));
  const now = context.clock.now();
  await context.db.transaction().execute(async (transaction) => {
    for (const [index, rule] of stored.entries()) {
      const rest = left[index];
      if (rest == null) await deleteSubscription(transaction, rule.id);
      else await saveSubscription(transaction, rest, now);
    }
  });
  const kept = left.filter((rule) => rule !== null);
  return kept.length === 0 ? { result: "removed", rules: stored } : { result: "narrowed", rules: kept };
}

/** null: nothing is left of it. */
function without(
  rule: Subscription,
  { features, project }: { features: FeatureName[]; project?: string | undefined },
): Subscription | null {
  const left = {
    ...rule,
    features: rule.features.filter((feature) => !features.includes(feature)),
    projects: rule.projects?.filter((pattern) => project === undefined || !isSame(pattern, project)),
  };
  return left.features.length === 0 || left.projects?.length === 0 ? null : left;
}

function names(context: OperationContext, { projects }: Subscription, word: string): boolean {
  if (projects === undefined) return word.toLowerCase() === "me" || word.toLowerCase() === "@me";
  const wanted = toPattern(context, word);
  return projects.some((pattern) => isSame(pattern, wanted));
}

/** With a connection before it, or as people write it: then it may be on any. */
function toPattern(context: OperationContext, word: string): string {
  const parsed = parseProjectPattern(word, knownConnections(context));
  return parsed.ok ? parsed.pattern : word;
}

function isSame(pattern: string, wanted: string): boolean {
  const [a, b] = [pattern.toLowerCase(), wanted.toLowerCase()];
  return a === b || a.slice(a.indexOf(":") + 1) === b;
}

function covers(context: OperationContext, { projects }: Subscription, word: string): boolean {
  const wanted = toPattern(context, word);
  const colon = wanted.indexOf(":");
  const path = wanted.slice(colon + 1);
  if (!path.includes("/")) return false;
  const ids = colon < 0 ? [...context.connections.keys()] : [wanted.slice(0, colon)];
  return (projects ?? []).some((pattern) =>
    ids.some((connectionId) => matchesPattern(pattern, { connectionId, path })),
  );
}
