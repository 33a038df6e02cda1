import { nearest } from "../../lib/nearest.js";
import type { AttributeName } from "../event.js";
import { matchesWildcard } from "../wildcard.js";
import type { FilterError, ScannedValue } from "./words.js";

/** Every kind of event that a filter may name: those of `event-kinds`, and those that features which are not delivered yet will bring. */
const kinds = [
  "mention.created", "assignment.added", "comment.created",
  "review.requested", "review.changes_requested", "review.approved", "review.dismissed", "review.commented",
  "merge_request.opened", "merge_request.ready", "merge_request.drafted", "merge_request.merged",
  "merge_request.closed", "merge_request.reopened", "merge_request.pushed", "merge_request.conflict",
  "pipeline.started", "pipeline.failed", "pipeline.fixed", "pipeline.succeeded", "pipeline.canceled",
  "pipeline.blocked", "wiki.created", "wiki.updated", "wiki.deleted", "docs.changed",
  "issue.opened", "issue.closed", "issue.reopened", "issue.labeled", "issue.edited",
  "branch.created", "branch.deleted", "tag.created", "tag.deleted",
] as const; // prettier-ignore

/** Keys whose values are a list that is known: another value would never match, and nobody would be told. */
export const closedValues: Partial<Record<AttributeName, readonly string[]>> = {
  kind: kinds,
  status: [
    "success", "failed", "canceled", "queued", "running", "skipped", "blocked",
    "succeeded", "passed", "failure", "cancelled",
  ],
  state: ["open", "closed", "merged"],
}; // prettier-ignore

/** The first value that could never match. */
export function findUnknownValue(
  key: AttributeName,
  values: readonly ScannedValue[],
): FilterError | undefined {
  const allowed = closedValues[key];
  const wrong = values.find(({ text }) => allowed?.some((value) => matchesWildcard(text, value)) === false);
  if (allowed === undefined || wrong === undefined) return undefined;
  const suggestion = nearest(wrong.text, allowed) ?? inGroup(wrong.text, allowed);
  const known = (key === "kind" ? [...new Set(allowed.map(toGroup))] : allowed).join(", ");
  const message = `unknown ${key} "${wrong.text}"${suggestion === undefined ? `; there are ${known}` : ""}`;
  const { start, end, text: value } = wrong;
  const filled = { key, value, known: suggestion === undefined ? known : "none" };
  return { code: "unknown_value", values: filled, message, start, end, ...(suggestion && { suggestion }) };
}

function toGroup(kind: string): string {
  return `${kind.slice(0, kind.indexOf("."))}.*`;
}

/** `succeeded` is meant where `pipeline.succeeded` is the one that ends so; `pipeline` means all of its kinds. */
function inGroup(word: string, allowed: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const ending = allowed.filter((value) => value.endsWith(`.${wanted}`));
  if (ending.length === 1) return ending[0];
  const grouped = allowed.filter((value) => value.includes("."));
  return nearest(word, new Set(grouped.map(toGroup)));
}
