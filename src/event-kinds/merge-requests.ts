import type { Event } from "../domain/event.js";
import type { EventKind } from "./kind.js";

const common = { feature: "merge_requests", byDefault: true, asks: [] } as const;

export const mergeRequestKinds: readonly EventKind[] = [
  { ...common, kind: "merge_request.opened", icon: "🆕", weight: 20, namedBy: ["draft"], quiet: isDraft },
  { ...common, kind: "merge_request.ready", icon: "🟢", weight: 20 },
  { ...common, kind: "merge_request.drafted", icon: "📝", byDefault: false, namedBy: ["draft"] },
  { ...common, kind: "merge_request.merged", icon: "🎉", weight: 20 },
  { ...common, kind: "merge_request.closed", icon: "⛔", weight: 20 },
  { ...common, kind: "merge_request.reopened", icon: "🔁", weight: 20 },
  { ...common, kind: "merge_request.pushed", icon: "⬆️", byDefault: false },
  {
    ...common,
    kind: "merge_request.conflict",
    icon: "⚠️",
    asks: ["author"],
    asksNobody: isDraft,
    weight: 20,
  },
];

/** A draft is news when it is ready, and until then its conflicts are nobody's hurry. */
function isDraft(event: Event): boolean {
  return event.attributes.draft?.includes("true") === true;
}
