import * as z from "zod";
import { Failure, isFailure } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import type { GitHubSession } from "./client.js";
import { toProject } from "./normalize.js";
import { limits } from "./limits.js";
import { readList } from "./lists.js";
import { repository, type RepositoryAnswer } from "./schema.js";

/** `/repos/owner/name`, each part encoded. */
export function repoUrl(path: string): string {
  return `/repos/${path.split("/").map(encodeURIComponent).join("/")}`;
}

export async function findProject(
  session: GitHubSession,
  path: string,
  connectionId: string,
): Promise<Project> {
  if (!/^[^/\s]+\/[^/\s]+$/.test(path)) {
    throw new Failure("rejected", {
      message: `"${path.slice(0, 100)}" is not a GitHub repository.`,
      remedy: "Write it as owner/repository.",
      code: "unreadable_target",
      values: { text: path.slice(0, 80) },
    });
  }
  const answer = await session.read({
    url: repoUrl(path),
    schema: repository,
    what: `the repository ${path}`,
  });
  return toProject(answer.data, connectionId);
}

const node = z.object({
  id: z.string(),
  databaseId: z.union([z.number(), z.bigint()]).transform(String),
  nameWithOwner: z.string(),
  url: z.string(),
  isArchived: z.boolean(),
  isPrivate: z.boolean(),
  hasWikiEnabled: z.boolean(),
  pushedAt: z.string().nullish(),
  defaultBranchRef: z.object({ name: z.string() }).nullish(),
});

const nodeQuery = `query($id: ID!) { node(id: $id) { ... on Repository {
  id databaseId nameWithOwner url isArchived isPrivate hasWikiEnabled pushedAt defaultBranchRef { name } } } }`;

/** Where the repository is today, by its lasting identity. `gone` when it was deleted or is hidden from this token. */
export async function refreshProject(session: GitHubSession, project: Project): Promise<Project> {
  const what = `the repository ${project.path}`;
  if (project.handle === undefined) {
    return refreshByRest(session, project);
  }
  const variables = { id: project.handle };
  const schema = z.object({ node: node.nullable() });
  const answer = await session.graphql({ query: nodeQuery, variables, schema, what }).then(
    ({ node: found }) => found,
    (error: unknown) => {
      if (isFailure(error) && error.code === "graphql") return undefined;
      throw error;
    },
  );
  if (answer === undefined) return refreshByRest(session, project);
  if (answer === null) {
    throw new Failure("gone", {
      message: `The GitHub repository ${project.path} was deleted, or the token lost access to it.`,
      values: { server: "GitHub" },
    });
  }
  return {
    connectionId: project.connectionId,
    id: answer.databaseId,
    path: answer.nameWithOwner,
    url: answer.url,
    handle: answer.id,
    defaultBranch: answer.defaultBranchRef?.name ?? null,
    hasWiki: answer.hasWikiEnabled,
    archived: answer.isArchived,
    private: answer.isPrivate,
    ...(answer.pushedAt ? { lastActivityAt: answer.pushedAt } : {}),
  };
}

/** A repository that was renamed is found under its old name as long as nobody else took that. */
async function refreshByRest(session: GitHubSession, project: Project): Promise<Project> {
  const found = await findProject(session, project.path, project.connectionId);
  if (found.id !== project.id) throw replaced(project);
  return found;
}

function replaced(project: Project): Failure {
  return new Failure("gone", {
    message: `The name ${project.path} now belongs to another GitHub repository.`,
    remedy: "Subscribe to the repository under its new name.",
    code: "identity",
    values: { project: project.path },
  });
}

/** Most recently pushed first, until there are as many as wanted. */
export async function searchProjects(
  session: GitHubSession,
  query: { text?: string; limit: number },
  connectionId: string,
): Promise<Project[]> {
  const wanted = query.text?.toLowerCase() ?? "";
  const matching = (rows: RepositoryAnswer[]) =>
    rows.filter((row) => row.full_name.toLowerCase().includes(wanted));
  let found = 0;
  const rows = await readList(session, {
    url: "/user/repos?sort=pushed",
    row: repository,
    limit: limits.repositories,
    what: "your repositories",
    wantsMore: (page) => (found += matching(page).length) < query.limit,
  });
  return matching(rows)
    .slice(0, query.limit)
    .map((row) => toProject(row, connectionId));
}

/** The rows or the address of an answer show that the project is not where it was looked for. */
export class ProjectMoved extends Error {}

/** Where to look, and whether that was just confirmed by the repository's identity. */
export interface Place {
  project: Project;
  confirmed: boolean;
}

/** Throws `ProjectMoved` unless the answer came from the asked address and every row is of this project. */
export function assertInPlace(
  { project, confirmed }: Place,
  answer: { redirected: boolean },
  owners: Array<{ id: string; full_name: string }>,
): void {
  const strange = owners.some((owner) => owner.id !== project.id);
  const renamed = owners.some((owner) => owner.full_name.toLowerCase() !== project.path.toLowerCase());
  if (strange || (!confirmed && (answer.redirected || renamed))) {
    throw new ProjectMoved("the project is not at its address");
  }
}

/**
 * Does `work` for the project where it is now. A repository that was renamed, or whose old name means another repository
 * by now, is looked up by its identity, and the work is done once more there.
 */
export async function following<T extends object>(
  session: GitHubSession,
  project: Project,
  work: (place: Place) => Promise<T>,
): Promise<T & { renamed?: Project }> {
  try {
    return await work({ project, confirmed: false });
  } catch (error) {
    const absent = isFailure(error) && error.kind === "gone";
    if (!absent && !(error instanceof ProjectMoved)) throw error;
    const today = await refreshProject(session, project);
    if (absent && today.path === project.path) throw error;
    return { ...(await settled(work({ project: today, confirmed: true }), today)), renamed: today };
  }
}

/** A rename that is still under way: the next poll will see it whole. */
async function settled<T>(work: Promise<T>, project: Project): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof ProjectMoved)) throw error;
    throw new Failure("unreachable", {
      code: "lagging",
      values: { server: "GitHub" },
      message: `GitHub's answers do not agree yet on where ${project.path} is.`,
    });
  });
}
