import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { routes } from "../../../src/platforms/gitlab/routes.js";
import type { Connection } from "../../../src/domain/connection.js";
import type { Project } from "../../../src/domain/project.js";
import type { Clock } from "../../../src/lib/clock.js";
import type { HttpClient } from "../../../src/lib/http.js";
import { silentLog } from "../../../src/lib/log.js";
import { gitlab } from "../../../src/platforms/gitlab/index.js";
import type { PlatformConnection, PlatformContext } from "../../../src/platforms/platform.js";
import type { Fault } from "../../../src/sandbox/faults.js";
import { startGitLabSandbox, type GitLabSandbox } from "../../../src/sandbox/gitlab/index.js";
import type { PlatformWorld, WorldFault } from "../../contracts/platform-world.js";
import { createPlainHttp } from "../../support/plain-http.js";

export const token = "glpat-canary-7f3a";
export const projectPath = "acme/api";
export const account = "ann";
export const colleague = "bob";

export interface GitLabFixture {
  sandbox: GitLabSandbox;
  connection: PlatformConnection;
  config: Connection;
  project(): Promise<Project>;
  advance(ms: number): void;
  now(): number;
  close(): Promise<void>;
}

/** A sandbox with two people, one project and one token, at a clock of its own. */
export async function startFixture(
  options: { subPath?: "" | "/gitlab"; scopes?: string[] } = {},
): Promise<GitLabFixture> {
  let now = Date.parse("2026-11-20T10:00:00.000Z");
  const sandbox = await startGitLabSandbox({ now: () => now, subPath: options.subPath ?? "" });
  sandbox.addUser(account, { name: "Ann Example" });
  sandbox.addUser(colleague, { name: "Bob Example" });
  sandbox.addToken(token, { username: account, scopes: options.scopes ?? ["api"], expiresAt: "2027-01-31" });
  sandbox.addProject(projectPath, { private: true, wiki: true });
  const cacheDir = await mkdtemp(join(tmpdir(), "gitlab-world-"));
  const config = toConnection(sandbox.url);
  const clock: Clock = { now: () => now, sleep: async () => {} };
  const connection = gitlab.connect(config, toContext(clock, cacheDir));
  return {
    sandbox,
    connection,
    config,
    project: () => connection.findProject(projectPath, new AbortController().signal),
    advance: (ms) => void (now += ms),
    now: () => now,
    async close() {
      await sandbox.close();
      await rm(cacheDir, { recursive: true });
    },
  };
}

export function toConnection(url: string): Connection {
  return { id: "work", platform: "gitlab", url, allowPrivateAddress: true, allowHttp: true };
}

export function toContext(clock: Clock, cacheDir = tmpdir()): PlatformContext {
  return { http: createHttpOfWorld(clock), credential: async () => token, clock, log: silentLog, cacheDir };
}

/** A real server's `Date` header and its rows come from one clock; here the sandbox's rows come from the world's. */
function createHttpOfWorld(clock: Clock): HttpClient {
  const http = createPlainHttp();
  return {
    async request(request) {
      const response = await http.request(request);
      return { ...response, headers: { ...response.headers, date: new Date(clock.now()).toUTCString() } };
    },
    close: () => http.close(),
  };
}

export async function startWorld(subPath: "" | "/gitlab" = ""): Promise<PlatformWorld> {
  const fixture = await startFixture({ subPath });
  const { sandbox, connection } = fixture;
  let path = projectPath;
  let branches = 0;
  return {
    connection,
    known: { ...toConnection(sandbox.url), routes },
    connectionId: "work",
    projectPath,
    account,
    colleague,
    secret: token,
    advance: (ms) => fixture.advance(ms),
    async openMergeRequest({ author, title, body, draft }) {
      branches += 1;
      const made = {
        author,
        title,
        source: `branch-${branches}`,
        description: body ?? "",
        draft: draft === true,
      };
      const { iid, sha } = sandbox.openMergeRequest(path, made);
      return { number: iid, sha };
    },
    push: async (number, by) => sandbox.push(path, number, { by }),
    comment: async (number, options) => sandbox.note(path, number, options),
    requestReview: async (number, options) => sandbox.requestReview(path, number, options),
    requestReviewAgain: async (number, options) => sandbox.requestReview(path, number, options),
    assign: async (number, options) => sandbox.assign(path, number, options),
    markReady: async (number, by) => sandbox.markReady(path, number, { by }),
    approve: async (number, by) => sandbox.approve(path, number, { by }),
    merge: async (number, by) => sandbox.world.merge(path, number, { by }),
    async startPipeline({ branch, by }) {
      return { id: String(sandbox.startPipeline(path, { ref: branch, by }).id) };
    },
    async finishPipeline(id, { outcome, job, log }) {
      sandbox.finishPipeline(path, Number(id), {
        status: outcome,
        jobs: [{ name: job, stage: "test", status: outcome, log }],
      });
    },
    retryPipeline: async (id, by) => sandbox.retryPipeline(path, Number(id), { by }),
    editWiki: async ({ by, page, content }) =>
      sandbox.editWiki(path, { by, slug: page, title: page, content }),
    commitFile: async ({ by, path: file, content }) =>
      sandbox.commitFiles(path, { by, message: `Change ${file}`, files: { [file]: content } }),
    async renameProject(to) {
      sandbox.moveProject(path, to);
      path = to;
    },
    deleteProject: async () => sandbox.deleteProject(path),
    revokeToken: async () => sandbox.revokeToken(token),
    fault: (fault) => sandbox.server.faults.add(/./, toFault(fault), Infinity),
    loseNextWriteReply: () => void sandbox.server.faults.add(/^(POST|PUT|DELETE) /, { kind: "lost_reply" }),
    writes: () => sandbox.server.ledger.count(/^(POST|PUT|PATCH|DELETE) /),
    requests: () => sandbox.server.ledger.count(/./),
    close: () => fixture.close(),
  };
}

function toFault(fault: WorldFault): Fault {
  if (fault.kind === "server_error") return { kind: "status", status: 500 };
  // A 304 has no body to cut, so the cut one is a 200.
  if (fault.kind === "truncated") {
    return {
      kind: "status",
      status: 200,
      headers: { "content-type": "application/json" },
      body: '[{"id":1,"ii',
    };
  }
  if (fault.kind !== "throttled") return fault;
  return { kind: "status", status: 429, headers: { "retry-after": String(fault.retryAfterSeconds) } };
}
