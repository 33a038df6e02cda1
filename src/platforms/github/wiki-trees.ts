import type { PackedObject } from "./git-pack.js";
import { GitExcess, GitTrouble } from "./git-wire.js";

export interface FileChange {
  path: string;
  change: "created" | "updated" | "deleted";
  /** The path that the file had before, where it only moved. */
  from?: string;
}

type Objects = ReadonlyMap<string, PackedObject>;

interface Comparison {
  /** null: there was nothing before. */
  before: string | null;
  after: string;
  /** Counted down by each name that is looked at: a small hostile tree can name itself a million times over. */
  budget: { entries: number };
}

/** Which files differ between two trees. Folders that are the same are not looked into. */
export function diffTrees(objects: Objects, comparison: Comparison): FileChange[] {
  const found: Found = { created: new Map(), updated: [], deleted: new Map() };
  walk(objects, { ...comparison, folder: "", depth: 0 }, found);
  return withRenames(found);
}

interface Found {
  created: Map<string, string>;
  updated: string[];
  deleted: Map<string, string>;
}

const mostFolders = 32;

interface Step {
  before: string | null;
  after: string | null;
  budget: { entries: number };
  folder: string;
  depth: number;
}

function walk(objects: Objects, step: Step, found: Found): void {
  const { before, after, budget, folder, depth } = step;
  if (before === after) return;
  if (depth > mostFolders) throw new GitExcess("a wiki has too many folders in one another");
  const old = entriesOf(objects, before, budget);
  const now = entriesOf(objects, after, budget);
  for (const [name, entry] of new Map([...old, ...now])) {
    const [was, is] = [old.get(name), now.get(name)];
    if (was?.sha === is?.sha) continue;
    const path = `${folder}${name}`;
    if (entry.isFolder) {
      const pair = { before: folderOf(was), after: folderOf(is) };
      walk(objects, { ...pair, budget, folder: `${path}/`, depth: depth + 1 }, found);
    } else if (was === undefined && is !== undefined) found.created.set(path, is.sha);
    else if (is === undefined && was !== undefined) found.deleted.set(path, was.sha);
    else found.updated.push(path);
  }
}

interface TreeEntry {
  sha: string;
  isFolder: boolean;
}

function folderOf(entry: TreeEntry | undefined): string | null {
  return entry?.isFolder === true ? entry.sha : null;
}

function entriesOf(
  objects: Objects,
  sha: string | null,
  budget: { entries: number },
): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  if (sha === null) return entries;
  const tree = objects.get(sha);
  if (tree?.type !== "tree") throw new GitTrouble("a pack lacks a tree");
  const { data } = tree;
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const end = data.indexOf(0, space);
    if (space === -1 || end === -1 || end + 20 > data.length) throw new GitTrouble("a pack is damaged");
    budget.entries -= 1;
    if (budget.entries < 0) throw new GitExcess("a wiki has too many files");
    const isFolder = data.toString("latin1", at, space) === "40000";
    entries.set(data.toString("utf8", space + 1, end), {
      sha: data.toString("hex", end + 1, end + 21),
      isFolder,
    });
    at = end + 21;
  }
  return entries;
}

/**
 * A file that has another's contents, or the only new one beside the only one that is gone, is that one under another name: the
 * web editor changes one page at a time, and a title may change together with the text.
 */
function withRenames({ created, updated, deleted }: Found): FileChange[] {
  const changes: FileChange[] = updated.map((path) => ({ path, change: "updated" }));
  const bySha = new Map([...deleted].map(([path, sha]) => [sha, path]));
  const alone = created.size === 1 && deleted.size === 1 ? [...deleted.keys()][0] : undefined;
  for (const [path, sha] of created) {
    const from =
      bySha.get(sha) ?? (alone !== undefined && endingOf(alone) === endingOf(path) ? alone : undefined);
    bySha.delete(sha);
    if (from !== undefined) deleted.delete(from);
    changes.push(from === undefined ? { path, change: "created" } : { path, change: "updated", from });
  }
  return [...changes, ...[...deleted.keys()].map((path): FileChange => ({ path, change: "deleted" }))];
}

function endingOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
