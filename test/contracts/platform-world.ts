import { inspect } from "node:util";
import {
  toSubjectId,
  type Facts,
  type MergeRequestFacts,
  type PipelineFacts,
} from "../../src/domain/facts/index.js";
import { isFailure, type Failure } from "../../src/domain/failure.js";
import type { Cursor } from "../../src/domain/cursor.js";
import type { KnownConnection } from "../../src/domain/read-address.js";
import type { Project } from "../../src/domain/project.js";
import type { SourceKind } from "../../src/domain/source.js";
import type { PlatformConnection, PollOutcome } from "../../src/platforms/platform.js";

/** How a server can misbehave, whatever it is asked. */
export type WorldFault =
  | { kind: "throttled"; retryAfterSeconds: number }
  | { kind: "server_error" }
  | { kind: "html" }
  | { kind: "empty" }
  | { kind: "truncated" }
  | { kind: "reset" }
  | { kind: "hang" };

/**
 * A local server of one platform with one project in it, seen through the adapter under test. `account` owns the
 * credential, `colleague` is somebody else; both may do everything in the project. Logins and branch names are the
 * platform's own. Times are the world's: every operation happens at the present of its clock.
 */
export interface PlatformWorld {
  connection: PlatformConnection;
  /** For reading addresses. */
  known: KnownConnection;
  connectionId: string;
  projectPath: string;
  account: string;
  colleague: string;
  /** The credential; must never be seen in an error. */
  secret: string;
  /** Moves the world's clock on. */
  advance(ms: number): void;

  openMergeRequest(options: {
    author: string;
    title: string;
    body?: string;
    draft?: boolean;
  }): Promise<{ number: number; sha: string }>;
  push(number: number, by: string): Promise<{ sha: string }>;
  comment(number: number, options: { by: string; body: string }): Promise<unknown>;
  requestReview(number: number, options: { by: string; reviewer: string }): Promise<unknown>;
  /** Once more of a reviewer who has reviewed already. Absent where the platform has no such thing. */
  requestReviewAgain?(number: number, options: { by: string; reviewer: string }): Promise<unknown>;
  assign(number: number, options: { by: string; assignee: string }): Promise<unknown>;
  markReady(number: number, by: string): Promise<unknown>;
  approve(number: number, by: string): Promise<unknown>;
  merge(number: number, by: string): Promise<unknown>;

  startPipeline(options: { branch: string; by: string }): Promise<{ id: string }>;
  finishPipeline(
    id: string,
    options: { outcome: "success" | "failed"; job: string; log: string },
  ): Promise<unknown>;
  retryPipeline(id: string, by: string): Promise<unknown>;
  editWiki(options: { by: string; page: string; content: string | null }): Promise<unknown>;
  commitFile(options: { by: string; path: string; content: string }): Promise<unknown>;

  renameProject(path: string): Promise<unknown>;
  deleteProject(): Promise<unknown>;
  revokeToken(): Promise<unknown>;
  /** Until the returned function is called. */
  fault(fault: WorldFault): () => void;
  /** The next write is carried out and its answer lost. */
  loseNextWriteReply(): void;
  /** How many writing requests the server has been sent. */
  writes(): number;
  /** How many requests of any kind. */
  requests(): number;
  close(): Promise<void>;
}

export type StartWorld = () => Promise<PlatformWorld>;

/** What the core does between two polls, in small: keeps the cursor and the revision of each subject. */
export interface Watcher {
  project: Project;
  cursor: Cursor | null;
  poll(signal?: AbortSignal): Promise<PollOutcome>;
  /** Polls until nothing more is announced, and gives all facts in order. */
  drain(): Promise<Facts[]>;
}

export async function watch(world: PlatformWorld, kind: Exclude<SourceKind, "inbox">): Promise<Watcher> {
  const account = (await world.connection.checkAccess(signal())).account;
  const known = new Map<string, Facts>();
  const watcher: Watcher = {
    project: await world.connection.findProject(world.projectPath, signal()),
    cursor: null,
    async poll(abort = signal()) {
      const outcome = await world.connection.poll(
        {
          source: { connectionId: world.connectionId, kind, projectId: watcher.project.id },
          project: watcher.project,
          cursor: watcher.cursor,
          account,
          known: (subject) => known.get(`${subject.projectId}/${subject.type}/${subject.id}`)?.revision,
          openPipelines: openPipelines(known),
        },
        abort,
      );
      // As a database would: the cursor comes back as text.
      watcher.cursor = JSON.parse(JSON.stringify(outcome.cursor)) as Cursor;
      if (outcome.renamed !== undefined) watcher.project = outcome.renamed;
      for (const { project, facts } of outcome.facts) {
        known.set(`${project.id}/${facts.type}/${toSubjectId(facts)}`, facts);
      }
      return outcome;
    },
    async drain() {
      const all: Facts[] = [];
      for (let round = 0; round < 20; round += 1) {
        const outcome = await watcher.poll();
        all.push(...outcome.facts.map((entry) => entry.facts));
        if (outcome.more !== true) return all;
      }
      throw new Error("the adapter announces more without end");
    },
  };
  return watcher;
}

function openPipelines(known: Map<string, Facts>): string[] {
  const final = ["success", "failed", "canceled", "skipped"];
  return [...known.values()].flatMap((facts) =>
    facts.type === "pipeline" && !final.includes(facts.status) ? [facts.id] : [],
  );
}

export function mergeRequestOf(facts: Facts[], number: number): MergeRequestFacts {
  const found = facts.findLast((one) => one.type === "merge_request" && one.number === number);
  if (found?.type !== "merge_request") throw new Error(`no facts of merge request ${number}`);
  return found;
}

export function pipelineOf(facts: Facts[], id: string): PipelineFacts {
  const found = facts.findLast((one) => one.type === "pipeline" && one.id === id);
  if (found?.type !== "pipeline") throw new Error(`no facts of pipeline ${id}`);
  return found;
}

export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const outcome = await promise.then(
    () => new Error("it went well"),
    (error: unknown) => error,
  );
  if (!isFailure(outcome)) throw new Error(`not a Failure: ${inspect(outcome)}`);
  return outcome;
}

/** Everything that a careless log line could show of an error. */
export function everythingIn(error: unknown): string {
  const stack = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  return `${stack}\n${inspect(error, { depth: 12, showHidden: true })}`;
}

export function signal(): AbortSignal {
  return new AbortController().signal;
}
