import * as z from "zod";
import { isFailure } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import { toProject } from "./normalize.js";
import * as schema from "./schema.js";
import type { ProjectPoll, Visit } from "./visit.js";

const rowsSchema = z.array(schema.project);

export async function searchProjects(
  visit: Visit,
  query: { text?: string; limit: number },
): Promise<Project[]> {
  const text = query.text?.trim();
  const { data } = await visit.session.read(
    rowsSchema,
    (gl) =>
      gl.projects.all<false, "offset">({
        membership: true,
        archived: false,
        orderBy: "last_activity_at",
        sort: "desc",
        ...(text ? { search: text, searchNamespaces: true } : {}),
        perPage: Math.min(Math.max(query.limit, 1), 100),
        page: 1,
      }),
    { what: "the list of projects" },
  );
  return data.slice(0, query.limit).map((row) => toProject(row, visit.connection.id));
}

/**
 * By path. Some reverse proxies decode the `%2F` that a path in this address needs, and GitLab then answers 404: a search for
 * the last segment finds the project all the same.
 */
export async function findProject(visit: Visit, path: string): Promise<Project> {
  const wanted = path.trim().replace(/^\/+|\/+$/g, "");
  try {
    return await readProject(visit, wanted, wanted);
  } catch (error) {
    if (!isFailure(error) || error.kind !== "gone") throw error;
    const name = wanted.split("/").at(-1) ?? wanted;
    const { data } = await visit.session.read(
      rowsSchema,
      (gl) => gl.projects.all<false, "offset">({ search: name, perPage: 100, page: 1 }),
      { what: `the project ${wanted}` },
    );
    const found = data.find((row) => row.path_with_namespace.toLowerCase() === wanted.toLowerCase());
    if (found === undefined) throw error;
    return toProject(found, visit.connection.id);
  }
}

/** `id` is the numeric id or the path; `name` is for the sentence in a failure. */
export async function readProject(visit: Visit, id: string, name: string): Promise<Project> {
  const { data } = await visit.session.read(schema.project, (gl) => gl.projects.show(id), {
    what: `the project ${name}`,
  });
  return toProject(data, visit.connection.id);
}

/** Where an answer names the project by another path than ours, the project as it is today. One request, only then. */
export async function findRenamed(
  poll: ProjectPoll,
  path: string | undefined,
): Promise<{ renamed?: Project }> {
  if (path === undefined || path === poll.project.path) return {};
  const project = await readProject(poll, poll.project.id, poll.project.path);
  return project.path === poll.project.path ? {} : { renamed: project };
}
