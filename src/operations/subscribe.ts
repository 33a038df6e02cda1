import { type FeatureName, features, featureWords, isDelivered, toFeature } from "../domain/feature.js";
import { filterKeys, parseFilter } from "../domain/filter.js";
import { isExactPattern, matchesPattern, parseProjectPattern } from "../domain/project-pattern.js";
import type { Recipient, Subscription } from "../domain/subscription.js";
import { nearest } from "../lib/nearest.js";
import { findTarget } from "./find-target.js";
import { keepSubscriptions } from "./keep-subscriptions.js";
import { listAllSubscriptions } from "./list-subscriptions.js";
import { personalFeatures } from "./pairing.js";
import type { OperationContext } from "./context.js";

/** What a person asked to be told. */
export interface SubscriptionWish {
  /** Patterns, features and filter terms in any order, separated by spaces or commas, as people write them. */
  words: string;
  to: Recipient;
  createdBy?: string;
}

export type ParsedWish =
  | { ok: true; projects: string[] | undefined; features: FeatureName[]; filter: string }
  /** `word` is the one that was not understood. */
  | { ok: false; message: string; word?: string; suggestion?: string };

/** Takes a wish apart; pure. Without a project, or with `me`, it is personal. */
export function parseWish(
  words: string,
  connections: ReadonlyArray<{ id: string; url: string }>,
): ParsedWish {
  const parts: { projects: string[]; named: FeatureName[]; terms: string[]; all: boolean } = {
    projects: [],
    named: [],
    terms: [],
    all: false,
  };
  for (const word of splitWords(words)) {
    const problem = sortWord(word, parts, connections);
    if (problem !== null) return problem;
  }
  const filter = parts.terms.join(" ");
  const parsed = parseFilter(filter);
  if (!parsed.ok) {
    const { message, start, end, suggestion } = parsed.error;
    return {
      ok: false,
      message,
      word: filter.slice(start, end),
      ...(suggestion === undefined ? {} : { suggestion }),
    };
  }
  const projects = parts.projects.length === 0 ? undefined : parts.projects;
  return { ok: true, projects, features: chosenFeatures(parts, projects === undefined), filter };
}

function chosenFeatures(parts: { named: FeatureName[]; all: boolean }, personal: boolean): FeatureName[] {
  if (parts.named.length > 0 && !parts.all) return [...new Set(parts.named)];
  if (personal) return [...personalFeatures];
  return features.filter((feature) => parts.all || isDelivered(feature.name)).map((feature) => feature.name);
}

/** Spaces separate, and commas except inside a filter term (`branch:main,dev`); quotes hold together. */
function splitWords(words: string): string[] {
  const spaced = words.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  return spaced
    .flatMap((word) => (looksLikeTerm(word) ? [word] : word.split(",")))
    .filter((word) => word !== "");
}

function sortWord(
  word: string,
  parts: { projects: string[]; named: FeatureName[]; terms: string[]; all: boolean },
  connections: ReadonlyArray<{ id: string; url: string }>,
): Extract<ParsedWish, { ok: false }> | null {
  if (word.toLowerCase() === "me" || word.toLowerCase() === "@me") return null;
  if (word.toLowerCase() === "all") {
    parts.all = true;
    return null;
  }
  const feature = toFeature(word);
  if (feature !== undefined) {
    parts.named.push(feature);
    return null;
  }
  if (looksLikeTerm(word)) {
    parts.terms.push(word);
    return null;
  }
  if (!word.includes("/") && !word.includes("*") && !word.includes(":")) {
    const suggestion = nearest(word, [...featureWords]);
    const message = "this is neither a project nor a feature";
    return { ok: false, message, word, ...(suggestion === undefined ? {} : { suggestion }) };
  }
  const pattern = parseProjectPattern(word, connections);
  if (!pattern.ok) {
    return {
      ok: false,
      message: pattern.message,
      word,
      ...(pattern.suggestion === undefined ? {} : { suggestion: pattern.suggestion }),
    };
  }
  parts.projects.push(pattern.pattern);
  return null;
}

function looksLikeTerm(word: string): boolean {
  const match = /^[-+]?([a-z]+):/i.exec(word);
  return match !== null && (filterKeys as readonly string[]).includes(match[1]?.toLowerCase() ?? "");
}

export type SubscribeOutcome =
  | {
      ok: true;
      /** false: the same rule was there before. */
      added: boolean;
      subscription: Subscription;
      overlaps: Subscription[];
      undelivered: FeatureName[];
      problems: string[];
    }
  | Extract<ParsedWish, { ok: false }>;

/**
 * Stores a subscription and has its sources polled. Exact projects are looked up first: for an unknown one it rejects with the
 * `Failure` that says so.
 */
export async function subscribe(
  context: OperationContext,
  wish: SubscriptionWish,
  signal: AbortSignal,
): Promise<SubscribeOutcome> {
  const connections = [...context.connections.values()].map((live) => live.connection);
  const words = await nameConnections(context, wish.words, signal);
  const parsed = parseWish(words, connections);
  if (!parsed.ok) return parsed;
  for (const pattern of parsed.projects ?? []) {
    if (isExactPattern(pattern)) await findTarget(context, pattern, signal);
  }
  const existing = await listAllSubscriptions(context);
  const { projects, features: wanted, filter } = parsed;
  const rule = { to: wish.to, projects, features: wanted, filter, createdBy: wish.createdBy };
  const [kept] = await keepSubscriptions(context, [rule]);
  if (kept === undefined) throw new Error("A rule was not kept.");
  const { subscription, added } = kept;
  const overlaps = existing.filter((other) => other.id !== subscription.id && overlap(other, subscription));
  const undelivered = subscription.features.filter((feature) => !isDelivered(feature));
  if (!added) return { ok: true, added, subscription, overlaps, undelivered, problems: [] };
  const problems = await context.replan(signal);
  return { ok: true, added, subscription, overlaps, undelivered, problems };
}

const barePath = /^[\w.-]+(?:\/[\w.-]+)+$/;

/** People write `acme/api`. Where there are several connections, the one that has such a project is meant. */
async function nameConnections(
  context: OperationContext,
  words: string,
  signal: AbortSignal,
): Promise<string> {
  if (context.connections.size < 2) return words;
  const named: string[] = [];
  for (const word of splitWords(words)) {
    const found = barePath.test(word) ? await findTarget(context, word, signal) : null;
    named.push(found === null ? word : `${found.live.connection.id}:${found.project.path}`);
  }
  return named.join(" ");
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
