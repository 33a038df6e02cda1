import { diffOf } from "../checks.js";
import { decisionOf, opinionsOf } from "../reviews.js";
import { mergeableStateOf, webUrlOf } from "../shapes/conversation.js";
import { toNodeId, type Issue, type PullRequest, type State } from "../state.js";
import { toActor, toReviewer } from "./actors.js";
import { connection } from "./connection.js";
import type { GraphqlObject, Output } from "./execute.js";
import { toCommitObject, toRepositoryObject, type SubjectObjects } from "./repository.js";
import { timelineItems, toCommentObject, toLabelObject, toReviewObject } from "./timeline.js";

/** The objects of pull requests and issues. */
export function createSubjectObjects(state: State): SubjectObjects {
  const make: SubjectObjects = {
    toPull: (pull) => toPullObject(state, pull, make),
    toIssue: (issue) => ({
      __typename: "Issue",
      interfaces: ["Node", "Comment", "Assignable", "Labelable"],
      fields: { ...commonFields(state, issue, make), state: issue.state },
    }),
  };
  return make;
}

function commonFields(
  state: State,
  subject: Issue | PullRequest,
  make: SubjectObjects,
): Record<string, Output> {
  return {
    id: toNodeId(subject.kind === "issue" ? "Issue" : "PullRequest", subject.id),
    fullDatabaseId: String(subject.id),
    databaseId: null,
    number: subject.number,
    title: subject.title,
    body: subject.body ?? "",
    bodyText: subject.body ?? "",
    url: webUrlOf(state, subject),
    closed: subject.state !== "OPEN",
    locked: false,
    createdAt: subject.createdAt,
    updatedAt: subject.updatedAt,
    closedAt: subject.closedAt,
    author: () => toActor(state, subject.author),
    repository: () => toRepositoryObject(state, subject.repo, make),
    labels: connection("labels", () => subject.labels, toLabelObject),
    assignees: connection(
      "assignees",
      () => subject.assignees,
      (login) => toActor(state, login),
    ),
    comments: connection(
      "comments",
      () => subject.comments,
      (comment) => toCommentObject(state, subject, comment),
    ),
    timelineItems: timelineItems(state, subject),
  };
}

function contentsOf(state: State, pull: PullRequest): Record<string, Output> {
  return {
    additions: diffOf(pull).additions,
    deletions: diffOf(pull).deletions,
    changedFiles: diffOf(pull).files,
    commits: connection(
      "commits",
      () => pull.commits,
      (sha) => ({
        __typename: "PullRequestCommit",
        interfaces: ["Node"],
        fields: {
          id: toNodeId("Commit", `${pull.number}:${sha}`),
          commit: () => toCommitObject(state, pull.repo, sha),
        },
      }),
    ),
    // Every review remark begins a thread, and nobody resolves one here.
    reviewThreads: connection(
      "reviewThreads",
      () => pull.reviews.flatMap((review) => review.comments),
      (comment) => ({
        __typename: "PullRequestReviewThread",
        interfaces: ["Node"],
        fields: { id: toNodeId("Thread", comment.id), isResolved: false, path: comment.path },
      }),
    ),
  };
}

function requestsOf(state: State, pull: PullRequest): Output {
  return connection(
    "reviewRequests",
    () => pull.reviewers,
    (name) => ({
      __typename: "ReviewRequest",
      interfaces: ["Node"],
      fields: {
        id: `RR_${Buffer.from(`${pull.id}:${name}`).toString("base64url")}`,
        asCodeOwner: false,
        requestedReviewer: () => toReviewer(state, name),
      },
    }),
  );
}

function toPullObject(state: State, pull: PullRequest, make: SubjectObjects): GraphqlObject {
  const latest = (): PullRequest["reviews"] => [
    ...new Map(pull.reviews.map((review) => [review.author, review])).values(),
  ];
  return {
    __typename: "PullRequest",
    interfaces: ["Node", "Comment", "Assignable", "Labelable"],
    fields: {
      ...commonFields(state, pull, make),
      state: pull.state,
      isDraft: pull.draft,
      merged: pull.state === "MERGED",
      mergedAt: pull.mergedAt,
      mergedBy: () => (pull.mergedBy === null ? null : toActor(state, pull.mergedBy)),
      mergeCommit: () => (pull.mergeSha === null ? null : toCommitObject(state, pull.repo, pull.mergeSha)),
      isCrossRepository: false,
      baseRefName: pull.base,
      baseRefOid: pull.baseSha,
      headRefName: pull.head,
      headRefOid: pull.headSha,
      mergeable: pull.state === "OPEN" ? pull.mergeable : "UNKNOWN",
      mergeStateStatus: mergeableStateOf(pull).toUpperCase(),
      reviewDecision: decisionOf(pull),
      ...contentsOf(state, pull),
      totalCommentsCount:
        pull.comments.length + pull.reviews.reduce((sum, one) => sum + one.comments.length, 0),
      reviewRequests: requestsOf(state, pull),
      reviews: connection(
        "reviews",
        () => pull.reviews,
        (review) => toReviewObject(state, pull, review),
      ),
      latestReviews: connection("latestReviews", latest, (review) => toReviewObject(state, pull, review)),
      latestOpinionatedReviews: connection(
        "latestOpinionatedReviews",
        () => opinionsOf(pull),
        (review) => toReviewObject(state, pull, review),
      ),
    },
  };
}
