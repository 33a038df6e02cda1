import type { Reply } from "../server.js";
import {
  choiceIn,
  invalid,
  mergeRequestOf,
  notFound,
  ok,
  projectOf,
  refuse,
  text,
  type Call,
  type Route,
} from "./api.js";
import type { Issuable, Note } from "./model.js";
import { addComment } from "./notes.js";
import { paged, sorted } from "./paging.js";
import type { RateLimits } from "./rate-limits.js";
import { toIssueJson } from "./serialize-issues.js";
import { toDiscussionJson, toNoteJson } from "./serialize-notes.js";

/** Issues, and the comments of issues and merge requests. */
export function noteRoutes(limits: RateLimits): Route[] {
  const pairs: Array<[path: string, find: (call: Call) => Issuable]> = [
    ["/projects/{id}/merge_requests/{noteable_id}/notes", mergeRequestOf],
    ["/projects/{id}/issues/{noteable_id}/notes", issueOf],
  ];
  return [
    { method: "GET", path: "/projects/{id}/issues/{issue_iid}", handle: readIssue },
    {
      method: "GET",
      path: "/projects/{id}/merge_requests/{noteable_id}/discussions",
      handle: (call) => listDiscussions(call, mergeRequestOf(call)),
    },
    ...pairs.flatMap(([path, find]): Route[] => [
      { method: "GET", path, handle: (call) => listNotes(call, find(call)) },
      { method: "POST", path, handle: (call) => createNote(call, { issuable: find(call), limits }) },
    ]),
  ];
}

function issueOf(call: Call): Issuable {
  const iid = call.params["issue_iid"] ?? call.params["noteable_id"];
  const found = projectOf(call).issues.find((issue) => String(issue.iid) === iid);
  if (found === undefined) throw notFound("Issue");
  return found;
}

function readIssue(call: Call): Reply {
  return ok(toIssueJson(call.state, issueOf(call)));
}

const filters = ["all_notes", "only_comments", "only_activity"] as const;

function listNotes(call: Call, issuable: Issuable): Reply {
  const filter = choiceIn(call, "activity_filter", filters) ?? "all_notes";
  const order = choiceIn(call, "order_by", ["created_at", "updated_at"]) ?? "created_at";
  const rows = issuable.notes.filter(
    (note) => filter === "all_notes" || note.system === (filter === "only_activity"),
  );
  const direction = choiceIn(call, "sort", ["asc", "desc"]) ?? "desc";
  const ordered = sorted(
    rows,
    (note) => (order === "created_at" ? note.createdAt : note.updatedAt),
    direction,
  );
  return paged(call, ordered, (note) => toNoteJson(call.state, { issuable, note }));
}

/** The oldest first; there is no other order. */
function listDiscussions(call: Call, issuable: Issuable): Reply {
  const threads = new Map<number, Note[]>();
  for (const note of issuable.notes) {
    const first = note.thread ?? note.id;
    threads.set(first, [...(threads.get(first) ?? []), note]);
  }
  return paged(call, [...threads.values()], (notes) => toDiscussionJson(call.state, { issuable, notes }));
}

function createNote(call: Call, { issuable, limits }: { issuable: Issuable; limits: RateLimits }): Reply {
  const body = text(call, "body");
  if (body === undefined) throw invalid("body is missing");
  if (!limits.takeNote(call.user.username)) {
    const error = "This endpoint has been requested too many times. Try again later.";
    throw refuse(429, { message: { error } });
  }
  const note = addComment(call.state, issuable, { by: call.user, body });
  return ok(toNoteJson(call.state, { issuable, note }), 201);
}
