import * as z from "zod";
import { readCursor, writeCursor, type CursorFormat } from "../../domain/cursor.js";
import type { Shortfall } from "../../domain/shortfall.js";
import { isFailure } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import type { PollOutcome, PollRequest } from "../platform.js";
import { readEach, setAsideSchema, toShortfalls } from "../set-aside.js";
import { toPush, toPushId, toPushName, type Push } from "../pushes.js";
import type { GitHubSession } from "./client.js";
import { toNow } from "./news.js";
import { ProjectMoved, refreshProject, repoUrl, type Place } from "./projects.js";
import { readDocsChange } from "./docs-change.js";
import { branch as branchSchema } from "./schema.js";

/**
 * - `sha`: the head of `branch` up to which pushes were told or set aside; null = the repository was empty.
 * - `aside`: pushes that could not be read.
 */
const cursorShape = z.object({
  path: z.string(),
  branch: z.string().nullable(),
  sha: z.string().nullable(),
  etag: z.string().optional(),
  aside: z.array(setAsideSchema).optional(),
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
  if (project.defaultBranch === null) return emptyRepository(session, project, before);
  const answer = await readBranch(session, { project, branch: project.defaultBranch, before });
  if (answer === "absent") return emptyRepository(session, project, before);
  const now = toNow(answer.headers);
  if (answer.status === 304) {
    if (before === null) throw new Error("A first poll asks without an ETag.");
    return tell(session, place, { next: before, fresh: [], now, redirected: false });
  }
  const { data, validator, redirected } = answer;
  const next: BranchCursor = {
    path: project.path,
    branch: project.defaultBranch,
    sha: data.commit.sha,
    ...(validator.etag === undefined ? {} : { etag: validator.etag }),
    aside: before?.aside,
  };
  const base = before?.branch === project.defaultBranch ? before.sha : null;
  const moved = base !== null && base !== data.commit.sha;
  const fresh = moved ? [{ branch: project.defaultBranch, base, head: data.commit.sha }] : [];
  return tell(session, place, { next, fresh, now, redirected });
}

interface Telling {
  next: BranchCursor;
  fresh: readonly Push[];
  now: string;
  redirected: boolean;
}

/** What the new push changed, and those set aside whose turn it is. */
async function tell(
  session: GitHubSession,
  place: Place,
  { next, fresh, now, redirected }: Telling,
): Promise<PollOutcome> {
  const { project } = place;
  const aside = next.aside ?? [];
  const isDue = fresh.length > 0 || aside.some((one) => one.next <= now);
  if (isDue && !place.confirmed) await confirm(session, project, redirected);
  const waiting = fresh.map((push) => ({ id: toPushId(push), since: now }));
  const read = await readEach({ fresh: waiting, aside, now }, async ({ id }) => ({
    value: await readDocsChange(session, project, toPush(id)),
  }));
  const kept = { ...next, aside: read.aside.length === 0 ? undefined : read.aside };
  return {
    facts: read.values.flatMap(({ facts }) => (facts === null ? [] : [{ project, facts }])),
    cursor: writeCursor(format, kept),
    activity: isDue ? "warm" : "cold",
    shortfalls: [...toShortfalls(read.aside, toPushName), ...read.values.flatMap((one) => one.shortfalls)],
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
async function emptyRepository(
  session: GitHubSession,
  project: Project,
  before: BranchCursor | null,
): Promise<PollOutcome> {
  const today = await refreshProject(session, project);
  const aside = before?.aside;
  const cursor: BranchCursor = { path: today.path, branch: null, sha: null, aside };
  const renamed = today.path !== project.path || today.defaultBranch !== project.defaultBranch;
  return {
    facts: [],
    cursor: writeCursor(format, cursor),
    activity: "cold",
    ...(renamed ? { renamed: today } : {}),
    shortfalls: toShortfalls(aside ?? [], toPushName),
  };
}
