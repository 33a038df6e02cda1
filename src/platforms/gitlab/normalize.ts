import { createHash } from "node:crypto";
import type { Connection } from "../../domain/connection.js";
import type { Checks, MergeRequestFacts, PipelineFacts, PipelineStatus } from "../../domain/facts/index.js";
import type { Person } from "../../domain/person.js";
import type { Project } from "../../domain/project.js";
import { isBotName } from "./bots.js";
import { toMergeRequestUrl, toPipelineUrl, toProjectUrl } from "./links.js";
import type { RawMergeRequest, RawPipeline, RawProject, RawUser } from "./schema.js";

/** A bot says so only in full answers about a user; elsewhere its name tells. */
export function toPerson(user: RawUser): Person {
  const bot = user.bot === true || isBotName(user.username);
  return { id: String(user.id), login: user.username, name: user.name || undefined, bot };
}

export function toPersonOrNull(user: RawUser | null | undefined): Person | null {
  return user == null ? null : toPerson(user);
}

export function toProject(raw: RawProject, connection: Connection): Project {
  return {
    connectionId: connection.id,
    id: String(raw.id),
    path: raw.path_with_namespace,
    url: toProjectUrl(connection, raw.path_with_namespace),
    defaultBranch: raw.default_branch || null,
    hasWiki:
      raw.wiki_access_level == null ? raw.wiki_enabled !== false : raw.wiki_access_level !== "disabled",
    archived: raw.archived === true,
    // Not told (a token of a guest) counts as private: too careful does no harm.
    private: raw.visibility !== "public",
    ...(raw.last_activity_at == null ? {} : { lastActivityAt: raw.last_activity_at }),
  };
}

/** A short stable mark of some values. */
export function toMark(values: unknown): string {
  return createHash("sha256").update(JSON.stringify(values)).digest("base64url").slice(0, 16);
}

/** Unknown while GitLab is still working it out. */
function toConflict(raw: RawMergeRequest): boolean | undefined {
  const status = raw.detailed_merge_status ?? raw.merge_status ?? undefined;
  if (status === "conflict") return true;
  if (isStillChecking(status)) return undefined;
  return raw.has_conflicts ?? (status === undefined ? undefined : false);
}

/** GitLab names the first of several obstacles: that it names another one does not tell that there is none. */
function toBehind({ detailed_merge_status: status }: RawMergeRequest): boolean | undefined {
  return status == null || isStillChecking(status) ? undefined : status === "need_rebase";
}

/** GitLab computes mergeability some time after the question; these statuses say that it has not yet. */
export function isStillChecking(status: string | null | undefined): boolean {
  return ["checking", "unchecked", "preparing", "approvals_syncing", "cannot_be_merged_recheck"].includes(
    status ?? "",
  );
}

/**
 * Mark of a merge request as the list shows it. The exact merge status stays out, but for a conflict: each merge into the target
 * branch moves it to and fro on every open merge request, and each would be fetched in full.
 */
export function toMergeRequestRevision(raw: RawMergeRequest): string {
  const ids = (users: RawUser[] | null | undefined) => (users ?? []).map((user) => user.id).sort();
  return toMark([
    raw.updated_at,
    raw.sha ?? "",
    isDraft(raw),
    raw.state,
    [...(raw.labels ?? [])].sort(),
    ids(raw.reviewers),
    ids(raw.assignees),
    toConflict(raw) === true,
  ]);
}

function isDraft(raw: RawMergeRequest): boolean {
  return raw.draft ?? raw.work_in_progress ?? false;
}

/** What one merge request's own answer tells; happenings and who asked whom come from its notes. */
export function toMergeRequestFacts(raw: RawMergeRequest, project: Project): MergeRequestFacts {
  const assignees = raw.assignees ?? (raw.assignee ? [raw.assignee] : []);
  const ended = raw.state === "merged" || raw.state === "closed";
  const endedAt = raw.state === "merged" ? raw.merged_at : raw.closed_at;
  return {
    type: "merge_request",
    number: raw.iid,
    title: raw.title,
    url: toMergeRequestUrl(project, raw.iid),
    ...(raw.description == null ? {} : { description: raw.description }),
    state: ended ? (raw.state === "merged" ? "merged" : "closed") : "open",
    draft: isDraft(raw),
    author: toPersonOrNull(raw.author),
    ...(ended ? { endedBy: toEndedBy(raw) } : {}),
    ...(ended && endedAt != null ? { endedAt } : {}),
    base: raw.target_branch,
    head: raw.source_branch,
    headSha: raw.sha ?? "",
    labels: raw.labels ?? [],
    ...toCardFacts(raw, project),
    assignments: assignees.map((user) => ({ person: toPerson(user) })),
    ...(raw.reviewers == null
      ? {}
      : { reviewRequests: raw.reviewers.map((user) => ({ person: toPerson(user) })) }),
    ...toObstacles(raw),
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    happenings: [],
    revision: toMergeRequestRevision(raw),
  };
}

/** What stands in the way of a merge; absent where GitLab does not say. */
function toObstacles(raw: RawMergeRequest): Pick<MergeRequestFacts, "conflict" | "behind"> {
  const conflict = toConflict(raw);
  const behind = toBehind(raw);
  return {
    ...(conflict === undefined ? {} : { conflict }),
    ...(behind === undefined ? {} : { behind }),
  };
}

/** What the answer about one merge request tells beyond a row of the list: its checks and its size. */
function toCardFacts(raw: RawMergeRequest, project: Project): Pick<MergeRequestFacts, "checks" | "diff"> {
  const count = /^(\d+)(\+?)$/.exec(raw.changes_count ?? "");
  return {
    ...(raw.head_pipeline === undefined ? {} : { checks: toChecks(raw, project) }),
    ...(count === null ? {} : { diff: { files: Number(count[1]), more: count[2] === "+" } }),
  };
}

/** Of the head commit alone: GitLab goes on showing the pipeline of an earlier one until the next begins. */
function toChecks({ head_pipeline: pipeline, sha }: RawMergeRequest, project: Project) {
  if (pipeline == null) return pipeline;
  if (pipeline.sha != null && sha != null && pipeline.sha !== sha) return undefined;
  const status = toPipelineStatus(pipeline.status ?? "");
  const state = checkStates[status];
  // The pipeline of a fork is not ours to show.
  const own = pipeline.project_id == null || String(pipeline.project_id) === project.id;
  return state === undefined
    ? undefined
    : { state, ...(own ? { url: toPipelineUrl(project, pipeline.id) } : {}) };
}

const checkStates: Partial<Record<PipelineStatus, Checks["state"]>> = {
  queued: "running",
  running: "running",
  success: "success",
  failed: "failed",
};

function toEndedBy(raw: RawMergeRequest): Person | null {
  return toPersonOrNull(raw.state === "merged" ? (raw.merge_user ?? raw.merged_by) : raw.closed_by);
}

const statuses = new Map<string, PipelineStatus>([
  ["created", "queued"],
  ["waiting_for_resource", "queued"],
  ["preparing", "queued"],
  ["waiting_for_callback", "queued"],
  ["pending", "queued"],
  ["scheduled", "queued"],
  ["running", "running"],
  ["canceling", "running"],
  ["success", "success"],
  ["failed", "failed"],
  ["canceled", "canceled"],
  ["skipped", "skipped"],
  ["manual", "blocked"],
]);

export function toPipelineStatus(raw: string): PipelineStatus {
  return statuses.get(raw) ?? "unknown";
}

/** The list has no user and no times of start and end; `GET /pipelines/:id` has. */
export function toPipelineFacts(raw: RawPipeline, project: Project): PipelineFacts {
  const ref = raw.ref ?? "";
  const request = /^refs\/merge-requests\/(\d+)\//.exec(ref)?.[1];
  return {
    type: "pipeline",
    id: String(raw.id),
    // The number that GitLab shows and that its addresses hold.
    number: raw.id,
    status: toPipelineStatus(raw.status),
    rawStatus: raw.status,
    workflow: raw.name ?? "",
    trigger: raw.source ?? "",
    branch: ref,
    isTag: raw.tag ?? undefined,
    sha: raw.sha,
    actor: toPersonOrNull(raw.user),
    url: toPipelineUrl(project, raw.id),
    createdAt: raw.created_at,
    ...(raw.started_at == null ? {} : { startedAt: raw.started_at }),
    ...(raw.finished_at == null ? {} : { finishedAt: raw.finished_at }),
    updatedAt: raw.updated_at,
    ...(request === undefined
      ? {}
      : { mergeRequest: { number: Number(request), url: toMergeRequestUrl(project, Number(request)) } }),
    revision: toPipelineRevision(raw),
  };
}

export function toPipelineRevision(raw: RawPipeline): string {
  return toMark([raw.status, raw.updated_at]);
}
