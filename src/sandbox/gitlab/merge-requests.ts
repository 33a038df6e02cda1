import { recordIssuable } from "./feed.js";
import type { Commit, Issuable, MergeRequest, Project, State, StateEvent, User } from "./model.js";
import { addSystemNote } from "./notes.js";
import { addCommit, addMergeCommit, headOf, historyOf, toTitle } from "./repository.js";
import { addMentionTodos, addTodo, resolveTodos } from "./todos.js";

export interface NewMergeRequest {
  author: User;
  title: string;
  description?: string | undefined;
  source: string;
  target?: string | undefined;
  draft?: boolean | undefined;
  labels?: string[] | undefined;
  fork?: Project | undefined;
}

const draftPrefix = /^(?:draft:|\[draft\]|\(draft\))\s*/i;

/** Opens it; a source branch that does not exist, or has nothing new, gets a commit first. */
export function openMergeRequest(state: State, project: Project, request: NewMergeRequest): MergeRequest {
  const target = request.target ?? project.defaultBranch;
  const base = headOf(project, target) ?? addCommit(state, project, initialCommit(target, request.author));
  const head = readySource(state, project, { request, base });
  const draft = request.draft === true || draftPrefix.test(request.title);
  const title = request.title.replace(draftPrefix, "");
  const mergeRequest: MergeRequest = {
    ...toIssuable(state, project, { ...request, title: draft ? `Draft: ${title}` : title }),
    type: "MergeRequest",
    id: state.nextId("merge_request"),
    iid: project.mergeRequests.length + 1,
    draft,
    source: request.source,
    fork: request.fork ?? null,
    target,
    sha: head.sha,
    baseSha: base.sha,
    reviewers: [],
    approvals: [],
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    conflict: false,
    mergeStatus: null,
    headPipeline: project.pipelines.findLast((pipeline) => pipeline.sha === head.sha) ?? null,
  };
  project.mergeRequests.push(mergeRequest);
  recordIssuable(state, mergeRequest, { by: request.author, action: "created", name: "opened" });
  addMentionTodos(state, mergeRequest, { body: mergeRequest.description, author: request.author });
  return mergeRequest;
}

function initialCommit(branch: string, by: User): { branch: string; by: User; message: string } {
  return { branch, by, message: "Initial commit" };
}

function readySource(
  state: State,
  project: Project,
  { request, base }: { request: NewMergeRequest; base: Commit },
): Commit {
  const head = headOf(project, request.source);
  if (head !== undefined && !historyOf(project, base).includes(head)) return head;
  return addCommit(state, project, {
    branch: request.source,
    by: request.author,
    message: request.title.replace(draftPrefix, ""),
    files: { [`src/${request.source.replaceAll("/", "-")}.txt`]: `${request.title}\n` },
  });
}

/** The part that a new issue and a new merge request share. */
export function toIssuable(
  state: State,
  project: Project,
  made: { author: User; title: string; description?: string | undefined; labels?: string[] | undefined },
): Omit<Issuable, "type" | "id" | "iid"> {
  const at = state.now();
  return {
    project,
    title: made.title,
    description: made.description ?? "",
    author: made.author,
    state: "opened",
    labels: [...(made.labels ?? [])].sort(),
    assignees: [],
    notes: [],
    stateEvents: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedBy: null,
  };
}

/** One more commit on the source branch. Approvals stay, as they do without a paid plan. */
export function pushToMergeRequest(
  state: State,
  mergeRequest: MergeRequest,
  { by, message }: { by: User; message?: string | undefined },
): string {
  const { project, source, sha: before } = mergeRequest;
  const number = historyOf(project, project.commits.get(before) ?? mustHead(mergeRequest)).length;
  const commit = addCommit(state, project, {
    branch: source,
    by,
    message: message ?? `Change ${number} of ${source}`,
    files: { [`src/${source.replaceAll("/", "-")}.txt`]: `Change ${number}\n` },
  });
  followBranch(state, project, commit);
  return commit.sha;
}

/** After a commit on a branch: the open merge requests from that branch have a new head, and say so. */
export function followBranch(state: State, project: Project, commit: Commit): void {
  const branches = [...project.branches].flatMap(([name, sha]) => (sha === commit.sha ? [name] : []));
  for (const mergeRequest of project.mergeRequests) {
    const open = mergeRequest.state === "opened" && branches.includes(mergeRequest.source);
    if (open && mergeRequest.sha !== commit.sha) moveHead(state, mergeRequest, commit);
  }
}

function moveHead(state: State, mergeRequest: MergeRequest, commit: Commit): void {
  const { project, sha: before, updatedAt } = mergeRequest;
  mergeRequest.sha = commit.sha;
  mergeRequest.headPipeline = null;
  const list = `<ul><li>${commit.sha.slice(0, 8)} - ${toTitle(commit)}</li></ul>`;
  const compare = `/${project.path}/-/merge_requests/${mergeRequest.iid}/diffs?start_sha=${before}`;
  addSystemNote(state, mergeRequest, {
    by: commit.author,
    body: `added 1 commit\n\n${list}\n\n[Compare with previous version](${compare})`,
  });
  if (!state.settings.pushBumpsUpdatedAt) mergeRequest.updatedAt = updatedAt;
  resolveTodos(state, mergeRequest, commit.author);
}

function mustHead(mergeRequest: MergeRequest): Commit {
  const head = headOf(mergeRequest.project, mergeRequest.source);
  if (head === undefined) throw new Error(`The branch ${mergeRequest.source} is gone.`);
  return head;
}

export function setDraft(
  state: State,
  mergeRequest: MergeRequest,
  { by, draft }: { by: User; draft: boolean },
): void {
  if (mergeRequest.draft === draft) return;
  mergeRequest.draft = draft;
  const title = mergeRequest.title.replace(draftPrefix, "");
  mergeRequest.title = draft ? `Draft: ${title}` : title;
  addSystemNote(state, mergeRequest, {
    by,
    body: `marked this merge request as **${draft ? "draft" : "ready"}**`,
  });
}

/** `-name` removes a label. GitLab keeps label changes as resource events: there is no note. */
export function setLabels(state: State, issuable: Issuable, changes: string[]): void {
  const labels = new Set(issuable.labels);
  for (const change of changes) {
    if (change.startsWith("-")) labels.delete(change.slice(1));
    else labels.add(change);
  }
  issuable.labels = [...labels].sort();
  issuable.updatedAt = state.now();
}

/** A conflict shows without moving `updated_at`: GitLab writes the merge status outside of its timestamps. */
export function setConflict(state: State, mergeRequest: MergeRequest, conflict: boolean): void {
  const appeared = conflict && !mergeRequest.conflict;
  mergeRequest.conflict = conflict;
  if (!appeared || mergeRequest.state !== "opened") return;
  const { author } = mergeRequest;
  addTodo(state, { user: author, author, action: "unmergeable", target: mergeRequest });
}

export function mergeMergeRequest(state: State, mergeRequest: MergeRequest, by: User): void {
  const { project, source, target, title, baseSha } = mergeRequest;
  const message = `Merge branch '${source}' into '${target}'\n\n${title}\n\nSee merge request ${project.path}!${mergeRequest.iid}`;
  const commit = addMergeCommit(state, project, { source, target, baseSha, by, message });
  addSystemNote(state, mergeRequest, { by, body: `mentioned in commit ${commit.sha}` });
  mergeRequest.mergeCommitSha = commit.sha;
  mergeRequest.mergedAt = state.now();
  mergeRequest.mergedBy = by;
  mergeRequest.state = "merged";
  addStateEvent(state, mergeRequest, { user: by, state: "merged" });
  recordIssuable(state, mergeRequest, { by, action: "merged", name: "accepted" });
  resolveTodos(state, mergeRequest, by);
}

export function closeIssuable(state: State, issuable: Issuable, by: User): void {
  if (issuable.state !== "opened") return;
  issuable.state = "closed";
  issuable.closedAt = state.now();
  issuable.closedBy = by;
  addStateEvent(state, issuable, { user: by, state: "closed" });
  recordIssuable(state, issuable, { by, action: "closed" });
  resolveTodos(state, issuable, by);
}

export function reopenIssuable(state: State, issuable: Issuable, by: User): void {
  if (issuable.state !== "closed") return;
  issuable.state = "opened";
  issuable.closedAt = null;
  issuable.closedBy = null;
  addStateEvent(state, issuable, { user: by, state: "reopened" });
  recordIssuable(state, issuable, { by, action: "reopened", name: "opened" });
}

function addStateEvent(state: State, issuable: Issuable, change: Omit<StateEvent, "id" | "at">): void {
  const at = state.now();
  issuable.stateEvents.push({ id: state.nextId("state_event"), ...change, at });
  issuable.updatedAt = at;
}

/** `detailed_merge_status` as it follows from the state, unless the world has set one. */
export function toMergeStatus(mergeRequest: MergeRequest): string {
  if (mergeRequest.state !== "opened") return "not_open";
  if (mergeRequest.mergeStatus !== null) return mergeRequest.mergeStatus;
  if (mergeRequest.draft) return "draft_status";
  return mergeRequest.conflict ? "conflict" : "mergeable";
}
