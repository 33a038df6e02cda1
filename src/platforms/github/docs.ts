import * as z from "zod";
import { isDocsPath } from "../../domain/docs-path.js";
import { isFailure } from "../../domain/failure.js";
import type { DocsChangeFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { PollOutcome, PollRequest } from "../platform.js";
import type { GitHubSession } from "./client.js";
import { toPerson } from "./normalize.js";
import { ProjectMoved, refreshProject, repoUrl, type Place } from "./projects.js";
import { branch as branchSchema, comparison, type ComparisonAnswer } from "./schema.js";

/** `sha`: the head of `branch` up to which pushes were told; null = the repository was empty. */
const cursorShape = z.object({
  path: z.string(),
  branch: z.string().nullable(),
  sha: z.string().nullable(),
  etag: z.string().optional(),
});
type BranchCursor = z.infer<typeof cursorShape>;

/** GitHub lists at most so many files of a comparison, all on the first page. */
const mostFiles = 300;

/** One poll of the default branch for documentation that changed. A quiet project costs one 304. */
export async function pollDocs(
  session: GitHubSession,
  place: Place,
  request: PollRequest,
): Promise<PollOutcome> {
  const before = cursorShape.safeParse(request.cursor).data;
  const { project } = place;
  if (project.defaultBranch === null) return emptyRepository(session, project);
  const answer = await readBranch(session, { project, branch: project.defaultBranch, before });
  if (answer === "absent") return emptyRepository(session, project);
  if (answer.status === 304) return { facts: [], cursor: request.cursor, activity: "cold" };
  const { data, validator, redirected } = answer;
  const cursor: BranchCursor = {
    path: project.path,
    branch: project.defaultBranch,
    sha: data.commit.sha,
    ...(validator.etag === undefined ? {} : { etag: validator.etag }),
  };
  const base = before?.branch === project.defaultBranch ? before.sha : null;
  if (base === null || base === undefined || base === cursor.sha)
    return { facts: [], cursor, activity: "cold" };
  if (!place.confirmed) await confirm(session, project, redirected);
  const facts = await docsChange(session, project, { base, head: data.commit.sha });
  return {
    facts: facts === null ? [] : [{ project, facts }],
    cursor,
    activity: "warm",
  };
}

/** A branch does not say whose it is: before its news are told, the repository is looked up by its identity. */
async function confirm(session: GitHubSession, project: Project, redirected: boolean): Promise<void> {
  const today = await refreshProject(session, project);
  if (redirected || today.path !== project.path || today.defaultBranch !== project.defaultBranch) {
    throw new ProjectMoved("the project or its default branch has another name");
  }
}

async function readBranch(
  session: GitHubSession,
  given: { project: Project; branch: string; before: BranchCursor | undefined },
) {
  const { project, branch, before } = given;
  const same = before?.path === project.path && before.branch === branch;
  const request = {
    url: `${repoUrl(project.path)}/branches/${encodeURIComponent(branch)}`,
    schema: branchSchema,
    what: `the branch ${branch} of ${project.path}`,
    validator: same ? { etag: before.etag } : undefined,
  };
  return session.readIfChanged(request).catch((error: unknown) => {
    if (isFailure(error) && error.kind === "gone") return "absent" as const;
    throw error;
  });
}

/**
 * No default branch is known, or it is not there: a repository without commits, one whose default branch has another
 * name now, or one that is gone (then `refreshProject` rejects).
 */
async function emptyRepository(session: GitHubSession, project: Project): Promise<PollOutcome> {
  const today = await refreshProject(session, project);
  const cursor: BranchCursor = { path: today.path, branch: null, sha: null };
  const renamed = today.path !== project.path || today.defaultBranch !== project.defaultBranch;
  return { facts: [], cursor, activity: "cold", ...(renamed ? { renamed: today } : {}) };
}

/** What the push changed in the documentation; null when nothing, or when the two heads cannot be compared. */
async function docsChange(
  session: GitHubSession,
  project: Project,
  { base, head }: { base: string; head: string },
): Promise<DocsChangeFacts | null> {
  const url = `${repoUrl(project.path)}/compare/${base}...${head}`;
  const what = `the latest push to ${project.path}`;
  try {
    const answer = await session.read({ url, schema: comparison, what });
    return toDocsChange(answer.data, project, head);
  } catch (error) {
    // After a forced push the old head may be gone: there is nothing to compare with, and the new head is the start.
    const incomparable = isFailure(error) && ["gone", "conflict", "rejected"].includes(error.kind);
    if (!incomparable) throw error;
    return null;
  }
}

const changes: Record<string, DocsChangeFacts["files"][number]["change"]> = {
  added: "added",
  copied: "added",
  removed: "removed",
  renamed: "renamed",
};

export function toDocsChange(
  answer: ComparisonAnswer,
  project: Project,
  head: string,
): DocsChangeFacts | null {
  const files = answer.files ?? [];
  const touched = files.filter(
    (file) => isDocsPath(file.filename) || isDocsPath(file.previous_filename ?? ""),
  );
  if (touched.length === 0) return null;
  const at = answer.commits.at(-1)?.commit.committer?.date;
  return {
    type: "docs_change",
    headSha: head,
    branch: project.defaultBranch ?? "",
    commits: answer.commits.map((row) => ({
      sha: row.sha,
      title: row.commit.message.split("\n")[0] ?? "",
      author: toPerson(row.author),
      url: row.html_url,
    })),
    files: touched.map((file) => ({ path: file.filename, change: changes[file.status] ?? "modified" })),
    truncated: files.length >= mostFiles,
    url: answer.html_url,
    ...(at === undefined ? {} : { at }),
    revision: head,
  };
}
