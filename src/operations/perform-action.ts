import type { Action } from "../domain/action.js";
import { Failure, isFailure, keep } from "../domain/failure.js";
import type { Member } from "../domain/member.js";
import { type Subject, toSubjectKey } from "../domain/subject.js";
import type { LogFields } from "../lib/log.js";
import { findAccount } from "../store/accounts.js";
import { addAudit, type AuditEntry, findByRequest, wasStarted } from "../store/audit.js";
import type { OperationContext } from "./context.js";
import { settleAction } from "./settle-action.js";

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

/** How an earlier request ended, as the audit has it. */
export type ActionEnd = AuditEntry;

export type ActionOutcome =
  | { result: "done" | "already"; account: string | undefined }
  /** The member has no account of their own on this connection. */
  | { result: "unlinked" }
  /** This very request was started before (the daemon stopped in between): nothing was sent again, and this is how it ended. */
  | { result: "repeated"; ended: AuditEntry }
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
  if (startedId === null) return { result: "repeated", ended: await endOf(context, entry.request, signal) };
  const about = { action: entry.action, subject: toSubjectKey(request.subject), person: entry.person };
  context.log.info("An action begins", { ...about, chat: request.chat });
  const outcome = await attempt(client.act(request.action, signal), entry.account);
  const detail = "failure" in outcome ? keep(outcome.failure) : undefined;
  await recordEnd(context, {
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

/** Whether this very request was started before: then asking for it again only tells how it ended. */
export function wasRequested({ db }: OperationContext, request: string): Promise<boolean> {
  return wasStarted(db, request);
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

/** Half a minute in all: as long as another program can hold the database in everyday life. */
const patienceMs = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * It was done, whatever the store says: whoever asked must hear it. An end that cannot be written is found out at the next start, like that
 * of an action which was interrupted.
 */
async function recordEnd({ db, clock, log }: OperationContext, entry: AuditEntry): Promise<void> {
  for (const waitMs of [...patienceMs, null]) {
    try {
      await addAudit(db, entry);
      return;
    } catch (error) {
      log.warn("The end of an action could not be written down", { error, action: entry.action });
      if (waitMs === null) return;
      await clock.sleep(waitMs);
    }
  }
}

async function endOf(context: OperationContext, request: string, signal: AbortSignal): Promise<AuditEntry> {
  const { started, ended } = await findByRequest(context.db, request);
  return ended ?? settleAction(context, started, { tell: false, signal });
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
