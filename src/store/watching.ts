import type { Project } from "../domain/project.js";
import { findProject } from "./projects.js";
import type { Executor } from "./schema.js";

/** What a destination is told about, so that "now watching" is said once for each. An empty project id stands for the inbox. */
export async function saveWatching(
  db: Executor,
  watching: ReadonlyArray<{ destination: string; connectionId: string; projectId: string | null }>,
): Promise<void> {
  const rows = await db
    .selectFrom("watching")
    .select(["destination", "connection_id", "project_id"])
    .execute();
  const known = new Set(
    rows.map((row) => JSON.stringify([row.destination, row.connection_id, row.project_id])),
  );
  for (const { destination, connectionId, projectId } of watching) {
    const id = projectId ?? "";
    if (known.has(JSON.stringify([destination, connectionId, id]))) continue;
    await db
      .insertInto("watching")
      .values({ destination, connection_id: connectionId, project_id: id, told: 0 })
      .onConflict((conflict) => conflict.columns(["destination", "connection_id", "project_id"]).doNothing())
      .execute();
  }
}

export interface Untold {
  destination: string;
  projects: Project[];
  /** The account's inbox is among it. */
  personal: boolean;
}

export async function untoldWatching(db: Executor, connectionId: string): Promise<Untold[]> {
  const rows = await db
    .selectFrom("watching")
    .selectAll()
    .where("connection_id", "=", connectionId)
    .where("told", "=", 0)
    .orderBy("destination")
    .orderBy("project_id")
    .execute();
  const untold = new Map<string, Untold>();
  for (const row of rows) {
    const entry = untold.get(row.destination) ?? {
      destination: row.destination,
      projects: [],
      personal: false,
    };
    untold.set(row.destination, entry);
    if (row.project_id === "") entry.personal = true;
    const project = row.project_id === "" ? null : await findProject(db, connectionId, row.project_id);
    if (project !== null) entry.projects.push(project);
  }
  return [...untold.values()];
}

export async function markWatchingTold(
  db: Executor,
  connectionId: string,
  destination: string,
): Promise<void> {
  await db
    .updateTable("watching")
    .set({ told: 1 })
    .where("connection_id", "=", connectionId)
    .where("destination", "=", destination)
    .execute();
}
