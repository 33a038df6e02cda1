import type { Event } from "../../domain/event.js";
import type { Reader } from "../../domain/filter.js";
import type { Snapshot } from "../../domain/snapshot.js";
import { kindOf } from "../../event-kinds/index.js";

export interface AskOptions {
  /** What was told in this chat, oldest first. */
  told: readonly Event[];
  /** Everything that is known to have happened to the subject, oldest first: the answers are in it. */
  happened: readonly Event[];
  snapshot: Snapshot;
  reader: Reader;
}

/**
 * What asks this reader and was not answered yet, oldest first. Worked out anew each time from what happened, so that there is no
 * state that could go stale. Asked again for the same thing, the newest stands for all.
 */
export function openAsks(options: AskOptions): Event[] {
  const ended = hasEnded(options.snapshot);
  const open = options.told.filter(
    (event) =>
      kindOf(event.kind)?.stays === true &&
      asksReader(event, options.reader) &&
      !(ended && endsWithSubject(event)) &&
      !isWithdrawn(event, options) &&
      !isAnswered(event, options),
  );
  return [...new Map(open.map((event) => [sameAsk(event), event])).values()];
}

/** Asks in a role that its kind asks, and is not the reader's own doing. */
export function asksReader(event: Event, reader: Reader): boolean {
  const kind = kindOf(event.kind);
  if (kind === undefined || kind.asksNobody?.(event) === true || isBy(event, reader)) return false;
  return event.concerns.some(
    ({ personId, as }) => kind.asks.includes(as) && isReader(event, reader, personId),
  );
}

function isBy(event: Event, reader: Reader): boolean {
  return event.actor !== null && isReader(event, reader, event.actor.id);
}

export function isReader(event: Event, reader: Reader, personId: string): boolean {
  return reader.accounts.some(
    (account) => account.connectionId === event.subject.connectionId && account.personId === personId,
  );
}

/** Every mention is an ask of its own; a review is asked for once, however often. */
function sameAsk(event: Event): string {
  if (event.kind === "mention.created") return event.key;
  return event.kind === "review.changes_requested" ? `${event.kind} ${event.actor?.id}` : event.kind;
}

/** Work on a subject ends with it; a question that somebody put to the reader does not. */
function endsWithSubject({ kind }: Event): boolean {
  return kind !== "mention.created";
}

function hasEnded(snapshot: Snapshot): boolean {
  if (snapshot.type === "merge_request") return snapshot.state !== "open";
  return snapshot.type === "issue" && snapshot.state === "closed";
}

/** The platform asks no more: a request or an assignment that was taken back, or met on the platform itself. Unknown is not withdrawn. */
function isWithdrawn(ask: Event, { snapshot, reader }: AskOptions): boolean {
  if (snapshot.type !== "merge_request") return false;
  if (ask.kind === "review.requested" && snapshot.reviewRequests !== undefined) {
    const team = ask.attributes.team?.[0];
    return !snapshot.reviewRequests.some((request) =>
      request.person === undefined ? request.team === team : isReader(ask, reader, request.person.id),
    );
  }
  if (ask.kind === "assignment.added")
    return !snapshot.assignments.some(({ person }) => isReader(ask, reader, person.id));
  return false;
}

/** The reader has done anything since. Changes that were requested are answered by whoever pushes, or by the reviewer's own new verdict. */
function isAnswered(ask: Event, { happened, reader }: AskOptions): boolean {
  const place = happened.findIndex((event) => event.key === ask.key);
  return happened.some((event, index) => {
    if (event.key === ask.key || !isAfter(event, ask, index > place)) return false;
    if (isBy(event, reader)) return true;
    if (ask.kind !== "review.changes_requested") return false;
    return event.kind === "merge_request.pushed" || isNewVerdict(event, ask);
  });
}

function isNewVerdict(event: Event, ask: Event): boolean {
  if (event.kind === "review.dismissed")
    return ask.actor !== null && event.detail.whom?.includes(`@${ask.actor.login}`) === true;
  return event.kind === "review.approved" && event.actor?.id === ask.actor?.id;
}

/** By the server's clock; where it tells no time, in the order in which it became known. */
function isAfter(event: Event, ask: Event, knownLater: boolean): boolean {
  if (event.at === undefined || ask.at === undefined) return knownLater;
  return Date.parse(event.at) > Date.parse(ask.at);
}
