import type { Facts } from "../../domain/facts/index.js";
import type { Snapshot } from "../../domain/snapshot.js";
import type { Comparison, CompareContext } from "./context.js";
import { compareIssue } from "./issue.js";
import { compareMergeRequest } from "./merge-request.js";
import { compareDocsChange, compareWikiChange } from "./pages.js";
import { comparePipeline } from "./pipeline.js";

export type { Comparison, CompareContext } from "./context.js";
export { toFixed } from "./pipeline.js";
export { toFormerLine, toLine, withKnownPlace } from "./pipeline-line.js";

/**
 * What happened between the snapshot and the facts; pure. The same prior and the same facts always give the same keys. A prior
 * of another type cannot be compared with and counts as none.
 */
export function compare(prior: Snapshot | null, facts: Facts, context: CompareContext): Comparison {
  switch (facts.type) {
    case "merge_request":
      return compareMergeRequest(ofType(prior, facts.type), facts, context);
    case "pipeline":
      return comparePipeline(ofType(prior, facts.type), facts, context);
    case "wiki_page":
      return compareWikiChange(ofType(prior, facts.type), facts, context);
    case "docs_change":
      return compareDocsChange(ofType(prior, facts.type), facts, context);
    case "issue":
      return compareIssue(ofType(prior, facts.type), facts, context);
  }
}

function ofType<T extends Snapshot["type"]>(prior: Snapshot | null, type: T) {
  return prior !== null && isType(prior, type) ? prior : null;
}

function isType<T extends Snapshot["type"]>(
  snapshot: Snapshot,
  type: T,
): snapshot is Extract<Snapshot, { type: T }> {
  return snapshot.type === type;
}
