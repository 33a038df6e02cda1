import type { Attributes, Concern, Event, EventDetail } from "../../domain/event.js";
import {
  finalStatuses,
  type FailedJob,
  type PipelineFacts,
  type PipelineStatus,
} from "../../domain/facts/index.js";
import type { PipelineLine, PipelineSnapshot } from "../../domain/snapshot.js";
import {
  isNews,
  isOlder,
  stillKnown,
  toConcerns,
  toEvent,
  toScene,
  type Comparison,
  type CompareContext,
  type EventOptions,
} from "./context.js";
import { stepLine } from "./pipeline-line.js";

/**
 * A pipeline against what was last seen of it, and against its line. A success that repairs the line and one that does not
 * have the same key, for it is the same success.
 */
export function comparePipeline(
  prior: PipelineSnapshot | null,
  facts: PipelineFacts,
  context: CompareContext,
): Comparison {
  if (prior !== null && isStale(prior, facts)) return { events: [], snapshot: prior };
  const snapshot = toSnapshot(prior, facts);
  const moved = prior === null || prior.status !== snapshot.status || prior.attempt !== snapshot.attempt;
  if (!moved) return { events: [], snapshot };
  const step = stepLine(context.line ?? null, snapshot);
  const line = step.line === undefined ? {} : { line: step.line };
  // An old pipeline that is seen for the first time is no news, however it ended.
  const silent = context.baseline || (prior === null && !isNews(momentOf(facts), facts.newsSince));
  if (silent) return { events: [], snapshot, ...line };
  const event = toOutcome(snapshot, context, step.fixed);
  const fixes = (step.fixed?.failedPipelines ?? []).map(({ id }) => id).filter((id) => id !== facts.id);
  return {
    events: event === null ? [] : [event],
    snapshot,
    ...line,
    ...(fixes.length > 0 && { fixes }),
  };
}

/** The snapshot of an earlier failed pipeline once a later one made its line good again. */
export function toFixed(snapshot: PipelineSnapshot, by: { number: number; url: string }): PipelineSnapshot {
  return snapshot.status === "failed" ? { ...snapshot, fixedBy: by } : snapshot;
}

function isFinal(status: PipelineStatus): boolean {
  return finalStatuses.includes(status);
}

/** Lists may lag behind: an earlier attempt, an earlier update, or the same update before its end is not the newer truth. */
function isStale(prior: PipelineSnapshot, facts: PipelineFacts): boolean {
  if (facts.attempt !== undefined && facts.attempt !== prior.attempt) return facts.attempt < prior.attempt;
  if (isOlder(facts.updatedAt, prior.updatedAt)) return true;
  return facts.updatedAt === prior.updatedAt && isFinal(prior.status) && !isFinal(facts.status);
}

function toSnapshot(prior: PipelineSnapshot | null, facts: PipelineFacts): PipelineSnapshot {
  const attempt = attemptOf(prior, facts);
  const before: Partial<PipelineSnapshot> = prior ?? {};
  // What another attempt brought says nothing about this one.
  const same: Partial<PipelineSnapshot> = before.attempt === attempt ? before : {};
  const ended = isFinal(facts.status) ? same.finishedAt : undefined;
  return {
    type: "pipeline",
    id: facts.id,
    attempt,
    number: facts.number,
    // A status that is new to us says nothing; the platform's own word is shown beside what was known.
    status: facts.status === "unknown" ? (same.status ?? facts.status) : facts.status,
    rawStatus: facts.rawStatus,
    workflow: facts.workflow,
    workflowId: stillKnown(facts.workflowId, before.workflowId),
    trigger: facts.trigger,
    branch: facts.branch,
    isTag: stillKnown(facts.isTag, before.isTag),
    fork: stillKnown(facts.fork, before.fork),
    sha: facts.sha,
    commitTitle: stillKnown(facts.commitTitle, before.commitTitle),
    actor: stillKnown(facts.actor ?? undefined, before.actor) ?? null,
    commitAuthor: stillKnown(facts.commitAuthor ?? undefined, before.commitAuthor),
    url: facts.url,
    createdAt: facts.createdAt,
    startedAt: stillKnown(facts.startedAt, same.startedAt),
    finishedAt: stillKnown(facts.finishedAt, ended),
    updatedAt: facts.updatedAt,
    failedJobs: withKnownExcerpts(facts.failedJobs, same.failedJobs),
    mergeRequest: stillKnown(facts.mergeRequest, before.mergeRequest),
    fixedBy: same.fixedBy,
  };
}

/** Not every reading of a pipeline reads the logs of its jobs again. */
function withKnownExcerpts(
  now: FailedJob[] | undefined,
  before: FailedJob[] | undefined,
): FailedJob[] | undefined {
  const known = new Map(before?.map((job) => [job.id, job.excerpt]));
  return now?.map((job) => ({ ...job, excerpt: stillKnown(job.excerpt, known.get(job.id)) })) ?? before;
}

/** GitLab does not number attempts: a finished pipeline that moves, or has finished at another time, was started again. */
function attemptOf(prior: PipelineSnapshot | null, facts: PipelineFacts): number {
  if (facts.attempt !== undefined) return facts.attempt;
  if (prior === null) return 1;
  if (!isFinal(prior.status) || facts.status === "unknown") return prior.attempt;
  const finishedAgain =
    prior.finishedAt !== undefined &&
    facts.finishedAt !== undefined &&
    isOlder(prior.finishedAt, facts.finishedAt);
  const movedOn = !isFinal(facts.status) || facts.status !== prior.status;
  return finishedAgain || movedOn ? prior.attempt + 1 : prior.attempt;
}

function momentOf(facts: PipelineFacts): string {
  return isFinal(facts.status) ? (facts.finishedAt ?? facts.updatedAt) : facts.updatedAt;
}

const outcomes: Partial<Record<PipelineStatus, string>> = {
  running: "started",
  failed: "failed",
  success: "succeeded",
  canceled: "canceled",
  blocked: "blocked",
};

function toOutcome(
  snapshot: PipelineSnapshot,
  context: CompareContext,
  fixed: PipelineLine | undefined,
): Event | null {
  const outcome = outcomes[snapshot.status];
  if (outcome === undefined) return null;
  const scene = toScene({
    type: "pipeline",
    id: snapshot.id,
    attributes: attributesOf(snapshot, context),
    context,
  });
  const at = timeOf(snapshot);
  const options: EventOptions = {
    kind: `pipeline.${outcome}`,
    key: `${snapshot.attempt}/${outcome}`,
    actor: snapshot.actor,
    ...(at !== undefined && { at }),
    concerns: concernsOf(snapshot, context),
    detail: detailOf(snapshot, context),
  };
  if (fixed === undefined) return toEvent(scene, options);
  return toEvent(scene, {
    ...options,
    kind: "pipeline.fixed",
    detail: { url: snapshot.url, fixed: recovery(snapshot, fixed) },
  });
}

function detailOf(snapshot: PipelineSnapshot, { line, mergeRequest }: CompareContext): EventDetail {
  const detail: EventDetail = { url: snapshot.url };
  if (mergeRequest?.draft === true) detail.ofDraft = true;
  if (snapshot.trigger === "schedule") detail.scheduled = true;
  const since = line?.lastFinal === "failed" ? line.brokenSince : undefined;
  if (snapshot.status === "failed" && since !== undefined) detail.brokenSince = since;
  return detail;
}

function recovery(snapshot: PipelineSnapshot, line: PipelineLine) {
  return {
    runs: line.failures,
    ...(line.brokenSince !== undefined && { brokenSince: line.brokenSince }),
    byNumber: snapshot.number,
    byUrl: snapshot.url,
  };
}

function timeOf(snapshot: PipelineSnapshot): string | undefined {
  if (isFinal(snapshot.status)) return snapshot.finishedAt ?? snapshot.updatedAt;
  return snapshot.status === "running" ? (snapshot.startedAt ?? snapshot.updatedAt) : snapshot.updatedAt;
}

/** Whoever started it is told how it went: that one does not sit and watch. So nobody is left out for being the actor. */
function concernsOf(snapshot: PipelineSnapshot, context: CompareContext): Concern[] {
  return [
    ...toConcerns([snapshot.actor], "starter", null),
    ...toConcerns([context.mergeRequest?.author, snapshot.commitAuthor], "author", null),
  ];
}

function attributesOf(snapshot: PipelineSnapshot, context: CompareContext): Attributes {
  const author = context.mergeRequest?.author ?? snapshot.commitAuthor ?? snapshot.actor;
  return {
    ...placeOf(snapshot),
    status: [snapshot.status],
    ...(snapshot.workflow !== "" && { workflow: [snapshot.workflow] }),
    ...(author !== null && { author: [author.login] }),
  };
}

/** A tag is no branch, and a fork's `main` is not ours: it is called as GitHub writes it, `owner:main`. */
function placeOf({ branch, isTag, fork }: PipelineSnapshot): Attributes {
  if (isTag === true) return { tag: [branch] };
  return { branch: [fork === undefined ? branch : `${fork.split("/")[0]}:${branch}`] };
}
