import type { Event } from "../../domain/event.js";

/** One thing that a card tells: an event, and where it is a review, its remarks. */
export interface Item {
  event: Event;
  remarks: Event[];
}

/**
 * Remarks of one review stand under it, or under the mention in its words that is told in its place; where the first of the two stood.
 * A review of which nothing but its remarks is known is made from them.
 */
export function toItems(events: readonly Event[], happeningOf: (event: Event) => string | undefined): Item[] {
  const items: Item[] = [];
  const reviews = new Map<string, Item>();
  for (const event of events) {
    const { review } = event.detail;
    const key = review ?? happeningOf(event) ?? event.key;
    const known = reviews.get(key);
    if (review === undefined) {
      if (known !== undefined) known.event = event;
      else items.push(remember(reviews, key, { event, remarks: [] }));
    } else if (known !== undefined) {
      known.remarks.push(event);
    } else {
      items.push(remember(reviews, key, { event: toReview(event), remarks: [event] }));
    }
  }
  return items;
}

function remember(reviews: Map<string, Item>, key: string, item: Item): Item {
  reviews.set(key, item);
  return item;
}

function toReview(remark: Event): Event {
  const { review = remark.key } = remark.detail;
  return { ...remark, kind: "review.commented", key: review, detail: {} };
}
