import type { Snapshot } from "../domain/snapshot.js";
import type { Subject } from "../domain/subject.js";
import { findSnapshot } from "../store/subjects.js";
import type { OperationContext } from "./context.js";

/** What the cards of a subject show, or null when nothing is known of it. */
export function shownSubject(context: OperationContext, subject: Subject): Promise<Snapshot | null> {
  return findSnapshot<Snapshot>(context.db, subject);
}

/** The head that the card of a merge request shows, or null when it has none. */
export async function shownHead(
  context: OperationContext,
  subject: Subject,
): Promise<{ sha: string; branch: string } | null> {
  const snapshot = await shownSubject(context, subject);
  if (snapshot?.type !== "merge_request") return null;
  return { sha: snapshot.headSha, branch: `${snapshot.head} → ${snapshot.base}` };
}
