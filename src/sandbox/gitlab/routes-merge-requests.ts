import type { Reply } from "../server.js";
import { choiceIn, instantIn, mergeRequestOf, ok, projectOf, type Call, type Route } from "./api.js";
import type { MergeRequest } from "./model.js";
import { paged, sorted } from "./paging.js";
import { conditional } from "./router.js";
import {
  toApprovalsJson,
  toMergeRequestBasic,
  toMergeRequestJson,
  toReviewerJson,
} from "./serialize-merge-requests.js";
import { toStateEventJson } from "./serialize-notes.js";
import { toPipelineBasic } from "./serialize-pipelines.js";
import { canRead } from "./state.js";

const one = "/projects/{id}/merge_requests/{merge_request_iid}";

/** Reading merge requests. */
export const mergeRequestRoutes: Route[] = [
  { method: "GET", path: "/merge_requests", handle: listMine },
  { method: "GET", path: "/projects/{id}/merge_requests", handle: listInProject },
  { method: "GET", path: one, handle: read },
  { method: "GET", path: `${one}/reviewers`, handle: listReviewers },
  { method: "GET", path: `${one}/approvals`, handle: readApprovals },
  { method: "GET", path: `${one}/pipelines`, handle: listPipelines },
  {
    method: "GET",
    path: "/projects/{id}/merge_requests/{eventable_id}/resource_state_events",
    handle: listStateEvents,
  },
];

function listMine(call: Call): Reply {
  const readable = call.state.projects.filter((project) => canRead(project, call.user) && !project.archived);
  const rows = readable.flatMap((project) => project.mergeRequests);
  // Without a scope this list shows the asker's own ones alone; the project's list shows all.
  return list(call, { rows, scope: "created_by_me" });
}

function listInProject(call: Call): Reply {
  return list(call, { rows: projectOf(call).mergeRequests, scope: "all" });
}

const states = ["opened", "closed", "locked", "merged", "all"] as const;
const scopes = [
  "created_by_me", "created-by-me", "assigned_to_me", "assigned-to-me", "reviews_for_me", "all",
] as const; // prettier-ignore
const orders = ["created_at", "updated_at", "merged_at", "title", "priority", "popularity"] as const;

function list(call: Call, { rows, scope }: { rows: MergeRequest[]; scope: string }): Reply {
  const order = choiceIn(call, "order_by", orders) ?? "created_at";
  const direction = choiceIn(call, "sort", ["asc", "desc"]) ?? "desc";
  const concerns = inScope(call, choiceIn(call, "scope", scopes) ?? scope);
  const at = (row: MergeRequest) => {
    if (order === "updated_at") return row.updatedAt;
    return order === "merged_at" ? (row.mergedAt ?? 0) : row.createdAt;
  };
  const kept = rows.filter((row) => concerns(row) && inWindow(call, row) && passes(call, row));
  const reply = paged(call, sorted(kept, at, direction), (row) => toMergeRequestBasic(call.state, row));
  return conditional(call, reply);
}

function inScope({ user }: Call, scope: string): (row: MergeRequest) => boolean {
  if (scope === "all") return () => true;
  if (scope.startsWith("assigned")) return (row) => row.assignees.includes(user);
  if (scope === "reviews_for_me") return (row) => row.reviewers.some((reviewer) => reviewer.user === user);
  return (row) => row.author === user;
}

/** `updated_after` and its kin include the instant itself. */
function inWindow(call: Call, row: MergeRequest): boolean {
  const within = (at: number, name: string) =>
    at >= (instantIn(call, `${name}_after`) ?? -Infinity) &&
    at <= (instantIn(call, `${name}_before`) ?? Infinity);
  return within(row.updatedAt, "updated") && within(row.createdAt, "created");
}

function passes(call: Call, row: MergeRequest): boolean {
  const { query } = call;
  const state = choiceIn(call, "state", states) ?? "all";
  if (state !== "all" && row.state !== state) return false;
  const reviewers = row.reviewers.map((reviewer) => reviewer.user);
  const tests: Array<[name: string, passes: (value: string) => boolean]> = [
    ["author_username", (value) => row.author.username === value],
    ["author_id", (value) => String(row.author.id) === value],
    ["assignee_username", (value) => row.assignees.some((user) => user.username === value)],
    ["assignee_id", (value) => row.assignees.some((user) => String(user.id) === value)],
    ["reviewer_username", (value) => reviewers.some((user) => user.username === value)],
    ["reviewer_id", (value) => reviewers.some((user) => String(user.id) === value)],
    ["source_branch", (value) => row.source === value],
    ["target_branch", (value) => row.target === value],
    ["labels", (value) => value.split(",").every((label) => row.labels.includes(label))],
    ["wip", (value) => row.draft === (value === "yes")],
    ["search", (value) => `${row.title} ${row.description}`.toLowerCase().includes(value.toLowerCase())],
  ];
  const iids = query.getAll("iids[]");
  if (iids.length > 0 && !iids.includes(String(row.iid))) return false;
  return tests.every(([name, test]) => {
    const value = query.get(name);
    return value === null || value === "" || test(value);
  });
}

function read(call: Call): Reply {
  const mergeRequest = mergeRequestOf(call);
  return conditional(call, ok(toMergeRequestJson(call.state, { mergeRequest, viewer: call.user })));
}

function listReviewers(call: Call): Reply {
  return ok(mergeRequestOf(call).reviewers.map((reviewer) => toReviewerJson(call.state, reviewer)));
}

function readApprovals(call: Call): Reply {
  return ok(toApprovalsJson(call.state, { mergeRequest: mergeRequestOf(call), viewer: call.user }));
}

function listPipelines(call: Call): Reply {
  const mergeRequest = mergeRequestOf(call);
  const rows = mergeRequest.project.pipelines.filter(
    (pipeline) =>
      pipeline.parent === null &&
      (pipeline.mergeRequest === mergeRequest || pipeline.ref === mergeRequest.source),
  );
  return paged(
    call,
    sorted(rows, (row) => row.id, "desc"),
    (row) => toPipelineBasic(call.state, row),
  );
}

function listStateEvents(call: Call): Reply {
  const issuable = mergeRequestOf(call);
  return paged(call, issuable.stateEvents, (event) => toStateEventJson(call.state, { issuable, event }));
}
