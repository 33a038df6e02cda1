import type { Reply } from "../server.js";
import {
  choiceIn,
  forbidden,
  instantIn,
  invalid,
  notFound,
  ok,
  projectOf,
  type Call,
  type Route,
} from "./api.js";
import type { Commit, Project } from "./model.js";
import { paged, sorted } from "./paging.js";
import { changesOf, compareCommits, headOf, historyOf, resolveRef } from "./repository.js";
import { toBranchJson, toCommitDetail, toCommitJson, toDiffJson } from "./serialize-repository.js";
import { toEventJson, toWikiJson } from "./serialize.js";

const repository = "/projects/{id}/repository";

/** Branches, commits, the wiki, and the activity feed that tells of both. */
export const repositoryRoutes: Route[] = [
  { method: "GET", path: `${repository}/branches`, handle: listBranches },
  { method: "GET", path: `${repository}/branches/{branch}`, handle: readBranch },
  { method: "GET", path: `${repository}/commits`, handle: listCommits },
  { method: "GET", path: `${repository}/commits/{sha}`, handle: readCommit },
  { method: "GET", path: `${repository}/commits/{sha}/diff`, handle: readDiff },
  { method: "GET", path: `${repository}/compare`, handle: compare },
  { method: "GET", path: "/projects/{id}/wikis", handle: listWiki },
  { method: "GET", path: "/projects/{id}/wikis/{slug}", handle: readWiki },
  {
    method: "GET",
    path: "/projects/{id}/events",
    scopes: ["api", "read_api", "read_user"],
    handle: listEvents,
  },
];

function listBranches(call: Call): Reply {
  const project = projectOf(call);
  const names = [...project.branches.keys()].sort();
  return paged(call, names, (name) => toBranch(call, project, name));
}

function readBranch(call: Call): Reply {
  return ok(toBranch(call, projectOf(call), call.params["branch"] ?? ""));
}

function toBranch(call: Call, project: Project, name: string): object {
  const commit = headOf(project, name);
  if (commit === undefined) throw notFound("Branch");
  return toBranchJson(call.state, { project, commit, name });
}

function listCommits(call: Call): Reply {
  const project = projectOf(call);
  const { query } = call;
  const [before, after] = (query.get("ref_name") ?? project.defaultBranch).split("..");
  const head = resolveRef(project, after ?? before ?? "");
  const all = query.get("all") === "true";
  if (head === undefined && !all) throw notFound("Commit");
  const since = instantIn(call, "since") ?? -Infinity;
  const until = instantIn(call, "until") ?? Infinity;
  const path = query.get("path");
  const whole =
    all || head === undefined ? [...project.commits.values()].reverse() : historyOf(project, head);
  const from = after === undefined ? whole : without(whole, historyUpTo(project, before ?? ""));
  const rows = from.filter(
    (commit) => commit.at >= since && commit.at <= until && (path === null || touches(project, commit, path)),
  );
  return withoutTotals(paged(call, rows, (commit) => toCommitJson(call.state, { project, commit })));
}

/** `from..to` shows what is new in the second. */
function historyUpTo(project: Project, ref: string): Commit[] {
  const commit = resolveRef(project, ref);
  if (commit === undefined) throw notFound("Commit");
  return historyOf(project, commit);
}

function without(commits: Commit[], others: Commit[]): Commit[] {
  return commits.filter((commit) => !others.includes(commit));
}

/** The commit list knows no totals: counting commits is too dear. */
function withoutTotals(reply: Reply): Reply {
  const headers = { ...reply.headers };
  delete headers["x-total"];
  delete headers["x-total-pages"];
  return { ...reply, headers };
}

/** Git leaves merges out of a path's history where they only repeat what a parent did. */
function touches(project: Project, commit: Commit, path: string): boolean {
  if (commit.parents.length > 1) return false;
  const folder = `${path.replace(/\/$/, "")}/`;
  return changesOf(project, commit).some((change) => change.path === path || change.path.startsWith(folder));
}

function commitOf(call: Call, project: Project): Commit {
  const commit = resolveRef(project, call.params["sha"] ?? "");
  if (commit === undefined) throw notFound("Commit");
  return commit;
}

function readCommit(call: Call): Reply {
  const project = projectOf(call);
  return ok(toCommitDetail(call.state, { project, commit: commitOf(call, project) }));
}

function readDiff(call: Call): Reply {
  const project = projectOf(call);
  return paged(call, changesOf(project, commitOf(call, project)), toDiffJson);
}

function compare(call: Call): Reply {
  const project = projectOf(call);
  const ends = ["from", "to"].map((name) => {
    const ref = call.query.get(name);
    if (ref === null || ref === "") throw invalid(`${name} is missing`);
    const commit = resolveRef(project, ref);
    if (commit === undefined) throw notFound("Ref");
    return commit;
  });
  const [from, to] = ends;
  if (from === undefined || to === undefined) throw notFound("Ref");
  const { commits, changes } = compareCommits(project, { from, to });
  const rows = commits.map((commit) => toCommitJson(call.state, { project, commit }));
  return ok({
    commit: rows.at(-1) ?? null,
    commits: rows,
    diffs: changes.map(toDiffJson),
    compare_timeout: false,
    compare_same_ref: from === to,
    web_url: `${call.state.url}/${project.path}/-/compare/${from.sha}...${to.sha}`,
  });
}

/** A list without paging, as GitLab gives it. A disabled wiki is forbidden. */
function listWiki(call: Call): Reply {
  const project = wikiProject(call);
  const withContent = ["1", "true"].includes(call.query.get("with_content") ?? "");
  const pages = [...project.wiki.values()].sort((a, b) => a.slug.localeCompare(b.slug));
  return ok(pages.map((page) => toWikiJson(page, withContent)));
}

function readWiki(call: Call): Reply {
  const page = wikiProject(call).wiki.get(call.params["slug"] ?? "");
  if (page === undefined) throw notFound("Wiki Page");
  return ok(toWikiJson(page, true));
}

function wikiProject(call: Call): Project {
  const project = projectOf(call);
  if (!project.wikiEnabled) throw forbidden();
  return project;
}

const targetTypes: Record<string, string[]> = {
  issue: ["Issue"],
  merge_request: ["MergeRequest"],
  note: ["Note", "DiffNote"],
  wiki: ["WikiPage::Meta"],
};

/** `after` and `before` are dates, and both days themselves are left out (GL:app/finders/events_finder.rb). */
function listEvents(call: Call): Reply {
  const project = projectOf(call);
  const after = dayIn(call, "after");
  const before = dayIn(call, "before");
  const action = call.query.get("action");
  const type = choiceIn(call, "target_type", [...Object.keys(targetTypes), "milestone", "project", "snippet", "user", "design"]); // prettier-ignore
  const rows = call.state.events.filter(
    (event) =>
      event.project === project &&
      (after === undefined || event.at >= after + dayMs) &&
      (before === undefined || event.at < before) &&
      (action === null || event.action === action.toLowerCase()) &&
      (type === undefined || targetTypes[type]?.includes(event.target?.type ?? "") === true),
  );
  const direction = choiceIn(call, "sort", ["asc", "desc"]) ?? "desc";
  return paged(
    call,
    sorted(rows, (event) => event.at, direction),
    (event) => toEventJson(call.state, event),
  );
}

const dayMs = 86_400_000;

/** The beginning of the day that the parameter names; what follows the date in it is ignored. */
function dayIn(call: Call, name: string): number | undefined {
  const at = instantIn(call, name);
  return at === undefined ? undefined : Math.floor(at / dayMs) * dayMs;
}
