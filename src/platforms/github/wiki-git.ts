import { readPack, type PackedObject } from "./git-pack.js";
import { fetchPack, GitTrouble, isTooMuch, type FetchedPack, type WikiRemote } from "./git-wire.js";
import { diffTrees, type FileChange } from "./wiki-trees.js";

export interface WikiCommit {
  sha: string;
  message: string;
  name: string;
  email: string;
  /** ISO instant of the commit; on GitHub's web editor that is the server's time. */
  at: string;
  changes: FileChange[];
}

export interface WikiNews {
  /** Oldest first. */
  commits: WikiCommit[];
  /** There were more than these since. */
  cut: boolean;
}

const depths = [5, 50];

/**
 * The commits after `since` up to the head, each with the files that it changed. When `since` is not among the last fifty, the
 * result is the newest ones that can be compared; when the history was rewritten, nothing.
 */
export async function readWikiCommits(
  remote: WikiRemote,
  { head, since }: { head: string; since: string | null },
): Promise<WikiNews> {
  let news: WikiNews | null = null;
  for (const depth of depths) {
    try {
      const history = await readHistory(await fetchPack(remote, { head, depth }));
      news = await describe(history, { head, since });
    } catch (error) {
      // The newest few are better than nothing.
      if (news !== null && isTooMuch(error)) return news;
      throw error;
    }
    if (!news.cut) break;
  }
  return news ?? { commits: [], cut: false };
}

interface Commit {
  sha: string;
  tree: string;
  parents: string[];
  message: string;
  name: string;
  email: string;
  at: number;
}

interface History {
  commits: Map<string, Commit>;
  objects: ReadonlyMap<string, PackedObject>;
  shallow: ReadonlySet<string>;
}

async function readHistory({ pack, shallow }: FetchedPack): Promise<History> {
  const objects = await readPack(pack);
  const commits = new Map<string, Commit>();
  for (const [sha, { type, data }] of objects) if (type === "commit") commits.set(sha, toCommit(sha, data));
  return { commits, objects, shallow };
}

async function describe(
  history: History,
  { head, since }: { head: string; since: string | null },
): Promise<WikiNews> {
  if (!history.commits.has(head)) throw new GitTrouble("a pack lacks the head");
  const all = reachable(history, head);
  const complete = ![...all].some((sha) => history.shallow.has(sha));
  const reached = since !== null && history.commits.has(since);
  // The whole history is here and the old head is not in it: it was rewritten, and nothing can be said of it.
  if (since !== null && complete && !reached) return { commits: [], cut: false };
  const told = reached ? reachable(history, since) : new Set<string>();
  const fresh = [...all].filter((sha) => !told.has(sha)).flatMap((sha) => history.commits.get(sha) ?? []);
  const budget = { entries: mostEntries };
  const commits: WikiCommit[] = [];
  for (const commit of fresh.toReversed().toSorted((a, b) => a.at - b.at)) {
    // The parents of the last commit of a shallow history are not there to compare with.
    if (history.shallow.has(commit.sha)) continue;
    commits.push(toWikiCommit(history, commit, budget));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { commits, cut: !reached && !complete };
}

/** Of all trees that are compared in one poll. */
const mostEntries = 500_000;

function toWikiCommit(history: History, commit: Commit, budget: { entries: number }): WikiCommit {
  const { sha, message, name, email } = commit;
  const parent = history.commits.get(commit.parents[0] ?? "");
  const changes = diffTrees(history.objects, { before: parent?.tree ?? null, after: commit.tree, budget });
  return { sha, message, name, email, at: new Date(commit.at).toISOString(), changes };
}

function reachable({ commits }: History, from: string): Set<string> {
  const seen = new Set<string>();
  const queue = [from];
  for (let sha = queue.shift(); sha !== undefined; sha = queue.shift()) {
    const commit = commits.get(sha);
    if (commit === undefined || seen.has(sha)) continue;
    seen.add(sha);
    queue.push(...commit.parents);
  }
  return seen;
}

function toCommit(sha: string, data: Buffer): Commit {
  const text = data.toString("utf8");
  const end = text.indexOf("\n\n");
  const head = end === -1 ? text : text.slice(0, end);
  const author = /^author (.*) <([^<>]*)>/m.exec(head);
  const seconds = Number(/^committer .*> (\d{1,11}) [+-]\d{4}$/m.exec(head)?.[1]);
  return {
    sha,
    tree: /^tree ([0-9a-f]{40})$/m.exec(head)?.[1] ?? "",
    parents: [...head.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((found) => found[1] ?? ""),
    message: end === -1 ? "" : text.slice(end + 2).trim(),
    name: author?.[1] ?? "",
    email: author?.[2] ?? "",
    at: Number.isNaN(seconds) ? 0 : seconds * 1000,
  };
}
