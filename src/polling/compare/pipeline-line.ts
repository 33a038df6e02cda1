import type { PipelineFacts } from "../../domain/facts/index.js";
import type { PipelineLine, PipelineSnapshot } from "../../domain/snapshot.js";

/** Enough for the cards of a bad day; a line that stays red for weeks must not grow for ever. */
const mostFailed = 20;

/**
 * The name of the line that a pipeline belongs to: workflow and branch, and apart from that the pipelines of merge requests
 * (a fork's branch may be called `main` too) and, where workflows have no names (GitLab), the scheduled ones.
 */
export function toLine(
  facts: Pick<PipelineFacts, "workflow" | "branch" | "trigger" | "mergeRequest">,
): string {
  const { workflow, branch, trigger, mergeRequest } = facts;
  const isForMergeRequest = mergeRequest !== undefined || /merge_request|pull_request/.test(trigger);
  const scheduled = workflow === "" && trigger === "schedule";
  const source = isForMergeRequest ? `mr${mergeRequest?.number ?? ""}` : scheduled ? "schedule" : "";
  return [workflow, branch, source].join("\n");
}

export interface LineStep {
  /** The line after this pipeline ended; undefined when that says nothing about it. */
  line?: PipelineLine;
  /** The line that was broken before this success. */
  fixed?: PipelineLine;
}

/** What the end of a pipeline means for its line. A pipeline older than the newest that counted means nothing. */
export function stepLine(line: PipelineLine | null, facts: PipelineSnapshot): LineStep {
  if (facts.status !== "failed" && facts.status !== "success") return {};
  if (line !== null && (isOlderThan(facts, line.last) || isCounted(facts, line))) return {};
  const last = { id: facts.id, attempt: facts.attempt, number: facts.number, createdAt: facts.createdAt };
  if (facts.status === "failed") return { line: broken(line, facts, last) };
  return {
    line: { lastFinal: "success", last, failures: 0, failedPipelines: [] },
    ...(line?.lastFinal === "failed" && { fixed: line }),
  };
}

function broken(
  line: PipelineLine | null,
  facts: PipelineSnapshot,
  last: PipelineLine["last"],
): PipelineLine {
  const failing = line?.lastFinal === "failed" ? line : null;
  const others = (failing?.failedPipelines ?? []).filter((other) => other.id !== facts.id);
  const since = failing?.brokenSince ?? facts.finishedAt ?? facts.updatedAt;
  return {
    lastFinal: "failed",
    last,
    brokenSince: since,
    failures: (failing?.failures ?? 0) + 1,
    failedPipelines: [...others, { id: facts.id, number: facts.number, url: facts.url }].slice(-mostFailed),
  };
}

/** By time of creation; the same second is decided by the number, which counts up within a workflow. */
function isOlderThan(facts: PipelineSnapshot, last: PipelineLine["last"]): boolean {
  if (facts.id === last.id) return false;
  const difference = Date.parse(facts.createdAt) - Date.parse(last.createdAt);
  return difference < 0 || (difference === 0 && facts.number < last.number);
}

/** The same end of the same attempt, told again, or an earlier attempt told late. */
function isCounted(facts: PipelineSnapshot, line: PipelineLine): boolean {
  if (facts.id !== line.last.id) return false;
  return (
    facts.attempt < line.last.attempt ||
    (facts.attempt === line.last.attempt && facts.status === line.lastFinal)
  );
}
