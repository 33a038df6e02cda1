import { changesBetween, readFile, type FileChange, type GitCommit } from "../git-store.js";
import { toNodeId, type Repository, type State } from "../state.js";
import { toSimpleUser } from "./account.js";
import { repositoryUrl } from "./repository.js";

/** `commit` of the official description. */
export function toCommit(state: State, repo: Repository, commit: GitCommit): object {
  const url = repositoryUrl(state, repo);
  const page = `${state.urls.web}/${repo.fullName}/commit/`;
  const signature = { name: commit.name, email: commit.email, date: commit.at };
  return {
    sha: commit.sha,
    node_id: toNodeId("Commit", commit.sha),
    commit: {
      author: signature,
      committer: signature,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: page + commit.sha,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: toSimpleUser(state, commit.login),
    committer: toSimpleUser(state, commit.login),
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: page + sha })),
  };
}

/** A single commit also tells its files. */
export function toCommitWithFiles(state: State, repo: Repository, commit: GitCommit): object {
  const before = repo.git.commits.get(commit.parents[0] ?? "")?.files;
  const files = changesBetween(before, commit.files).map((change) =>
    toFile(state, repo, { change, sha: commit.sha }),
  );
  const stats = { additions: files.length, deletions: 0, total: files.length };
  return { ...toCommit(state, repo, commit), stats, files };
}

/** `diff-entry` of the official description. Line counts are those of the whole file. */
export function toFile(state: State, repo: Repository, at: { change: FileChange; sha: string }): object {
  const { change, sha } = at;
  const lines = readFile(repo.git, change.blob).split("\n").length - 1;
  const page = `${state.urls.web}/${repo.fullName}`;
  const path = change.path.split("/").map(encodeURIComponent).join("/");
  const removed = change.status === "removed";
  return {
    sha: change.blob,
    filename: change.path,
    status: change.status,
    additions: removed ? 0 : lines,
    deletions: removed ? lines : 0,
    changes: lines,
    blob_url: `${page}/blob/${sha}/${path}`,
    raw_url: `${page}/raw/${sha}/${path}`,
    contents_url: `${repositoryUrl(state, repo)}/contents/${path}?ref=${sha}`,
  };
}

export function toGitRef(state: State, repo: Repository, at: { ref: string; sha: string }): object {
  const url = repositoryUrl(state, repo);
  return {
    ref: at.ref,
    node_id: toNodeId("Ref", `${repo.id}:${at.ref}`),
    url: `${url}/git/${at.ref}`,
    object: { sha: at.sha, type: "commit", url: `${url}/git/commits/${at.sha}` },
  };
}
