import type { Issuable, State } from "./model.js";
import { iso, isoOrNull, toUserJson, toUserOrNull } from "./serialize.js";

/** What the answers of an issue and of a merge request have in common. */
export function toIssuableJson(state: State, issuable: Issuable) {
  const sigil = issuable.type === "Issue" ? "#" : "!";
  const kind = issuable.type === "Issue" ? "issues" : "merge_requests";
  const short = `${sigil}${issuable.iid}`;
  return {
    id: issuable.id,
    iid: issuable.iid,
    project_id: issuable.project.id,
    title: issuable.title,
    description: issuable.description,
    state: issuable.state,
    created_at: iso(issuable.createdAt),
    updated_at: iso(issuable.updatedAt),
    closed_at: isoOrNull(issuable.closedAt),
    closed_by: toUserOrNull(state, issuable.closedBy),
    labels: issuable.labels,
    milestone: null,
    assignees: issuable.assignees.map((user) => toUserJson(state, user)),
    assignee: toUserOrNull(state, issuable.assignees[0]),
    author: toUserJson(state, issuable.author),
    user_notes_count: issuable.notes.filter((note) => !note.system).length,
    upvotes: 0,
    downvotes: 0,
    discussion_locked: null,
    imported: false,
    imported_from: "none",
    web_url: `${state.url}/${issuable.project.path}/-/${kind}/${issuable.iid}`,
    references: { short, relative: short, full: `${issuable.project.path}${short}` },
    time_stats: {
      time_estimate: 0,
      total_time_spent: 0,
      human_time_estimate: null,
      human_total_time_spent: null,
    },
    task_completion_status: { count: 0, completed_count: 0 },
  };
}

export function toIssueJson(state: State, issue: Issuable) {
  const api = `${state.url}/api/v4/projects/${issue.project.id}`;
  return {
    ...toIssuableJson(state, issue),
    type: "ISSUE",
    merge_requests_count: 0,
    due_date: null,
    confidential: false,
    issue_type: "issue",
    severity: "UNKNOWN",
    has_tasks: false,
    _links: {
      self: `${api}/issues/${issue.iid}`,
      notes: `${api}/issues/${issue.iid}/notes`,
      award_emoji: `${api}/issues/${issue.iid}/award_emoji`,
      project: api,
      closed_as_duplicate_of: null,
    },
    moved_to_id: null,
    service_desk_reply_to: null,
    subscribed: false,
  };
}
