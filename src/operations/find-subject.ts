import type { Subject } from "../domain/subject.js";
import { findProject } from "../store/projects.js";
import type { OperationContext } from "./context.js";
import type { FoundTarget } from "./find-target.js";

/** A subject with its project and connection, or null when either is not there any more. */
export async function findSubject(
  context: OperationContext,
  subject: Subject,
): Promise<(FoundTarget & { subject: Subject }) | null> {
  const live = context.connections.get(subject.connectionId);
  const project = await findProject(context.db, subject.connectionId, subject.projectId);
  return live === undefined || project === null ? null : { live, project, subject };
}
