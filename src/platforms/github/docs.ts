import * as z from "zod";
import { readCursor, writeCursor, type CursorFormat } from "../../domain/cursor.js";
import type { Shortfall } from "../../domain/shortfall.js";
import { isFailure } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import type { PollOutcome, PollRequest } from "../platform.js";
import type { GitHubSession } from "./client.js";
import { ProjectMoved, refreshProject, repoUrl, type Place } from "./projects.js";
import { readDocsChange } from "./docs-change.js";
import { branch as branchSchema } from "./schema.js";

/** `sha`: the head of `branch` up to which pushes were told; null = the repository was empty. */
const cursorShape = z.object({
  path: z.string(),
  branch: z.string().nullable(),
  sha: z.string().nullable(),
  etag: z.string().optional(),
});
type BranchCursor = z.infer<typeof cursorShape>;

const format: CursorFormat<BranchCursor> = { version: 1, schema: cursorShape };

/** One poll of the default branch for documentation that changed. A quiet project costs one 304. */
export async function pollDocs(
  session: GitHubSession,
  place: Place,
  request: PollRequest,
): Promise<PollOutcome> {
  const { position: before, lost } = readCursor(format, request.cursor);
  const outcome = await readPush(session, place, before);
  return lost ? { ...outcome, shortfalls: [...(outcome.shortfalls ?? []), reread] } : outcome;
}

const reread: Shortfall = { code: "reread", key: "repository", values: { what: "repository" } };

async function readPush(
  session: GitHubSession,
  place: Place,
  before: BranchCursor | null,
): Promise<PollOutcome> {
  const { project } = place;
  if (project.defaultBranch === null) return emptyRepository(session, project);
  const answer = await readBranch(session, { project, branch: project.defaultBranch, before });
  if (answer === "absent") return emptyRepository(session, project);
  if (answer.status === 304) return quiet(before);
  const { data, validator, redirected } = answer;
  const next: BranchCursor = {
    path: project.path,
    branch: project.defaultBranch,
    sha: data.commit.sha,
    ...(validator.etag === undefined ? {} : { etag: validator.etag }),
  };
  const base = before?.branch === project.defaultBranch ? before.sha : null;
  if (base === null || base === next.sha) return quiet(next);
  if (!place.confirmed) await confirm(session, project, redirected);
  const { facts, shortfalls } = await readDocsChange(session, { project, base, head: data.commit.sha });
  return {
    facts: facts === null ? [] : [{ project, facts }],
    cursor: writeCursor(format, next),
    activity: "warm",
    shortfalls,
  };
}

function quiet(position: BranchCursor | null): PollOutcome {
  return { facts: [], cursor: position && writeCursor(format, position), activity: "cold" };
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
  given: { project: Project; branch: string; before: BranchCursor | null },
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
  return { ...quiet(cursor), ...(renamed ? { renamed: today } : {}) };
}
