import * as z from "zod";
import { writeCursor, type CursorFormat } from "../../domain/cursor.js";
import { isDocsPath } from "../../domain/docs-path.js";
import type { DocsChangeFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import { toActivity } from "./activity.js";
import { readComparison } from "./comparison.js";
import { toDayBefore } from "./events.js";
import { limits } from "./limits.js";
import { toCommitUrl, toComparisonUrl } from "./links.js";
import { toPersonOrNull } from "./normalize.js";
import { readPages } from "./pages.js";
import { findRenamed, readProject } from "./projects.js";
import * as schema from "./schema.js";
import { toProjectPath } from "./urls.js";
import {
  pollFeature,
  toPosition,
  unlessGone,
  unlessSpare,
  type PartOutcome,
  type ProjectPoll,
} from "./visit.js";

/** The head of the default branch that was dealt with. */
const cursorFormat = {
  version: 1,
  schema: z.object({
    etag: z.string().optional(),
    branch: z.string(),
    sha: z.string(),
    at: z.string().optional(),
  }),
} satisfies CursorFormat<unknown>;

type Position = z.infer<typeof cursorFormat.schema>;

export function pollDocs(poll: ProjectPoll): Promise<PartOutcome> {
  return pollFeature(poll, "repository", () => {
    const { position } = toPosition(poll.session, cursorFormat, poll.request);
    const branch = poll.project.defaultBranch;
    return branch === null ? pollWithoutBranch(poll) : pollBranch(poll, branch, position);
  });
}

async function pollBranch(
  poll: ProjectPoll,
  branch: string,
  position: Position | null,
): Promise<PartOutcome> {
  const { session, project } = poll;
  const same = position?.branch === branch ? position : null;
  const answer = await unlessGone(
    session.readIfChanged(schema.branch, (gl) => gl.branches.show(project.id, branch), {
      what: `the branch ${branch} of ${project.path}`,
      etag: same?.etag,
    }),
  );
  if (answer === undefined) return pollWithoutBranch(poll);
  if (answer === "unchanged") {
    return { facts: [], cursor: poll.request.cursor, activity: toActivity(same?.at, session.serverTime()) };
  }
  const head = answer.data.commit;
  const at = head.created_at ?? session.serverTime();
  const facts = same === null || same.sha === head.id ? [] : await readChange(poll, same, head.id);
  const cursor = writeCursor<Position>(cursorFormat, { etag: answer.etag, branch, sha: head.id, at });
  const url = answer.data.web_url;
  return {
    facts: facts.map((one) => ({ project, facts: one })),
    cursor,
    activity: toActivity(at, session.serverTime()),
    ...(await findRenamed(poll, url == null ? undefined : toProjectPath(poll.connection, url))),
  };
}

/** An empty repository, a renamed default branch, or no project any more, which `readProject` rejects as `gone`. */
async function pollWithoutBranch(poll: ProjectPoll): Promise<PartOutcome> {
  const { project } = poll;
  const today = await readProject(poll, project.id, project.path);
  const moved = today.defaultBranch !== project.defaultBranch || today.path !== project.path;
  const cursor = poll.request.cursor ?? {};
  return { facts: [], cursor, activity: "cold", ...(moved ? { renamed: today } : {}) };
}

/** Nothing when no documentation is touched, and nothing when the old head is gone after a forced push. */
async function readChange(poll: ProjectPoll, from: Position, to: string): Promise<DocsChangeFacts[]> {
  const { project } = poll;
  const range = { from: from.sha, to, branch: from.branch };
  const comparison = await readComparison(poll, range, isDocs);
  const files = (comparison?.diffs ?? []).filter(isDocs);
  if (comparison === undefined || files.length === 0) return [];
  const push = await findPush(poll, from.branch, to);
  const at = push?.created_at ?? comparison.commits.at(-1)?.created_at ?? undefined;
  return [
    {
      type: "docs_change",
      headSha: to,
      branch: from.branch,
      commits: comparison.commits.map((commit) => toCommit(commit, project, push)),
      files: files.map(toFile),
      truncated: comparison.compare_timeout === true,
      url: toComparisonUrl(project, { from: from.sha, to }),
      ...(at === undefined ? {} : { at }),
      revision: to,
    },
  ];
}

/** A commit tells a name and an address but no account. The push does, and whoever pushed is found among the authors by name. */
async function findPush(
  poll: ProjectPoll,
  branch: string,
  head: string,
): Promise<schema.RawEvent | undefined> {
  const isIt = (event: schema.RawEvent) =>
    event.push_data?.commit_to === head && event.push_data.ref === branch;
  const after = toDayBefore(poll.session.serverTime() ?? poll.project.lastActivityAt);
  const reading = readPages(poll.session, {
    row: schema.event,
    limit: limits.pushes,
    ask: (page, perPage) => (gl) =>
      gl.events.all({ projectId: poll.project.id, action: "pushed", after, perPage, page }),
    call: { what: `the pushes to ${poll.project.path}` },
    wantsMore: (rows) => !rows.some(isIt),
  });
  // Who pushed only adds to what changed.
  return (await unlessSpare(reading, { lenient: true }))?.find(isIt);
}

function toCommit(commit: schema.RawCommit, project: Project, push: schema.RawEvent | undefined) {
  const isPusher = push?.author?.name != null && push.author.name === commit.author_name;
  return {
    sha: commit.id,
    title: commit.title,
    author: isPusher ? toPersonOrNull(push.author) : null,
    url: toCommitUrl(project, commit.id),
  };
}

function isDocs(diff: schema.RawDiff): boolean {
  return isDocsPath(diff.new_path) || isDocsPath(diff.old_path);
}

function toFile(diff: schema.RawDiff): DocsChangeFacts["files"][number] {
  if (diff.new_file === true) return { path: diff.new_path, change: "added" };
  if (diff.deleted_file === true) return { path: diff.old_path, change: "removed" };
  return { path: diff.new_path, change: diff.renamed_file === true ? "renamed" : "modified" };
}
