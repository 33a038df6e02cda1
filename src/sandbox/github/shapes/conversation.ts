import { diffOf } from "../checks.js";
import { decisionOf } from "../reviews.js";
import {
  isCollaborator,
  toNodeId,
  type Comment,
  type Issue,
  type PullRequest,
  type Repository,
  type Review,
  type ReviewComment,
  type State,
} from "../state.js";
import { toSimpleUser, toTeam } from "./account.js";
import { repositoryUrl, toRepository } from "./repository.js";

export function webUrlOf(state: State, subject: Issue | PullRequest): string {
  const folder = subject.kind === "issue" ? "issues" : "pull";
  return `${state.urls.web}/${subject.repo.fullName}/${folder}/${subject.number}`;
}

function toLabel(state: State, repo: Repository, name: string): object {
  const id = repo.labels.get(name) ?? 0;
  const url = `${repositoryUrl(state, repo)}/labels/${encodeURIComponent(name)}`;
  return { id, node_id: `LA_${id}`, url, name, description: "", color: "ededed", default: false };
}

function associationOf(repo: Repository, login: string): string {
  if (repo.fullName.startsWith(`${login}/`)) return "OWNER";
  return isCollaborator(repo, login) ? "COLLABORATOR" : "NONE";
}

/** What `issue`, `pull-request-simple` and `pull-request` have in common. */
function common(state: State, subject: Issue | PullRequest): Record<string, unknown> {
  const issueUrl = `${repositoryUrl(state, subject.repo)}/issues/${subject.number}`;
  const people = subject.assignees.map((login) => toSimpleUser(state, login));
  return {
    number: subject.number,
    state: subject.state === "OPEN" ? "open" : "closed",
    locked: false,
    title: subject.title,
    body: subject.body,
    user: toSimpleUser(state, subject.author),
    labels: subject.labels.map((name) => toLabel(state, subject.repo, name)),
    assignee: people[0] ?? null,
    assignees: people,
    milestone: null,
    html_url: webUrlOf(state, subject),
    comments_url: `${issueUrl}/comments`,
    created_at: subject.createdAt,
    updated_at: subject.updatedAt,
    closed_at: subject.closedAt,
    author_association: associationOf(subject.repo, subject.author),
    active_lock_reason: null,
  };
}

/** `issue` of the official description; GitHub answers it for pull requests too. */
export function toIssue(state: State, subject: Issue | PullRequest): object {
  const repoUrl = repositoryUrl(state, subject.repo);
  const url = `${repoUrl}/issues/${subject.number}`;
  const pull = subject.kind === "pull_request" ? subject : null;
  const links = pull && {
    url: `${repoUrl}/pulls/${pull.number}`,
    html_url: webUrlOf(state, pull),
    diff_url: `${webUrlOf(state, pull)}.diff`,
    patch_url: `${webUrlOf(state, pull)}.patch`,
    merged_at: pull.mergedAt,
  };
  return {
    ...common(state, subject),
    id: subject.id,
    node_id: toNodeId(pull ? "PullRequest" : "Issue", subject.id),
    url,
    repository_url: repoUrl,
    labels_url: `${url}/labels{/name}`,
    events_url: `${url}/events`,
    comments: subject.comments.length,
    state_reason: null,
    ...(pull ? { draft: pull.draft, pull_request: links } : {}),
  };
}

/** `pull-request-simple` of the official description. */
export function toPullRequestSimple(state: State, pull: PullRequest): Record<string, unknown> {
  const repoUrl = repositoryUrl(state, pull.repo);
  const url = `${repoUrl}/pulls/${pull.number}`;
  const page = webUrlOf(state, pull);
  const issueUrl = `${repoUrl}/issues/${pull.number}`;
  const links = {
    self: url,
    html: page,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repoUrl}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repoUrl}/statuses/${pull.headSha}`,
  };
  const teams = pull.reviewers.filter((name) => name.includes("/"));
  return {
    ...common(state, pull),
    id: pull.id,
    node_id: toNodeId("PullRequest", pull.id),
    url,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    statuses_url: links.statuses,
    merged_at: pull.mergedAt,
    // Before the merge this is a test commit, which is not the merge.
    merge_commit_sha: pull.mergeSha ?? (pull.mergeable === "MERGEABLE" ? pull.headSha : null),
    draft: pull.draft,
    requested_reviewers: pull.reviewers
      .filter((name) => !teams.includes(name))
      .map((name) => toSimpleUser(state, name)),
    requested_teams: teams.flatMap((name) => {
      const team = state.teams.get(name.toLowerCase());
      return team ? [toTeam(state, team)] : [];
    }),
    auto_merge: null,
    head: toSide(state, pull, { ref: pull.head, sha: pull.headSha }),
    base: toSide(state, pull, { ref: pull.base, sha: pull.baseSha }),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
  };
}

function toSide(state: State, pull: PullRequest, at: { ref: string; sha: string }): object {
  const owner = pull.repo.fullName.split("/")[0] ?? "";
  const user = toSimpleUser(state, owner);
  return { label: `${owner}:${at.ref}`, ...at, user, repo: toRepository(state, pull.repo) };
}

/** `pull-request` of the official description. */
export function toPullRequest(state: State, pull: PullRequest): object {
  const open = pull.state === "OPEN";
  return {
    ...toPullRequestSimple(state, pull),
    merged: pull.state === "MERGED",
    mergeable: open && pull.mergeable !== "UNKNOWN" ? pull.mergeable === "MERGEABLE" : null,
    rebaseable: open && pull.mergeable === "MERGEABLE",
    mergeable_state: mergeableStateOf(pull),
    merged_by: pull.mergedBy === null ? null : toSimpleUser(state, pull.mergedBy),
    comments: pull.comments.length,
    review_comments: pull.reviews.reduce((sum, review) => sum + review.comments.length, 0),
    maintainer_can_modify: false,
    commits: pull.commits.length,
    additions: diffOf(pull).additions,
    deletions: diffOf(pull).deletions,
    changed_files: diffOf(pull).files,
  };
}

export function mergeableStateOf(pull: PullRequest): string {
  if (pull.state !== "OPEN" || pull.mergeable === "UNKNOWN") return "unknown";
  if (pull.mergeable === "CONFLICTING") return "dirty";
  if (pull.draft) return "draft";
  return pull.repo.requiredReviews > 0 && decisionOf(pull) !== "APPROVED" ? "blocked" : "clean";
}

/** `issue-comment` of the official description. */
export function toIssueComment(state: State, subject: Issue | PullRequest, comment: Comment): object {
  const repoUrl = repositoryUrl(state, subject.repo);
  return {
    id: comment.id,
    node_id: toNodeId("IssueComment", comment.id),
    url: `${repoUrl}/issues/comments/${comment.id}`,
    html_url: `${webUrlOf(state, subject)}#issuecomment-${comment.id}`,
    issue_url: `${repoUrl}/issues/${subject.number}`,
    body: comment.body,
    user: toSimpleUser(state, comment.author),
    created_at: comment.at,
    updated_at: comment.at,
    author_association: associationOf(subject.repo, comment.author),
    performed_via_github_app: null,
  };
}

/** `pull-request-review` of the official description. */
export function toReview(state: State, pull: PullRequest, review: Review): object {
  const page = `${webUrlOf(state, pull)}#pullrequestreview-${review.id}`;
  const pullUrl = `${repositoryUrl(state, pull.repo)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: toNodeId("PullRequestReview", review.id),
    user: toSimpleUser(state, review.author),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: pullUrl,
    author_association: associationOf(pull.repo, review.author),
    _links: { html: { href: page }, pull_request: { href: pullUrl } },
    submitted_at: review.at,
    commit_id: review.sha,
  };
}

/** `pull-request-review-comment` of the official description. */
export function toReviewComment(state: State, pull: PullRequest, comment: ReviewComment): object {
  const repoUrl = repositoryUrl(state, pull.repo);
  const url = `${repoUrl}/pulls/comments/${comment.id}`;
  const page = `${webUrlOf(state, pull)}#discussion_r${comment.id}`;
  const pullUrl = `${repoUrl}/pulls/${pull.number}`;
  return {
    id: comment.id,
    node_id: toNodeId("PullRequestReviewComment", comment.id),
    url,
    html_url: page,
    pull_request_url: pullUrl,
    pull_request_review_id: comment.reviewId,
    diff_hunk: "@@ -1 +1 @@",
    path: comment.path,
    position: 1,
    original_position: 1,
    line: 1,
    side: "RIGHT",
    commit_id: comment.sha,
    original_commit_id: comment.sha,
    user: toSimpleUser(state, comment.author),
    body: comment.body,
    created_at: comment.at,
    updated_at: comment.at,
    author_association: associationOf(pull.repo, comment.author),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pullUrl } },
    ...(comment.inReplyTo === undefined ? {} : { in_reply_to_id: comment.inReplyTo }),
  };
}
