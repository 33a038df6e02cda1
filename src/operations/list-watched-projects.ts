import type { Project } from "../domain/project.js";
import { listProjects } from "../store/projects.js";
import { listSources } from "../store/sources.js";
import type { OperationContext } from "./context.js";

/** Projects with a source that is polled, most recently active first. */
export async function listWatchedProjects(context: OperationContext, limit: number): Promise<Project[]> {
  const watched = new Set(
    (await listSources(context.db)).map((source) => `${source.connectionId}/${source.projectId}`),
  );
  const projects = (await listProjects(context.db)).filter((project) =>
    watched.has(`${project.connectionId}/${project.id}`),
  );
  projects.sort((a, b) => (b.lastActivityAt ?? "").localeCompare(a.lastActivityAt ?? ""));
  return projects.slice(0, limit);
}
