import type { Event } from "../../domain/event.js";
import type { TextNode } from "../../domain/notification.js";
import type { Person } from "../../domain/person.js";
import type { Reader } from "../../domain/filter.js";
import { kindOf } from "../../event-kinds/index.js";
import { isMessageKey, type Translate } from "../../i18n/index.js";
import type { CardOptions } from "./card.js";
import { toDuration } from "./duration.js";
import { joinLines, oneLine, toLine, toQuote } from "./text.js";

/** Older news than this comes with its age. */
const lateMs = 10 * 60_000;
/** The card is a glance, not a log. */
const mostShown = 3;

type Options = Pick<CardOptions, "events" | "recent" | "reader" | "translate" | "now">;

/** The event that asks this reader to act, if one does: it stands above the card. The newest of the heaviest. */
export function leadOf({ events, reader }: Pick<Options, "events" | "reader">): Event | undefined {
  return events
    .filter((event) => asksOf(event, reader))
    .reduce<Event | undefined>(
      (best, event) => (best === undefined || weightOf(event) >= weightOf(best) ? event : best),
      undefined,
    );
}

/** "👀 Ann asks you to review", bold. */
export function leadLine(lead: Event | undefined, options: Options): TextNode[] {
  if (lead === undefined) return [];
  return toLine([{ node: "bold", text: sentence(lead, options) }, ageOf(lead, options)], " · ");
}

/** What happened, oldest of the newest first: the lead's words, then the others with theirs. */
export function happeningLines(lead: Event | undefined, options: Options): TextNode[] {
  const shown = eventsOf(options).filter(
    (event) => event !== lead && event.happening !== (lead?.happening ?? null),
  );
  const words = lead?.detail.body === undefined ? [] : toQuote(lead.detail.body);
  const fresh = new Set(options.events);
  const others = shown
    .slice(-mostShown)
    .map((event) => [
      ...toLine([
        sentence(event, options),
        event.detail.path !== undefined && oneLine(event.detail.path, 60),
        fresh.has(event) && ageOf(event, options),
      ]),
      ...(event.detail.body === undefined ? [] : toQuote(event.detail.body)),
    ]);
  return joinLines([words, ...others]);
}

/** Earlier and new ones, each once. */
export function eventsOf({ events, recent = [] }: Pick<Options, "events" | "recent">): Event[] {
  const all = [...recent, ...events];
  return [...new Map(all.map((event) => [event.key, event])).values()];
}

export function sentence(event: Event, { reader, translate }: Pick<Options, "reader" | "translate">): string {
  const key = `event.${event.kind}`;
  if (!isMessageKey(key)) return event.kind;
  const text = translate(key, {
    known: event.actor === null ? "no" : "yes",
    actor: nameOf(event.actor),
    you: isAskedOf(event, reader) ? "yes" : "no",
    whom: oneLine((event.detail.whom ?? []).join(", "), 80),
    count: event.detail.count ?? 0,
  });
  return `${kindOf(event.kind)?.icon ?? "•"} ${text}`;
}

/** The name that people know; logins only where there is none. */
export function nameOf(person: Person | null): string {
  if (person === null) return "";
  return oneLine(person.name ?? "", 40) || person.login;
}

function ageOf(event: Event, { translate, now }: { translate: Translate; now: number }): string | undefined {
  if (event.at === undefined) return undefined;
  const ms = now - Date.parse(event.at);
  return ms < lateMs ? undefined : translate("card.ago", { time: toDuration(ms, translate) });
}

function asksOf(event: Event, reader: Reader): boolean {
  const asks = kindOf(event.kind)?.asks;
  if (asks === undefined || isOwn(event, reader)) return false;
  return event.concerns.some(({ personId, as }) => asks.includes(as) && isReader(event, reader, personId));
}

/** Meant by name, not only touched as the author. */
function isAskedOf(event: Event, reader: Reader): boolean {
  return event.concerns.some(
    ({ personId, as }) =>
      (as === "mentioned" || as === "reviewer" || as === "assignee") && isReader(event, reader, personId),
  );
}

function isOwn(event: Event, reader: Reader): boolean {
  return event.actor !== null && isReader(event, reader, event.actor.id);
}

function isReader(event: Event, reader: Reader, personId: string): boolean {
  return reader.accounts.some(
    (account) => account.connectionId === event.subject.connectionId && account.personId === personId,
  );
}

function weightOf(event: Event): number {
  return kindOf(event.kind)?.weight ?? 0;
}
