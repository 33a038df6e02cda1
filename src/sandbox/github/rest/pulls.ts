import * as z from "zod";
import { toPullRequest, toPullRequestSimple, toReview, toReviewComment } from "../shapes/conversation.js";
import { decisionOf, replyToReviewComment } from "../reviews.js";
import { pullsOf, type PullRequest, type ReviewComment } from "../state.js";
import {
  fail,
  list,
  notFound,
  ok,
  pullIn,
  readBody,
  sinceFilter,
  type RepoRequest,
  type RestReply,
} from "./route.js";

const pulls = "/repos/{owner}/{repo}/pulls";
const one = `${pulls}/{pull_number}`;
const read = "pull_requests:read";
const write = "pull_requests:write";

export const pullRoutes = [
  { operation: `GET ${pulls}`, needs: read, handle: listPulls },
  { operation: `GET ${pulls}/comments`, needs: read, handle: listAllReviewComments },
  { operation: `GET ${pulls}/comments/{comment_id}`, needs: read, handle: readReviewComment },
  {
    operation: `GET ${one}`,
    needs: read,
    handle: (request: RepoRequest) => ok(toPullRequest(request.state, pullIn(request))),
  },
  { operation: `PATCH ${one}`, needs: write, collaborator: true, handle: updatePull },
  { operation: `GET ${one}/reviews`, needs: read, handle: listReviews },
  { operation: `POST ${one}/reviews`, needs: write, handle: createReview },
  {
    operation: `PUT ${one}/reviews/{review_id}/dismissals`,
    needs: write,
    collaborator: true,
    handle: dismiss,
  },
  { operation: `GET ${one}/comments`, needs: read, handle: listReviewComments },
  { operation: `POST ${one}/comments/{comment_id}/replies`, needs: write, handle: reply },
  { operation: `PUT ${one}/merge`, needs: "contents:write", collaborator: true, handle: mergePull },
  {
    operation: `POST ${one}/requested_reviewers`,
    needs: write,
    collaborator: true,
    handle: requestReviewers,
  },
];

function listPulls(request: RepoRequest): RestReply {
  const { state, repo, query } = request;
  const wanted = query.get("state") ?? "open";
  const sort = query.get("sort") ?? "created";
  // Newest first for the default order alone; with any other `sort` GitHub starts at the oldest.
  const direction = query.get("direction") ?? (sort === "created" ? "desc" : "asc");
  const head = query.get("head")?.split(":").at(-1);
  const base = query.get("base");
  const found = pullsOf(repo)
    .filter((pull) => wanted === "all" || (pull.state === "OPEN") === (wanted === "open"))
    .filter((pull) => head === undefined || pull.head === head)
    .filter((pull) => base === null || pull.base === base);
  const keyOf = (pull: PullRequest): string => (sort === "updated" ? pull.updatedAt : pull.createdAt);
  found.sort((a, b) => (keyOf(a) === keyOf(b) ? a.number - b.number : keyOf(a) < keyOf(b) ? -1 : 1));
  if (direction === "desc") found.reverse();
  return list(request, found, (pull) => toPullRequestSimple(state, pull));
}

const pullChanges = z.object({ state: z.enum(["open", "closed"]).optional(), title: z.string().optional() });

function updatePull(request: RepoRequest): RestReply {
  const pull = pullIn(request);
  const changes = readBody(request, pullChanges);
  const by = request.caller.user.login;
  const { fullName } = pull.repo;
  if (pull.state === "MERGED" && changes.state === "open") {
    return fail(422, "Validation Failed", [{ resource: "PullRequest", field: "state", code: "invalid" }]);
  }
  if (changes.title !== undefined) pull.title = changes.title;
  if (changes.state === "closed") request.world.close(fullName, pull.number, { by });
  if (changes.state === "open") request.world.reopen(fullName, pull.number, { by });
  return ok(toPullRequest(request.state, pull));
}

function listReviews(request: RepoRequest): RestReply {
  const pull = pullIn(request);
  return list(request, pull.reviews, (review) => toReview(request.state, pull, review));
}

const newReview = z.object({
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]).optional(),
  body: z.string().optional(),
  commit_id: z.string().optional(),
  comments: z.array(z.object({ path: z.string(), body: z.string() })).optional(),
});

const reviewStates = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
} as const;

function createReview(request: RepoRequest): RestReply {
  const pull = pullIn(request);
  const { event, body = "", commit_id: sha, comments } = readBody(request, newReview);
  const by = request.caller.user.login;
  const unprocessable = (why: string): RestReply => fail(422, "Unprocessable Entity", [why]);
  if (event === undefined) return unprocessable("The sandbox keeps no pending reviews: send an event");
  if (by === pull.author && event !== "COMMENT") {
    const verb = event === "APPROVE" ? "approve" : "request changes on";
    return unprocessable(`Can not ${verb} your own pull request`);
  }
  if (event !== "APPROVE" && body === "" && (comments ?? []).length === 0) {
    return unprocessable("Body can't be blank");
  }
  if (sha !== undefined && !pull.commits.includes(sha)) {
    return unprocessable("The commit_id is not part of the pull request");
  }
  const { id } = request.world.review(pull.repo.fullName, pull.number, {
    by,
    state: reviewStates[event],
    body,
    ...(sha === undefined ? {} : { sha }),
    ...(comments === undefined ? {} : { comments }),
  });
  const added = pull.reviews.find((review) => review.id === id);
  return added === undefined ? notFound() : ok(toReview(request.state, pull, added));
}

function dismiss(request: RepoRequest): RestReply {
  const pull = pullIn(request);
  const { message } = readBody(request, z.object({ message: z.string() }));
  const review = pull.reviews.find((known) => String(known.id) === request.params["review_id"]);
  if (review === undefined) return notFound();
  if (review.state === "COMMENTED") return fail(422, "Can not dismiss a commented pull request review", []);
  const by = request.caller.user.login;
  request.world.dismissReview(pull.repo.fullName, pull.number, review.id, { by, message });
  return ok(toReview(request.state, pull, review));
}

function commentsOf(pull: PullRequest): ReviewComment[] {
  return pull.reviews.flatMap((review) => review.comments);
}

function listReviewComments(request: RepoRequest): RestReply {
  const pull = pullIn(request);
  const found = sinceFilter(request, commentsOf(pull), (comment) => comment.at);
  return list(request, found, (comment) => toReviewComment(request.state, pull, comment));
}

function listAllReviewComments(request: RepoRequest): RestReply {
  const all = pullsOf(request.repo).flatMap((pull) => commentsOf(pull).map((comment) => ({ pull, comment })));
  const found = sinceFilter(request, all, ({ comment }) => comment.at);
  found.sort((a, b) => a.comment.id - b.comment.id);
  const sorted = request.query.has("sort");
  if (request.query.get("direction") === "desc" || (sorted && !request.query.has("direction")))
    found.reverse();
  return list(request, found, ({ pull, comment }) => toReviewComment(request.state, pull, comment));
}

function readReviewComment(request: RepoRequest): RestReply {
  for (const pull of pullsOf(request.repo)) {
    const comment = commentsOf(pull).find(({ id }) => String(id) === request.params["comment_id"]);
    if (comment !== undefined) return ok(toReviewComment(request.state, pull, comment));
  }
  return notFound();
}

function reply(request: RepoRequest): RestReply {
  const pull = pullIn(request);
  const { body } = readBody(request, z.object({ body: z.string().min(1) }));
  const commentId = Number(request.params["comment_id"]);
  if (!commentsOf(pull).some((comment) => comment.id === commentId)) return notFound();
  const by = request.caller.user.login;
  const where: [string, number] = [pull.repo.fullName, pull.number];
  const added = replyToReviewComment(request.state, where, { by, commentId, body });
  return { status: 201, body: toReviewComment(request.state, pull, added) };
}

const mergeOptions = z.object({
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).optional(),
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
});

function mergePull(request: RepoRequest): RestReply {
  const pull = pullIn(request);
  const options = readBody(request, mergeOptions);
  const method = options.merge_method ?? "merge";
  if (pull.state !== "OPEN") return fail(405, "Pull Request is not mergeable");
  if (options.sha !== undefined && options.sha !== pull.headSha) {
    return fail(409, "Head branch was modified. Review and try the merge again.");
  }
  if (pull.draft) return fail(405, "Pull Request is still a draft");
  if (pull.mergeable !== "MERGEABLE") return fail(405, "Pull Request is not mergeable");
  if (!pull.repo.mergeMethods.includes(method)) {
    return fail(
      405,
      `${method[0]?.toUpperCase()}${method.slice(1)} merges are not allowed on this repository.`,
    );
  }
  if (pull.repo.requiredReviews > 0 && decisionOf(pull) !== "APPROVED") {
    return fail(405, "At least one approving review is required by reviewers with write access.");
  }
  const message = options.commit_title;
  const { sha } = request.world.merge(pull.repo.fullName, pull.number, {
    by: request.caller.user.login,
    ...(message === undefined ? {} : { message }),
  });
  return ok({ sha, merged: true, message: "Pull Request successfully merged" });
}

const reviewerNames = z.object({
  reviewers: z.array(z.string()).optional(),
  team_reviewers: z.array(z.string()).optional(),
});

function requestReviewers(request: RepoRequest): RestReply {
  const pull = pullIn(request);
  const names = readBody(request, reviewerNames);
  const org = pull.repo.fullName.split("/")[0] ?? "";
  const teams = (names.team_reviewers ?? []).map((slug) => `${org}/${slug}`);
  const asked = [...(names.reviewers ?? []), ...teams];
  if (asked.some((name) => name === pull.author)) {
    return fail(422, "Review cannot be requested from pull request author.", []);
  }
  const by = request.caller.user.login;
  for (const reviewer of asked) {
    request.world.requestReview(pull.repo.fullName, pull.number, { by, reviewer });
  }
  return { status: 201, body: toPullRequestSimple(request.state, pull) };
}
