import { toMergeStatus } from "./merge-requests.js";
import type { MergeRequest, Reviewer, State, User } from "./model.js";
import { changedFiles } from "./repository.js";
import { toIssuableJson } from "./serialize-issues.js";
import { toPipelineBasic, toPipelineJson } from "./serialize-pipelines.js";
import { iso, isoOrNull, toUserJson, toUserOrNull } from "./serialize.js";
import { isMember } from "./state.js";

/** A row of a list: no pipeline, no `diff_refs`. */
export function toMergeRequestBasic(state: State, mergeRequest: MergeRequest) {
  return {
    ...toIssuableJson(state, mergeRequest),
    merged_by: toUserOrNull(state, mergeRequest.mergedBy),
    merge_user: toUserOrNull(state, mergeRequest.mergedBy),
    merged_at: isoOrNull(mergeRequest.mergedAt),
    target_branch: mergeRequest.target,
    source_branch: mergeRequest.source,
    reviewers: mergeRequest.reviewers.map((reviewer) => toUserJson(state, reviewer.user)),
    source_project_id: (mergeRequest.fork ?? mergeRequest.project).id,
    target_project_id: mergeRequest.project.id,
    draft: mergeRequest.draft,
    work_in_progress: mergeRequest.draft,
    merge_when_pipeline_succeeds: false,
    merge_status: mergeRequest.conflict ? "cannot_be_merged" : "can_be_merged",
    detailed_merge_status: toMergeStatus(mergeRequest),
    merge_after: null,
    sha: mergeRequest.sha,
    merge_commit_sha: mergeRequest.mergeCommitSha,
    squash_commit_sha: null,
    should_remove_source_branch: null,
    force_remove_source_branch: true,
    prepared_at: iso(mergeRequest.createdAt),
    reference: `!${mergeRequest.iid}`,
    squash: false,
    squash_on_merge: false,
    has_conflicts: mergeRequest.conflict,
    blocking_discussions_resolved: true,
    approvals_before_merge: null,
  };
}

export function toMergeRequestJson(
  state: State,
  { mergeRequest, viewer }: { mergeRequest: MergeRequest; viewer: User },
) {
  const pipeline = mergeRequest.headPipeline;
  const { commits } = mergeRequest.project;
  const head = commits.get(mergeRequest.sha);
  const changes = head === undefined ? [] : changedFiles(commits.get(mergeRequest.baseSha), head);
  return {
    ...toMergeRequestBasic(state, mergeRequest),
    subscribed: false,
    changes_count: String(changes.length),
    latest_build_started_at: isoOrNull(pipeline?.startedAt ?? null),
    latest_build_finished_at: isoOrNull(pipeline?.finishedAt ?? null),
    first_deployed_to_production_at: null,
    pipeline: pipeline === null ? null : toPipelineBasic(state, pipeline),
    head_pipeline: pipeline === null ? null : toPipelineJson(state, pipeline),
    diff_refs: {
      base_sha: mergeRequest.baseSha,
      head_sha: mergeRequest.sha,
      start_sha: mergeRequest.baseSha,
    },
    merge_error: null,
    first_contribution: false,
    user: { can_merge: isMember(mergeRequest.project, viewer) },
  };
}

export function toReviewerJson(state: State, reviewer: Reviewer) {
  return {
    user: toUserJson(state, reviewer.user),
    state: reviewer.state,
    created_at: iso(reviewer.createdAt),
  };
}

/** Without a paid plan no approval is required, so `approved` only says whether there is one. */
export function toApprovalsJson(
  state: State,
  { mergeRequest, viewer }: { mergeRequest: MergeRequest; viewer: User },
) {
  const mine = mergeRequest.approvals.some((approval) => approval.user === viewer);
  return {
    user_has_approved: mine,
    user_can_approve: !mine && canApprove(mergeRequest, viewer),
    approved: mergeRequest.approvals.length > 0,
    approved_by: mergeRequest.approvals.map((approval) => ({
      user: toUserJson(state, approval.user),
      approved_at: iso(approval.at),
    })),
  };
}

/** Members alone; authors may approve their own without a paid plan. */
export function canApprove(mergeRequest: MergeRequest, user: User): boolean {
  return isMember(mergeRequest.project, user) && mergeRequest.state === "opened";
}
