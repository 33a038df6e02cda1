import type { Event } from "../domain/event.js";
import type { Project } from "../domain/project.js";
import type { EventKind } from "./kind.js";

const common = { feature: "pipelines", namedBy: ["status"] } as const;

/** People want failures and recovery unasked; everything else only moves a card that is there. */
export const pipelineKinds: readonly EventKind[] = [
  { ...common, kind: "pipeline.started", icon: "🔄", byDefault: false, asks: [] },
  {
    ...common,
    kind: "pipeline.failed",
    icon: "❌",
    byDefault: true,
    asks: ["starter", "author"],
    asksFollowers: (event) => !wasBroken(event),
    asksNobody: (event) =>
      event.detail.ofDraft === true || (event.detail.scheduled === true && wasBroken(event)),
  },
  { ...common, kind: "pipeline.fixed", icon: "✅", byDefault: true, asks: [] },
  { ...common, kind: "pipeline.succeeded", icon: "✅", byDefault: false, asks: [] },
  { ...common, kind: "pipeline.canceled", icon: "🚫", byDefault: false, asks: [] },
  { ...common, kind: "pipeline.blocked", icon: "⏸", byDefault: false, asks: [] },
];

/** The branch that everybody builds on. A fork's branch of the same name has another value (`attributes.branch`). */
export function isOfDefaultBranch({ attributes }: Event, { defaultBranch }: Project): boolean {
  return defaultBranch !== null && attributes.branch?.includes(defaultBranch) === true;
}

/** A branch that is broken does not ring again. */
function wasBroken({ detail }: Event): boolean {
  return detail.brokenSince !== undefined;
}
