import type { Checks } from "../domain/facts/index.js";
import type { Snapshot } from "../domain/snapshot.js";
import { type Subject, toSubjectKey } from "../domain/subject.js";
import { destinationsOfCard } from "../store/cards.js";
import { isEditOwed, oweUpdate } from "../store/outbox.js";
import type { Executor } from "../store/schema.js";

/**
 * Much of what a card shows changes without an event: checks, labels, a conflict that is resolved. Its cards follow, one edit for
 * however many changes wait for it.
 */
export async function followCards(
  db: Executor,
  change: { subject: Subject; prior: Snapshot | null; snapshot: Snapshot },
  now: number,
): Promise<void> {
  const { prior, snapshot } = change;
  if (prior === null || looksOf(prior) === looksOf(snapshot)) return;
  const subject = toSubjectKey(change.subject);
  for (const destination of await destinationsOfCard(db, subject)) {
    if (await isEditOwed(db, { destination, subject })) continue;
    await oweUpdate(db, { destination, subject, once: `changed ${now}` }, now);
  }
}

/** What may show on a card. Equal for snapshots that look the same; unequal is no proof that the card differs. */
function looksOf(snapshot: Snapshot): string {
  const hidden = {
    updatedAt: undefined,
    counts: undefined,
    mentioned: undefined,
    descriptionHash: undefined,
  };
  const checks = snapshot.type === "merge_request" ? looksOfChecks(snapshot.checks) : undefined;
  return JSON.stringify({ ...snapshot, ...hidden, checks });
}

/** While checks run, only the first that fails is worth an edit: they would move a card with every poll. */
function looksOfChecks(checks: Checks | null | undefined): unknown {
  return checks?.state === "running" ? { state: checks.state, failed: checks.failed } : checks;
}
