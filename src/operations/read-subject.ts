import type { Facts } from "../domain/facts/index.js";
import type { Subject } from "../domain/subject.js";
import type { LiveConnection } from "../platforms/platform.js";
import type { Project } from "../domain/project.js";

/** The facts of one subject as the platform tells them now; null for subjects that cannot be read by themselves. */
export async function readSubject(
  { live, project, subject }: { live: LiveConnection; project: Project; subject: Subject },
  signal: AbortSignal,
): Promise<Facts | null> {
  switch (subject.type) {
    case "merge_request":
      return live.client.readMergeRequest(project, Number(subject.id), signal);
    case "pipeline":
      return live.client.readPipeline(project, subject.id, signal);
    case "wiki_page":
    case "docs_change":
    case "issue":
      return null;
  }
}
