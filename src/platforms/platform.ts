import type { Action, ActionResult } from "../domain/action.js";
import type { Access, Connection, Quota } from "../domain/connection.js";
import type { Cursor } from "../domain/cursor.js";
import type { Facts, MergeRequestFacts, PipelineFacts } from "../domain/facts/index.js";
import type { FeatureName } from "../domain/feature.js";
import type { MentionGrammar } from "../domain/mentions.js";
import type { Project } from "../domain/project.js";
import type { Routes } from "../domain/routes.js";
import type { Shortfall } from "../domain/shortfall.js";
import type { Activity, Source } from "../domain/source.js";
import type { SubjectType } from "../domain/subject.js";
import type { Clock } from "../lib/clock.js";
import type { HttpClient } from "../lib/http.js";
import type { Log } from "../lib/log.js";

/**
 * A kind of forge. An adapter translates and classifies; it keeps no state between calls but what the caller hands back,
 * retries nothing, waits for nothing, and writes to no store.
 */
export interface Platform {
  id: string;
  /** As people write it: `GitHub`. */
  label: string;
  /** What people of this platform call things. */
  words: { mergeRequest: string; sigil: string; pipeline: string };
  /** Whom a text mentions. */
  mentionGrammar: MentionGrammar;
  /** For the wizard and the docs: the address where most people are. */
  defaultUrl: string;
  /** How its addresses are built; the list of platforms has them too, for who does not load the adapter. */
  routes: Routes;
  /** Where the API of this connection is asked, an absolute address; pure. Absent: at `apiUrl` or `url` of the connection. */
  apiUrl?(connection: Connection): string;
  /** For the wizard: how a server of this kind is recognised, and how a token for it is made. */
  setup?: PlatformSetup;
  connect(connection: Connection, context: PlatformContext): PlatformConnection;
}

/** What the wizard must know of a platform before there is a token. Everything is pure. */
export interface PlatformSetup {
  /** The base addresses that a pasted address may mean, the likeliest first: people copy those of pages. */
  toBases(url: URL): string[];
  /** An address that every server of this kind answers without a credential. */
  probeUrl(connection: Pick<Connection, "url" | "apiUrl">): string;
  isOwnAnswer(answer: { status: number; headers: Readonly<Record<string, string>>; text: string }): boolean;
  /** Kinds of token that do, the recommended one first. */
  tokenOffers(connection: Pick<Connection, "url">): TokenOffer[];
  /** null: nothing in the text says that it is this platform's. */
  judgeToken(token: string): TokenVerdict | null;
}

/** In words it is the messages `offer.<platform>.<id>` of the wizard, with a `.hint`, and `scope.<platform>.<scope>`. */
export interface TokenOffer {
  /** `full`, `read`, … */
  id: string;
  /** The page where it is made, with as much filled in as the platform lets. */
  url: string;
  /** What to tick there, by the platform's own names. */
  scopes: readonly string[];
}

/** `why` is the message `unusable.<platform>.<why>` of the wizard: the reason, and what to take instead. */
export type TokenVerdict = { usable: true } | { usable: false; why: string };

export interface PlatformContext {
  /** Already limited, guarded and proxied for this connection. */
  http: HttpClient;
  /** Read at each request: a rotated credential counts at once. */
  credential: () => Promise<string>;
  clock: Clock;
  log: Log;
  /** A folder of the adapter's own for caches that may vanish. */
  cacheDir: string;
}

/**
 * One connection with one credential. Every method rejects with a `Failure` (domain/failure.ts) or with the signal's reason,
 * and may be called at the same time as any other. The reading ones may be repeated freely.
 */
export interface PlatformConnection {
  /** Who am I, and what does this credential leave out. */
  checkAccess(signal: AbortSignal): Promise<Access>;

  /** Projects that the account can see, most recently active first; `text` narrows by path. */
  searchProjects(query: { text?: string; limit: number }, signal: AbortSignal): Promise<Project[]>;

  /** By path as people write it. `gone` when there is none (or no access). */
  findProject(path: string, signal: AbortSignal): Promise<Project>;

  /** By lasting identity: gives the path of today after a rename or move. `gone` when deleted. */
  refreshProject(project: Project, signal: AbortSignal): Promise<Project>;

  /** The sources that bring these features for these projects; pure. */
  sourcesFor(wants: SourceWants): Source[];

  /**
   * One poll of one source from one cursor. Must not confuse "absent in the answer" with "deleted", and must reject
   * (`unreachable`, code `schema`) rather than interpret an answer that fails its schema.
   */
  poll(request: PollRequest, signal: AbortSignal): Promise<PollOutcome>;

  /**
   * Writes. At most one request that changes something; no retry. `ambiguous` when it may have happened. `conflict` with
   * code `head_moved` and `headSha` when the head is not `action.sha` any more.
   */
  act(action: Action, signal: AbortSignal): Promise<ActionResult>;

  readMergeRequest(project: Project, number: number, signal: AbortSignal): Promise<MergeRequestFacts>;
  readPipeline(project: Project, pipelineId: string, signal: AbortSignal): Promise<PipelineFacts>;
  /** Newest first. */
  listPipelines(project: Project, limit: number, signal: AbortSignal): Promise<PipelineFacts[]>;
  /** Open ones, most recently updated first. */
  listMergeRequests(project: Project, limit: number, signal: AbortSignal): Promise<MergeRequestFacts[]>;

  /** The last lines of a job's log, at most `maxBytes`, as plain text without terminal colours. */
  readLogTail(request: LogRequest, signal: AbortSignal): Promise<string>;
}

/** A configured connection with its adapter at work. */
export interface LiveConnection {
  connection: Connection;
  platform: Platform;
  client: PlatformConnection;
}

export interface LogRequest {
  project: Project;
  jobId: string;
  /** The failed step, where only that part of the log is wanted. */
  step?: string;
  maxBytes: number;
}

export interface SourceWants {
  projects: Array<{ project: Project; features: FeatureName[] }>;
  /** Whether somebody has a personal subscription, so that the account's inbox is wanted. */
  personal: boolean;
  access: Access;
}

export interface PollRequest {
  source: Source;
  /** The project of the source; null for the inbox. */
  project: Project | null;
  /** null: the first poll, a baseline. It still returns the facts that later comparisons need. */
  cursor: Cursor | null;
  account: Access["account"];
  /** The revision last stored for a subject (`Facts.revision`), so that only what changed is fetched in detail. */
  known(subject: { projectId: string; type: SubjectType; id: string }): string | undefined;
  /** Ids of stored pipelines of this project that were not final: they must be looked at again. */
  openPipelines: string[];
}

export interface PollOutcome {
  /** Each with the project it belongs to: an inbox brings several. Oldest change first. */
  facts: Array<{ project: Project; facts: Facts }>;
  cursor: Cursor;
  activity: Activity;
  /** There is more behind this outcome: commit it and poll on at once. */
  more?: boolean;
  /** The source's project as it is called now, when it was renamed or moved. */
  renamed?: Project;
  /** Everything that this source cannot deliver at present, whether or not this poll met it anew. Absent: nothing. */
  shortfalls?: Shortfall[];
  /** The platform asked for at least this much time between polls of this source (X-Poll-Interval). */
  minIntervalMs?: number;
  quota?: Quota;
}
