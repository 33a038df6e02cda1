import { createHash } from "node:crypto";
import { recordPush } from "./feed.js";
import type { Commit, Project, State, User } from "./model.js";

export const blankSha = "0".repeat(40);

export interface NewCommit {
  branch: string;
  by: User;
  message: string;
  /** Path to new content; null removes the file. */
  files?: Record<string, string | null>;
  /** A second parent, for a merge. */
  merged?: Commit;
  /** No row in the activity feed. */
  quiet?: boolean;
}

/** Adds a commit to a branch; a new branch starts at the head of the default branch. */
export function addCommit(state: State, project: Project, change: NewCommit): Commit {
  const before = project.branches.get(change.branch);
  const parent = headOf(project, change.branch) ?? headOf(project, project.defaultBranch);
  const files = new Map(parent?.files);
  for (const [path, content] of Object.entries(change.files ?? {})) {
    if (content === null) files.delete(path);
    else files.set(path, content);
  }
  const parents = [parent, change.merged].flatMap((commit) => (commit === undefined ? [] : [commit.sha]));
  const commit: Commit = {
    sha: toSha(`${project.id}:${state.nextId("commit")}:${change.message}`),
    parents,
    message: change.message,
    author: change.by,
    at: state.now(),
    files,
  };
  project.commits.set(commit.sha, commit);
  project.branches.set(change.branch, commit.sha);
  if (change.quiet !== true) announce(state, project, { change, commit, before: before ?? null });
  return commit;
}

function announce(
  state: State,
  project: Project,
  { change, commit, before }: { change: NewCommit; commit: Commit; before: string | null },
): void {
  recordPush(state, project, {
    by: change.by,
    push: {
      commitCount: change.merged === undefined ? 1 : 2,
      action: before === null ? "created" : "pushed",
      refType: "branch",
      from: before,
      to: commit.sha,
      ref: change.branch,
      commitTitle: toTitle(commit),
    },
  });
}

/** Merges the source branch into the target: a merge commit whose tree has what the source changed since `baseSha`. */
export function addMergeCommit(
  state: State,
  project: Project,
  merge: { source: string; target: string; baseSha: string; by: User; message: string },
): Commit {
  const head = headOf(project, merge.source);
  const base = project.commits.get(merge.baseSha);
  if (head === undefined || base === undefined) {
    throw new Error(`The sandbox cannot merge ${merge.source} of ${project.path}: its commits are gone.`);
  }
  const files: Record<string, string | null> = {};
  for (const { path, after } of changedFiles(base, head)) files[path] = after;
  const { by, message } = merge;
  return addCommit(state, project, { branch: merge.target, by, message, files, merged: head });
}

export function headOf(project: Project, branch: string): Commit | undefined {
  return project.commits.get(project.branches.get(branch) ?? "");
}

/** A branch, a full sha or the beginning of one. */
export function resolveRef(project: Project, ref: string): Commit | undefined {
  const head = headOf(project, ref === "HEAD" ? project.defaultBranch : ref);
  if (head !== undefined) return head;
  if (!/^[0-9a-f]{7,40}$/.test(ref)) return undefined;
  return [...project.commits.values()].find((commit) => commit.sha.startsWith(ref));
}

/** The commit and everything before it, newest first. */
export function historyOf(project: Project, head: Commit): Commit[] {
  const seen = new Set<Commit>();
  const open = [head];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    if (seen.has(commit)) continue;
    seen.add(commit);
    for (const sha of commit.parents) {
      const parent = project.commits.get(sha);
      if (parent !== undefined) open.push(parent);
    }
  }
  // The store keeps commits in the order of their making, which also orders those of one millisecond.
  return [...project.commits.values()].filter((commit) => seen.has(commit)).reverse();
}

export interface FileChange {
  path: string;
  before: string | null;
  after: string | null;
}

export function changedFiles(before: Commit | undefined, after: Commit): FileChange[] {
  const paths = new Set([...(before?.files.keys() ?? []), ...after.files.keys()]);
  return [...paths]
    .sort()
    .map((path) => ({
      path,
      before: before?.files.get(path) ?? null,
      after: after.files.get(path) ?? null,
    }))
    .filter((change) => change.before !== change.after);
}

/** What one commit changed against its first parent. */
export function changesOf(project: Project, commit: Commit): FileChange[] {
  return changedFiles(project.commits.get(commit.parents[0] ?? ""), commit);
}

/** Commits that `to` has and `from` has not, oldest first, and the files that differ from where the two parted. */
export function compareCommits(
  project: Project,
  range: { from: Commit; to: Commit },
): { commits: Commit[]; changes: FileChange[] } {
  const known = new Set(historyOf(project, range.from));
  const newer = historyOf(project, range.to);
  const base = newer.find((commit) => known.has(commit));
  return {
    commits: newer.filter((commit) => !known.has(commit)).reverse(),
    changes: changedFiles(base, range.to),
  };
}

export function toTitle(commit: Commit): string {
  return commit.message.split("\n", 1)[0] ?? "";
}

function toSha(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
