import type { ActionVerb } from "../../domain/action.js";
import type { MergeRequestSnapshot, PipelineSnapshot, Snapshot } from "../../domain/snapshot.js";

/** What a card's buttons do: an action on the platform, the end of a failed job's log, or the page on the platform. */
export type CardAction = ActionVerb | "log" | "open";

/**
 * The buttons that can work for this reader (`Person.id`; null in a group, where anybody may press) as far as is known now. What is
 * unknown keeps its button: whether the person may is the operation's to decide.
 */
export function cardActions(snapshot: Snapshot, readerId: string | null): CardAction[] {
  switch (snapshot.type) {
    case "pipeline":
      return [...pipelineActions(snapshot), "open"];
    case "merge_request":
      return [...mergeRequestActions(snapshot, readerId), "open"];
    case "wiki_page":
    case "docs_change":
    case "issue":
      return ["open"];
  }
}

function mergeRequestActions(snapshot: MergeRequestSnapshot, readerId: string | null): CardAction[] {
  if (snapshot.state !== "open") return [];
  const isOwn = snapshot.author !== null && snapshot.author.id === readerId;
  const approves = snapshot.approvedBy?.some(({ id }) => id === readerId) === true;
  const actions: CardAction[] = [];
  if (!isOwn && !approves) actions.push("approve");
  if (canMerge(snapshot)) actions.push("merge");
  return actions;
}

/** Which of the checks are required is not known, so that any that failed takes the button away; the command stays. */
function canMerge({ draft, conflict, checks, approvedBy, approvalsRequired }: MergeRequestSnapshot): boolean {
  const lacksApprovals =
    approvalsRequired !== undefined && approvedBy !== undefined && approvedBy.length < approvalsRequired;
  return !draft && conflict !== true && checks?.state !== "failed" && !lacksApprovals;
}

function pipelineActions({ status, fixedBy }: PipelineSnapshot): CardAction[] {
  switch (status) {
    case "failed":
      return fixedBy === undefined ? ["retry", "retry_failed", "log"] : ["log"];
    case "canceled":
      return ["retry"];
    case "queued":
    case "running":
      return ["cancel"];
    case "blocked":
    case "success":
    case "skipped":
    case "unknown":
      return [];
  }
}
