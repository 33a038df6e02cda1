import type { Commit, Project, State } from "./model.js";
import { changesOf, toTitle, type FileChange } from "./repository.js";
import { toPipelineBasic } from "./serialize-pipelines.js";

interface InProject {
  project: Project;
  commit: Commit;
}

/** Git keeps whole seconds, and GitLab writes a commit's instants with an offset instead of `Z`. */
function toGitDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}.000+00:00`;
}

export function toCommitJson(state: State, { project, commit }: InProject) {
  const at = toGitDate(commit.at);
  const email = `${commit.author.username}@example.com`;
  return {
    id: commit.sha,
    short_id: commit.sha.slice(0, 8),
    created_at: at,
    parent_ids: commit.parents,
    title: toTitle(commit),
    message: commit.message,
    author_name: commit.author.name,
    author_email: email,
    authored_date: at,
    committer_name: commit.author.name,
    committer_email: email,
    committed_date: at,
    trailers: {},
    extended_trailers: {},
    web_url: `${state.url}/${project.path}/-/commit/${commit.sha}`,
  };
}

export function toCommitDetail(state: State, { project, commit }: InProject) {
  const pipeline = project.pipelines.findLast((other) => other.sha === commit.sha && other.parent === null);
  let additions = 0;
  let deletions = 0;
  for (const change of changesOf(project, commit)) {
    additions += linesOf(change.after).length;
    deletions += linesOf(change.before).length;
  }
  return {
    ...toCommitJson(state, { project, commit }),
    stats: { additions, deletions, total: additions + deletions },
    status: pipeline?.status ?? null,
    project_id: project.id,
    last_pipeline: pipeline === undefined ? null : toPipelineBasic(state, pipeline),
  };
}

/** The whole file as removed and added lines: coarse, but it applies. */
export function toDiffJson(change: FileChange) {
  const before = linesOf(change.before);
  const after = linesOf(change.after);
  const header = `@@ -${rangeOf(before)} +${rangeOf(after)} @@`;
  const body = [...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)];
  return {
    diff: `${[header, ...body].join("\n")}\n`,
    collapsed: false,
    too_large: false,
    new_path: change.path,
    old_path: change.path,
    a_mode: change.before === null ? "0" : "100644",
    b_mode: change.after === null ? "0" : "100644",
    new_file: change.before === null,
    renamed_file: false,
    deleted_file: change.after === null,
    generated_file: false,
  };
}

function linesOf(content: string | null): string[] {
  if (content === null || content === "") return [];
  return content.replace(/\n$/, "").split("\n");
}

function rangeOf(lines: string[]): string {
  return lines.length === 0 ? "0,0" : `1,${lines.length}`;
}

export function toBranchJson(state: State, { project, commit, name }: InProject & { name: string }) {
  const isDefault = name === project.defaultBranch;
  return {
    name,
    commit: toCommitJson(state, { project, commit }),
    merged: false,
    protected: isDefault,
    developers_can_push: false,
    developers_can_merge: false,
    can_push: true,
    default: isDefault,
    web_url: `${state.url}/${project.path}/-/tree/${name}`,
  };
}
