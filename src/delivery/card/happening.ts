import type { Event } from "../../domain/event.js";
import type { Reader } from "../../domain/filter.js";
import type { TextNode } from "../../domain/notification.js";
import { kindOf } from "../../event-kinds/index.js";
import { isMessageKey, type Translate } from "../../i18n/index.js";
import { nameOf } from "../../i18n/people.js";
import { asksReader, isReader, openAsks } from "./asks.js";
import type { CardOptions } from "./card.js";
import { toDuration } from "./duration.js";
import { type Item, toItems } from "./items.js";
import { oneLine } from "../../lib/shorten.js";
import { joinLines, link, quoteText, toLine, toQuote, words } from "./text.js";

/** Older news than this comes with its age. */
const lateMs = 10 * 60_000;
/** The card is a glance, not a log; what does not fit is counted. */
const mostTalk = 3;
const mostAsks = 5;
const mostRemarks = 3;

type Options = Pick<
  CardOptions,
  "events" | "recent" | "happened" | "snapshot" | "reader" | "translate" | "now"
>;

/** What a card says of what happened: first what asks the reader, then the newest of the rest. */
export interface Happened {
  /** Above the title: one line for each thing that asks the reader. */
  head: TextNode[];
  /** Below it: what was said. */
  body: TextNode[];
}

export function happened(options: Options): Happened {
  const told = eventsOf(options);
  const { snapshot, reader } = options;
  const asks = openAsks({ told, happened: options.happened ?? told, snapshot, reader });
  const items = toItems(withoutEchoes(told, reader), (event) => happeningOf(event, reader));
  const lead = leadOf(items, options);
  const heads = toGroups(lead === undefined ? asks : [...asks, lead]);
  const itemsOf = (group: readonly Event[]) =>
    items.filter(({ event }) => group.some((head) => isSame(event, head, reader)));
  const leading = heads.flatMap(itemsOf);
  // A conflict stands in the line of what is in the way.
  const talk = items.filter(
    (item) => !leading.includes(item) && item.event.kind !== "merge_request.conflict",
  );
  return {
    head: joinLines([
      ...heads.slice(0, mostAsks).map((group) => headLine(group, options)),
      moreLine({ key: "card.more_asks", count: heads.length - mostAsks }, options),
    ]),
    body: joinLines([
      ...heads
        .slice(0, mostAsks)
        .flatMap((group) =>
          group.length > 1
            ? wordsOfGroup(group, heads.length, options)
            : itemsOf(group).flatMap((item) => wordsOf(item, leading.length, options)),
        ),
      talkLines(talk, options),
    ]),
  };
}

/** Of what asks without staying (an approval, a comment on one's own) the heaviest of this batch; of a review, the review. */
function leadOf(items: readonly Item[], { events, reader }: Options): Event | undefined {
  const asking = items.filter(
    ({ event, remarks }) =>
      kindOf(event.kind)?.stays !== true &&
      [event, ...remarks].some((one) => events.includes(one) && asksReader(one, reader)),
  );
  return asking.reduce<Event | undefined>(
    (best, { event }) => (best === undefined || weightOf(event) >= weightOf(best) ? event : best),
    undefined,
  );
}

/** Mentions by one person are one group, where each has words to show; whatever else asks is a group of its own. */
function toGroups(asks: readonly Event[]): Event[][] {
  const groups = new Map<string, Event[]>();
  for (const ask of asks) {
    const groupable = ask.kind === "mention.created" && ask.actor !== null && quoteOf(ask).length > 0;
    const key = groupable ? `by ${ask.actor?.id}` : ask.key;
    groups.set(key, [...(groups.get(key) ?? []), ask]);
  }
  return [...groups.values()];
}

/** Of the events of one happening (a comment, and the mention in it) the one that weighs most. */
function withoutEchoes(events: readonly Event[], reader: Reader): Event[] {
  const best = new Map<string, Event>();
  for (const event of events) {
    const happening = happeningOf(event, reader);
    const other = happening === undefined ? undefined : best.get(happening);
    if (happening !== undefined && (other === undefined || weightOf(event) > weightOf(other)))
      best.set(happening, event);
  }
  return events.filter((event) => {
    const happening = happeningOf(event, reader);
    return happening === undefined || best.get(happening) === event;
  });
}

/** What is laid on the reader's table is a thing of its own, also where a mention came with it. */
function happeningOf(event: Event, reader: Reader): string | undefined {
  return kindOf(event.kind)?.apart === true && asksReader(event, reader) ? undefined : event.happening;
}

/** "👀 Ann requested your review", bold. Several by one person have their links below, one for each. */
function headLine([event, ...others]: readonly Event[], options: Options): TextNode[] {
  if (event === undefined) return [];
  const latest = others.at(-1) ?? event;
  return toLine([
    { node: "bold", text: groupSentence(event, others.length + 1, options) },
    others.length === 0 && showLink(event, options),
    ageOf(latest, options),
  ]);
}

/** "📣 Bob mentioned you twice" */
function groupSentence(event: Event, count: number, options: Options): string {
  if (count === 1) return sentence(event, options);
  const text = options.translate("card.mentioned_times", { actor: nameOf(event.actor), count });
  return `${kindOf(event.kind)?.icon ?? "•"} ${text}`;
}

/** Each mention as one line that leads to it; under whose they are, where there are others. */
function wordsOfGroup(group: readonly Event[], of: number, options: Options): TextNode[][] {
  const [first] = group;
  const lines = group.slice(-mostRemarks).map((event): TextNode[] => {
    const text = oneLine(quoteText(event.detail.body ?? ""), 200);
    return [{ node: "text", text: "• " }, link(text, event.detail.url ?? options.snapshot.url)];
  });
  const name: TextNode[] =
    of > 1 && first !== undefined
      ? [{ node: "text", text: groupSentence(first, group.length, options) }]
      : [];
  const hidden = group.length - lines.length;
  const more: TextNode[] =
    hidden > 0 ? [{ node: "text", text: options.translate("card.more", { count: hidden }) }] : [];
  return [name, ...lines, more];
}

/** The words behind a line above the title; where there are several such lines, each with its own again. */
function wordsOf(item: Item, of: number, options: Options): TextNode[][] {
  if (of > 1)
    return item.event.detail.body === undefined && item.remarks.length === 0 ? [] : itemLines(item, options);
  return [quoteOf(item.event), ...remarkLines(item, options)];
}

function talkLines(talk: readonly Item[], options: Options): TextNode[] {
  const fresh = new Set(options.events);
  const hidden = talk.slice(0, -mostTalk).filter(({ event }) => fresh.has(event));
  return joinLines([
    moreLine({ key: "card.more_talk", count: hidden.length }, options),
    ...talk.slice(-mostTalk).flatMap((item) => itemLines(item, options)),
  ]);
}

function itemLines(item: Item, options: Options): TextNode[][] {
  const { event } = item;
  const isFresh = options.events.includes(event);
  const text = sentence(event, options);
  return [
    toLine([
      link(text, event.detail.url ?? options.snapshot.url),
      event.detail.path !== undefined && oneLine(event.detail.path, 60),
      isFresh && ageOf(event, options),
    ]),
    quoteOf(event),
    ...remarkLines(item, options),
  ];
}

/** Remarks of one review: each with its place, its beginning, and a link; the rest counted. */
function remarkLines({ event, remarks }: Item, options: Options): TextNode[][] {
  const lines = remarks.slice(0, mostRemarks).map((remark): TextNode[] => {
    const place = oneLine(remark.detail.path ?? options.translate("card.remark"), 60);
    const url = urlOf(remark, options);
    const body = oneLine(remark.detail.body ?? "", 120);
    return [
      { node: "text", text: "• " },
      url === undefined ? { node: "text", text: place } : link(place, url),
      ...(body === "" ? [] : [{ node: "text" as const, text: ": " }, words(body)]),
    ];
  });
  const [next] = remarks.slice(mostRemarks);
  const url = event.detail.url ?? next?.detail.url;
  const more = moreLine({ key: "card.more_remarks", count: remarks.length - mostRemarks, url }, options);
  return [...lines, more];
}

/** What did not fit: how much, with a link to it. */
function moreLine(
  rest: {
    key: "card.more_asks" | "card.more_talk" | "card.more_remarks";
    count: number;
    url?: string | undefined;
  },
  { translate, snapshot }: Options,
): TextNode[] {
  const { key, count, url = snapshot.url } = rest;
  return count > 0 ? [link(translate(key, { count }), url)] : [];
}

/** Earlier and new ones, each once. */
export function eventsOf({ events, recent = [] }: Pick<Options, "events" | "recent">): Event[] {
  const all = [...recent, ...events];
  return [...new Map(all.map((event) => [event.key, event])).values()];
}

export function sentence(event: Event, { reader, translate }: Pick<Options, "reader" | "translate">): string {
  const key = `event.${event.kind}`;
  if (!isMessageKey(key)) return event.kind;
  const isNamed = event.concerns.some(
    ({ personId, as }) =>
      (as === "mentioned" || as === "reviewer" || as === "assignee") && isReader(event, reader, personId),
  );
  const text = translate(key, {
    known: event.actor === null ? "no" : "yes",
    actor: nameOf(event.actor),
    you: isNamed ? "yes" : "no",
    whom: oneLine((event.detail.whom ?? []).join(", "), 80),
    count: event.detail.count ?? 0,
  });
  return `${kindOf(event.kind)?.icon ?? "•"} ${text}`;
}

/** The same, or what stems from the same (a comment and the mention in it). */
function isSame(event: Event, head: Event, reader: Reader): boolean {
  if (event.key === head.key) return true;
  const happening = happeningOf(event, reader);
  return happening !== undefined && happening === happeningOf(head, reader);
}

function quoteOf({ detail }: Event): TextNode[] {
  return detail.body === undefined ? [] : toQuote(detail.body);
}

/** What has a page of its own; the subject's is linked from the title. */
function urlOf({ detail }: Event, { snapshot }: Options): string | undefined {
  return detail.url === snapshot.url ? undefined : detail.url;
}

function showLink(event: Event, options: Options): TextNode | undefined {
  const url = urlOf(event, options);
  return url === undefined ? undefined : link(options.translate("card.show"), url);
}

function ageOf(event: Event, { translate, now }: { translate: Translate; now: number }): string | undefined {
  if (event.at === undefined) return undefined;
  const ms = now - Date.parse(event.at);
  return ms < lateMs ? undefined : translate("card.ago", { time: toDuration(ms, translate) });
}

function weightOf(event: Event): number {
  return kindOf(event.kind)?.weight ?? 0;
}
