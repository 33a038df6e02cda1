import { webUrlOf } from "../shapes/conversation.js";
import {
  toNodeId,
  type Comment,
  type Issue,
  type PullRequest,
  type Review,
  type ReviewComment,
  type State,
  type TimelineItem,
} from "../state.js";
import { toActor, toReviewer } from "./actors.js";
import { connection, toPage } from "./connection.js";
import { toCommitObject } from "./repository.js";
import type { Args, GraphqlObject, Output } from "./execute.js";

type Subject = Issue | PullRequest;

/** `timelineItems(first, last, since, itemTypes)`: oldest first. */
export function timelineItems(state: State, subject: Subject): (args: Args) => Output {
  return (args) => {
    const since = typeof args["since"] === "string" ? Date.parse(args["since"]) : -Infinity;
    // One value stands for a list of one, as everywhere in GraphQL.
    const types = args["itemTypes"] == null ? null : [args["itemTypes"]].flat();
    const all = subject.timeline.filter(
      (item) => Date.parse(timeOf(item)) >= since && (types === null || types.includes(toEnum(item.type))),
    );
    const connectionName = subject.kind === "issue" ? "issueTimelineItems" : "pullRequestTimelineItems";
    const toNode = (item: TimelineItem): Output => toItem(state, subject, item);
    const extra = { filteredCount: all.length, updatedAt: subject.updatedAt };
    return toPage(connectionName, args, { all, toNode, extra });
  };
}

/** `ReviewRequestedEvent` is `REVIEW_REQUESTED_EVENT` among the item types. */
function toEnum(type: string): string {
  return type.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

function timeOf(item: TimelineItem): string {
  return item.type === "PullRequestReview" ? item.review.at : item.at;
}

function toItem(state: State, subject: Subject, item: TimelineItem): GraphqlObject {
  if (item.type === "PullRequestReview") return toReviewObject(state, subject, item.review);
  if (item.type === "IssueComment") return toCommentObject(state, subject, item.comment);
  const id = toNodeId("Event", item.id);
  const actor = (): Output => toActor(state, item.actor);
  const event = (fields: Record<string, Output>): GraphqlObject => ({
    __typename: item.type,
    interfaces: ["Node"],
    fields: { id, createdAt: item.at, actor, ...fields },
  });
  const url = `${webUrlOf(state, subject)}#event-${item.id}`;
  if (item.type === "PullRequestCommit") return toCommitItem(state, subject, item.sha);
  switch (item.type) {
    case "ReviewRequestedEvent":
    case "ReviewRequestRemovedEvent":
      return event({ requestedReviewer: () => toReviewer(state, item.reviewer) });
    case "AssignedEvent":
    case "UnassignedEvent":
      return event({ assignee: () => toActor(state, item.assignee) });
    case "LabeledEvent":
    case "UnlabeledEvent":
      return event({ label: () => toLabelObject(item.label) });
    case "ReviewDismissedEvent":
      return event({
        url,
        dismissalMessage: item.message,
        previousReviewState: item.previousState,
        review: () => toReviewObject(state, subject, item.review),
      });
    case "HeadRefForcePushedEvent":
      return event({
        beforeCommit: () => toCommitObject(state, subject.repo, item.before),
        afterCommit: () => toCommitObject(state, subject.repo, item.after),
      });
    case "MergedEvent":
      return event({
        url,
        mergeRefName: subject.kind === "pull_request" ? subject.base : "",
        commit: () => toCommitObject(state, subject.repo, item.sha),
      });
    default:
      return event({ url });
  }
}

function toCommitItem(state: State, subject: Subject, sha: string): GraphqlObject {
  const id = toNodeId("Commit", `${subject.number}:${sha}`);
  const url = `${webUrlOf(state, subject)}/commits/${sha}`;
  const commit = (): Output => toCommitObject(state, subject.repo, sha);
  return { __typename: "PullRequestCommit", interfaces: ["Node"], fields: { id, commit, url } };
}

export function toLabelObject(name: string): GraphqlObject {
  return { __typename: "Label", fields: { name, color: "ededed", description: null } };
}

function commentFields(state: State, comment: Comment, url: string): Record<string, Output> {
  return {
    fullDatabaseId: String(comment.id),
    // An Int holds 32 bits, and these ids have more.
    databaseId: comment.id > 0x7fffffff ? null : comment.id,
    body: comment.body,
    bodyText: comment.body,
    url,
    createdAt: comment.at,
    publishedAt: comment.at,
    updatedAt: comment.at,
    author: () => toActor(state, comment.author),
  };
}

export function toCommentObject(state: State, subject: Subject, comment: Comment): GraphqlObject {
  const url = `${webUrlOf(state, subject)}#issuecomment-${comment.id}`;
  const id = toNodeId("IssueComment", comment.id);
  const fields = { id, ...commentFields(state, comment, url) };
  return { __typename: "IssueComment", interfaces: ["Node", "Comment"], fields };
}

export function toReviewObject(state: State, subject: Subject, review: Review): GraphqlObject {
  const url = `${webUrlOf(state, subject)}#pullrequestreview-${review.id}`;
  return {
    __typename: "PullRequestReview",
    interfaces: ["Node", "Comment"],
    fields: {
      id: toNodeId("PullRequestReview", review.id),
      ...commentFields(state, review, url),
      state: review.state,
      submittedAt: review.at,
      commit: () => toCommitObject(state, subject.repo, review.sha),
      comments: connection(
        "pullRequestReviewComments",
        () => review.comments,
        (comment) => toReviewCommentObject(state, subject, comment),
      ),
    },
  };
}

function toReviewCommentObject(state: State, subject: Subject, comment: ReviewComment): GraphqlObject {
  const url = `${webUrlOf(state, subject)}#discussion_r${comment.id}`;
  const id = toNodeId("PullRequestReviewComment", comment.id);
  const fields = { id, ...commentFields(state, comment, url), path: comment.path, diffHunk: "@@ -1 +1 @@" };
  return { __typename: "PullRequestReviewComment", interfaces: ["Node", "Comment"], fields };
}
