import type { EventKind } from "./kind.js";
import { mergeRequestKinds } from "./merge-requests.js";
import { pageKinds } from "./pages.js";
import { peopleKinds } from "./people.js";
import { isOfDefaultBranch, pipelineKinds } from "./pipelines.js";
import { reviewKinds } from "./reviews.js";

export type { EventKind } from "./kind.js";
export { isOfDefaultBranch };

/** Every kind of event there is. A new one is an entry in its group and a message `event.<kind>` in each language. */
export const eventKinds: readonly EventKind[] = [
  ...peopleKinds,
  ...reviewKinds,
  ...mergeRequestKinds,
  ...pipelineKinds,
  ...pageKinds,
];

const byName = new Map(eventKinds.map((kind) => [kind.kind, kind]));

/** The kind of this name; undefined for one that this version does not know (an event stored by another version). */
export function kindOf(name: string): EventKind | undefined {
  return byName.get(name);
}
