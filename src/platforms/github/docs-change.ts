import { isDocsPath } from "../../domain/docs-path.js";
import type { DocsChangeFacts } from "../../domain/facts/index.js";
import { Failure, isFailure } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import type { Shortfall } from "../../domain/shortfall.js";
import { toMissedPush, type Push } from "../pushes.js";
import { isOfOne } from "../set-aside.js";
import type { GitHubSession } from "./client.js";
import { toPerson } from "./normalize.js";
import { repoUrl } from "./projects.js";
import { commitList, comparison, tree, type ComparisonAnswer } from "./schema.js";

/** GitHub lists at most so many files of a comparison, all on its first page. */
const mostFiles = 300;
/** Of 250 commits each. */
const mostCommitPages = 10;

type ChangedFile = DocsChangeFacts["files"][number];

export interface DocsChange {
  /** null: no documentation changed, or it cannot be told. */
  facts: DocsChangeFacts | null;
  shortfalls: Shortfall[];
}

/** What a push changed in the documentation. Rejects where that may be known later. */
export async function readDocsChange(
  session: GitHubSession,
  project: Project,
  push: Push,
): Promise<DocsChange> {
  const answer = (await readComparison(session, project, push)) ?? (await readTrees(session, project, push));
  if (answer === null) {
    await readLastCommit(session, project, push.head);
    return { facts: null, shortfalls: [toMissedPush(push, `${project.url}/commits/${push.head}`)] };
  }
  const listed = answer.files ?? [];
  const seen = toDocsFiles(listed);
  if (listed.length < mostFiles) return { facts: toFacts(answer, push, seen), shortfalls: [] };
  const whole = await compareTrees(session, project, push);
  if (whole !== null) return { facts: toFacts(answer, push, whole), shortfalls: [] };
  const values = { what: "files", limit: mostFiles };
  const facts = toFacts(answer, push, seen);
  return {
    facts: facts && { ...facts, truncated: true },
    shortfalls: [{ code: "cut", key: push.head, values }],
  };
}

/** null: there is none, since the old head is gone, or has nothing in common with the new one. */
async function readComparison(
  session: GitHubSession,
  project: Project,
  push: Push,
): Promise<ComparisonAnswer | null> {
  const url = `${repoUrl(project.path)}/compare/${push.base}...${push.head}`;
  const what = `the latest push to ${project.path}`;
  try {
    let page = await session.read({ url, schema: comparison, what });
    const whole = page.data;
    for (let pages = 1; page.next !== undefined && pages < mostCommitPages; pages += 1) {
      page = await session.read({ url: page.next, schema: comparison, what });
      whole.commits.push(...page.data.commits);
    }
    return whole;
  } catch (error) {
    if (!isOfOne(error) && !(isFailure(error) && error.kind === "gone")) throw error;
    if (["gone", "conflict", "rejected"].includes(error.kind)) return null;
    // A difference that is too large or takes GitHub too long is so for ever.
    const answer = await readTrees(session, project, push);
    if (answer === null) throw error;
    return answer;
  }
}

/** What is known of a push without its comparison: its last commit, and the files of both trees. */
async function readTrees(
  session: GitHubSession,
  project: Project,
  push: Push,
): Promise<ComparisonAnswer | null> {
  const { base, head } = push;
  const files = await compareTrees(session, project, push);
  if (files === null) return null;
  const last = await readLastCommit(session, project, head);
  return {
    status: "ahead",
    html_url: `${project.url}/compare/${base}...${head}`,
    total_commits: last.length,
    commits: last,
    files: files.map(({ path, change }) => ({ filename: path, status: change })),
  };
}

/** A server that does not know its own new head yet will know more of it soon. */
async function readLastCommit(session: GitHubSession, project: Project, head: string) {
  const url = `${repoUrl(project.path)}/commits?sha=${head}&per_page=1`;
  const what = `the last commit of ${project.path}`;
  try {
    return (await session.read({ url, schema: commitList, what })).data;
  } catch (error) {
    if (!isFailure(error) || error.kind !== "gone") throw error;
    const { message, values } = error;
    throw new Failure("unreachable", { message, code: "lagging", values, cause: error });
  }
}

/**
 * The whole of both trees shows what a cut list does not, in two requests. null: a tree is too large for one answer, or cannot be
 * read at all.
 */
async function compareTrees(
  session: GitHubSession,
  project: Project,
  { base, head }: Push,
): Promise<ChangedFile[] | null> {
  const [before, after] = [
    await readDocsTree(session, project, base),
    await readDocsTree(session, project, head),
  ];
  if (before === null || after === null) return null;
  const removed = [...before].filter(([path]) => !after.has(path));
  const files: ChangedFile[] = [];
  for (const [path, sha] of after) {
    const old = before.get(path);
    if (old === sha) continue;
    const from = old === undefined ? removed.findIndex(([, other]) => other === sha) : -1;
    if (from !== -1) removed.splice(from, 1);
    files.push({ path, change: old !== undefined ? "modified" : from === -1 ? "added" : "renamed" });
  }
  return [...files, ...removed.map(([path]) => ({ path, change: "removed" as const }))];
}

async function readDocsTree(
  session: GitHubSession,
  project: Project,
  sha: string,
): Promise<Map<string, string> | null> {
  const url = `${repoUrl(project.path)}/git/trees/${sha}?recursive=1`;
  try {
    const { data } = await session.read({ url, schema: tree, what: `the files of ${project.path}` });
    if (data.truncated) return null;
    const docs = data.tree.filter((entry) => entry.type === "blob" && isDocsPath(entry.path));
    return new Map(docs.map((entry) => [entry.path, entry.sha]));
  } catch (error) {
    if (!isFailure(error) || !isRefused(error)) throw error;
    return null;
  }
}

/** The answer is too much, or there is none to be had: asking again at the next poll would bring the same. */
function isRefused({ kind, code }: Failure): boolean {
  if (kind === "unreachable") return code === "too_large" || code === "schema";
  return ["gone", "forbidden", "conflict", "rejected"].includes(kind);
}

const changes: Record<string, ChangedFile["change"]> = {
  added: "added",
  copied: "added",
  removed: "removed",
  renamed: "renamed",
};

function toDocsFiles(files: NonNullable<ComparisonAnswer["files"]>): ChangedFile[] {
  return files
    .filter((file) => isDocsPath(file.filename) || isDocsPath(file.previous_filename ?? ""))
    .map((file) => ({ path: file.filename, change: changes[file.status] ?? "modified" }));
}

function toFacts(
  answer: ComparisonAnswer,
  { branch, head }: Push,
  files: ChangedFile[],
): DocsChangeFacts | null {
  if (files.length === 0) return null;
  const at = answer.commits.at(-1)?.commit.committer?.date;
  return {
    type: "docs_change",
    headSha: head,
    branch,
    commits: answer.commits.map((row) => ({
      sha: row.sha,
      title: row.commit.message.split("\n")[0] ?? "",
      author: toPerson(row.author),
      url: row.html_url,
    })),
    files,
    truncated: false,
    url: answer.html_url,
    ...(at === undefined ? {} : { at }),
    revision: head,
  };
}
