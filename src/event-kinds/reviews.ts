import type { EventKind } from "./kind.js";

const common = { feature: "reviews", byDefault: true } as const;

export const reviewKinds: readonly EventKind[] = [
  {
    ...common,
    kind: "review.requested",
    icon: "👀",
    asks: ["reviewer"],
    stays: true,
    apart: true,
    weight: 60,
  },
  { ...common, kind: "review.changes_requested", icon: "✋", asks: ["author"], stays: true, weight: 55 },
  { ...common, kind: "review.approved", icon: "👍", asks: ["author"], weight: 50 },
  { ...common, kind: "review.dismissed", icon: "↩️", asks: ["author", "reviewer"], weight: 50 },
  { ...common, kind: "review.commented", icon: "💬", asks: [], weight: 30 },
];
