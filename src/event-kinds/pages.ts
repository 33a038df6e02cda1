import type { EventKind } from "./kind.js";

const wiki = { feature: "wiki", byDefault: true, asks: [] } as const;

export const pageKinds: readonly EventKind[] = [
  { ...wiki, kind: "wiki.created", icon: "📗" },
  { ...wiki, kind: "wiki.updated", icon: "📖" },
  { ...wiki, kind: "wiki.deleted", icon: "🗑" },
  { kind: "docs.changed", feature: "docs", icon: "📄", byDefault: true, asks: [] },
];
