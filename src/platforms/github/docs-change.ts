import { isDocsPath } from "../../domain/docs-path.js";
import type { DocsChangeFacts } from "../../domain/facts/index.js";
import { isFailure, type Failure } from "../../domain/failure.js";
import type { Project } from "../../domain/project.js";
import type { Shortfall } from "../../domain/shortfall.js";
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
  /** null: no documentation changed, or the two heads cannot be compared. */
  facts: DocsChangeFacts | null;
  shortfalls: Shortfall[];
}

interface Push {
  project: Project;
  base: string;
  head: string;
}

/** What a push changed in the documentation. */
export async function readDocsChange(session: GitHubSession, push: Push): Promise<DocsChange> {
  const answer = await readComparison(session, push);
  if (answer === null) return { facts: null, shortfalls: [] };
  const listed = answer.files ?? [];
  const seen = toDocsFiles(listed);
  if (listed.length < mostFiles) return { facts: toFacts(answer, push, seen), shortfalls: [] };
  const whole = await compareTrees(session, push);
  if (whole !== null) return { facts: toFacts(answer, push, whole), shortfalls: [] };
  const values = { what: "files", limit: mostFiles };
  const facts = toFacts(answer, push, seen);
  return {
    facts: facts && { ...facts, truncated: true },
    shortfalls: [{ code: "cut", key: push.head, values }],
  };
}

/** null: after a forced push the old head may be gone; there is nothing to compare with, and the new head is the start. */
async function readComparison(session: GitHubSession, push: Push): Promise<ComparisonAnswer | null> {
  const { project, base, head } = push;
  const url = `${repoUrl(project.path)}/compare/${base}...${head}`;
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
    if (!isFailure(error)) throw error;
    if (["gone", "conflict", "rejected"].includes(error.kind)) return null;
    // A difference that takes GitHub too long is a 500 for ever, and must not withhold all pushes after it.
    if (error.kind !== "unreachable" || !((error.status ?? 0) >= 500)) throw error;
    return withoutComparison(session, push, error);
  }
}

/** What is known of a push without its comparison: its last commit, and that its files must be seen in the trees. */
async function withoutComparison(
  session: GitHubSession,
  push: Push,
  failure: Failure,
): Promise<ComparisonAnswer> {
  const { project, base, head } = push;
  const files = await compareTrees(session, push);
  if (files === null) throw failure;
  const url = `${repoUrl(project.path)}/commits?sha=${head}&per_page=1`;
  const { data } = await session.read({
    url,
    schema: commitList,
    what: `the last commit of ${project.path}`,
  });
  return {
    status: "ahead",
    html_url: `${project.url}/compare/${base}...${head}`,
    total_commits: data.length,
    commits: data,
    files: files.map(({ path, change }) => ({ filename: path, status: change })),
  };
}

/**
 * The whole of both trees shows what a cut list does not, in two requests. null: a tree is too large for one answer, or cannot be
 * read at all.
 */
async function compareTrees(
  session: GitHubSession,
  { project, base, head }: Push,
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
  { project, head }: Push,
  files: ChangedFile[],
): DocsChangeFacts | null {
  if (files.length === 0) return null;
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
    files,
    truncated: false,
    url: answer.html_url,
    ...(at === undefined ? {} : { at }),
    revision: head,
  };
}
