import { type FeatureName, isDelivered } from "../domain/feature.js";
import type { LackCode } from "../domain/lack.js";
import type { PlanProblem } from "../domain/plan-problem.js";
import { connectionOf, matchesPattern } from "../domain/project-pattern.js";
import type { Recipient, Subscription } from "../domain/subscription.js";
import { listAccounts } from "../store/accounts.js";
import { knownConnections, type OperationContext } from "./context.js";
import { keepSubscriptions } from "./keep-subscriptions.js";
import { listAllSubscriptions } from "./list-subscriptions.js";
import { type NamedProjects, nameProjects } from "./name-projects.js";
import { parseWish, type WishProblem } from "./parse-wish.js";

export { parseWish, type WishProblem } from "./parse-wish.js";

/** What a person asked to be told. */
export interface SubscriptionWish {
  /** Patterns, features and filter terms in any order, separated by spaces or commas, as people write them. */
  words: string;
  to: Recipient;
  createdBy?: string;
  /** They know that everybody in the chat will see what is private. */
  exposes?: boolean;
}

export type SubscribeOutcome =
  | {
      ok: true;
      /** false: the same rule was there before. */
      added: boolean;
      subscription: Subscription;
      overlaps: Subscription[];
      undelivered: FeatureName[];
      /** What the tokens leave out, by connection. */
      lacks: Array<{ connectionId: string; lack: LackCode }>;
      problems: PlanProblem[];
    }
  | WishProblem
  | Extract<NamedProjects, { ok: false }>
  /** A group would be told of what is private: it is asked first. No projects: all that concerns the person, wherever it is. */
  | { ok: false; code: "private"; projects: string[] };

/** Stores a subscription and has its sources polled. Rejects with a `Failure` where a platform does not answer. */
export async function subscribe(
  context: OperationContext,
  wish: SubscriptionWish,
  signal: AbortSignal,
): Promise<SubscribeOutcome> {
  const named = await nameProjects(context, wish.words, signal);
  if (!named.ok) return named;
  const parsed = parseWish(named.words, knownConnections(context));
  if (!parsed.ok) return parsed;
  const { projects, features, filter } = parsed;
  const hidden = named.projects.filter((project) => project.private).map(({ path }) => path);
  const exposes = hidden.length > 0 || projects === undefined;
  if (exposes && isGroup(wish.to) && wish.exposes !== true) {
    return { ok: false, code: "private", projects: hidden };
  }
  const existing = await listAllSubscriptions(context);
  const [kept] = await keepSubscriptions(context, [
    { to: wish.to, projects, features, filter, createdBy: wish.createdBy },
  ]);
  if (kept === undefined) throw new Error("A rule was not kept.");
  const { subscription, added } = kept;
  const problems = added ? await context.replan(signal) : [];
  return {
    ok: true,
    added,
    subscription,
    overlaps: existing.filter((other) => other.id !== subscription.id && overlap(other, subscription)),
    undelivered: subscription.features.filter((feature) => !isDelivered(feature)),
    lacks: await lacksOf(context, subscription),
    problems,
  };
}

function isGroup(to: Recipient): boolean {
  return typeof to === "object" && "chat" in to;
}

async function lacksOf(context: OperationContext, { projects }: Subscription) {
  const concerned = projects?.map((pattern) => connectionOf(pattern));
  const accounts = (await listAccounts(context.db)).filter(
    ({ connectionId }) =>
      context.connections.has(connectionId) &&
      (concerned === undefined || concerned.includes(undefined) || concerned.includes(connectionId)),
  );
  return accounts.flatMap(({ connectionId, access }) =>
    (access?.lacks ?? []).map((lack) => ({ connectionId, lack })),
  );
}

export function overlap(a: Subscription, b: Subscription): boolean {
  if (JSON.stringify(a.to) !== JSON.stringify(b.to)) return false;
  if (!a.features.some((feature) => b.features.includes(feature))) return false;
  if (a.projects === undefined || b.projects === undefined) return true;
  return a.projects.some((left) => b.projects?.some((right) => covers(left, right) || covers(right, left)));
}

function covers(pattern: string, other: string): boolean {
  const colon = other.indexOf(":");
  if (pattern === other || pattern === "*") return true;
  return matchesPattern(pattern, { connectionId: other.slice(0, colon), path: other.slice(colon + 1) });
}
