import type { Project } from "../domain/project.js";
import { fromJson } from "./json.js";
import type { Executor } from "./schema.js";

/** Stores how a project is called now; the paths that it had before keep leading to it. */
export async function saveProject(db: Executor, project: Project): Promise<void> {
  const values = { path: project.path, project: JSON.stringify(project) };
  await db
    .insertInto("projects")
    .values({ connection_id: project.connectionId, project_id: project.id, ...values })
    .onConflict((conflict) => conflict.columns(["connection_id", "project_id"]).doUpdateSet(values))
    .execute();
  await db
    .insertInto("project_paths")
    .values({ connection_id: project.connectionId, path: project.path.toLowerCase(), project_id: project.id })
    .onConflict((conflict) =>
      conflict.columns(["connection_id", "path"]).doUpdateSet({ project_id: project.id }),
    )
    .execute();
}

export async function findProject(
  db: Executor,
  connectionId: string,
  projectId: string,
): Promise<Project | null> {
  const row = await db
    .selectFrom("projects")
    .select("project")
    .where("connection_id", "=", connectionId)
    .where("project_id", "=", projectId)
    .executeTakeFirst();
  return row === undefined ? null : fromJson<Project>(row.project);
}

/** By the path of today or an earlier one; platforms ignore case in paths. */
export async function findProjectByPath(
  db: Executor,
  connectionId: string,
  path: string,
): Promise<Project | null> {
  const row = await db
    .selectFrom("project_paths")
    .innerJoin("projects", (join) =>
      join
        .onRef("projects.connection_id", "=", "project_paths.connection_id")
        .onRef("projects.project_id", "=", "project_paths.project_id"),
    )
    .select("projects.project")
    .where("project_paths.connection_id", "=", connectionId)
    .where("project_paths.path", "=", path.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? null : fromJson<Project>(row.project);
}

/** All paths that projects are or were known under, by `connection/project id`. */
export async function loadProjectPaths(db: Executor): Promise<Map<string, string[]>> {
  const paths = new Map<string, string[]>();
  for (const row of await db.selectFrom("project_paths").selectAll().execute()) {
    const key = `${row.connection_id}/${row.project_id}`;
    paths.set(key, [...(paths.get(key) ?? []), row.path]);
  }
  return paths;
}

export async function listProjects(db: Executor): Promise<Project[]> {
  const rows = await db.selectFrom("projects").select("project").orderBy("path").execute();
  return rows.map((row) => fromJson<Project>(row.project));
}
