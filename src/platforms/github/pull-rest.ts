import { isFailure } from "../../domain/failure.js";
import type {
  Assignment,
  Checks,
  Happening,
  MergeRequestFacts,
  ReviewRequest,
} from "../../domain/facts/index.js";
import type { Person } from "../../domain/person.js";
import type { GitHubSession } from "./client.js";
import { limits } from "./limits.js";
import { readList } from "./lists.js";
import { ownerOf, toPerson, toPullFacts, withRevision } from "./normalize.js";
import { repoUrl } from "./projects.js";
import * as schema from "./pull-rest-schema.js";

interface Parts {
  pull: schema.FullPull;
  comments: schema.CommentAnswer[];
  remarks: schema.RemarkAnswer[];
  reviews: schema.ReviewAnswer[];
  events: schema.EventAnswer[];
  checks: Checks | undefined;
}

/**
 * One pull request by REST alone, at five or six requests: where GraphQL cannot be had, and where an answer of GraphQL about it is
 * too large. Its happenings have the same ids as there. REST does not tell which threads are resolved.
 */
export async function readPullByRest(
  session: GitHubSession,
  { path, number }: { path: string; number: number },
  newsSince: string | undefined,
): Promise<{ facts: MergeRequestFacts; projectId: string }> {
  const what = `pull request #${number} of ${path}`;
  const base = `${repoUrl(path)}/pulls/${number}`;
  const issue = `${repoUrl(path)}/issues/${number}`;
  const since = newsSince === undefined ? "" : `?since=${encodeURIComponent(newsSince)}`;
  const drafted = newsSince === undefined ? "" : `?since=${encodeURIComponent(aDayBefore(newsSince))}`;
  const pull = (await session.read({ url: base, schema: schema.fullPull, what })).data;
  const about = { what };
  const [comments, remarks, reviews, events, checks] = await Promise.all([
    readList(session, {
      url: `${issue}/comments${since}`,
      row: schema.comment,
      limit: limits.comments,
      ...about,
    }),
    readList(session, {
      url: `${base}/comments${drafted}`,
      row: schema.remark,
      limit: limits.remarks,
      ...about,
    }),
    readList(session, { url: `${base}/reviews`, row: schema.review, limit: limits.reviews, ...about }),
    readList(session, { url: `${issue}/events`, row: schema.event, limit: limits.events, ...about }),
    readChecks(session, path, pull.head.sha),
  ]);
  const parts = { pull, comments, remarks, reviews, events, checks };
  return { facts: toFacts(parts, newsSince), projectId: pull.base.repo.id };
}

/** A remark can be drafted hours before its review is submitted, and is dated by it only here. */
function aDayBefore(instant: string): string {
  return new Date(Date.parse(instant) - 86_400_000).toISOString();
}

/** They only add: a token that may not read them (a fine-grained one never may) leaves them unknown. */
async function readChecks(session: GitHubSession, path: string, sha: string): Promise<Checks | undefined> {
  const url = `${repoUrl(path)}/commits/${sha}/check-runs`;
  const list = {
    url,
    row: schema.checkRun,
    key: "check_runs",
    limit: limits.checkRuns,
    what: `the checks of ${sha}`,
  };
  const runs = await readList(session, list).catch((error: unknown) => {
    if (isFailure(error) && error.kind !== "throttled" && error.kind !== "unauthorized") return undefined;
    throw error;
  });
  if (runs === undefined) return undefined;
  // Whether there are commit statuses instead is not asked.
  if (runs.length === 0) return undefined;
  const isGood = (run: schema.CheckRunAnswer) =>
    ["success", "neutral", "skipped"].includes(run.conclusion ?? "");
  const ended = runs.filter((run) => run.status === "completed" && run.conclusion !== "stale");
  const passed = ended.filter(isGood).length;
  const running = runs.filter((run) => run.status !== "completed").length;
  const failed = ended.length - passed;
  return { state: failed > 0 ? "failed" : running > 0 ? "running" : "success", passed, failed, running };
}

function toFacts(parts: Parts, newsSince: string | undefined): MergeRequestFacts {
  const { pull, checks } = parts;
  const row = toPullFacts(pull);
  const endedBy = toEndedBy(parts);
  return withRevision({
    ...row,
    ...(endedBy === undefined ? {} : { endedBy }),
    assignments: toAssignments(parts, row.assignments),
    reviewRequests: (row.reviewRequests ?? []).map((request) => toRequest(parts, request)),
    ...toVerdicts(parts),
    ...(pull.mergeable == null ? {} : { conflict: !pull.mergeable }),
    ...(checks === undefined ? {} : { checks }),
    ...toDiff(pull),
    happenings: toHappenings(parts, newsSince),
    ...(newsSince === undefined ? {} : { newsSince }),
  });
}

function toDiff({
  additions,
  deletions,
  changed_files: files,
}: schema.FullPull): Pick<MergeRequestFacts, "diff"> {
  if (additions == null || deletions == null || files == null) return {};
  return { diff: { files, additions, deletions } };
}

function toEndedBy({ pull, events }: Parts): Person | null | undefined {
  if (pull.merged_at != null) return toPerson(pull.merged_by ?? lastOf(events, "merged")?.actor);
  if (pull.state !== "closed") return undefined;
  const closed = lastOf(events, "closed");
  return closed === undefined ? undefined : toPerson(closed.actor);
}

function lastOf(events: schema.EventAnswer[], name: string): schema.EventAnswer | undefined {
  return events.findLast(({ event }) => event === name);
}

function toAssignments({ events }: Parts, assignments: Assignment[]): Assignment[] {
  return assignments.map(({ person }) => {
    const found = events.findLast(
      ({ event, assignee }) => event === "assigned" && assignee?.id === person.id,
    );
    return found === undefined ? { person } : { person, by: toPerson(found.actor), at: found.created_at };
  });
}

function toRequest({ pull, events }: Parts, request: ReviewRequest): ReviewRequest {
  const owner = ownerOf(pull.base.repo.full_name);
  const found = events.findLast(
    ({ event, requested_reviewer: person, requested_team: team }) =>
      event === "review_requested" &&
      (request.person === undefined
        ? `${owner}/${team?.slug}` === request.team
        : person?.id === request.person.id),
  );
  if (found === undefined) return request;
  return { ...request, requestId: found.node_id, by: toPerson(found.actor), at: found.created_at };
}

/** The last opinion of each counts; a comment is none. */
function toVerdicts({ reviews }: Parts): Pick<MergeRequestFacts, "approvedBy" | "changesRequestedBy"> {
  const last = new Map<string, schema.ReviewAnswer>();
  for (const review of reviews) {
    if (["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].includes(review.state))
      last.set(review.user?.id ?? "", review);
  }
  const whoSaid = (state: string) =>
    [...last.values()].flatMap((review) => (review.state === state ? (toPerson(review.user) ?? []) : []));
  return { approvedBy: whoSaid("APPROVED"), changesRequestedBy: whoSaid("CHANGES_REQUESTED") };
}

function toHappenings(parts: Parts, newsSince: string | undefined): Happening[] {
  const floor = newsSince === undefined ? -Infinity : Date.parse(newsSince);
  const comments = parts.comments.map((one): Happening => ({ ...toRemark(one), id: `comment:${one.id}` }));
  return [...comments, ...parts.reviews.flatMap((one) => fromReview(parts, one)), ...toDismissals(parts)]
    .filter((happening) => Date.parse(happening.at) >= floor)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function toRemark(one: schema.CommentAnswer) {
  const { body, html_url: url, created_at: at } = one;
  return { at, actor: toPerson(one.user), what: "commented" as const, body: body ?? "", url };
}

const verdicts: Record<string, "approved" | "changes_requested" | "reviewed"> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes_requested",
  COMMENTED: "reviewed",
};

/** As GraphQL tells it: remarks bear the time of their review. */
function fromReview({ remarks }: Parts, review: schema.ReviewAnswer): Happening[] {
  if (review.state === "PENDING" || review.submitted_at == null) return [];
  const reviewId = `review:${review.id}`;
  const at = review.submitted_at;
  const own = remarks
    .filter((one) => one.pull_request_review_id === review.id)
    .map((one): Happening => ({
      ...toRemark(one),
      id: `review-comment:${one.id}`,
      at,
      reviewId,
      ...(one.path == null ? {} : { path: one.path }),
    }));
  const what = verdicts[review.state];
  const body = review.body ?? "";
  if (what === undefined || (what === "reviewed" && body === "" && own.length > 0)) return own;
  return [{ id: reviewId, at, actor: toPerson(review.user), what, body, url: review.html_url }, ...own];
}

function toDismissals({ events, reviews }: Parts): Happening[] {
  return events
    .filter(({ event }) => event === "review_dismissed")
    .map((one): Happening => {
      const review = reviews.find(({ id }) => id === one.dismissed_review?.review_id);
      return {
        id: `dismissal:${one.node_id}`,
        at: one.created_at,
        actor: toPerson(one.actor),
        what: "dismissed",
        body: one.dismissed_review?.dismissal_message ?? "",
        url: review?.html_url ?? "",
        of: toPerson(review?.user),
      };
    });
}
