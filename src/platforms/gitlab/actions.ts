import type { Action, ActionResult } from "../../domain/action.js";
import { Failure, type FailureDetails, isFailure } from "../../domain/failure.js";
import { isStillChecking, toPipelineStatus } from "./normalize.js";
import * as schema from "./schema.js";
import type { Visit } from "./visit.js";

/** Each makes one writing request at most, and reads before it where that spares the write, or after it to name the refusal. */
export function act(visit: Visit, action: Action): Promise<ActionResult> {
  switch (action.verb) {
    case "retry":
    case "retry_failed":
      return retry(visit, action);
    case "cancel":
      return cancel(visit, action);
    case "approve":
      return approve(visit, action);
    case "merge":
      return merge(visit, action);
  }
}

type PipelineAction = Extract<Action, { pipelineId: string }>;
type MergeRequestAction = Extract<Action, { number: number }>;

/** GitLab has one retry, and it takes the failed and canceled jobs. On a pipeline without any it answers 201 and does nothing. */
async function retry(visit: Visit, action: PipelineAction): Promise<ActionResult> {
  const { projectId } = action;
  const id = Number(action.pipelineId);
  const what = `the pipeline ${id} of ${action.projectPath}`;
  const before = await readPipeline(visit, action);
  if (["queued", "running"].includes(toPipelineStatus(before.status))) {
    return { outcome: "already", note: `${capital(what)} is ${before.status}.` };
  }
  const after = await visit.session.read(schema.pipeline, (gl) => gl.pipelines.retry(projectId, id), {
    what,
  });
  if (after.data.status === "success" || after.data.status === "skipped") {
    const message = `${capital(what)} has no failed or canceled job that GitLab would retry.`;
    throw new Failure("conflict", {
      message,
      code: "nothing_to_retry",
      values: { what: `${action.projectPath}@${id}` },
    });
  }
  return { outcome: "done", note: `${capital(what)} was retried.` };
}

/** GitLab answers a cancel with 200 whatever state the pipeline is in. */
async function cancel(visit: Visit, action: PipelineAction): Promise<ActionResult> {
  const id = Number(action.pipelineId);
  const what = `the pipeline ${id} of ${action.projectPath}`;
  const { status } = await readPipeline(visit, action);
  if (["success", "failed", "canceled", "canceling", "skipped"].includes(status)) {
    return { outcome: "already", note: `${capital(what)} is ${status}.` };
  }
  await visit.session.read(schema.pipeline, (gl) => gl.pipelines.cancel(action.projectId, id), {
    what,
  });
  return { outcome: "done", note: `${capital(what)} was canceled.` };
}

async function readPipeline(visit: Visit, action: PipelineAction): Promise<schema.RawPipeline> {
  const id = Number(action.pipelineId);
  const call = { what: `the pipeline ${id} of ${action.projectPath}` };
  return (await visit.session.read(schema.pipeline, (gl) => gl.pipelines.show(action.projectId, id), call))
    .data;
}

/** 409: the head has moved. 401: approved already, not entitled, or a dead token; reading the approvals tells which. */
async function approve(visit: Visit, action: MergeRequestAction): Promise<ActionResult> {
  const { projectId, number, sha } = action;
  const what = toName(action);
  try {
    await visit.session.read(
      schema.approvals,
      (gl) => gl.mergeRequestApprovals.approve(projectId, number, { sha }),
      { what: `the approval of ${what}` },
    );
    return { outcome: "done", note: `${capital(what)} was approved at ${sha.slice(0, 8)}.` };
  } catch (error) {
    if (!isFailure(error) || ![401, 409].includes(error.status ?? 0)) throw error;
    const { data } = await visit.session.read(
      schema.approvals,
      (gl) => gl.mergeRequestApprovals.showConfiguration(projectId, { mergerequestIId: number }),
      { what: `the approvals of ${what}` },
    );
    if (error.status === 401) {
      if (data.user_has_approved === true)
        return { outcome: "already", note: `${capital(what)} was approved before.` };
      const remedy = "GitLab does not let everybody approve, and in many projects not the author either.";
      throw new Failure("forbidden", {
        message: `This account is not allowed to approve ${what}.`,
        remedy,
        status: 401,
        code: "role_to_approve",
        values: { what: `${action.projectPath}!${action.number}` },
      });
    }
    throw await toConflictOf(visit, action, error);
  }
}

/** The head is compared before, which spares a write, and by GitLab itself while it merges, since it may move in between. */
async function merge(visit: Visit, action: MergeRequestAction): Promise<ActionResult> {
  const { projectId, number, sha } = action;
  const what = toName(action);
  const before = await readMergeRequest(visit, action);
  if (before.state === "merged") return { outcome: "already", note: `${capital(what)} was merged before.` };
  if (before.sha !== sha) throw toHeadMoved(action, before.sha);
  try {
    const { data } = await visit.session.read(
      schema.mergeRequest,
      (gl) => gl.mergeRequests.merge(projectId, number, { sha }),
      { what: `the merge of ${what}` },
    );
    if (data.state === "merged" || data.state === "locked") {
      return { outcome: "done", note: `${capital(what)} was merged at ${sha.slice(0, 8)}.` };
    }
    throw new Failure("conflict", toNotMergeable(action, data));
  } catch (error) {
    if (!isFailure(error) || ![400, 401, 405, 406, 409, 422].includes(error.status ?? 0)) throw error;
    const after = await readMergeRequest(visit, action);
    if (after.state === "merged")
      return { outcome: "already", note: `${capital(what)} was merged meanwhile.` };
    if (after.sha !== sha) throw toHeadMoved(action, after.sha);
    if (error.status === 401) {
      const remedy = "Merging into this branch needs a higher role in the project.";
      throw new Failure("forbidden", {
        message: `This account is not allowed to merge ${what}.`,
        remedy,
        status: 401,
        code: "role",
        values: { what: `${action.projectPath}!${action.number}` },
      });
    }
    throw new Failure("conflict", {
      ...toNotMergeable(action, after),
      status: error.status ?? 0,
      cause: error,
    });
  }
}

async function readMergeRequest(visit: Visit, action: MergeRequestAction): Promise<schema.RawMergeRequest> {
  const { projectId, number } = action;
  const ask = visit.session.read(schema.mergeRequest, (gl) => gl.mergeRequests.show(projectId, number), {
    what: toName(action),
  });
  return (await ask).data;
}

async function toConflictOf(visit: Visit, action: MergeRequestAction, cause: Failure): Promise<Failure> {
  const today = await readMergeRequest(visit, action);
  return today.sha === action.sha ? cause : toHeadMoved(action, today.sha);
}

function toHeadMoved(action: MergeRequestAction, headSha: string | null | undefined): Failure {
  return new Failure("conflict", {
    message: `${capital(toName(action))} has moved on from ${action.sha.slice(0, 8)}: look at what is new first.`,
    code: "head_moved",
    ...(headSha == null ? {} : { headSha }),
  });
}

/** `detailed_merge_status` in words. New ones come with GitLab's releases and are shown as they are. */
const reasons = new Map([
  ["ci_must_pass", "its pipeline has to pass first"],
  ["ci_still_running", "its pipeline is still running"],
  ["commits_status", "its source branch is missing or has no commits"],
  ["conflict", "it conflicts with its target branch"],
  ["discussions_not_resolved", "it has unresolved threads"],
  ["draft_status", "it is a draft"],
  ["jira_association_missing", "it names no Jira issue"],
  ["locked_lfs_files", "it changes files that somebody locked"],
  ["locked_paths", "it changes files that somebody locked"],
  ["merge_request_blocked", "it is blocked by another merge request"],
  ["merge_time", "its scheduled merge time has not come"],
  ["need_rebase", "it has to be rebased first"],
  ["not_approved", "it lacks approvals"],
  ["not_open", "it is not open"],
  ["requested_changes", "a reviewer requested changes"],
  ["security_policy_pipeline_check", "a security policy's pipeline has to pass first"],
  ["security_policy_violations", "it violates a security policy"],
  ["status_checks_must_pass", "an external status check has to pass first"],
  ["title_regex", "its title does not match the project's rule"],
]);

function toNotMergeable(action: MergeRequestAction, raw: schema.RawMergeRequest): FailureDetails {
  const status = raw.detailed_merge_status ?? raw.merge_status ?? "";
  const name = capital(toName(action));
  const what = `${action.projectPath}!${action.number}`;
  if (isStillChecking(status)) {
    const message = `${name} cannot be merged yet: GitLab is still checking whether it can be.`;
    return { message, code: "not_ready_yet", values: { what }, remedy: "Try again in a few seconds." };
  }
  const told = raw.merge_error ?? (status === "" ? "GitLab gives no reason" : `GitLab says ${status}`);
  const message = `${name} cannot be merged: ${reasons.get(status) ?? told}.`;
  return { message, code: "not_mergeable", values: { what, status: status || "unnamed" } };
}

function toName(action: MergeRequestAction): string {
  return `the merge request !${action.number} of ${action.projectPath}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
