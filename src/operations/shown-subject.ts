import type { Snapshot } from "../domain/snapshot.js";
import type { Subject } from "../domain/subject.js";
import { findSeen, findSnapshot } from "../store/subjects.js";
import type { OperationContext } from "./context.js";

/** What the cards of a subject show, or null when nothing is known of it. */
export function shownSubject(context: OperationContext, subject: Subject): Promise<Snapshot | null> {
  return findSnapshot<Snapshot>(context.db, subject);
}

/** The head that the card of a merge request shows, and since when it may be the head (epoch milliseconds); or null. */
export async function shownHead(
  context: OperationContext,
  subject: Subject,
): Promise<{ sha: string; branch: string; since: number } | null> {
  const seen = await findSeen<Snapshot>(context.db, subject);
  if (seen?.snapshot.type !== "merge_request") return null;
  const { headSha, headAt, head, base } = seen.snapshot;
  const since = headAt === undefined ? seen.since : Date.parse(headAt);
  return { sha: headSha, branch: `${head} → ${base}`, since };
}
