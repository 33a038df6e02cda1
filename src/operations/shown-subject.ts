import type { Snapshot } from "../domain/snapshot.js";
import type { Subject } from "../domain/subject.js";
import { findSeen, findSnapshot } from "../store/subjects.js";
import type { OperationContext } from "./context.js";

/** What the cards of a subject show, or null when nothing is known of it. */
export function shownSubject(context: OperationContext, subject: Subject): Promise<Snapshot | null> {
  return findSnapshot<Snapshot>(context.db, subject);
}

/** The head that the card of a merge request shows, and since when (epoch milliseconds) something of it may be new; or null. */
export async function shownHead(
  context: OperationContext,
  subject: Subject,
): Promise<{ sha: string; branch: string; since: number } | null> {
  const seen = await findSeen<Snapshot>(context.db, subject);
  if (seen?.snapshot.type !== "merge_request") return null;
  const { headSha, head, base } = seen.snapshot;
  return { sha: headSha, branch: `${head} → ${base}`, since: seen.since };
}
