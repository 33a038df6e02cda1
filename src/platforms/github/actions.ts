import type { Action, ActionResult } from "../../domain/action.js";
import { Failure, isFailure } from "../../domain/failure.js";
import type { GitHubSession } from "./client.js";
import { toPipelineStatus } from "./normalize-run.js";
import { runUrl } from "./run-jobs.js";
import { repoUrl } from "./projects.js";
import { accepted, createdReview, merged, pull, repository, run, type PullAnswer } from "./schema.js";

/**
 * One action: the subject is read first, so that the write goes to the repository that was meant (a name can pass to
 * another one) and to the head that was seen; then at most one writing request.
 */
export async function act(session: GitHubSession, action: Action): Promise<ActionResult> {
  switch (action.verb) {
    case "retry":
    case "retry_failed":
    case "cancel":
      return actOnRun(session, action);
    case "approve":
      return approve(session, action);
    case "merge":
      return merge(session, action);
  }
}

type RunAction = Extract<Action, { pipelineId: string }>;
type PullAction = Extract<Action, { number: number }>;

async function actOnRun(session: GitHubSession, action: RunAction): Promise<ActionResult> {
  const what = `run ${action.pipelineId} of ${action.projectPath}`;
  const url = runUrl(action.projectPath, action.pipelineId);
  const { data } = await session.read({ url, schema: run, what });
  assertSame(action, data.repository.id);
  const status = toPipelineStatus(data);
  const over = data.status === "completed";
  if (action.verb === "cancel" && over) return { outcome: "already", note: `${what} had ended: ${status}` };
  if (action.verb !== "cancel" && !over)
    return { outcome: "already", note: `${what} is under way: ${status}` };
  const verb = { retry: "rerun", retry_failed: "rerun-failed-jobs", cancel: "cancel" }[action.verb];
  const target = `${runUrl(data.repository.full_name, data.id)}/${verb}`;
  try {
    await session.write({ method: "POST", url: target, schema: accepted, what: `a ${verb} of ${what}` });
  } catch (error) {
    const ended = isFailure(error) && error.kind === "conflict" && action.verb === "cancel";
    if (ended) return { outcome: "already", note: `${what} had just ended` };
    throw error;
  }
  return { outcome: "done", note: `${verb} of ${what}` };
}

/** GitHub takes an approval of an outdated commit without a word, so the head is compared before. */
async function approve(session: GitHubSession, action: PullAction): Promise<ActionResult> {
  const { data, what } = await readPull(session, action);
  if (data.state !== "open") throw notOpen(data, what);
  if (data.head.sha !== action.sha) throw headMoved(what, data.head.sha);
  try {
    await session.write({
      method: "POST",
      url: `${pullUrl(data.base.repo.full_name, action.number)}/reviews`,
      body: { event: "APPROVE", commit_id: action.sha },
      schema: createdReview,
      what: `an approval of ${what}`,
    });
  } catch (error) {
    throw isFailure(error) && error.status === 422 ? notApprovable(error, what) : error;
  }
  return { outcome: "done", note: `approved ${what} at ${action.sha}` };
}

function notApprovable(failure: Failure, what: string): Failure {
  const own = /own pull request/i.test(failure.message);
  if (!own) return failure;
  return new Failure("forbidden", {
    status: 422,
    code: "own_merge_request",
    values: { server: "GitHub" },
    message: `GitHub does not let you approve your own pull request (${what}).`,
    remedy: "Ask somebody else for a review.",
  });
}

async function merge(session: GitHubSession, action: PullAction): Promise<ActionResult> {
  const { data, what } = await readPull(session, action);
  if (data.merged_at != null) return { outcome: "already", note: `${what} was merged before` };
  if (data.state !== "open") throw notOpen(data, what);
  if (data.head.sha !== action.sha) throw headMoved(what, data.head.sha);
  const method = await mergeMethod(session, data.base.repo.full_name);
  try {
    await session.write({
      method: "PUT",
      url: `${pullUrl(data.base.repo.full_name, action.number)}/merge`,
      body: { sha: action.sha, merge_method: method },
      schema: merged,
      what: `the merge of ${what}`,
    });
  } catch (error) {
    return await refusedMerge(session, action, error);
  }
  return { outcome: "done", note: `merged ${what} at ${action.sha} (${method})` };
}

/** 409 means that the head moved meanwhile, 405 that it cannot be merged as it is. */
async function refusedMerge(
  session: GitHubSession,
  action: PullAction,
  error: unknown,
): Promise<ActionResult> {
  if (!isFailure(error) || (error.status !== 409 && error.status !== 405)) throw error;
  const { data, what } = await readPull(session, action);
  if (data.merged_at != null) return { outcome: "already", note: `${what} was merged by somebody else` };
  if (data.head.sha !== action.sha) throw headMoved(what, data.head.sha);
  throw new Failure("conflict", {
    status: error.status,
    code: "not_mergeable",
    values: { what: `${action.projectPath}#${action.number}`, status: "unnamed" },
    message: error.message,
    remedy: "Open it on GitHub: a required check or review may be missing, or there is a conflict.",
  });
}

/** The first of GitHub's own order that the repository allows. */
async function mergeMethod(session: GitHubSession, path: string): Promise<"merge" | "squash" | "rebase"> {
  const what = `the repository ${path}`;
  const { data } = await session.read({ url: repoUrl(path), schema: repository, what });
  if (data.allow_merge_commit !== false) return "merge";
  return data.allow_squash_merge === false ? "rebase" : "squash";
}

async function readPull(
  session: GitHubSession,
  action: PullAction,
): Promise<{ data: PullAnswer; what: string }> {
  const what = `pull request #${action.number} of ${action.projectPath}`;
  const { data } = await session.read({
    url: pullUrl(action.projectPath, action.number),
    schema: pull,
    what,
  });
  assertSame(action, data.base.repo.id);
  return { data, what };
}

function pullUrl(path: string, number: number): string {
  return `${repoUrl(path)}/pulls/${number}`;
}

function assertSame(action: Action, projectId: string): void {
  if (projectId === action.projectId) return;
  throw new Failure("gone", {
    code: "identity",
    values: { project: action.projectPath },
    message: `The name ${action.projectPath} now belongs to another GitHub repository. Nothing was done.`,
  });
}

function headMoved(what: string, headSha: string): Failure {
  return new Failure("conflict", {
    code: "head_moved",
    headSha,
    message: `New commits were pushed to ${what} since it was shown.`,
    remedy: "Look at the new commits and decide again.",
  });
}

function notOpen(answer: PullAnswer, what: string): Failure {
  const state = answer.merged_at == null ? "closed" : "merged";
  return new Failure("conflict", {
    code: "not_open",
    values: { what, state },
    message: `GitHub says that ${what} is ${state}.`,
  });
}
