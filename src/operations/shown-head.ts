import type { MergeRequestFacts } from "../domain/facts/index.js";
import type { Subject } from "../domain/subject.js";
import { findSnapshot } from "../store/subjects.js";
import type { OperationContext } from "./context.js";

/** The head that the card of a merge request shows, or null when it has none. */
export async function shownHead(
  context: OperationContext,
  subject: Subject,
): Promise<{ sha: string; branch: string } | null> {
  const snapshot = await findSnapshot<{ facts: Pick<MergeRequestFacts, "headSha" | "head" | "base"> }>(
    context.db,
    subject,
  );
  if (snapshot === null) return null;
  return { sha: snapshot.facts.headSha, branch: `${snapshot.facts.head} → ${snapshot.facts.base}` };
}
