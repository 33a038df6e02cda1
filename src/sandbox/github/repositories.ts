import { ensureOwner } from "./accounts.js";
import { addCommit, ancestorsOf, createGitStore, headOf } from "./git-store.js";
import {
  isCollaborator,
  repositoryOf,
  stamp,
  toNodeId,
  userOf,
  type Repository,
  type State,
} from "./state.js";

export interface RepositoryOptions {
  private?: boolean;
  wiki?: boolean;
  defaultBranch?: string;
  /** Logins of the collaborators, who may read and write; without it every user of the world is one. */
  members?: string[];
  /** No commit yet. */
  empty?: boolean;
  archived?: boolean;
  /** Approvals that a merge needs. 0 */
  requiredReviews?: number;
  /** Merge methods that are allowed. All three. */
  mergeMethods?: Array<"merge" | "squash" | "rebase">;
}

export function addRepository(state: State, fullName: string, options: RepositoryOptions = {}): void {
  const owner = fullName.split("/")[0] ?? "";
  ensureOwner(state, owner);
  const at = stamp(state);
  const defaultBranch = options.defaultBranch ?? "main";
  const repo: Repository = {
    id: state.nextId("repository"),
    fullName,
    private: options.private ?? false,
    archived: options.archived ?? false,
    hasWiki: options.wiki ?? true,
    members: options.members ? new Set(options.members.map((login) => login.toLowerCase())) : null,
    denied: new Set(),
    requiredReviews: options.requiredReviews ?? 0,
    mergeMethods: options.mergeMethods ?? ["merge", "squash", "rebase"],
    createdAt: at,
    updatedAt: at,
    pushedAt: at,
    defaultBranch,
    git: createGitStore(defaultBranch),
    wikiGit: null,
    subjects: new Map(),
    runs: [],
    labels: new Map(),
    feed: [],
  };
  state.repositories.set(repo.id, repo);
  state.redirects.delete(fullName.toLowerCase());
  state.nodes.set(toNodeId("Repository", repo.id), () =>
    state.repositories.has(repo.id) ? { type: "Repository", repo } : null,
  );
  if (options.empty === true) return;
  const changes = { "README.md": `# ${fullName}\n` };
  const author = toGitAuthor(state, owner);
  addCommit(repo.git, { branch: defaultBranch, changes, message: "Initial commit", author, at });
}

/** The old name redirects until another repository takes it. Also a transfer, when the owner differs. */
export function renameRepository(state: State, oldName: string, newName: string): void {
  const repo = repositoryOf(state, oldName);
  ensureOwner(state, newName.split("/")[0] ?? "");
  state.redirects.set(repo.fullName.toLowerCase(), repo.id);
  state.redirects.delete(newName.toLowerCase());
  repo.fullName = newName;
  repo.updatedAt = stamp(state);
}

export function deleteRepository(state: State, fullName: string): void {
  const repo = repositoryOf(state, fullName);
  state.repositories.delete(repo.id);
  state.threads = state.threads.filter((thread) => thread.repo !== repo);
}

/** Whether this person may see the repository while it is private; makes it private. */
export function setPrivateAccess(state: State, fullName: string, access: [string, boolean]): void {
  const [login, allowed] = access;
  const repo = repositoryOf(state, fullName);
  const key = userOf(state, login).login.toLowerCase();
  repo.private = true;
  if (!allowed) repo.denied.add(key);
  else {
    repo.denied.delete(key);
    repo.members?.add(key);
  }
  repo.updatedAt = stamp(state);
}

/** A lightweight tag on the head of the default branch. */
export function createTag(state: State, fullName: string, name: string): void {
  const repo = repositoryOf(state, fullName);
  const head = headOf(repo.git, repo.defaultBranch);
  if (head !== undefined) repo.git.refs.set(`refs/tags/${name}`, head.sha);
}

/** Pushes one commit to a branch, the default one if none is named. */
export function commitFiles(
  state: State,
  fullName: string,
  request: { by: string; message: string; files: Record<string, string | null>; branch?: string },
): { sha: string } {
  const repo = repositoryOf(state, fullName);
  const branch = request.branch ?? repo.defaultBranch;
  if (headOf(repo.git, branch) === undefined) startBranch(repo, branch, repo.defaultBranch);
  const before = headOf(repo.git, branch)?.sha;
  const author = toGitAuthor(state, request.by);
  const at = stamp(state);
  const { sha } = addCommit(repo.git, {
    branch,
    changes: request.files,
    message: request.message,
    author,
    at,
  });
  notePush(state, repo, { by: request.by, branch, before, sha });
  return { sha };
}

/** Puts one commit without a past in the place of the default branch. What nothing leads to any more is swept away, unless `keepsOld`. */
export function forcePush(
  state: State,
  fullName: string,
  request: { by: string; message: string; files: Record<string, string>; keepsOld?: boolean },
): { sha: string } {
  const { git, defaultBranch } = repositoryOf(state, fullName);
  const before = headOf(git, defaultBranch);
  git.refs.delete(`refs/heads/${defaultBranch}`);
  const pushed = commitFiles(state, fullName, { ...request, branch: defaultBranch });
  if (request.keepsOld !== true) {
    const kept = new Set(ancestorsOf(git, git.refs.values()).map(({ sha }) => sha));
    for (const { sha } of ancestorsOf(git, before ? [before.sha] : [])) {
      if (!kept.has(sha)) git.commits.delete(sha);
    }
  }
  return pushed;
}

export function startBranch(repo: Repository, name: string, from: string): void {
  const sha = repo.git.refs.get(`refs/heads/${from}`);
  if (sha !== undefined) repo.git.refs.set(`refs/heads/${name}`, sha);
}

export function notePush(
  state: State,
  repo: Repository,
  push: { by: string; branch: string; before: string | undefined; sha: string },
): void {
  const at = stamp(state);
  repo.pushedAt = at;
  if (push.branch === repo.defaultBranch) repo.updatedAt = at;
  const id = state.nextId("content");
  const payload = {
    repository_id: repo.id,
    push_id: id,
    ref: `refs/heads/${push.branch}`,
    head: push.sha,
    before: push.before ?? "0".repeat(40),
  };
  repo.feed.unshift({ id, type: "PushEvent", actor: push.by, at, payload });
}

export function toGitAuthor(state: State, login: string): { login: string; name: string; email: string } {
  const user = userOf(state, login);
  const mailbox = user.login.replace(/[^\w.-]/g, "");
  return { login: user.login, name: user.name ?? user.login, email: `${mailbox}@users.noreply.example.com` };
}

/** Repositories that a person's own list shows. */
export function repositoriesOf(state: State, login: string): Repository[] {
  return [...state.repositories.values()].filter((repo) => isCollaborator(repo, login));
}
