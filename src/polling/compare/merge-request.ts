import type { Attributes, Event } from "../../domain/event.js";
import type { Checks, MergeRequestFacts } from "../../domain/facts/index.js";
import { isSamePerson, type Person } from "../../domain/person.js";
import type { MergeRequestSnapshot, SeenDescription } from "../../domain/snapshot.js";
import { compareRequests, mergeRequests } from "./asked.js";
import {
  isNews,
  isOlder,
  stillKnown,
  toScene,
  uniqueByKey,
  type Comparison,
  type CompareContext,
  type Scene,
} from "./context.js";
import { toHappeningEvents } from "./happenings.js";
import { newNames, seeDescription, toMention } from "./mention.js";
import { compareState } from "./merge-request-state.js";

/** What a comparison of one merge request works on. `counts` is the new snapshot's and is counted up on the way. */
export interface MergeRequestChange {
  prior: MergeRequestSnapshot | null;
  facts: MergeRequestFacts;
  scene: Scene;
  counts: Record<string, number>;
  description: SeenDescription;
  /** Seen for the first time, and opened since the news began. */
  opened: boolean;
}

export function compareMergeRequest(
  prior: MergeRequestSnapshot | null,
  told: MergeRequestFacts,
  context: CompareContext,
): Comparison {
  const stale = prior !== null && isOlder(told.updatedAt, prior.updatedAt);
  if (stale && told.happenings.length === 0) return { events: [], snapshot: prior };
  const description = seeDescription(told.description, prior, context.mentionGrammar);
  if (prior !== null && told.happenings.length === 0 && isUnchanged(prior, told, description)) {
    return { events: [], snapshot: toSnapshot(prior, told, { counts: prior.counts, description }) };
  }
  const facts = { ...told, author: told.author ?? prior?.author ?? null };
  const scene = toScene({
    type: "merge_request",
    id: String(facts.number),
    attributes: attributesOf(facts, prior),
    context,
    people: peopleOf(facts, prior),
  });
  const counts = { ...prior?.counts };
  const opened = prior === null && isNews(facts.createdAt, facts.newsSince);
  const change: MergeRequestChange = { prior, facts, scene, counts, description, opened };
  const happened = toHappeningEvents(scene, facts);
  const differences = stale
    ? []
    : [...compareState(change), ...compareRequests(change), ...compareDescription(change)];
  // Happenings first: where both tell of one thing, they know more of it.
  const events = uniqueByKey([...happened, ...differences]);
  return {
    events: context.baseline ? [] : inOrder(events),
    snapshot: stale ? prior : toSnapshot(prior, facts, change),
  };
}

function compareDescription({ prior, facts, scene, opened, description }: MergeRequestChange): Event[] {
  if (facts.description === undefined || (prior === null && !opened)) return [];
  const names = newNames(description.mentioned, prior?.mentioned ?? []);
  return toMention(scene, {
    names,
    key: `description/mention/${names.join(",").toLowerCase()}`,
    happening: opened ? "opened" : "description",
    actor: opened ? facts.author : null,
    ...(opened && { at: facts.createdAt }),
    body: facts.description,
    url: facts.url,
  });
}

/** Polls mostly bring what is known already; this keeps them cheap. It may say no where nothing differs, never the reverse. */
function isUnchanged(
  prior: MergeRequestSnapshot,
  facts: MergeRequestFacts,
  description: SeenDescription,
): boolean {
  return (
    prior.updatedAt === facts.updatedAt &&
    prior.state === facts.state &&
    prior.draft === facts.draft &&
    prior.headSha === facts.headSha &&
    (facts.conflict === undefined || prior.conflict === facts.conflict) &&
    prior.mentioned === description.mentioned &&
    sameRequests(prior, facts) &&
    prior.assignments.length === facts.assignments.length &&
    facts.assignments.every(({ person }, index) => isSamePerson(person, prior.assignments[index]?.person))
  );
}

function sameRequests({ reviewRequests: before }: MergeRequestSnapshot, facts: MergeRequestFacts): boolean {
  if (facts.reviewRequests === undefined) return true;
  if (before?.length !== facts.reviewRequests.length) return false;
  return facts.reviewRequests.every(
    (request, index) =>
      request.person?.id === before[index]?.person?.id &&
      request.team === before[index]?.team &&
      request.requestId === before[index]?.requestId,
  );
}

function toSnapshot(
  prior: MergeRequestSnapshot | null,
  facts: MergeRequestFacts,
  { counts, description }: Pick<MergeRequestChange, "counts" | "description">,
): MergeRequestSnapshot {
  // Whoever closed it says nothing about a later merge.
  const ending = prior?.state === facts.state ? prior : undefined;
  return {
    type: "merge_request",
    number: facts.number,
    title: facts.title,
    url: facts.url,
    state: facts.state,
    draft: facts.draft,
    author: facts.author ?? prior?.author ?? null,
    endedBy: stillKnown(facts.endedBy, ending?.endedBy),
    endedAt: stillKnown(facts.endedAt, ending?.endedAt),
    base: facts.base,
    head: facts.head,
    headSha: facts.headSha,
    headAt: toHeadAt(prior, facts),
    labels: facts.labels,
    assignments: facts.assignments,
    reviewRequests: mergeRequests(prior?.reviewRequests, facts.reviewRequests),
    ...toVerdicts(prior, facts),
    checks: checksOf(prior, facts),
    diff: stillKnown(facts.diff, prior?.diff),
    openThreads: stillKnown(facts.openThreads, prior?.openThreads),
    createdAt: facts.createdAt,
    updatedAt: facts.updatedAt,
    ...description,
    counts,
  };
}

/** What decides whether it can be merged. */
function toVerdicts(prior: MergeRequestSnapshot | null, facts: MergeRequestFacts) {
  return {
    approvedBy: stillKnown(facts.approvedBy, prior?.approvedBy),
    changesRequestedBy: stillKnown(facts.changesRequestedBy, prior?.changesRequestedBy),
    conflict: stillKnown(facts.conflict, prior?.conflict),
    behind: stillKnown(facts.behind, prior?.behind),
    approvalsRequired: stillKnown(facts.approvalsRequired, prior?.approvalsRequired),
  };
}

/** What was said of another head says nothing about this one. `null` is an answer: there are none. */
function checksOf(prior: MergeRequestSnapshot | null, facts: MergeRequestFacts): Checks | null | undefined {
  if (facts.checks !== undefined) return facts.checks;
  return prior?.headSha === facts.headSha ? prior.checks : undefined;
}

/** A head that is new was there at the latest when the merge request last moved. */
function toHeadAt(prior: MergeRequestSnapshot | null, facts: MergeRequestFacts): string | undefined {
  return prior?.headSha === facts.headSha ? prior.headAt : facts.updatedAt;
}

function attributesOf(facts: MergeRequestFacts, prior: MergeRequestSnapshot | null): Attributes {
  const requests = facts.reviewRequests ?? prior?.reviewRequests ?? [];
  return {
    ...(facts.author !== null && { author: [facts.author.login] }),
    reviewer: requests.flatMap((request) => request.person?.login ?? []),
    team: requests.flatMap((request) => request.team ?? []),
    assignee: facts.assignments.map((assignment) => assignment.person.login),
    label: facts.labels,
    base: [facts.base],
    head: [facts.head],
    draft: [String(facts.draft)],
    state: [facts.state],
  };
}

function peopleOf(facts: MergeRequestFacts, prior: MergeRequestSnapshot | null): Array<Person | null> {
  return [
    facts.author,
    ...(facts.reviewRequests ?? prior?.reviewRequests ?? []).map((request) => request.person ?? null),
    ...facts.assignments.map((assignment) => assignment.person),
    ...(facts.approvedBy ?? prior?.approvedBy ?? []),
    ...facts.happenings.map((happening) => happening.actor),
  ];
}

/** By time where it is known; what has none stays behind what it followed. */
function inOrder(events: Event[]): Event[] {
  let last = -Infinity;
  const timed = events.map((event) => {
    last = event.at === undefined ? last : Date.parse(event.at);
    return { event, time: last };
  });
  return timed.sort((a, b) => a.time - b.time || 0).map(({ event }) => event);
}
