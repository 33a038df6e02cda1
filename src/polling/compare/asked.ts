import type { Event } from "../../domain/event.js";
import type { Assignment, ReviewRequest } from "../../domain/facts/index.js";
import type { Person } from "../../domain/person.js";
import { isNews, toConcerns, toEvent, type Scene } from "./context.js";
import { isTeamOfAccount } from "./mention.js";
import type { MergeRequestChange } from "./merge-request.js";

/** Reviews asked for and assignments made since the snapshot. */
export function compareRequests(change: MergeRequestChange): Event[] {
  if (change.facts.state !== "open") {
    countAll(change);
    return [];
  }
  return [...reviewEvents(change), ...assignmentEvents(change)];
}

function reviewEvents(change: MergeRequestChange): Event[] {
  const { prior, facts, scene, counts } = change;
  const before = prior?.reviewRequests;
  return (facts.reviewRequests ?? []).flatMap((request) => {
    if (!isNewRequest(before, request)) return [];
    const who = whoOf(request);
    const count = (counts[`asked/${who}`] ?? 0) + 1;
    counts[`asked/${who}`] = count;
    // Without an earlier list, an old request cannot be told from a new one but by its time.
    if (before === undefined && !isNews(request.at ?? facts.createdAt, facts.newsSince)) return [];
    const actor = whoDid(change, request);
    return toEvent(scene, {
      kind: "review.requested",
      key: `review.requested/${who}/${request.requestId ?? count}`,
      actor,
      ...(request.at !== undefined && { at: request.at }),
      concerns: toConcerns([personAsked(scene, request)], "reviewer", actor),
      attributes:
        request.person === undefined ? { team: [request.team ?? ""] } : { reviewer: [request.person.login] },
      detail: { url: facts.url, whom: [`@${request.person?.login ?? request.team ?? ""}`] },
      ...(change.opened && { happening: "opened" }),
    });
  });
}

/** New for this reviewer, or asked again: the same reviewer with another identity of the request. */
function isNewRequest(before: ReviewRequest[] | undefined, request: ReviewRequest): boolean {
  const earlier = before?.find((other) => whoOf(other) === whoOf(request));
  if (earlier === undefined) return true;
  return (
    request.requestId !== undefined &&
    earlier.requestId !== undefined &&
    request.requestId !== earlier.requestId
  );
}

/** A person's id, or `team:` and the team: the two are counted apart. */
function whoOf(request: ReviewRequest): string {
  return request.person?.id ?? `team:${(request.team ?? "").toLowerCase()}`;
}

/** A team's review is asked of the account when it belongs to the team. Its other members are not known here. */
function personAsked(scene: Scene, request: ReviewRequest): { id: string } | null {
  if (request.person !== undefined) return request.person;
  return request.team !== undefined && isTeamOfAccount(scene, request.team) ? scene.context.account : null;
}

function assignmentEvents(change: MergeRequestChange): Event[] {
  const { prior, facts, scene, counts } = change;
  const before = new Set(prior?.assignments.map((assignment) => assignment.person.id));
  return facts.assignments.flatMap((assignment) => {
    const { person } = assignment;
    if (before.has(person.id)) return [];
    const count = (counts[`assigned/${person.id}`] ?? 0) + 1;
    counts[`assigned/${person.id}`] = count;
    if (prior === null && !isNews(assignment.at ?? facts.createdAt, facts.newsSince)) return [];
    const actor = whoDid(change, assignment);
    return toEvent(scene, {
      kind: "assignment.added",
      key: `assignment.added/${person.id}/${count}`,
      actor,
      ...(assignment.at !== undefined && { at: assignment.at }),
      concerns: toConcerns([person], "assignee", actor),
      attributes: { assignee: [person.login] },
      detail: { url: facts.url, whom: [`@${person.login}`] },
      ...(change.opened && { happening: "opened" }),
    });
  });
}

/** What was asked with the opening was asked by the author, unless the platform says otherwise. */
function whoDid(change: MergeRequestChange, asked: ReviewRequest | Assignment): Person | null {
  if (asked.by !== undefined) return asked.by;
  return change.opened ? change.facts.author : null;
}

/** On what has ended nobody is asked for anything any more, yet a reopened one must not tell of old requests as new. */
function countAll({ prior, facts, counts }: MergeRequestChange): void {
  for (const request of facts.reviewRequests ?? []) {
    if (isNewRequest(prior?.reviewRequests, request)) {
      counts[`asked/${whoOf(request)}`] = (counts[`asked/${whoOf(request)}`] ?? 0) + 1;
    }
  }
}

/** Unknown leaves what was known. A request keeps its identity when the newer answer does not tell it. */
export function mergeRequests(
  before: ReviewRequest[] | undefined,
  now: ReviewRequest[] | undefined,
): ReviewRequest[] | undefined {
  if (now === undefined) return before;
  return now.map((request) => {
    const earlier = before?.find((other) => whoOf(other) === whoOf(request));
    if (earlier?.requestId === undefined || request.requestId !== undefined) return request;
    return { ...request, requestId: earlier.requestId };
  });
}
