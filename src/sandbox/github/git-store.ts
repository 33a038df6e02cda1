import { createHash } from "node:crypto";

export interface GitCommit {
  sha: string;
  tree: string;
  parents: string[];
  message: string;
  login: string;
  name: string;
  email: string;
  /** ISO instant, whole seconds. */
  at: string;
  /** Path → blob sha. */
  files: ReadonlyMap<string, string>;
}

export interface GitObject {
  type: "commit" | "tree" | "blob";
  data: Buffer;
}

/** A git repository in memory: real objects with real shas, so that any git client can fetch it. */
export interface GitStore {
  objects: Map<string, GitObject>;
  commits: Map<string, GitCommit>;
  /** `refs/heads/main` → sha. */
  refs: Map<string, string>;
  /** The ref that HEAD points at. */
  head: string;
}

export interface CommitRequest {
  branch: string;
  /** null deletes. */
  changes: Record<string, string | null>;
  message: string;
  author: { login: string; name: string; email: string };
  at: string;
  /** A second parent: a merge. */
  mergeOf?: string;
}

export function createGitStore(branch: string): GitStore {
  return { objects: new Map(), commits: new Map(), refs: new Map(), head: `refs/heads/${branch}` };
}

export function headOf(store: GitStore, branch: string): GitCommit | undefined {
  const sha = store.refs.get(`refs/heads/${branch}`);
  return sha === undefined ? undefined : store.commits.get(sha);
}

/** Adds a commit to a branch, which is created when there is none. */
export function addCommit(store: GitStore, request: CommitRequest): GitCommit {
  const parent = headOf(store, request.branch);
  const files = new Map(parent?.files);
  for (const [path, content] of Object.entries(request.changes)) {
    if (content === null) files.delete(path);
    else files.set(path, writeObject(store, "blob", Buffer.from(content)));
  }
  return writeCommit(store, request, files);
}

/** A commit whose files are given as blobs that the store already holds. */
export function writeCommit(
  store: GitStore,
  request: Omit<CommitRequest, "changes">,
  files: ReadonlyMap<string, string>,
): GitCommit {
  const parent = headOf(store, request.branch);
  const parents = [parent?.sha, request.mergeOf].filter((sha) => sha !== undefined);
  const tree = writeTree(store, files);
  const { login, name, email } = request.author;
  const who = `${name} <${email}> ${Math.floor(Date.parse(request.at) / 1000)} +0000`;
  const text = [
    `tree ${tree}`,
    ...parents.map((sha) => `parent ${sha}`),
    `author ${who}`,
    `committer ${who}`,
    "",
    request.message,
    "",
  ].join("\n");
  const sha = writeObject(store, "commit", Buffer.from(text));
  const commit = { sha, tree, parents, message: request.message, login, name, email, at: request.at, files };
  store.commits.set(sha, commit);
  store.refs.set(`refs/heads/${request.branch}`, sha);
  return commit;
}

export function readFile(store: GitStore, blob: string): string {
  return store.objects.get(blob)?.data.toString() ?? "";
}

/** A commit and everything before it, newest first. `stop` ends a line: the commit itself is kept, its parents are not followed. */
export function ancestorsOf(
  store: GitStore,
  shas: Iterable<string>,
  stop?: ReadonlySet<string>,
): GitCommit[] {
  const seen = new Map<string, GitCommit>();
  const queue = [...shas];
  for (let sha = queue.shift(); sha !== undefined; sha = queue.shift()) {
    const commit = store.commits.get(sha);
    if (commit === undefined || seen.has(sha)) continue;
    seen.set(sha, commit);
    if (stop?.has(sha) !== true) queue.push(...commit.parents);
  }
  return [...seen.values()];
}

export function mergeBaseOf(store: GitStore, a: string, b: string): GitCommit | undefined {
  const ofA = new Set(ancestorsOf(store, [a]).map((commit) => commit.sha));
  return ancestorsOf(store, [b]).find((commit) => ofA.has(commit.sha));
}

export interface FileChange {
  path: string;
  status: "added" | "modified" | "removed";
  blob: string;
}

export function changesBetween(
  before: ReadonlyMap<string, string> | undefined,
  after: ReadonlyMap<string, string>,
): FileChange[] {
  const changes: FileChange[] = [];
  for (const [path, blob] of after) {
    const old = before?.get(path);
    if (old !== blob) changes.push({ path, status: old === undefined ? "added" : "modified", blob });
  }
  for (const [path, blob] of before ?? []) {
    if (!after.has(path)) changes.push({ path, status: "removed", blob });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The shas of a tree and of all that is in it. */
export function objectsOfTree(store: GitStore, tree: string): string[] {
  const found = [tree];
  const data = store.objects.get(tree)?.data ?? Buffer.alloc(0);
  for (let at = 0; at < data.length;) {
    const end = data.indexOf(0, at);
    const isTree = data.toString("latin1", at, end).startsWith("40000 ");
    const sha = data.toString("hex", end + 1, end + 21);
    if (isTree) found.push(...objectsOfTree(store, sha));
    else found.push(sha);
    at = end + 21;
  }
  return found;
}

function writeObject(store: GitStore, type: GitObject["type"], data: Buffer): string {
  const sha = createHash("sha1").update(`${type} ${data.length}\0`).update(data).digest("hex");
  store.objects.set(sha, { type, data });
  return sha;
}

function writeTree(store: GitStore, files: ReadonlyMap<string, string>): string {
  const blobs: Array<{ name: string; sha: string; folder: boolean }> = [];
  const folders = new Map<string, Map<string, string>>();
  for (const [path, sha] of files) {
    const slash = path.indexOf("/");
    if (slash < 0) {
      blobs.push({ name: path, sha, folder: false });
      continue;
    }
    const inside = folders.get(path.slice(0, slash)) ?? new Map<string, string>();
    inside.set(path.slice(slash + 1), sha);
    folders.set(path.slice(0, slash), inside);
  }
  const trees = [...folders].map(([name, inside]) => ({ name, sha: writeTree(store, inside), folder: true }));
  const rows = [...blobs, ...trees].map((row) => ({
    // Git orders a folder as if its name ended in a slash.
    key: Buffer.from(row.folder ? `${row.name}/` : row.name),
    bytes: Buffer.concat([
      Buffer.from(`${row.folder ? "40000" : "100644"} ${row.name}\0`),
      Buffer.from(row.sha, "hex"),
    ]),
  }));
  rows.sort((a, b) => Buffer.compare(a.key, b.key));
  return writeObject(store, "tree", Buffer.concat(rows.map((row) => row.bytes)));
}
