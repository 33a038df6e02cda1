import { toSubjectKey, type Subject } from "../domain/subject.js";
import type { Facts, MergeRequestFacts, PipelineFacts } from "../domain/facts/index.js";
import { isFailure } from "../domain/failure.js";
import { addAudit, type AuditEntry, unfinishedActions } from "../store/audit.js";
import { destinationsOfCard, spoilFingerprint } from "../store/cards.js";
import { toDestination } from "../domain/destination.js";
import { oweNotice, oweUpdate } from "../store/outbox.js";
import { findProjectByPath } from "../store/projects.js";
import { pendingUpdates } from "../store/updates.js";
import type { OperationContext } from "./context.js";
import { findSubject } from "./find-subject.js";
import { readSubject } from "./read-subject.js";

type Started = AuditEntry & { id: number };

/** What the audit says of an action whose end nobody saw, where the platform tells that it was not done. */
export const foundUndone = "The daemon stopped in between; the platform shows that it was not done.";
const foundDone = "The daemon stopped in between; the platform shows that it was done.";
const foundOpen = "The daemon stopped in between; whether it was done is not known.";

/**
 * At the start: actions of which nobody knows the end. Nothing is sent again. The platform is asked how things stand, the cards follow, and
 * whoever asked is told, unless their press or command waits to be handled once more: then that tells them.
 */
export async function closeUnfinished(context: OperationContext, signal: AbortSignal): Promise<number> {
  const unfinished = await unfinishedActions(context.db);
  const waiting = await pendingUpdates(context.db);
  for (const entry of unfinished) {
    const asks = entry.request ?? "";
    const isHandledAgain = waiting.some(({ updateId, payload }) =>
      asks.startsWith("nonce:") ? payload.includes(asks.slice(6)) : asks === `update:${updateId}`,
    );
    await settleAction(context, entry, { tell: !isHandledAgain, signal });
  }
  if (unfinished.length > 0) context.wake();
  return unfinished.length;
}

/** Ends an action in the audit by what the platform shows now. */
export async function settleAction(
  context: OperationContext,
  entry: Started,
  { tell, signal }: { tell: boolean; signal: AbortSignal },
): Promise<AuditEntry> {
  const subject = await subjectOf(context, entry);
  const facts = subject === null ? null : await readNow(context, subject, signal);
  const ended: AuditEntry = {
    ...entry,
    ...judge(entry, facts),
    at: context.clock.now(),
    startedId: entry.id,
    request: undefined,
  };
  await context.db.transaction().execute(async (transaction) => {
    await addAudit(transaction, ended);
    const now = context.clock.now();
    if (subject !== null) {
      const key = toSubjectKey(subject);
      for (const destination of await destinationsOfCard(transaction, key)) {
        if (toDestination(destination).chat !== entry.chat) continue;
        // Its buttons may be used up: the card gets fresh ones though it looks the same.
        await spoilFingerprint(transaction, { destination, subject: key });
        await oweUpdate(transaction, { destination, subject: key, once: `settled-${entry.id}` }, now);
      }
    }
    if (!tell) return;
    const values = { verb: entry.action, what: nameOf(context, entry), standing: ended.result };
    const destination = { channel: "telegram", chat: entry.chat };
    const notice = { name: "interrupted", values };
    await oweNotice(transaction, { destination, notice, once: `interrupted-${entry.id}` }, now);
  });
  if (subject !== null) await refresh(context, subject, signal);
  return ended;
}

function nameOf({ connections }: OperationContext, { connectionId, project, target }: Started): string {
  const [type, id = ""] = target.split(" ");
  const sigil = type === "pipeline" ? "@" : (connections.get(connectionId)?.platform.words.sigil ?? "#");
  return `${project}${sigil}${id}`;
}

async function subjectOf(context: OperationContext, entry: Started): Promise<Subject | null> {
  const [type, id] = entry.target.split(" ");
  const project = await findProjectByPath(context.db, entry.connectionId, entry.project);
  if (project === null || id === undefined || (type !== "merge_request" && type !== "pipeline")) return null;
  return { connectionId: entry.connectionId, projectId: project.id, type, id };
}

async function readNow(
  context: OperationContext,
  subject: Subject,
  signal: AbortSignal,
): Promise<Facts | null> {
  const target = await findSubject(context, subject);
  if (target === null) return null;
  try {
    return await readSubject(target, signal);
  } catch (error) {
    if (!isFailure(error)) throw error;
    context.log.warn("The subject of an interrupted action could not be read", { reason: error.message });
    return null;
  }
}

async function refresh(context: OperationContext, subject: Subject, signal: AbortSignal): Promise<void> {
  await context.refresh(subject, signal).catch((error: unknown) => {
    context.log.warn("The subject of an interrupted action could not be read; the next poll will", { error });
  });
}

/** Only what the platform shows for certain; null of `isDone` is not known. */
function judge(entry: Started, facts: Facts | null): Pick<AuditEntry, "result" | "detail"> {
  const isDone = facts === null ? null : isDoneNow(entry, facts);
  if (isDone === null) return { result: "unknown", detail: foundOpen };
  return isDone ? { result: "done", detail: foundDone } : { result: "failed", detail: foundUndone };
}

function isDoneNow(entry: Started, facts: Facts): boolean | null {
  switch (facts.type) {
    case "merge_request":
      return entry.action === "merge" ? isMerged(facts) : isApproved(entry, facts);
    case "pipeline":
      return entry.action === "cancel" ? facts.status === "canceled" || null : runsAgain(entry, facts);
    default:
      return null;
  }
}

function isMerged({ state }: MergeRequestFacts): boolean | null {
  if (state === "merged") return true;
  return state === "open" ? false : null;
}

/** An approval is of one head: after a push it may be gone again. */
function isApproved({ account, sha }: Started, { approvedBy, headSha }: MergeRequestFacts): boolean | null {
  if (account === undefined || approvedBy === undefined) return null;
  if (approvedBy.some(({ login }) => login === account)) return true;
  return headSha === sha ? false : null;
}

/** Servers' clocks differ from ours by some seconds. */
const clockDoubtMs = 60_000;

function runsAgain({ at }: Started, { status, updatedAt }: PipelineFacts): boolean | null {
  if (status === "queued" || status === "running") return true;
  // GitLab keeps the first start of a pipeline; whatever runs again is updated.
  return Date.parse(updatedAt) < at - clockDoubtMs ? false : null;
}
