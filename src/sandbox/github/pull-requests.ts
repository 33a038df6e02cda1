import { addItem, announce, newConversation } from "./conversations.js";
import { addCommit, changesBetween, headOf, mergeBaseOf, writeCommit } from "./git-store.js";
import { bump, involve } from "./notifications.js";
import { notePush, startBranch, toGitAuthor } from "./repositories.js";
import { pullOf, repositoryOf, stamp, toNodeId, userOf, type PullRequest, type State } from "./state.js";

type Where = [fullName: string, number: number];

export interface NewPullRequest {
  author: string;
  title: string;
  body?: string;
  /** A branch; it is made from the base, with one commit, when there is none. */
  head: string;
  base?: string;
  draft?: boolean;
  labels?: string[];
}

export function openPullRequest(
  state: State,
  fullName: string,
  request: NewPullRequest,
): { number: number; sha: string } {
  const repo = repositoryOf(state, fullName);
  const base = request.base ?? repo.defaultBranch;
  const baseSha = headOf(repo.git, base)?.sha ?? "";
  if (headOf(repo.git, request.head) === undefined) {
    startBranch(repo, request.head, base);
    commitToBranch(state, fullName, { by: request.author, branch: request.head, message: request.title });
  }
  const headSha = headOf(repo.git, request.head)?.sha ?? "";
  const pull: PullRequest = {
    kind: "pull_request",
    ...newConversation(state, repo, request),
    state: "OPEN",
    draft: request.draft ?? false,
    head: request.head,
    base,
    headSha,
    baseSha,
    commits: [],
    mergeable: "MERGEABLE",
    mergedAt: null,
    mergedBy: null,
    mergeSha: null,
    reviewers: [],
    reviews: [],
  };
  repo.subjects.set(pull.number, pull);
  state.nodes.set(toNodeId("PullRequest", pull.id), () => ({ type: "PullRequest", pull }));
  noteCommit(state, pull, { by: request.author, sha: headSha });
  noteFeed(state, pull, { by: request.author, action: "opened" });
  announce(state, pull);
  return { number: pull.number, sha: headSha };
}

/** A new commit on the head branch. `force` replaces the last one instead of following it. */
export function push(state: State, where: Where, request: { by: string; force?: boolean }): { sha: string } {
  const pull = pullOf(state, ...where);
  const { git } = pull.repo;
  const before = pull.headSha;
  if (request.force === true) {
    const parent = git.commits.get(before)?.parents[0];
    if (parent !== undefined) git.refs.set(`refs/heads/${pull.head}`, parent);
    pull.commits.pop();
  }
  const message = `Change ${pull.head} again (${pull.timeline.length})`;
  pull.headSha = commitToBranch(state, where[0], { by: request.by, branch: pull.head, message });
  noteCommit(state, pull, { by: request.by, sha: pull.headSha });
  if (request.force === true) {
    const item = { type: "HeadRefForcePushedEvent" as const, before, after: pull.headSha };
    addItem(state, pull, { by: request.by, item });
  }
  bump(state, pull, request.by);
  return { sha: pull.headSha };
}

/** GitHub computes this in the background: `updated_at` does not move. */
export function setMergeable(state: State, where: Where, mergeable: PullRequest["mergeable"]): void {
  pullOf(state, ...where).mergeable = mergeable;
}

/** `reviewer` is a login or `org/team`. */
export function requestReview(state: State, where: Where, request: { by: string; reviewer: string }): void {
  const pull = pullOf(state, ...where);
  const team = state.teams.get(request.reviewer.toLowerCase());
  const reviewer = team ? `${team.org}/${team.slug}` : userOf(state, request.reviewer).login;
  if (!pull.reviewers.includes(reviewer)) pull.reviewers.push(reviewer);
  addItem(state, pull, { by: request.by, item: { type: "ReviewRequestedEvent", reviewer } });
  const logins = team ? team.members : [reviewer];
  involve(state, pull, { logins, reason: "review_requested", by: request.by });
}

export function removeReviewRequest(
  state: State,
  where: Where,
  request: { by: string; reviewer: string },
): void {
  const pull = pullOf(state, ...where);
  const reviewer = pull.reviewers.find((name) => name.toLowerCase() === request.reviewer.toLowerCase());
  if (reviewer === undefined) return;
  pull.reviewers = pull.reviewers.filter((name) => name !== reviewer);
  addItem(state, pull, { by: request.by, item: { type: "ReviewRequestRemovedEvent", reviewer } });
}

export function markReady(state: State, where: Where, request: { by: string }): void {
  const pull = pullOf(state, ...where);
  if (!pull.draft) return;
  pull.draft = false;
  addItem(state, pull, { by: request.by, item: { type: "ReadyForReviewEvent" } });
  bump(state, pull, request.by);
}

export function convertToDraft(state: State, where: Where, request: { by: string }): void {
  const pull = pullOf(state, ...where);
  if (pull.draft) return;
  pull.draft = true;
  addItem(state, pull, { by: request.by, item: { type: "ConvertToDraftEvent" } });
}

/** The base branch moves, and the timeline tells of a merge and of a closing, as on GitHub. */
export function merge(
  state: State,
  where: Where,
  request: { by: string; message?: string },
): { sha: string } {
  const pull = pullOf(state, ...where);
  if (pull.state !== "OPEN") throw new Error(`${where[0]}#${where[1]} is not open.`);
  const { git } = pull.repo;
  const before = headOf(git, pull.base);
  const head = git.commits.get(pull.headSha);
  const files = new Map(before?.files);
  const start = mergeBaseOf(git, before?.sha ?? "", pull.headSha)?.files;
  for (const change of changesBetween(start, head?.files ?? new Map<string, string>())) {
    if (change.status === "removed") files.delete(change.path);
    else files.set(change.path, change.blob);
  }
  const at = stamp(state);
  const message =
    request.message ??
    `Merge pull request #${pull.number} from ${pull.repo.fullName.split("/")[0]}/${pull.head}`;
  const author = toGitAuthor(state, request.by);
  const commit = writeCommit(git, { branch: pull.base, message, author, at, mergeOf: pull.headSha }, files);
  notePush(state, pull.repo, { by: request.by, branch: pull.base, before: before?.sha, sha: commit.sha });
  pull.state = "MERGED";
  pull.mergedAt = at;
  pull.closedAt = at;
  pull.mergedBy = userOf(state, request.by).login;
  pull.mergeSha = commit.sha;
  addItem(state, pull, { by: request.by, item: { type: "MergedEvent", sha: commit.sha } });
  addItem(state, pull, { by: request.by, item: { type: "ClosedEvent" } });
  noteFeed(state, pull, { by: request.by, action: "merged" });
  bump(state, pull, request.by);
  return { sha: commit.sha };
}

function commitToBranch(
  state: State,
  fullName: string,
  change: { by: string; branch: string; message: string },
): string {
  const repo = repositoryOf(state, fullName);
  const before = headOf(repo.git, change.branch)?.sha;
  const path = `src/${change.branch.replace(/[^\w.-]+/g, "-")}.txt`;
  const changes = { [path]: `${change.message}\n${before ?? ""}\n` };
  const author = toGitAuthor(state, change.by);
  const { sha } = addCommit(repo.git, { ...change, changes, author, at: stamp(state) });
  notePush(state, repo, { by: change.by, branch: change.branch, before, sha });
  return sha;
}

function noteCommit(state: State, pull: PullRequest, commit: { by: string; sha: string }): void {
  pull.commits.push(commit.sha);
  addItem(state, pull, { by: commit.by, item: { type: "PullRequestCommit", sha: commit.sha } });
}

function noteFeed(state: State, pull: PullRequest, event: { by: string; action: string }): void {
  const { repo } = pull;
  const side = (ref: string, sha: string): object => ({
    ref,
    sha,
    repo: {
      id: repo.id,
      url: `${state.urls.api}/repos/${repo.fullName}`,
      name: repo.fullName.split("/")[1],
    },
  });
  const minimal = {
    id: pull.id,
    number: pull.number,
    url: `${state.urls.api}/repos/${repo.fullName}/pulls/${pull.number}`,
    head: side(pull.head, pull.headSha),
    base: side(pull.base, pull.baseSha),
  };
  const payload = { action: event.action, number: pull.number, pull_request: minimal };
  const entry = { id: state.nextId("content"), actor: event.by, at: stamp(state), payload };
  repo.feed.unshift({ ...entry, type: "PullRequestEvent" });
}
