import type { Reply } from "../server.js";
import {
  badRequest, forbidden, mergeRequestOf, notFound, ok, refuse, requireMember, text, unauthorized, type Call, type Route,
} from "./api.js"; // prettier-ignore
import {
  closeIssuable,
  mergeMergeRequest,
  reopenIssuable,
  setDraft,
  setLabels,
  toMergeStatus,
} from "./merge-requests.js";
import type { MergeRequest, User } from "./model.js";
import { approve, assign, removeReviewer, requestReview, unapprove } from "./reviews.js";
import { canApprove, toApprovalsJson, toMergeRequestJson } from "./serialize-merge-requests.js";
import { isMember } from "./state.js";

const one = "/projects/{id}/merge_requests/{merge_request_iid}";

/** Acting on merge requests, as the owner of the token. */
export const mergeRequestActionRoutes: Route[] = [
  { method: "PUT", path: one, handle: update },
  { method: "POST", path: `${one}/approve`, handle: handleApprove },
  { method: "POST", path: `${one}/unapprove`, handle: handleUnapprove },
  { method: "PUT", path: `${one}/merge`, handle: handleMerge },
];

/** 409 when the head has moved, 401 for those who may not approve or have approved already. */
function handleApprove(call: Call): Reply {
  const mergeRequest = mergeRequestOf(call);
  checkSha(call, mergeRequest);
  if (!canApprove(mergeRequest, call.user)) throw unauthorized();
  if (!approve(call.state, mergeRequest, call.user)) throw unauthorized();
  return ok(toApprovalsJson(call.state, { mergeRequest, viewer: call.user }), 201);
}

function handleUnapprove(call: Call): Reply {
  const mergeRequest = mergeRequestOf(call);
  if (!isMember(mergeRequest.project, call.user)) throw unauthorized();
  if (!unapprove(call.state, mergeRequest, call.user)) throw refuse(404, { message: "404 Not Found" });
  return ok(toApprovalsJson(call.state, { mergeRequest, viewer: call.user }), 201);
}

/** The checks in GitLab's order: permission, required sha, mergeable, sha, and only then the merge itself. */
function handleMerge(call: Call): Reply {
  const { state, user } = call;
  const mergeRequest = mergeRequestOf(call);
  if (!isMember(mergeRequest.project, user)) throw unauthorized();
  if (state.settings.requireShaForMerge && text(call, "sha") === undefined) {
    throw badRequest("SHA must be provided when merging");
  }
  if (toMergeStatus(mergeRequest) !== "mergeable") throw refuse(405, { message: "405 Method Not Allowed" });
  checkSha(call, mergeRequest);
  if (state.settings.mergeFails) throw refuse(422, { message: "Branch cannot be merged" });
  mergeMergeRequest(state, mergeRequest, user);
  return ok(toMergeRequestJson(state, { mergeRequest, viewer: user }));
}

function checkSha(call: Call, mergeRequest: MergeRequest): void {
  const sha = text(call, "sha");
  if (sha === undefined || sha === mergeRequest.sha) return;
  throw refuse(409, { message: `SHA does not match HEAD of source branch: ${mergeRequest.sha}` });
}

function update(call: Call): Reply {
  const { state, user } = call;
  const mergeRequest = mergeRequestOf(call);
  if (!isMember(mergeRequest.project, user) && mergeRequest.author !== user) throw forbidden();
  const event = text(call, "state_event");
  if (event === "close") closeIssuable(state, mergeRequest, user);
  if (event === "reopen") reopenIssuable(state, mergeRequest, user);
  updateTexts(call, mergeRequest);
  updateReviewers(call, mergeRequest);
  for (const assignee of usersIn(call, "assignee_ids") ?? []) {
    assign(state, mergeRequest, { by: user, assignee });
  }
  return ok(toMergeRequestJson(state, { mergeRequest, viewer: user }));
}

function updateTexts(call: Call, mergeRequest: MergeRequest): void {
  const { state, user } = call;
  const title = text(call, "title");
  if (title !== undefined) {
    setDraft(state, mergeRequest, { by: user, draft: /^draft:/i.test(title) });
    mergeRequest.title = title;
    mergeRequest.updatedAt = state.now();
  }
  const description = text(call, "description");
  if (description !== undefined) {
    mergeRequest.description = description;
    mergeRequest.updatedAt = state.now();
  }
  const changes = [...listIn(call, "add_labels"), ...listIn(call, "remove_labels").map((name) => `-${name}`)];
  if (changes.length > 0) setLabels(state, mergeRequest, changes);
}

/** The whole list of reviewers: new ones are asked, missing ones are no longer reviewers, the others stay as they are. */
function updateReviewers(call: Call, mergeRequest: MergeRequest): void {
  const wanted = usersIn(call, "reviewer_ids");
  if (wanted === undefined) return;
  requireMember(call, mergeRequest.project);
  const before = mergeRequest.reviewers.map((reviewer) => reviewer.user);
  for (const reviewer of before.filter((other) => !wanted.includes(other))) {
    removeReviewer(call.state, mergeRequest, { by: call.user, reviewer });
  }
  for (const reviewer of wanted.filter((other) => !before.includes(other))) {
    requestReview(call.state, mergeRequest, { by: call.user, reviewer });
  }
}

function usersIn(call: Call, name: string): User[] | undefined {
  const ids: unknown = call.body[name];
  if (!Array.isArray(ids)) return undefined;
  return ids.map((id) => {
    const user = call.state.users.find((candidate) => candidate.id === Number(id));
    if (user === undefined) throw notFound("User");
    return user;
  });
}

/** Labels come as a list, or as text with commas. */
function listIn(call: Call, name: string): string[] {
  const value = call.body[name];
  if (typeof value === "string") return value.split(",").filter((part) => part !== "");
  return Array.isArray(value) ? value.map(String) : [];
}
