import type { Caller } from "../access.js";
import { canWrite } from "../access.js";
import { isCollaborator, pullsOf, toNodeId, type Repository, type State } from "../state.js";
import { toSimpleUser } from "./account.js";

export function repositoryUrl(state: State, repo: Repository): string {
  return `${state.urls.api}/repos/${repo.fullName}`;
}

/** Suffixes of the addresses that every shape of a repository carries. */
const addresses: Record<string, string> = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

/** `minimal-repository` of the official description: what is nested in runs and in the inbox. */
export function toMinimalRepository(state: State, repo: Repository): object {
  const url = repositoryUrl(state, repo);
  const [owner = "", name = ""] = repo.fullName.split("/");
  return {
    id: repo.id,
    node_id: toNodeId("Repository", repo.id),
    name,
    full_name: repo.fullName,
    private: repo.private,
    owner: toSimpleUser(state, owner),
    html_url: `${state.urls.web}/${repo.fullName}`,
    description: null,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(addresses).map(([key, suffix]) => [key, url + suffix])),
  };
}

/** `repository` of the official description. */
export function toRepository(state: State, repo: Repository): object {
  const page = `${state.urls.web}/${repo.fullName}`;
  const open = [...repo.subjects.values()].filter((subject) => subject.state === "OPEN").length;
  return {
    ...toMinimalRepository(state, repo),
    created_at: repo.createdAt,
    updated_at: repo.updatedAt,
    pushed_at: repo.pushedAt,
    git_url: `git${page.slice(4)}.git`,
    ssh_url: `git@127.0.0.1:${repo.fullName}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: repo.hasWiki,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repo.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repo.private ? "private" : "public",
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repo.defaultBranch,
  };
}

/** A repository as the caller's own list shows it: with what the caller may do. */
export function toListedRepository(state: State, repo: Repository, caller: Caller): object {
  const push = isCollaborator(repo, caller.user.login);
  const permissions = { admin: false, maintain: false, push, triage: push, pull: true };
  return { ...toRepository(state, repo), permissions };
}

/** `full-repository` of the official description. */
export function toFullRepository(state: State, repo: Repository, caller: Caller): object {
  const merging = canWrite(caller, repo)
    ? {
        allow_merge_commit: repo.mergeMethods.includes("merge"),
        allow_squash_merge: repo.mergeMethods.includes("squash"),
        allow_rebase_merge: repo.mergeMethods.includes("rebase"),
        allow_auto_merge: false,
        delete_branch_on_merge: false,
      }
    : {};
  return {
    ...toListedRepository(state, repo, caller),
    ...merging,
    temp_clone_token: "",
    network_count: 0,
    subscribers_count: pullsOf(repo).length,
  };
}
