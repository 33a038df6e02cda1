import * as z from "zod";
import { writeCursor, type CursorFormat } from "../../domain/cursor.js";
import { isDocsPath } from "../../domain/docs-path.js";
import type { DocsChangeFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import { toMissedPush, toPush, toPushId, toPushName, type Push } from "../pushes.js";
import { readEach, setAsideSchema, toShortfalls, type Waiting } from "../set-aside.js";
import type { Shortfall } from "../../domain/shortfall.js";
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

/** The head of the default branch that was dealt with; `aside`: pushes that could not be read, with what is owed of them. */
const cursorFormat = {
  version: 1,
  schema: z.object({
    etag: z.string().optional(),
    branch: z.string(),
    sha: z.string(),
    at: z.string().optional(),
    aside: z.array(setAsideSchema).optional(),
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
  const aside = position?.aside;
  if (answer === "unchanged") {
    if (same === null) throw new Error("A branch that was not seen is asked for without an ETag.");
    return tell(poll, same, []);
  }
  const head = answer.data.commit;
  const at = head.created_at ?? session.serverTime();
  const pushes = same === null || same.sha === head.id ? [] : [{ branch, base: same.sha, head: head.id }];
  const url = answer.data.web_url;
  return {
    ...(await tell(poll, { etag: answer.etag, branch, sha: head.id, at, aside }, pushes)),
    ...(await findRenamed(poll, url == null ? undefined : toProjectPath(poll.connection, url))),
  };
}

/** What the new push changed, and those set aside whose turn it is. */
async function tell(poll: ProjectPoll, position: Position, pushes: readonly Push[]): Promise<PartOutcome> {
  const { session, project } = poll;
  const now = session.serverTime() ?? position.at ?? "";
  const fresh = pushes.map((push): Waiting => ({ id: toPushId(push), since: now }));
  const read = await readEach({ fresh, aside: position.aside ?? [], now }, async ({ id }) => ({
    value: await readChange(poll, toPush(id)),
  }));
  const aside = read.aside.length === 0 ? undefined : read.aside;
  return {
    facts: read.values.flatMap(({ facts }) => (facts === null ? [] : [{ project, facts }])),
    cursor: writeCursor<Position>(cursorFormat, { ...position, aside }),
    activity: toActivity(position.at, session.serverTime()),
    shortfalls: [
      ...toShortfalls(read.aside, toPushName),
      ...read.values.flatMap(({ missed }) => (missed === undefined ? [] : [missed])),
    ],
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

interface Change {
  /** null: no documentation is touched, or nobody can say. */
  facts: DocsChangeFacts | null;
  missed?: Shortfall;
}

async function readChange(poll: ProjectPoll, push: Push): Promise<Change> {
  const { project } = poll;
  const { base, head, branch } = push;
  const comparison = await readComparison(poll, push, isDocs);
  if (comparison === undefined) {
    const url = `${project.url}/-/commits/${head}`;
    return { facts: null, missed: toMissedPush(push, url) };
  }
  const files = comparison.diffs.filter(isDocs);
  if (files.length === 0) return { facts: null };
  const event = await findPush(poll, branch, head);
  const at = event?.created_at ?? comparison.commits.at(-1)?.created_at ?? undefined;
  const facts: DocsChangeFacts = {
    type: "docs_change",
    headSha: head,
    branch,
    commits: comparison.commits.map((commit) => toCommit(commit, project, event)),
    files: files.map(toFile),
    truncated: comparison.compare_timeout === true,
    url: toComparisonUrl(project, { from: base, to: head }),
    ...(at === undefined ? {} : { at }),
    revision: head,
  };
  return { facts };
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
