import type { Action } from "../domain/action.js";
import { Failure, isFailure } from "../domain/failure.js";
import type { Member } from "../domain/member.js";
import { type Subject, toSubjectKey } from "../domain/subject.js";
import type { LogFields } from "../lib/log.js";
import { findAccount } from "../store/accounts.js";
import { addAudit, type AuditEntry, unfinishedActions, wasStarted } from "../store/audit.js";
import { findProjectByPath } from "../store/projects.js";
import type { OperationContext } from "./context.js";

/** Who asks for what, from where. */
export interface ActionRequest {
  member: Member;
  /** The chat where it was asked. */
  chat: string;
  action: Action;
  subject: Subject;
  /** Names the press or message that asks: nothing is started twice for one request. */
  request: string;
}

export type ActionOutcome =
  | { result: "done" | "already"; account: string | undefined }
  /** The member has no account of their own on this connection. */
  | { result: "unlinked" }
  /** This very request was started before (the daemon stopped in between); nothing was sent again. */
  | { result: "repeated" }
  | { result: "refused" | "failed" | "unknown"; failure: Failure };

/**
 * Has an action carried out as the member, at most once per request. The audit says "started" before the platform hears of
 * it and how it ended after. Rejects only when the store does.
 */
export async function performAction(
  context: OperationContext,
  request: ActionRequest,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  const client = await context.clientFor(request.member.id, request.subject.connectionId);
  const entry = await toAuditEntry(context, request);
  if (client === null) {
    await addAudit(context.db, { ...entry, result: "refused", detail: "no account of their own" });
    return { result: "unlinked" };
  }
  const startedId = await start(context, entry);
  if (startedId === null) return { result: "repeated" };
  const about = { action: entry.action, subject: toSubjectKey(request.subject), person: entry.person };
  context.log.info("An action begins", { ...about, chat: request.chat });
  const outcome = await attempt(client.act(request.action, signal), entry.account);
  const detail = "failure" in outcome ? outcome.failure.message : undefined;
  await addAudit(context.db, {
    ...entry,
    at: context.clock.now(),
    result: outcome.result,
    detail,
    startedId,
  });
  logEnd(context, { ...about, ms: context.clock.now() - entry.at }, outcome);
  await context.refresh(request.subject, signal).catch((error: unknown) => {
    context.log.warn("The subject of an action could not be read again; the next poll will", { error });
  });
  context.wake();
  return outcome;
}

function logEnd({ log }: OperationContext, about: LogFields, outcome: Attempted): void {
  if (!("failure" in outcome)) return log.info("An action is done", { ...about, result: outcome.result });
  const { kind, message } = outcome.failure;
  log.warn("An action failed", { ...about, result: outcome.result, kind, reason: message });
}

type Attempted = Extract<ActionOutcome, { account: string | undefined } | { failure: Failure }>;

async function attempt(
  acting: Promise<{ outcome: "done" | "already" }>,
  account: string | undefined,
): Promise<Attempted> {
  try {
    const { outcome } = await acting;
    return { result: outcome, account };
  } catch (error) {
    if (!isFailure(error)) {
      const message = error instanceof Error ? error.message : String(error);
      return { result: "unknown", failure: new Failure("ambiguous", { message, cause: error }) };
    }
    return { result: resultOf(error), failure: error };
  }
}

function resultOf(failure: Failure): "refused" | "failed" | "unknown" {
  switch (failure.kind) {
    case "ambiguous":
      return "unknown";
    case "forbidden":
    case "conflict":
    case "rejected":
    case "gone":
      return "refused";
    case "throttled":
    case "unreachable":
    case "unauthorized":
      return "failed";
  }
}

/** null when this request was started before. */
async function start(
  context: OperationContext,
  entry: AuditEntry & { request: string },
): Promise<number | null> {
  return context.db.transaction().execute(async (transaction) => {
    if (await wasStarted(transaction, entry.request)) return null;
    return addAudit(transaction, entry);
  });
}

async function toAuditEntry(
  context: OperationContext,
  { member, chat, action, subject, request }: ActionRequest,
): Promise<AuditEntry & { request: string }> {
  const account = await findAccount(context.db, subject.connectionId);
  return {
    at: context.clock.now(),
    person: member.id,
    chat,
    connectionId: subject.connectionId,
    project: action.projectPath,
    action: action.verb,
    target: `${subject.type} ${subject.id}`,
    sha: "sha" in action ? action.sha : undefined,
    account: member.role === "owner" ? account?.access?.account.login : undefined,
    result: "started",
    request,
  };
}

/**
 * After a crash: actions of whose end nothing is known. Nothing is sent again; the audit says so, and the subject is read, so that
 * its cards show how it ended.
 */
export async function closeUnfinished(context: OperationContext, signal: AbortSignal): Promise<number> {
  const unfinished = await unfinishedActions(context.db);
  for (const entry of unfinished) {
    const detail = "The daemon stopped before the end of this was known.";
    const ending = { at: context.clock.now(), result: "unknown" as const, detail, startedId: entry.id };
    const ended: AuditEntry = { ...entry, ...ending, request: undefined };
    await addAudit(context.db, ended);
    await refreshTarget(context, entry, signal);
  }
  return unfinished.length;
}

async function refreshTarget(
  context: OperationContext,
  entry: AuditEntry,
  signal: AbortSignal,
): Promise<void> {
  const [type, id] = entry.target.split(" ");
  const project = await findProjectByPath(context.db, entry.connectionId, entry.project);
  if (project === null || id === undefined || (type !== "merge_request" && type !== "pipeline")) return;
  const subject: Subject = { connectionId: entry.connectionId, projectId: project.id, type, id };
  await context.refresh(subject, signal).catch((error: unknown) => {
    context.log.warn("The subject of an interrupted action could not be read; the next poll will", { error });
  });
}
