import type { EventKind } from "./kind.js";

/** What is said to somebody, or laid on somebody's table. */
export const peopleKinds: readonly EventKind[] = [
  {
    kind: "mention.created",
    feature: "mentions",
    icon: "📣",
    byDefault: true,
    asks: ["mentioned"],
    stays: true,
    weight: 100,
  },
  {
    kind: "assignment.added",
    feature: "assignments",
    icon: "📌",
    byDefault: true,
    asks: ["assignee"],
    stays: true,
    apart: true,
    weight: 40,
  },
  {
    kind: "comment.created",
    feature: "comments",
    icon: "💬",
    byDefault: true,
    asks: ["author"],
  },
];
