import * as z from "zod";
import { listOf } from "../../lib/list-of.js";
import { limits } from "./limits.js";

const id = z.union([z.number(), z.bigint(), z.string()]).transform(String);
const instant = z.iso.datetime({ offset: true });

/** `databaseId` is absent for kinds of account that the query does not name. */
export const actor = z.object({
  __typename: z.string(),
  login: z.string(),
  databaseId: id.nullish(),
  name: z.string().nullish(),
});
export type ActorAnswer = z.infer<typeof actor>;

const reviewer = z.union([
  z.object({ __typename: z.literal("Team"), combinedSlug: z.string() }),
  actor,
  // An account kind that has no login (a new one, or one that this token may not see).
  z.object({ __typename: z.string() }),
]);
export type ReviewerAnswer = z.infer<typeof reviewer>;

const reviewComment = z.object({
  fullDatabaseId: id.nullish(),
  body: z.string(),
  path: z.string(),
  url: z.string(),
  createdAt: instant,
  author: actor.nullish(),
});

const nodes = <T extends z.ZodType>(schema: T) => z.object({ nodes: listOf(schema.nullable()).nullish() });

const commentItem = z.object({
  __typename: z.literal("IssueComment"),
  fullDatabaseId: id.nullish(),
  body: z.string(),
  url: z.string(),
  createdAt: instant,
  author: actor.nullish(),
});
const reviewItem = z.object({
  __typename: z.literal("PullRequestReview"),
  fullDatabaseId: id.nullish(),
  state: z.string(),
  body: z.string(),
  url: z.string(),
  createdAt: instant,
  submittedAt: instant.nullish(),
  author: actor.nullish(),
  comments: nodes(reviewComment).extend({ pageInfo: z.object({ hasNextPage: z.boolean() }).nullish() }),
});
const dismissedItem = z.object({
  __typename: z.literal("ReviewDismissedEvent"),
  id: z.string(),
  createdAt: instant,
  actor: actor.nullish(),
  dismissalMessage: z.string().nullish(),
  review: z.object({ url: z.string(), author: actor.nullish() }).nullish(),
});
const newsItem = z.discriminatedUnion("__typename", [commentItem, reviewItem, dismissedItem]);
export type NewsItem = z.infer<typeof newsItem>;
export type ReviewItem = z.infer<typeof reviewItem>;

const standingItem = z.discriminatedUnion("__typename", [
  z.object({
    __typename: z.literal("ReviewRequestedEvent"),
    id: z.string(),
    createdAt: instant,
    actor: actor.nullish(),
    requestedReviewer: reviewer.nullish(),
  }),
  z.object({
    __typename: z.literal("AssignedEvent"),
    createdAt: instant,
    actor: actor.nullish(),
    assignee: actor.nullish(),
  }),
  z.object({ __typename: z.literal("ClosedEvent"), createdAt: instant, actor: actor.nullish() }),
  z.object({ __typename: z.literal("MergedEvent"), createdAt: instant, actor: actor.nullish() }),
]);

const counts = listOf(z.object({ state: z.string(), count: z.number() })).nullish();
const rollup = z.object({
  state: z.string(),
  contexts: z.object({ checkRunCountsByState: counts, statusContextCountsByState: counts }).nullish(),
});
export type RollupAnswer = z.infer<typeof rollup>;

export const pullDetail = z.object({
  id: z.string(),
  number: z.number(),
  title: z.string(),
  body: z.string(),
  url: z.string(),
  state: z.string(),
  isDraft: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
  mergedAt: instant.nullish(),
  closedAt: instant.nullish(),
  mergedBy: actor.nullish(),
  author: actor.nullish(),
  baseRefName: z.string(),
  headRefName: z.string(),
  headRefOid: z.string(),
  mergeable: z.string(),
  repository: z.object({ databaseId: id, nameWithOwner: z.string() }),
  additions: z.number().nullish(),
  deletions: z.number().nullish(),
  changedFiles: z.number().nullish(),
  commits: nodes(z.object({ commit: z.object({ statusCheckRollup: rollup.nullish() }) })).nullish(),
  reviewThreads: nodes(z.object({ isResolved: z.boolean() })).nullish(),
  labels: nodes(z.object({ name: z.string() })).nullish(),
  assignees: nodes(z.object({ login: z.string(), databaseId: id.nullish(), name: z.string().nullish() })),
  reviewRequests: nodes(z.object({ requestedReviewer: reviewer.nullish() }))
    .extend({ totalCount: z.number().nullish() })
    .nullish(),
  latestOpinionatedReviews: nodes(z.object({ state: z.string(), author: actor.nullish() })).nullish(),
  news: nodes(newsItem).extend({
    pageInfo: z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullish() }),
  }),
  standing: nodes(standingItem),
});
export type PullDetail = z.infer<typeof pullDetail>;

const actorFields = `__typename login ... on User { databaseId name } ... on Bot { databaseId } ... on Mannequin { databaseId }`;
const reviewerFields = `__typename ... on User { login databaseId name } ... on Bot { login databaseId } ... on Mannequin { login databaseId } ... on Team { combinedSlug }`;
const assigneeFields = `__typename ... on User { login databaseId name } ... on Bot { login databaseId } ... on Mannequin { login databaseId } ... on Organization { login databaseId }`;

const newsFields = `pageInfo { hasPreviousPage startCursor }
  nodes { __typename
    ... on IssueComment { fullDatabaseId body url createdAt author { ${actorFields} } }
    ... on PullRequestReview { fullDatabaseId state body url createdAt submittedAt author { ${actorFields} }
      comments(first: ${limits.nestedRemarks.perPage}) { pageInfo { hasNextPage } nodes { fullDatabaseId body path url createdAt author { ${actorFields} } } } }
    ... on ReviewDismissedEvent { id createdAt actor { ${actorFields} } dismissalMessage
      review { url author { ${actorFields} } } } }`;

const newsTypes = "[ISSUE_COMMENT, PULL_REQUEST_REVIEW, REVIEW_DISMISSED_EVENT]";
const standingTypes = "[REVIEW_REQUESTED_EVENT, ASSIGNED_EVENT, CLOSED_EVENT, MERGED_EVENT]";

/**
 * `news` is bounded by `$since`; `standing` is not, because a review request that is open today may be months old.
 * Of `statusCheckRollup` a fine-grained token may read nothing (cli/cli#12597): then it is null, which is unknown.
 */
export const pullFields = `id number title body url state isDraft createdAt updatedAt mergedAt closedAt
  baseRefName headRefName headRefOid mergeable
  repository { databaseId nameWithOwner }
  author { ${actorFields} } mergedBy { ${actorFields} }
  labels(first: ${limits.labels.perPage}) { nodes { name } }
  assignees(first: ${limits.assignees.perPage}) { nodes { login databaseId name } }
  reviewRequests(first: ${limits.reviewRequests.perPage}) { totalCount nodes { requestedReviewer { ${reviewerFields} } } }
  latestOpinionatedReviews(first: ${limits.opinions.perPage}) { nodes { state author { ${actorFields} } } }
  additions deletions changedFiles
  commits(last: 1) { nodes { commit { statusCheckRollup { state contexts(first: 1) {
    checkRunCountsByState { state count } statusContextCountsByState { state count } } } } } }
  reviewThreads(first: ${limits.threads.perPage}) { nodes { isResolved } }
  news: timelineItems(last: ${limits.news.perPage}, since: $since, itemTypes: ${newsTypes}) { ${newsFields} }
  standing: timelineItems(last: ${limits.standing.perPage}, itemTypes: ${standingTypes}) { nodes { __typename
    ... on ReviewRequestedEvent { id createdAt actor { ${actorFields} } requestedReviewer { ${reviewerFields} } }
    ... on AssignedEvent { createdAt actor { ${actorFields} } assignee { ${assigneeFields} } }
    ... on ClosedEvent { createdAt actor { ${actorFields} } }
    ... on MergedEvent { createdAt actor { ${actorFields} } } } }`;

export const pullsByIdQuery = `query($ids: [ID!]!, $since: DateTime) {
  nodes(ids: $ids) { ... on PullRequest { ${pullFields} } } }`;

/** Older happenings of one pull request that has more than a hundred of them. */
export const olderNewsQuery = `query($id: ID!, $since: DateTime, $before: String) {
  node(id: $id) { ... on PullRequest {
    news: timelineItems(last: ${limits.news.perPage}, since: $since, before: $before, itemTypes: ${newsTypes}) { ${newsFields} } } } }`;

export const olderNews = z.object({ node: z.object({ news: pullDetail.shape.news }) });

/** What GitHub could not answer is null: unknown, not deleted. */
const answerable = z.union([pullDetail, z.null()]);

export const pullsById = z.object({ nodes: listOf(answerable) });
export const pullsByNumber = z.record(z.string(), z.object({ pullRequest: answerable }).nullable());

/** Several pull requests of several repositories by number; the answers are named `p0`, `p1`, … */
export function pullsByNumberQuery(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const parameters = indexes.map((i) => `$owner${i}: String!, $name${i}: String!, $number${i}: Int!`);
  const fields = indexes.map(
    (i) =>
      `p${i}: repository(owner: $owner${i}, name: $name${i}) { pullRequest(number: $number${i}) { ${pullFields} } }`,
  );
  return `query($since: DateTime, ${parameters.join(", ")}) { ${fields.join("\n")} }`;
}
