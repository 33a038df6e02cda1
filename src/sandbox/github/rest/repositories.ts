import {
  ancestorsOf,
  changesBetween,
  headOf,
  mergeBaseOf,
  readFile,
  type GitCommit,
  type GitStore,
} from "../git-store.js";
import { toCommit, toCommitWithFiles, toFile, toGitRef } from "../shapes/commit.js";
import { checksOf } from "../checks.js";
import { toSimpleUser } from "../shapes/account.js";
import { toCheckRun } from "../shapes/check-run.js";
import { toFullRepository, repositoryUrl } from "../shapes/repository.js";
import { toNodeId, userOf, type FeedEvent } from "../state.js";
import { fail, list, notFound, ok, page, type RepoRequest, type RestReply } from "./route.js";

export const repositoryRoutes = [
  {
    operation: "GET /repos/{owner}/{repo}",
    handle: ({ state, repo, caller }: RepoRequest) => ok(toFullRepository(state, repo, caller)),
  },
  { operation: "GET /repos/{owner}/{repo}/branches/{branch}", needs: "contents:read", handle: readBranch },
  { operation: "GET /repos/{owner}/{repo}/commits", needs: "contents:read", handle: listCommits },
  { operation: "GET /repos/{owner}/{repo}/commits/{ref}", needs: "contents:read", handle: readCommit },
  {
    operation: "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    // No fine-grained token has this permission: GitHub does not offer it.
    needs: "checks:read",
    handle: listCheckRuns,
  },
  {
    operation: "GET /repos/{owner}/{repo}/comments/{comment_id}",
    needs: "contents:read",
    handle: readCommitComment,
  },
  { operation: "GET /repos/{owner}/{repo}/compare/{basehead}", needs: "contents:read", handle: compare },
  { operation: "GET /repos/{owner}/{repo}/git/trees/{tree_sha}", needs: "contents:read", handle: readTree },
  { operation: "GET /repos/{owner}/{repo}/git/ref/{ref}", needs: "contents:read", handle: readRef },
  { operation: "GET /repos/{owner}/{repo}/events", needs: "contents:read", handle: listEvents },
];

function readBranch({ state, repo, params }: RepoRequest): RestReply {
  const name = params["branch"] ?? "";
  const commit = headOf(repo.git, name);
  if (commit === undefined) return fail(404, "Branch not found");
  const self = `${repositoryUrl(state, repo)}/branches/${encodeURIComponent(name)}`;
  return ok({
    name,
    commit: toCommit(state, repo, commit),
    _links: { self, html: `${state.urls.web}/${repo.fullName}/tree/${name}` },
    protected: false,
    protection: { enabled: false },
    protection_url: `${self}/protection`,
  });
}

function listCommits(request: RepoRequest): RestReply {
  const { state, repo, query } = request;
  if (repo.git.commits.size === 0) return fail(409, "Git Repository is empty.");
  const start = resolve(repo.git, query.get("sha") ?? repo.defaultBranch);
  if (start === undefined) return notFound();
  const path = query.get("path")?.replace(/^\/|\/$/g, "");
  const until = Date.parse(query.get("until") ?? "");
  const since = Date.parse(query.get("since") ?? "");
  const author = query.get("author");
  const commits = ancestorsOf(repo.git, [start.sha]).filter((commit) => {
    if (path !== undefined && !touches(repo.git, commit, path)) return false;
    if (author !== null && commit.login !== author && commit.email !== author) return false;
    return !(Date.parse(commit.at) < since) && !(Date.parse(commit.at) > until);
  });
  return list(request, commits, (commit) => toCommit(state, repo, commit));
}

function touches(git: GitStore, commit: GitCommit, path: string): boolean {
  // Git leaves a merge out of a path's history unless it differs from each parent.
  return [commit.parents, commit.parents.length === 0 ? [""] : []]
    .flat()
    .every((parent) =>
      changesBetween(git.commits.get(parent)?.files, commit.files).some(
        (change) => change.path === path || change.path.startsWith(`${path}/`),
      ),
    );
}

function readCommit({ state, repo, params }: RepoRequest): RestReply {
  if (repo.git.commits.size === 0) return fail(409, "Git Repository is empty.");
  const ref = params["ref"] ?? "";
  const commit = resolve(repo.git, ref);
  if (commit === undefined) return fail(422, `No commit found for SHA: ${ref}`);
  return ok(toCommitWithFiles(state, repo, commit));
}

function compare(request: RepoRequest): RestReply {
  const { state, repo, params } = request;
  const [from = "", to = ""] = (params["basehead"] ?? "").split("...");
  const base = resolve(repo.git, from);
  const head = resolve(repo.git, to);
  const start = base && head && mergeBaseOf(repo.git, base.sha, head.sha);
  if (base === undefined || head === undefined || start === undefined) return notFound();
  const ofBase = new Set(ancestorsOf(repo.git, [base.sha]).map((commit) => commit.sha));
  const ofHead = ancestorsOf(repo.git, [head.sha]);
  const headShas = new Set(ofHead.map((commit) => commit.sha));
  const ahead = ofHead.filter((commit) => !ofBase.has(commit.sha)).reverse();
  const behind = [...ofBase].filter((sha) => !headShas.has(sha)).length;
  const cut = page(request, ahead, { perPage: 250, max: 250 });
  const changes = changesBetween(start.files, head.files).slice(0, 300);
  const url = `${repositoryUrl(state, repo)}/compare/${from}...${to}`;
  const html = `${state.urls.web}/${repo.fullName}/compare/${from}...${to}`;
  const body = {
    url,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: toCommit(state, repo, base),
    merge_base_commit: toCommit(state, repo, start),
    status: toStatus(ahead.length, behind),
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    commits: cut.items.map((commit) => toCommit(state, repo, commit)),
  };
  // Files are on the first page only.
  if (Number(request.query.get("page") ?? 1) > 1) return { status: 200, headers: cut.headers, body };
  const files = changes.map((change) => toFile(state, repo, { change, sha: head.sha }));
  return { status: 200, headers: cut.headers, body: { ...body, files } };
}

function toStatus(ahead: number, behind: number): string {
  if (ahead > 0) return behind > 0 ? "diverged" : "ahead";
  return behind > 0 ? "behind" : "identical";
}

/** Of a commit, with all that is in its folders. GitHub cuts it at 100,000 entries. */
function readTree({ state, repo, params, query }: RepoRequest): RestReply {
  const commit = resolve(repo.git, params["tree_sha"] ?? "");
  if (commit === undefined) return notFound();
  const url = `${repositoryUrl(state, repo)}/git`;
  const shown = [...commit.files].filter(([path]) => query.has("recursive") || !path.includes("/"));
  const entries = shown.map(([path, sha]) => {
    const size = Buffer.byteLength(readFile(repo.git, sha));
    return { path, mode: "100644", type: "blob", sha, size, url: `${url}/blobs/${sha}` };
  });
  const tree = { sha: commit.tree, url: `${url}/trees/${commit.tree}` };
  return ok({ ...tree, truncated: entries.length > mostEntries, tree: entries.slice(0, mostEntries) });
}

const mostEntries = 100_000;

function readRef({ state, repo, params }: RepoRequest): RestReply {
  if (repo.git.commits.size === 0) return fail(409, "Git Repository is empty.");
  const ref = `refs/${params["ref"] ?? ""}`;
  const sha = repo.git.refs.get(ref);
  return sha === undefined ? notFound() : ok(toGitRef(state, repo, { ref, sha }));
}

function listEvents(request: RepoRequest): RestReply {
  const reply = list(request, request.repo.feed.slice(0, 300), (event) => toEvent(request, event));
  return { ...reply, headers: { ...reply.headers, "x-poll-interval": "60" } };
}

function toEvent({ state, repo }: RepoRequest, event: FeedEvent): object {
  const user = userOf(state, event.actor);
  return {
    id: String(event.id),
    type: event.type,
    actor: {
      id: user.id,
      login: user.login,
      display_login: user.login,
      gravatar_id: "",
      url: `${state.urls.api}/users/${encodeURIComponent(user.login)}`,
      avatar_url: `${state.urls.web}/avatars/u/${user.id}`,
    },
    repo: { id: repo.id, name: repo.fullName, url: repositoryUrl(state, repo) },
    payload: event.payload,
    public: !repo.private,
    created_at: event.at,
  };
}

/** A branch, a whole sha or the beginning of one. */
function resolve(git: GitStore, ref: string): GitCommit | undefined {
  const branch = headOf(git, ref.replace(/^(refs\/)?heads\//, ""));
  if (branch !== undefined) return branch;
  if (!/^[\da-f]{7,40}$/.test(ref)) return undefined;
  return [...git.commits.values()].find((commit) => commit.sha.startsWith(ref));
}

function listCheckRuns(request: RepoRequest): RestReply {
  const { state, repo, params } = request;
  const sha = resolve(repo.git, params["ref"] ?? "")?.sha ?? "";
  const jobs = checksOf(repo, sha);
  const cut = page(request, jobs);
  const body = {
    total_count: jobs.length,
    check_runs: cut.items.map((job) => toCheckRun(state, repo, { job, sha })),
  };
  return { status: 200, headers: cut.headers, body };
}

function readCommitComment({ state, repo, params }: RepoRequest): RestReply {
  const page = state.threads
    .map(({ subject }) => subject)
    .find((one) => "comment" in one && one.repo === repo && String(one.comment?.id) === params["comment_id"]);
  if (page === undefined || !("comment" in page) || page.comment === null) return notFound();
  const { id, author, body } = page.comment;
  const url = `${repositoryUrl(state, repo)}/comments/${id}`;
  const sha = page.path?.split("/").at(-1) ?? "";
  return ok({
    id,
    node_id: toNodeId("IssueComment", id),
    url,
    html_url: `${state.urls.web}/${repo.fullName}/commit/${sha}#commitcomment-${id}`,
    body,
    path: null,
    position: null,
    line: null,
    commit_id: sha,
    user: toSimpleUser(state, author),
    created_at: new Date(state.now()).toISOString(),
    updated_at: new Date(state.now()).toISOString(),
    author_association: "COLLABORATOR",
  });
}
