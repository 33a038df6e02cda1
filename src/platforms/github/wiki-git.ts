import { mkdtemp, mkdir, rm } from "node:fs/promises";
import * as fs from "node:fs";
import { join } from "node:path";
import type { ReadCommitResult } from "isomorphic-git";
import type { HttpClient } from "../../lib/http.js";

/** isomorphic-git's request and answer, the parts that it really uses. */
interface GitRequest {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | Uint8Array;
}

/** git said no with an HTTP status; `isomorphic-git` passes this error on unchanged. */
export class GitRefusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, headers: Record<string, string>) {
    super(`git over HTTP: ${status}`);
    this.status = status;
    this.headers = headers;
  }
}

export interface WikiRemote {
  http: HttpClient;
  /** `https://host/owner/name.wiki.git` */
  url: string;
  credential: () => Promise<string>;
  signal: AbortSignal;
}

export interface WikiCommit {
  sha: string;
  message: string;
  name: string;
  email: string;
  /** ISO instant of the commit; on GitHub's web editor that is the server's time. */
  at: string;
  changes: Array<{ path: string; change: "created" | "updated" | "deleted" }>;
}

/** The head of the wiki, or null for one without a commit. */
export async function readWikiHead(remote: WikiRemote): Promise<{ ref: string; sha: string } | null> {
  const { default: git } = await import("isomorphic-git");
  const refs = await git.listServerRefs({
    http: toGitHttp(remote),
    url: remote.url,
    headers: await authorization(remote),
    // The older protocol answers in one request; version 2 needs two.
    protocolVersion: 1,
  });
  const head = refs.find((ref) => ref.ref === "HEAD");
  const branch = refs.find((ref) => ref.ref.startsWith("refs/heads/") && (!head || ref.oid === head.oid));
  return branch === undefined ? null : { ref: branch.ref, sha: branch.oid };
}

const depths = [5, 20, 50];

/**
 * The commits after `since` up to the head, oldest first, each with the files that it changed. The clone is shallow, lives
 * in a fresh folder under `cacheDir` and is removed. When `since` is not among the last fifty commits the result is the
 * newest ones that can be compared, or nothing when the history was rewritten.
 */
export async function readWikiCommits(
  remote: WikiRemote,
  options: { cacheDir: string; head: { ref: string; sha: string }; since: string | null },
): Promise<WikiCommit[]> {
  await mkdir(options.cacheDir, { recursive: true });
  const dir = await mkdtemp(join(options.cacheDir, "wiki-"));
  try {
    return await fetchCommits(remote, { ...options, dir });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function fetchCommits(
  remote: WikiRemote,
  given: { dir: string; head: { ref: string; sha: string }; since: string | null },
): Promise<WikiCommit[]> {
  const { default: git } = await import("isomorphic-git");
  const { dir, head, since } = given;
  await git.init({ fs, dir, bare: true, gitdir: dir });
  // Without a configured remote the library does not know where to put what it fetches.
  await git.addRemote({ fs, gitdir: dir, remote: "origin", url: remote.url });
  for (const depth of depths) {
    await git.fetch({
      fs,
      gitdir: dir,
      http: toGitHttp(remote),
      remote: "origin",
      headers: await authorization(remote),
      remoteRef: head.ref,
      ref: head.ref,
      singleBranch: true,
      tags: false,
      depth,
    });
    const log = await git.log({ fs, gitdir: dir, ref: head.sha, depth: depth + 1 });
    const position = log.findIndex((entry) => entry.oid === since);
    const fresh = position === -1 ? log : log.slice(0, position);
    const complete = position !== -1 || log.at(-1)?.commit.parent.length === 0;
    if (!complete && depth !== depths.at(-1)) continue;
    // The whole history is here and the old head is not in it: it was rewritten, and nothing can be said of it.
    if (position === -1 && since !== null && complete) return [];
    return describe(dir, fresh, log.length);
  }
  return [];
}

async function describe(gitdir: string, fresh: ReadCommitResult[], logged: number): Promise<WikiCommit[]> {
  const commits: WikiCommit[] = [];
  for (const [index, { oid, commit }] of fresh.entries()) {
    const parent = commit.parent[0];
    // The parent of the last commit of a shallow clone is not there to compare with.
    const cut = parent !== undefined && index === logged - 1;
    if (cut) continue;
    commits.unshift({
      sha: oid,
      message: commit.message.trim(),
      name: commit.author.name,
      email: commit.author.email,
      at: new Date(commit.committer.timestamp * 1000).toISOString(),
      changes: await changedFiles(gitdir, parent, oid),
    });
  }
  return commits;
}

async function changedFiles(
  gitdir: string,
  parent: string | undefined,
  child: string,
): Promise<WikiCommit["changes"]> {
  const before = parent === undefined ? new Map<string, string>() : await filesOf(gitdir, parent);
  const after = await filesOf(gitdir, child);
  const changes: WikiCommit["changes"] = [];
  for (const [path, oid] of after) {
    const old = before.get(path);
    if (old === undefined) changes.push({ path, change: "created" });
    else if (old !== oid) changes.push({ path, change: "updated" });
  }
  for (const path of before.keys()) if (!after.has(path)) changes.push({ path, change: "deleted" });
  return changes;
}

async function filesOf(gitdir: string, ref: string): Promise<Map<string, string>> {
  const { default: git } = await import("isomorphic-git");
  const files = new Map<string, string>();
  await git.walk({
    fs,
    gitdir,
    trees: [git.TREE({ ref })],
    async map(path, [entry]) {
      if (entry && (await entry.type()) === "blob") files.set(path, await entry.oid());
      return undefined;
    },
  });
  return files;
}

async function authorization(remote: WikiRemote): Promise<Record<string, string>> {
  const token = await remote.credential();
  return { Authorization: `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}` };
}

function toGitHttp(remote: WikiRemote) {
  return {
    async request(request: GitRequest) {
      const body = request.body === undefined ? undefined : await collect(request.body);
      const answer = await remote.http.request({
        method: request.method ?? "GET",
        url: request.url,
        headers: request.headers ?? {},
        signal: remote.signal,
        ...(body === undefined ? {} : { body }),
      });
      if (answer.status !== 200) throw new GitRefusal(answer.status, answer.headers);
      return {
        url: answer.url,
        method: request.method ?? "GET",
        statusCode: answer.status,
        statusMessage: "OK",
        headers: answer.headers,
        body: chunks(answer.body),
      };
    },
  };
}

async function* chunks(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

async function collect(body: NonNullable<GitRequest["body"]>): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
