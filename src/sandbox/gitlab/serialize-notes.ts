import { createHash } from "node:crypto";
import type { Issuable, MergeRequest, Note, State, StateEvent, Todo } from "./model.js";
import { toIssueJson } from "./serialize-issues.js";
import { toMergeRequestBasic } from "./serialize-merge-requests.js";
import { iso, toProjectIdentity, toUserJson } from "./serialize.js";

export function toNoteJson(state: State, { issuable, note }: { issuable: Issuable; note: Note }) {
  const diff = note.path === null ? null : toPosition(issuable, note.path);
  return {
    id: note.id,
    type: diff === null ? (note.thread === null ? null : "DiscussionNote") : "DiffNote",
    body: note.body,
    author: toUserJson(state, note.author),
    created_at: iso(note.createdAt),
    updated_at: iso(note.updatedAt),
    system: note.system,
    noteable_id: issuable.id,
    noteable_type: issuable.type,
    project_id: issuable.project.id,
    ...(diff === null ? {} : { commit_id: null, position: diff }),
    resolvable: note.thread !== null,
    ...(note.thread === null ? {} : { resolved: note.resolved, resolved_by: null }),
    confidential: false,
    internal: false,
    imported: false,
    imported_from: "none",
    noteable_iid: issuable.iid,
    commands_changes: {},
  };
}

/** Each comment on its own is a discussion of one note. */
export function toDiscussionJson(state: State, { issuable, notes }: { issuable: Issuable; notes: Note[] }) {
  const first = notes[0];
  return {
    id: createHash("sha1")
      .update(`note ${first?.id ?? 0}`)
      .digest("hex"),
    individual_note: first?.thread == null,
    notes: notes.map((note) => toNoteJson(state, { issuable, note })),
  };
}

function toPosition(issuable: Issuable, path: string) {
  const { baseSha, sha } = issuable as MergeRequest;
  return {
    base_sha: baseSha,
    start_sha: baseSha,
    head_sha: sha,
    old_path: path,
    new_path: path,
    position_type: "text",
    old_line: null,
    new_line: 1,
    line_range: null,
  };
}

export function toStateEventJson(
  state: State,
  { issuable, event }: { issuable: Issuable; event: StateEvent },
) {
  return {
    id: event.id,
    user: toUserJson(state, event.user),
    created_at: iso(event.at),
    resource_type: issuable.type,
    resource_id: issuable.id,
    source_commit: null,
    source_merge_request_id: null,
    state: event.state,
  };
}

function toIssuableUrl(state: State, issuable: Issuable): string {
  const kind = issuable.type === "Issue" ? "issues" : "merge_requests";
  return `${state.url}/${issuable.project.path}/-/${kind}/${issuable.iid}`;
}

export function toTodoJson(state: State, todo: Todo) {
  const { target } = todo;
  const url = toIssuableUrl(state, target);
  return {
    id: todo.id,
    project: toProjectIdentity(todo.project),
    author: toUserJson(state, todo.author),
    action_name: todo.action,
    target_type: target.type,
    target: isMergeRequest(target) ? toMergeRequestBasic(state, target) : toIssueJson(state, target),
    target_url: todo.note === null ? url : `${url}#note_${todo.note.id}`,
    body: todo.body,
    state: todo.state,
    created_at: iso(todo.createdAt),
    updated_at: iso(todo.updatedAt),
  };
}

function isMergeRequest(issuable: Issuable): issuable is MergeRequest {
  return issuable.type === "MergeRequest";
}
