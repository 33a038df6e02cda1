import { addItem } from "./conversations.js";
import { publish } from "./notifications.js";
import {
  pullOf,
  stamp,
  userOf,
  type PullRequest,
  type Review,
  type ReviewComment,
  type State,
} from "./state.js";

type Where = [fullName: string, number: number];

export interface NewReview {
  by: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED";
  body?: string;
  comments?: Array<{ path: string; body: string }>;
  /** The commit that was looked at; the head if none. */
  sha?: string;
}

/** Submits a review. It fulfils the request to its author, and to a team of theirs. */
export function review(state: State, where: Where, request: NewReview): { id: number } {
  const pull = pullOf(state, ...where);
  const author = userOf(state, request.by).login;
  const at = stamp(state);
  const added: Review = {
    id: state.nextId("content"),
    author,
    state: request.state,
    body: request.body ?? "",
    at,
    sha: request.sha ?? pull.headSha,
    comments: [],
  };
  for (const { path, body } of request.comments ?? []) {
    const id = state.nextId("content");
    added.comments.push({ id, author, body, at, path, sha: added.sha, reviewId: added.id });
  }
  pull.reviews.push(added);
  if (author !== pull.author) {
    pull.reviewers = pull.reviewers.filter((name) => name !== author && !isOnTeam(state, name, author));
  }
  addItem(state, pull, { by: author, item: { type: "PullRequestReview", review: added } });
  const texts = [added.body, ...added.comments.map((comment) => comment.body)];
  publish(state, pull, { by: author, body: texts.join("\n\n") });
  return { id: added.id };
}

/** An answer in a review thread is a review of its own with one comment, state COMMENTED and no body. */
export function replyToReviewComment(
  state: State,
  where: Where,
  request: { by: string; commentId: number; body: string },
): ReviewComment {
  const pull = pullOf(state, ...where);
  const first = pull.reviews.flatMap((known) => known.comments).find(({ id }) => id === request.commentId);
  const path = first?.path ?? "README.md";
  const comments = [{ path, body: request.body }];
  const { id } = review(state, where, { by: request.by, state: "COMMENTED", comments });
  const added = pull.reviews.find((known) => known.id === id)?.comments[0];
  if (added === undefined) throw new Error("A review that was just written has lost its comment.");
  added.inReplyTo = first?.inReplyTo ?? request.commentId;
  return added;
}

export function dismissReview(
  state: State,
  where: Where,
  request: { reviewId: number; by: string; message: string },
): void {
  const pull = pullOf(state, ...where);
  const dismissed = pull.reviews.find((known) => known.id === request.reviewId);
  if (dismissed === undefined) throw new Error(`${where[0]}#${where[1]} has no review ${request.reviewId}.`);
  const previousState = dismissed.state;
  dismissed.state = "DISMISSED";
  const item = {
    type: "ReviewDismissedEvent" as const,
    review: dismissed,
    message: request.message,
    previousState,
  };
  addItem(state, pull, { by: request.by, item });
}

/** The latest review of each person that has an opinion, and was not dismissed after it. */
export function opinionsOf(pull: PullRequest): Review[] {
  const latest = new Map<string, Review>();
  for (const known of pull.reviews) {
    if (known.author === pull.author) continue;
    if (known.state === "APPROVED" || known.state === "CHANGES_REQUESTED" || known.state === "DISMISSED") {
      latest.set(known.author, known);
    }
  }
  return [...latest.values()];
}

export function decisionOf(pull: PullRequest): "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED" | null {
  const states = opinionsOf(pull).map((known) => known.state);
  if (states.includes("CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  const approvals = states.filter((known) => known === "APPROVED").length;
  if (approvals >= Math.max(1, pull.repo.requiredReviews)) return "APPROVED";
  return pull.repo.requiredReviews > 0 ? "REVIEW_REQUIRED" : null;
}

function isOnTeam(state: State, name: string, login: string): boolean {
  return state.teams.get(name.toLowerCase())?.members.includes(login) ?? false;
}
