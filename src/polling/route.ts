import { type Destination, toDestinationKey } from "../domain/destination.js";
import type { AttributeName, Event } from "../domain/event.js";
import type { FeatureName } from "../domain/feature.js";
import { matchesFilter, mentionsTerm, type Filter, type Reader } from "../domain/filter.js";
import type { Project } from "../domain/project.js";
import type { SubjectType } from "../domain/subject.js";
import type { Subscription } from "../domain/subscription.js";
import { isOfDefaultBranch, kindOf, type EventKind } from "../event-kinds/index.js";

export interface RoutedSubscription {
  subscription: Subscription;
  filter: Filter;
  destination: Destination;
  /** The accounts of the member whose chat it is; none for a group. */
  reader: Reader;
  /** Whether the subscription's patterns cover the project; not asked of a personal one. */
  matchesProject(project: Project): boolean;
}

export type RouteMode = "ping" | "card" | "update";

export interface Routed {
  event: Event;
  destination: Destination;
  /** `ping`: the reader must act. `card`: news. `update`: changes a card that is there, and never makes one. */
  mode: RouteMode;
  /** The subscriptions that bring it in this mode. */
  subscriptionIds: string[];
}

/** Why a subscription brings an event, or not. Not for people as it is: `/why` has the sentences. */
export type RouteReason =
  | "asks_reader" | "news"
  | "unknown_kind" | "other_project" | "other_subject" | "other_feature" | "not_concerned" | "filtered"
  | "own_action" | "bot" | "not_named" | "quiet"; // prettier-ignore

export interface RouteVerdict {
  /** null: it brings nothing to this destination. */
  mode: RouteMode | null;
  reason: RouteReason;
}

/**
 * Who gets these events of one project, and how; pure. One destination gets an event once, whatever number of subscriptions
 * bring it, and of the events of one happening the most telling one.
 */
export function route(
  events: readonly Event[],
  subscriptions: readonly RoutedSubscription[],
  project: Project,
): Routed[] {
  const covering = subscriptions.filter((candidate) => covers(candidate, project));
  const routed = events.flatMap((event) => routeOne(event, covering, project));
  return withoutLesser(routed);
}

/** How one subscription takes one event, and why. */
export function explainRoute(event: Event, candidate: RoutedSubscription, project: Project): RouteVerdict {
  if (!covers(candidate, project)) return { mode: null, reason: "other_project" };
  return judge(event, candidate, project);
}

function covers(candidate: RoutedSubscription, project: Project): boolean {
  return candidate.subscription.projects === undefined || candidate.matchesProject(project);
}

function routeOne(event: Event, candidates: RoutedSubscription[], project: Project): Routed[] {
  const byDestination = new Map<string, Routed>();
  for (const candidate of candidates) {
    const { mode } = judge(event, candidate, project);
    if (mode === null) continue;
    const key = toDestinationKey(candidate.destination);
    const id = candidate.subscription.id;
    const other = byDestination.get(key);
    if (other === undefined || rank[mode] > rank[other.mode]) {
      byDestination.set(key, { event, destination: candidate.destination, mode, subscriptionIds: [id] });
    } else if (rank[mode] === rank[other.mode]) {
      other.subscriptionIds.push(id);
    }
  }
  return [...byDestination.values()];
}

const rank: Record<RouteMode, number> = { update: 0, card: 1, ping: 2 };

/** The features that can make a card of a subject: only their subscribers can have a card that must follow it. */
const featuresOf: Record<SubjectType, readonly FeatureName[]> = {
  merge_request: ["mentions", "reviews", "assignments", "merge_requests", "comments"],
  pipeline: ["pipelines"],
  wiki_page: ["wiki"],
  docs_change: ["docs"],
  issue: ["mentions", "assignments", "issues"],
};

function judge(event: Event, candidate: RoutedSubscription, project: Project): RouteVerdict {
  const kind = kindOf(event.kind);
  if (kind === undefined) return { mode: null, reason: "unknown_kind" };
  const { subscription, filter, reader } = candidate;
  // Issues come through somebody's inbox alone, and may be confidential: never to a group.
  if (event.subject.type === "issue" && reader.accounts.length === 0) {
    return { mode: null, reason: "other_subject" };
  }
  if (!featuresOf[event.subject.type].some((feature) => subscription.features.includes(feature))) {
    return { mode: null, reason: "other_subject" };
  }
  const objection = objectionTo(event, kind, { ...candidate, project });
  if (objection === null) {
    return asksReader(event, kind, { ...candidate, project })
      ? { mode: "ping", reason: "asks_reader" }
      : { mode: "card", reason: "news" };
  }
  // The card of a failed pipeline follows its retry, and the card of a merge request its end, though neither is news here.
  const follows = objection !== "filtered" || matchesFilter(ofSubject(filter), event, reader);
  return { mode: follows ? "update" : null, reason: objection };
}

type Listener = RoutedSubscription & { project: Project };

function objectionTo(event: Event, kind: EventKind, listener: Listener): RouteReason | null {
  const { subscription, filter, reader } = listener;
  if (!subscription.features.includes(kind.feature)) return "other_feature";
  if (subscription.projects === undefined && !concernsReader(event, reader)) return "not_concerned";
  if (!matchesFilter(filter, event, reader)) return "filtered";
  if (isSilentOwnAction(event, kind, listener)) return "own_action";
  if (isSilentBot(event, listener)) return "bot";
  if (isNamed(event, kind, filter)) return null;
  if (isOthersMention(event, kind, listener)) return "not_concerned";
  if (!kind.byDefault) return "not_named";
  return kind.quiet?.(event) === true ? "quiet" : null;
}

/**
 * "Mentions" in somebody's own chat are those of them and their teams, also in a project that they follow; a filter that names a team asks
 * for more. A group hears of all.
 */
function isOthersMention(event: Event, { feature }: EventKind, { filter, reader }: Listener): boolean {
  if (feature !== "mentions" || reader.accounts.length === 0 || concernsReader(event, reader)) return false;
  return !names(filter, event, ["team"]);
}

function concernsReader(event: Event, reader: Reader, as?: EventKind["asks"]): boolean {
  return event.concerns.some(
    (concern) => isReader(event, reader, concern.personId) && (as === undefined || as.includes(concern.as)),
  );
}

function isReader(event: Event, reader: Reader, personId: string | undefined): boolean {
  return reader.accounts.some(
    (account) => account.connectionId === event.subject.connectionId && account.personId === personId,
  );
}

function asksReader(event: Event, kind: EventKind, listener: Listener): boolean {
  if (kind.asksNobody?.(event) === true) return false;
  if (concernsReader(event, listener.reader, kind.asks)) return true;
  return kind.asksFollowers?.(event) === true && followsBranch(event, listener);
}

function followsBranch(event: Event, { filter, project }: Listener): boolean {
  return isOfDefaultBranch(event, project) || names(filter, event, ["branch", "tag"]);
}

/** Nobody wants to hear of their own doing, but everybody how the pipeline went that they started. */
function isSilentOwnAction(event: Event, kind: EventKind, { filter, reader }: Listener): boolean {
  if (filter.self === "true" || filter.self === "only" || kind.feature === "pipelines") return false;
  return isReader(event, reader, event.actor?.id);
}

/**
 * Bots are silent unless the filter asks for them (`bot:`) or names this one. Two things of theirs are news all the same: what
 * they lay on the reader's table (a review, an assignment, a mention by name), and what becomes of the default branch or of a
 * branch that the filter names, whoever pushed there.
 */
function isSilentBot(event: Event, listener: Listener): boolean {
  const { filter, reader } = listener;
  const byBot = event.actor === null ? event.detail.authoredByBot === true : event.actor.bot;
  if (!byBot || filter.bot === "true" || filter.bot === "only") return false;
  if (names(filter, event, ["author", "actor"])) return false;
  if (concernsReader(event, reader, ["reviewer", "assignee", "mentioned"])) return false;
  if (event.subject.type !== "pipeline") return true;
  return !followsBranch(event, listener);
}

function names(filter: Filter, event: Event, keys: readonly AttributeName[]): boolean {
  return keys.some((key) => event.attributes[key]?.some((value) => mentionsTerm(filter, key, value)));
}

function isNamed(event: Event, kind: EventKind, filter: Filter): boolean {
  return mentionsTerm(filter, "kind", event.kind) || names(filter, event, kind.namedBy ?? []);
}

/** Terms that speak of the moment rather than of the subject: its card follows beyond them. */
const momentary: readonly AttributeName[] = ["kind", "status", "state", "draft", "actor"];

function ofSubject(filter: Filter): Filter {
  return { terms: filter.terms.filter((term) => !momentary.includes(term.key)) };
}

/**
 * Of the events of one happening a destination gets the one that asks most, then the one that weighs most; and whatever is laid on the
 * reader's table with it.
 */
function withoutLesser(routed: Routed[]): Routed[] {
  const best = new Map<string, Routed>();
  for (const candidate of routed) {
    const { happening } = candidate.event;
    if (happening === undefined) continue;
    const key = `${toDestinationKey(candidate.destination)} ${happening}`;
    const other = best.get(key);
    if (other === undefined || worth(candidate) > worth(other)) best.set(key, candidate);
  }
  const winners = new Set(best.values());
  return routed.filter(
    (candidate) =>
      candidate.event.happening === undefined || winners.has(candidate) || isLaidOnTable(candidate),
  );
}

function isLaidOnTable({ event, mode }: Routed): boolean {
  return mode === "ping" && kindOf(event.kind)?.apart === true;
}

function worth({ event, mode }: Routed): number {
  return rank[mode] * 1_000 + (kindOf(event.kind)?.weight ?? 0);
}
