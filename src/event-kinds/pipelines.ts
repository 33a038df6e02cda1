import type { EventKind } from "./kind.js";

const common = { feature: "pipelines", namedBy: ["status"] } as const;

/** People want failures and recovery unasked; everything else only moves a card that is there. */
export const pipelineKinds: readonly EventKind[] = [
  { ...common, kind: "pipeline.started", icon: "🔄", byDefault: false, asks: [] },
  { ...common, kind: "pipeline.failed", icon: "❌", byDefault: true, asks: "everyone" },
  { ...common, kind: "pipeline.fixed", icon: "✅", byDefault: true, asks: [] },
  { ...common, kind: "pipeline.succeeded", icon: "✅", byDefault: false, asks: [] },
  { ...common, kind: "pipeline.canceled", icon: "🚫", byDefault: false, asks: [] },
  { ...common, kind: "pipeline.blocked", icon: "⏸", byDefault: false, asks: [] },
];
