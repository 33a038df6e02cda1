import { isFailure } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import { limits } from "./limits.js";
import { toProject } from "./normalize.js";
import { readPages } from "./pages.js";
import * as schema from "./schema.js";
import type { ProjectPoll, Visit } from "./visit.js";

/** As many as are wanted, page after page. */
export async function searchProjects(
  visit: Visit,
  query: { text?: string; limit: number },
): Promise<Project[]> {
  const text = query.text?.trim();
  const wanted = Math.max(query.limit, 1);
  const perPage = Math.min(wanted, limits.projects.perPage);
  const rows = await readPages(visit.session, {
    row: schema.project,
    limit: { ...limits.projects, perPage, rows: Math.min(wanted, limits.projects.rows) },
    ask: (page, size) => (gl) =>
      gl.projects.all<false, "offset">({
        membership: true,
        archived: false,
        orderBy: "last_activity_at",
        sort: "desc",
        ...(text ? { search: text, searchNamespaces: true } : {}),
        perPage: size,
        page,
      }),
    call: { what: "the list of projects" },
    wantsMore: () => true,
  });
  return rows.slice(0, query.limit).map((row) => toProject(row, visit.connection));
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
    const found = await findNamesake(visit, wanted);
    if (found === undefined) throw error;
    return toProject(found, visit.connection);
  }
}

async function findNamesake(visit: Visit, wanted: string): Promise<schema.RawProject | undefined> {
  const name = wanted.split("/").at(-1) ?? wanted;
  const isIt = (row: schema.RawProject) => row.path_with_namespace.toLowerCase() === wanted.toLowerCase();
  const rows = await readPages(visit.session, {
    row: schema.project,
    limit: limits.namesakes,
    ask: (page, perPage) => (gl) => gl.projects.all<false, "offset">({ search: name, perPage, page }),
    call: { what: `the project ${wanted}` },
    wantsMore: (page) => !page.some(isIt),
  });
  return rows.find(isIt);
}

/** `id` is the numeric id or the path; `name` is for the sentence in a failure. */
export async function readProject(visit: Visit, id: string, name: string): Promise<Project> {
  const { data } = await visit.session.read(schema.project, (gl) => gl.projects.show(id), {
    what: `the project ${name}`,
  });
  return toProject(data, visit.connection);
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
