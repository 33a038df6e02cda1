import type { Event } from "../../domain/event.js";
import type { MergeRequestFacts } from "../../domain/facts/index.js";
import type { Person } from "../../domain/person.js";
import { isNews, toConcerns, toEvent, type EventOptions } from "./context.js";
import type { MergeRequestChange } from "./merge-request.js";

/** Opened, closed, merged, reopened, draft and back, conflict, pushed: what the two states differ in. */
export function compareState(change: MergeRequestChange): Event[] {
  const { prior, facts } = change;
  if (prior === null) return firstSight(change);
  const events: Event[] = [];
  if (prior.state !== facts.state) events.push(...stateEvents(change));
  if (facts.state !== "open") return events;
  if (prior.draft !== facts.draft) {
    const turn = facts.draft ? "drafted" : "ready";
    events.push(repeated(change, turn, {}));
  }
  if (prior.conflict !== true && facts.conflict === true) {
    events.push(repeated(change, "conflict", { concerns: ownersOf(facts, null) }));
  }
  if (prior.headSha !== facts.headSha) {
    events.push(
      about(change, "pushed", {
        key: `pushed/${facts.headSha}`,
        concerns: toConcerns([facts.author], "author", null),
      }),
    );
  }
  return events;
}

function firstSight(change: MergeRequestChange): Event[] {
  const { facts, opened } = change;
  const events: Event[] = [];
  if (opened) {
    const event = about(change, "opened", { key: "opened", actor: facts.author, at: facts.createdAt });
    // Whom it mentions, and who is asked at once, stems from the opening: a chat gets the most telling of these.
    events.push({ ...event, happening: event.key });
  }
  const endedLately = opened || (facts.endedAt !== undefined && isNews(facts.endedAt, facts.newsSince));
  if (facts.state !== "open" && endedLately) events.push(...stateEvents(change));
  return events;
}

function stateEvents(change: MergeRequestChange): Event[] {
  const { facts } = change;
  if (facts.state === "open") return [repeated(change, "reopened", {})];
  const actor = facts.endedBy ?? null;
  const options = {
    actor,
    ...(facts.endedAt !== undefined && { at: facts.endedAt }),
    concerns: ownersOf(facts, actor),
  };
  // Merging cannot be undone, so that it needs no count.
  if (facts.state === "merged") return [about(change, "merged", { ...options, key: "merged" })];
  return [repeated(change, "closed", options)];
}

/** The author, and whoever it is assigned to. */
function ownersOf(facts: MergeRequestFacts, actor: Person | null): Event["concerns"] {
  return [
    ...toConcerns([facts.author], "author", actor),
    ...toConcerns(
      facts.assignments.map((assignment) => assignment.person),
      "assignee",
      actor,
    ),
  ];
}

function about(change: MergeRequestChange, what: string, options: Omit<EventOptions, "kind">): Event {
  const { facts, scene } = change;
  return toEvent(scene, {
    kind: `merge_request.${what}`,
    ...options,
    detail: { url: facts.url, ...(facts.author?.bot === true && { authoredByBot: true }), ...options.detail },
  });
}

/** Two polls that compare with the same snapshot count alike, and so agree on the key. */
function repeated(
  change: MergeRequestChange,
  what: string,
  options: Omit<EventOptions, "kind" | "key">,
): Event {
  const count = (change.counts[what] ?? 0) + 1;
  change.counts[what] = count;
  const actor = options.actor ?? null;
  const concerns = options.concerns ?? toConcerns([change.facts.author], "author", actor);
  return about(change, what, { ...options, concerns, key: `${what}/${count}` });
}
