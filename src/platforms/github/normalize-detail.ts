import type {
  Assignment,
  Checks,
  Happening,
  MergeRequestFacts,
  ReviewRequest,
} from "../../domain/facts/index.js";
import type { Person } from "../../domain/person.js";
import { withRevision } from "./normalize.js";
import type {
  ActorAnswer,
  NewsItem,
  PullDetail,
  ReviewerAnswer,
  ReviewItem,
  RollupAnswer,
} from "./pull-query.js";

/** A pull request from GraphQL, with what happened to it since `newsSince` (ISO; undefined = everything is news). */
export function toDetailedFacts(detail: PullDetail, newsSince: string | undefined): MergeRequestFacts {
  const endedBy = toEndedBy(detail);
  const endedAt = detail.mergedAt ?? detail.closedAt;
  return withRevision({
    type: "merge_request",
    number: detail.number,
    title: detail.title,
    url: detail.url,
    description: detail.body,
    state: detail.state === "MERGED" ? "merged" : detail.state === "CLOSED" ? "closed" : "open",
    draft: detail.isDraft,
    author: toActor(detail.author),
    ...(endedBy === undefined ? {} : { endedBy }),
    ...(endedAt ? { endedAt } : {}),
    base: detail.baseRefName,
    head: detail.headRefName,
    headSha: detail.headRefOid,
    labels: present(detail.labels?.nodes).map((label) => label.name),
    assignments: toAssignments(detail),
    ...toReviewRequests(detail),
    ...toVerdicts(detail),
    ...toChecks(present(detail.commits?.nodes)[0]?.commit.statusCheckRollup),
    ...toDiff(detail),
    ...toThreads(detail),
    // UNKNOWN means that GitHub is still computing it.
    ...(detail.mergeable === "UNKNOWN" ? {} : { conflict: detail.mergeable === "CONFLICTING" }),
    createdAt: detail.createdAt,
    updatedAt: detail.updatedAt,
    happenings: toHappenings(present(detail.news.nodes), newsSince),
    ...(newsSince === undefined ? {} : { newsSince }),
  });
}

/**
 * GraphQL leaves `[bot]` off a bot's login where REST has it. An account without a numeric id (deleted, or of a kind that
 * the query does not name) is known by its login.
 */
export function toActor(answer: ActorAnswer | null | undefined): Person | null {
  if (answer == null) return null;
  const bot = answer.__typename === "Bot" || answer.login.endsWith("[bot]");
  return {
    id: answer.databaseId ?? `login:${answer.login}`,
    login: bot && !answer.login.endsWith("[bot]") ? `${answer.login}[bot]` : answer.login,
    ...(answer.name ? { name: answer.name } : {}),
    bot,
  };
}

function present<T>(nodes: Array<T | null> | null | undefined): T[] {
  return (nodes ?? []).filter((node): node is T => node !== null);
}

function standing<K extends "ReviewRequestedEvent" | "AssignedEvent" | "ClosedEvent" | "MergedEvent">(
  detail: PullDetail,
  type: K,
) {
  return present(detail.standing.nodes).filter(
    (item): item is Extract<typeof item, { __typename: K }> => item.__typename === type,
  );
}

function toEndedBy(detail: PullDetail): Person | null | undefined {
  if (detail.state === "MERGED") {
    return toActor(detail.mergedBy ?? standing(detail, "MergedEvent").at(-1)?.actor);
  }
  if (detail.state !== "CLOSED") return undefined;
  const closed = standing(detail, "ClosedEvent").at(-1);
  return closed === undefined ? undefined : toActor(closed.actor);
}

function toAssignments(detail: PullDetail): Assignment[] {
  const events = standing(detail, "AssignedEvent");
  return present(detail.assignees.nodes).flatMap((assignee) => {
    const person = toActor({ __typename: "User", ...assignee });
    if (person === null) return [];
    const event = events.findLast((one) => toActor(one.assignee)?.id === person.id);
    return event === undefined ? { person } : { person, by: toActor(event.actor), at: event.createdAt };
  });
}

type Asked = { person: Person } | { team: string };

function toAsked(reviewer: ReviewerAnswer | null | undefined): Asked | undefined {
  if (reviewer == null) return undefined;
  if ("combinedSlug" in reviewer) return { team: reviewer.combinedSlug };
  const person = "login" in reviewer ? toActor(reviewer) : null;
  return person === null ? undefined : { person };
}

function toReviewRequests(detail: PullDetail): { reviewRequests?: ReviewRequest[] } {
  if (detail.reviewRequests?.nodes == null) return {};
  const events = standing(detail, "ReviewRequestedEvent");
  const keyOf = (asked: Asked | undefined) =>
    asked === undefined ? "" : "team" in asked ? `team ${asked.team}` : `person ${asked.person.id}`;
  const reviewRequests = present(detail.reviewRequests.nodes).flatMap((request) => {
    const asked = toAsked(request.requestedReviewer);
    if (asked === undefined) return [];
    const event = events.findLast((one) => keyOf(toAsked(one.requestedReviewer)) === keyOf(asked));
    if (event === undefined) return asked;
    return { ...asked, requestId: event.id, by: toActor(event.actor), at: event.createdAt };
  });
  return { reviewRequests };
}

function toVerdicts(detail: PullDetail): Pick<MergeRequestFacts, "approvedBy" | "changesRequestedBy"> {
  if (detail.latestOpinionatedReviews?.nodes == null) return {};
  const reviews = present(detail.latestOpinionatedReviews.nodes);
  const whoSaid = (state: string) =>
    reviews.flatMap((one) => (one.state === state ? (toActor(one.author) ?? []) : []));
  return { approvedBy: whoSaid("APPROVED"), changesRequestedBy: whoSaid("CHANGES_REQUESTED") };
}

const running = ["EXPECTED", "PENDING", "QUEUED", "IN_PROGRESS", "WAITING", "REQUESTED"];
const passed = ["SUCCESS", "NEUTRAL", "SKIPPED"];
/** Of a run that was replaced nobody wants to hear. */
const ignored = ["STALE"];

function toChecks(rollup: RollupAnswer | null | undefined): { checks?: Checks } {
  if (rollup == null) return {};
  const counts = { passed: 0, failed: 0, running: 0 };
  const { checkRunCountsByState: runs, statusContextCountsByState: statuses } = rollup.contexts ?? {};
  for (const { state, count } of [...(runs ?? []), ...(statuses ?? [])]) {
    if (ignored.includes(state)) continue;
    counts[running.includes(state) ? "running" : passed.includes(state) ? "passed" : "failed"] += count;
  }
  const state =
    rollup.state === "SUCCESS" ? "success" : running.includes(rollup.state) ? "running" : "failed";
  return { checks: rollup.contexts == null ? { state } : { state, ...counts } };
}

function toDiff({ additions, deletions, changedFiles }: PullDetail): Pick<MergeRequestFacts, "diff"> {
  if (additions == null || deletions == null || changedFiles == null) return {};
  return { diff: { files: changedFiles, additions, deletions } };
}

function toThreads({ reviewThreads }: PullDetail): Pick<MergeRequestFacts, "openThreads"> {
  if (reviewThreads?.nodes == null) return {};
  return { openThreads: present(reviewThreads.nodes).filter((thread) => !thread.isResolved).length };
}

function toHappenings(items: NewsItem[], newsSince: string | undefined): Happening[] {
  const floor = newsSince === undefined ? -Infinity : Date.parse(newsSince);
  return items
    .flatMap((item) => toHappening(item))
    .filter((happening) => Date.parse(happening.at) >= floor)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function toHappening(item: NewsItem): Happening[] {
  switch (item.__typename) {
    case "IssueComment": {
      const { body, url } = item;
      const id = `comment:${item.fullDatabaseId ?? url}`;
      return [{ id, at: item.createdAt, actor: toActor(item.author), what: "commented", body, url }];
    }
    case "PullRequestReview":
      return fromReview(item);
    case "ReviewDismissedEvent":
      return [
        {
          id: `dismissal:${item.id}`,
          at: item.createdAt,
          actor: toActor(item.actor),
          what: "dismissed",
          body: item.dismissalMessage ?? "",
          url: item.review?.url ?? "",
          of: toActor(item.review?.author),
        },
      ];
  }
}

const verdicts: Record<string, "approved" | "changes_requested" | "reviewed"> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes_requested",
  COMMENTED: "reviewed",
};

/**
 * A review is told with its own words, and each of its line comments by itself. Comments are dated by the review: they
 * may have been drafted long before anybody else could see them. A dismissed review no longer says what it was.
 */
function fromReview(review: ReviewItem): Happening[] {
  if (review.state === "PENDING") return [];
  const at = review.submittedAt ?? review.createdAt;
  const actor = toActor(review.author);
  const id = `review:${review.fullDatabaseId ?? review.url}`;
  const comments: Happening[] = present(review.comments.nodes).map((comment) => ({
    id: `review-comment:${comment.fullDatabaseId ?? comment.url}`,
    at,
    actor: toActor(comment.author) ?? actor,
    what: "commented",
    body: comment.body,
    url: comment.url,
    path: comment.path,
    reviewId: id,
  }));
  const what = verdicts[review.state];
  const silent = what === undefined || (what === "reviewed" && review.body === "" && comments.length > 0);
  if (silent) return comments;
  return [{ id, at, actor, what, body: review.body, url: review.url }, ...comments];
}
