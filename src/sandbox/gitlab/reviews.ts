import { recordIssuable } from "./feed.js";
import type { Issuable, MergeRequest, Reviewer, ReviewerState, State, User } from "./model.js";
import { addComment, addSystemNote } from "./notes.js";
import { addTodo, resolveTodos } from "./todos.js";

/** Asks for a review, or asks again: then the reviewer is back at `unreviewed` and a new note says so. */
export function requestReview(
  state: State,
  mergeRequest: MergeRequest,
  { by, reviewer }: { by: User; reviewer: User },
): void {
  const existing = reviewerOf(mergeRequest, reviewer);
  if (existing === undefined) {
    mergeRequest.reviewers.push({ user: reviewer, state: "unreviewed", createdAt: state.now() });
  } else {
    existing.state = "unreviewed";
  }
  addSystemNote(state, mergeRequest, { by, body: `requested review from @${reviewer.username}` });
  if (reviewer === by) return;
  addTodo(state, { user: reviewer, author: by, action: "review_requested", target: mergeRequest });
}

export function removeReviewer(
  state: State,
  mergeRequest: MergeRequest,
  { by, reviewer }: { by: User; reviewer: User },
): void {
  mergeRequest.reviewers = mergeRequest.reviewers.filter((other) => other.user !== reviewer);
  addSystemNote(state, mergeRequest, { by, body: `removed review request for @${reviewer.username}` });
}

/** False where this person has approved it already. */
export function approve(state: State, mergeRequest: MergeRequest, by: User): boolean {
  if (mergeRequest.approvals.some((approval) => approval.user === by)) return false;
  mergeRequest.approvals.push({ user: by, at: state.now() });
  setReviewerState(mergeRequest, by, "approved");
  addSystemNote(state, mergeRequest, { by, body: "approved this merge request" });
  recordIssuable(state, mergeRequest, { by, action: "approved" });
  resolveTodos(state, mergeRequest, by);
  return true;
}

/** False where there was no approval of this person. */
export function unapprove(state: State, mergeRequest: MergeRequest, by: User): boolean {
  const left = mergeRequest.approvals.filter((approval) => approval.user !== by);
  if (left.length === mergeRequest.approvals.length) return false;
  mergeRequest.approvals = left;
  setReviewerState(mergeRequest, by, "unapproved");
  addSystemNote(state, mergeRequest, { by, body: "unapproved this merge request" });
  return true;
}

/** Whoever asks for changes becomes a reviewer if they were none, and no longer approves. */
export function requestChanges(
  state: State,
  mergeRequest: MergeRequest,
  { by, body }: { by: User; body?: string | undefined },
): void {
  mergeRequest.approvals = mergeRequest.approvals.filter((approval) => approval.user !== by);
  if (reviewerOf(mergeRequest, by) === undefined) {
    mergeRequest.reviewers.push({ user: by, state: "unreviewed", createdAt: state.now() });
  }
  setReviewerState(mergeRequest, by, "requested_changes");
  if (body !== undefined) addComment(state, mergeRequest, { by, body });
  addSystemNote(state, mergeRequest, { by, body: "requested changes" });
  resolveTodos(state, mergeRequest, by);
}

/** One assignee, as without a paid plan: the new one takes the place of the old. */
export function assign(
  state: State,
  issuable: Issuable,
  { by, assignee }: { by: User; assignee: User },
): void {
  const before = issuable.assignees[0];
  if (before === assignee) return;
  issuable.assignees = [assignee];
  const dropped = before === undefined ? "" : ` and unassigned @${before.username}`;
  addSystemNote(state, issuable, { by, body: `assigned to @${assignee.username}${dropped}` });
  if (assignee === by) return;
  addTodo(state, { user: assignee, author: by, action: "assigned", target: issuable });
}

function reviewerOf(mergeRequest: MergeRequest, user: User): Reviewer | undefined {
  return mergeRequest.reviewers.find((reviewer) => reviewer.user === user);
}

function setReviewerState(mergeRequest: MergeRequest, user: User, next: ReviewerState): void {
  const reviewer = reviewerOf(mergeRequest, user);
  if (reviewer !== undefined) reviewer.state = next;
}
