import type { PipelineFacts } from "../../domain/facts/index.js";
import type { PipelineLine, PipelineSnapshot, Snapshot } from "../../domain/snapshot.js";

/** Enough for the cards of a bad day; a line that stays red for weeks must not grow for ever. */
const mostFailed = 20;

type Place = Pick<
  PipelineFacts,
  "workflow" | "workflowId" | "branch" | "isTag" | "fork" | "trigger" | "mergeRequest"
>;

/**
 * The identity of the line that a pipeline belongs to: what runs, and for what. A workflow is known by its id, never by its name,
 * which may hold anything (GitLab's may name the commit); a tag is no branch, and a fork's branch is not ours of that name. Apart
 * from each other are the pipelines of merge requests and, where workflows have no identity, the scheduled ones.
 */
export function toLine(facts: Place): string {
  const { workflowId = "", branch, isTag, fork = "" } = facts;
  return JSON.stringify([workflowId, isTag === true ? "tag" : "branch", fork, branch, purposeOf(facts)]);
}

/** As versions before 0.2 called the line, so that what they knew of it ("broken since") is not lost. null: they mixed it with others. */
export function toFormerLine(facts: Place): string | null {
  const { workflow, branch, isTag, fork } = facts;
  if (isTag === true || fork !== undefined) return null;
  const purpose = purposeOf({ ...facts, ...(workflow === "" ? {} : { workflowId: workflow }) });
  return [workflow, branch, purpose].join("\n");
}

/** Answers differ in what they tell: where a pipeline belongs is known as soon as one of them told it. */
export function withKnownPlace(known: Snapshot | null, facts: PipelineFacts): PipelineFacts {
  if (known?.type !== "pipeline") return facts;
  return {
    ...facts,
    workflowId: facts.workflowId ?? known.workflowId,
    isTag: facts.isTag ?? known.isTag,
    fork: facts.fork ?? known.fork,
    mergeRequest: facts.mergeRequest ?? known.mergeRequest,
  };
}

function purposeOf({ workflowId, trigger, mergeRequest }: Place): string {
  if (mergeRequest !== undefined || /merge_request|pull_request/.test(trigger))
    return `mr${mergeRequest?.number ?? ""}`;
  return workflowId === undefined && trigger === "schedule" ? "schedule" : "";
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
