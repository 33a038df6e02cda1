import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { routes } from "../../../src/platforms/github/routes.js";
import type { Connection } from "../../../src/domain/connection.js";
import type { HttpClient } from "../../../src/lib/http.js";
import { silentLog } from "../../../src/lib/log.js";
import { github } from "../../../src/platforms/github/index.js";
import type { PlatformConnection } from "../../../src/platforms/platform.js";
import { startGitHubSandbox, type GitHubSandbox } from "../../../src/sandbox/github/index.js";
import type { Fault } from "../../../src/sandbox/faults.js";
import type { PlatformWorld, WorldFault } from "../../contracts/platform-world.js";
import { createPlainHttp } from "../../support/plain-http.js";

export const repo = "acme/api";
export const secret = "ghp_canary0123456789abcdef";

export interface GitHubWorld extends PlatformWorld {
  sandbox: GitHubSandbox;
  /** Another connection, with another token or client. */
  connect(options?: { token?: string; http?: HttpClient }): PlatformConnection;
  now(): number;
}

/** Two people, `ann` (whose token it is) and `bob`, and a repository with a wiki. */
export async function startGitHubWorld(http: HttpClient = createPlainHttp()): Promise<GitHubWorld> {
  let now = Date.parse("2026-03-02T09:00:00Z");
  const sandbox = await startGitHubSandbox({ now: () => now });
  const cacheDir = await mkdtemp(join(tmpdir(), "github-world-"));
  sandbox.addUser("ann", { name: "Ann" });
  sandbox.addUser("bob");
  sandbox.addToken(secret, { login: "ann", kind: "classic", scopes: ["repo", "notifications"] });
  sandbox.addRepository(repo, { private: true, wiki: true, members: ["ann", "bob"] });
  sandbox.commitFiles(repo, { by: "bob", message: "Start", files: { "src/main.ts": "start" } });
  const connection: Connection = {
    id: "work",
    platform: "github",
    url: sandbox.url,
    allowPrivateAddress: true,
    allowHttp: true,
  };
  const connect: GitHubWorld["connect"] = (options = {}) =>
    github.connect(connection, {
      http: options.http ?? http,
      credential: async () => options.token ?? secret,
      clock: { now: () => now, sleep: async () => {} },
      log: silentLog,
      cacheDir,
    });
  return {
    sandbox,
    connect,
    connection: connect(),
    known: { ...connection, routes },
    connectionId: connection.id,
    projectPath: repo,
    account: "ann",
    colleague: "bob",
    secret,
    now: () => now,
    advance: (ms) => void (now += ms),
    ...createOperations(sandbox),
    ...createMischief(sandbox),
    async close() {
      await sandbox.close();
      await http.close();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}

/** A world whose server tells the time of the world. */
export async function startDatedGitHubWorld(): Promise<GitHubWorld> {
  const http = createPlainHttp();
  const world: GitHubWorld = await startGitHubWorld({
    async request(asked) {
      const answer = await http.request(asked);
      return { ...answer, headers: { ...answer.headers, date: new Date(world.now()).toUTCString() } };
    },
    close: () => http.close(),
  });
  return world;
}

function createOperations(sandbox: GitHubSandbox) {
  let path = repo;
  return {
    openMergeRequest: async (options: { author: string; title: string; body?: string; draft?: boolean }) =>
      sandbox.openPullRequest(path, { head: `topic-${options.title.replaceAll(" ", "-")}`, ...options }),
    push: async (number: number, by: string) => sandbox.push(path, number, { by }),
    comment: async (number: number, options: { by: string; body: string }) =>
      sandbox.comment(path, number, options),
    requestReview: async (number: number, options: { by: string; reviewer: string }) =>
      sandbox.requestReview(path, number, options),
    requestReviewAgain: async (number: number, options: { by: string; reviewer: string }) =>
      sandbox.requestReview(path, number, options),
    assign: async (number: number, options: { by: string; assignee: string }) =>
      sandbox.assign(path, number, options),
    markReady: async (number: number, by: string) => sandbox.markReady(path, number, { by }),
    approve: async (number: number, by: string) =>
      sandbox.review(path, number, { by, state: "APPROVED", body: "" }),
    merge: async (number: number, by: string) => sandbox.merge(path, number, { by }),
    startPipeline: async ({ branch, by }: { branch: string; by: string }) => {
      const { id } = sandbox.startRun(path, { workflow: "CI", branch, actor: by, title: "Work" });
      return { id: String(id) };
    },
    finishPipeline: async (
      id: string,
      { outcome, job, log }: { outcome: "success" | "failed"; job: string; log: string },
    ) => {
      const conclusion = outcome === "failed" ? "failure" : "success";
      const jobs = [{ name: job, conclusion, step: "Test", log }];
      return sandbox.finishRun(path, Number(id), { conclusion, jobs });
    },
    retryPipeline: async (id: string, by: string) => sandbox.rerun(path, Number(id), { by }),
    editWiki: async (edit: { by: string; page: string; content: string | null }) =>
      sandbox.editWiki(path, edit),
    commitFile: async (file: { by: string; path: string; content: string }) =>
      sandbox.commitFiles(path, { by: file.by, message: "Change", files: { [file.path]: file.content } }),
    renameProject: async (renamed: string) => {
      sandbox.renameRepository(path, renamed);
      path = renamed;
    },
    deleteProject: async () => sandbox.deleteRepository(path),
  };
}

function createMischief({ server, revokeToken }: GitHubSandbox) {
  const writing = /^(POST|PUT|PATCH|DELETE) \/api\/v3\//;
  return {
    revokeToken: async () => revokeToken(secret),
    fault: (fault: WorldFault) => server.faults.add(/./, toFault(fault), Infinity),
    loseNextWriteReply: () => void server.faults.add(writing, { kind: "lost_reply" }),
    writes: () => server.ledger.count(writing),
    requests: () => server.ledger.entries.length,
  };
}

function toFault(fault: WorldFault): Fault {
  switch (fault.kind) {
    case "throttled":
      return { kind: "status", status: 429, headers: { "retry-after": String(fault.retryAfterSeconds) } };
    case "server_error":
      return { kind: "status", status: 502, body: "<html>Bad gateway</html>" };
    case "html":
    case "empty":
    case "truncated":
    case "reset":
    case "hang":
      return { kind: fault.kind };
  }
}
