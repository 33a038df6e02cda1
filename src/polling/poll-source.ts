import type { Access } from "../domain/connection.js";
import { Failure, isFailure } from "../domain/failure.js";
import type { Project } from "../domain/project.js";
import type { SourceKind } from "../domain/source.js";
import type { Shortfall } from "../domain/shortfall.js";
import { type SubjectType, toSubjectKey } from "../domain/subject.js";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { Progress } from "../lib/progress.js";
import type { LiveConnection, PollOutcome } from "../platforms/platform.js";
import { findAccount, saveQuota } from "../store/accounts.js";
import { endOutage } from "../store/outages.js";
import { findProject, saveProject } from "../store/projects.js";
import type { StoreHealth } from "../store/faults.js";
import type { Database, Executor } from "../store/schema.js";
import { saveShortfalls } from "../store/shortfalls.js";
import { type StoredSource, updateSource } from "../store/sources.js";
import { loadRevisions, openPipelines } from "../store/subjects.js";
import { commitFacts, type Committed } from "./commit-facts.js";
import { nextInterval } from "./interval.js";
import { logSeen } from "./log-seen.js";
import { mayAsk, sharersOf } from "./outage.js";
import type { RoutedSubscription } from "./route.js";
import { settleFailure } from "./settle-failure.js";
import { announceFound, announceRecovery, announceRenamed, announceWatching } from "./announcements.js";

export interface PollDependencies {
  db: Database;
  clock: Clock;
  log: Log;
  random: () => number;
  connections: ReadonlyMap<string, LiveConnection>;
  /** The subscriptions of this moment with their readers and addresses. */
  subscriptions: () => Promise<RoutedSubscription[]>;
  adaptive: boolean;
  /** Whether what is polled can be stored; absent where nobody watches. */
  health?: StoreHealth;
  /** Hears that the work goes on; absent where nobody watches. */
  progress?: Progress;
}

export interface PollReport {
  sourceId: string;
  result: "polled" | "failed" | "skipped";
  events: number;
  owed: number;
  failure?: Failure;
}

/** A source may say "there is more" this often before others get their turn again. */
const mostPages = 50;

/** One poll of one source: load, fetch, compare, commit; or one failure, written down. `tickAt` and the rest are epoch milliseconds. */
export async function pollSource(
  dependencies: PollDependencies,
  { source, tickAt, baseMs }: { source: StoredSource; tickAt: number; baseMs: number },
  signal: AbortSignal,
): Promise<PollReport> {
  const report: PollReport = { sourceId: source.id, result: "polled", events: 0, owed: 0 };
  const live = dependencies.connections.get(source.connectionId);
  const account = await findAccount(dependencies.db, source.connectionId);
  const now = dependencies.clock.now();
  if (
    live === undefined ||
    account?.access == null ||
    account.pausedAt !== null ||
    (account.throttledUntil ?? 0) > now ||
    !(await mayAsk(dependencies.db, { ...account, sharers: sharersOf(dependencies.connections, live) }, now))
  ) {
    return { ...report, result: "skipped" };
  }
  let at = source;
  let met: readonly Shortfall[] = [];
  try {
    for (let page = 0; page < mostPages; page += 1) {
      const asked = { source: at, live, account: account.access.account };
      const outcome = await fetchOutcome(dependencies, asked, signal);
      met = [...met, ...(outcome.shortfalls ?? [])];
      const polled = {
        source: at,
        live,
        outcome,
        met,
        access: account.access,
        tickAt,
        baseMs,
        startedAt: now,
      };
      const committed = await commitPoll(dependencies, polled);
      logSeen(dependencies.log, committed.seen, source.id);
      report.events += committed.events;
      report.owed += committed.owed;
      at = { ...at, ...wellAgain, cursor: outcome.cursor };
      if (outcome.more !== true) break;
    }
    const { events, owed } = report;
    dependencies.log.debug("A source was polled", {
      ...{ source: source.id, events, owed },
      ms: tookSince(now, dependencies),
    });
    return report;
  } catch (error) {
    if (signal.aborted) throw error;
    const failure = toFailure(error);
    const tookMs = tookSince(now, dependencies);
    await settleFailure(dependencies, { source: at, live, failure, baseMs, tookMs });
    return { ...report, result: "failed", failure };
  }
}

/** A defect of ours must not take the daemon down or be taken for news: it is a failure like any other, and logged in full. */
function toFailure(error: unknown): Failure {
  if (isFailure(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure("unreachable", {
    message: `gitnotify itself failed: ${message}`,
    code: "defect",
    cause: error,
  });
}

async function fetchOutcome(
  { db, clock }: PollDependencies,
  {
    source,
    live,
    account,
  }: { source: StoredSource; live: LiveConnection; account: { id: string; login: string } },
  signal: AbortSignal,
): Promise<PollOutcome> {
  const { connectionId, projectId } = source;
  const project = projectId === null ? null : await findProject(db, connectionId, projectId);
  const asksForPipelines = projectId !== null && source.kind === "pipelines";
  const open = asksForPipelines ? await openPipelines(db, { connectionId, projectId, now: clock.now() }) : [];
  const revisions = await knownRevisions(db, source, clock.now());
  return live.client.poll(
    {
      source: { connectionId, kind: source.kind, projectId },
      project,
      cursor: source.cursor,
      account,
      known: (subject) => revisions.get(toSubjectKey({ ...subject, connectionId })),
      openPipelines: open,
    },
    signal,
  );
}

/**
 * An adapter asks for revisions of what its list names, and that moved lately. What is older counts as unknown and is fetched
 * again, which costs a request and loses nothing; an inbox asks for none. Reading all of them at every poll would stall the loop.
 */
async function knownRevisions(
  db: Executor,
  { connectionId, projectId, kind }: StoredSource,
  now: number,
): Promise<ReadonlyMap<string, string>> {
  if (projectId === null || kind === "inbox") return new Map();
  return loadRevisions(db, { connectionId, projectId, type: subjectTypeOf[kind], since: now - rememberedMs });
}

const rememberedMs = 14 * 86_400_000;

const subjectTypeOf: Record<Exclude<SourceKind, "inbox">, SubjectType> = {
  pipelines: "pipeline",
  mergeRequests: "merge_request",
  repository: "docs_change",
  wiki: "wiki_page",
};

interface Polled {
  source: StoredSource;
  live: LiveConnection;
  outcome: PollOutcome;
  /** What this page and those before it could not deliver: of one poll, whichever page met it. */
  met: readonly Shortfall[];
  access: Access;
  tickAt: number;
  baseMs: number;
  startedAt: number;
}

/** For people who look what is slow: a clock that was set back meanwhile makes it 0. */
function tookSince(startedAt: number, { clock }: PollDependencies): number {
  return Math.max(0, clock.now() - startedAt);
}

/** Events, deliveries, snapshots and the cursor in one transaction: all of them or none. */
async function commitPoll(dependencies: PollDependencies, polled: Polled): Promise<Committed> {
  const { source, outcome } = polled;
  const subscriptions = await dependencies.subscriptions();
  const now = dependencies.clock.now();
  return dependencies.db.transaction().execute(async (transaction) => {
    if (outcome.renamed !== undefined) await rename(transaction, outcome.renamed, now);
    if (outcome.quota !== undefined) await saveQuota(transaction, source.connectionId, outcome.quota);
    const baseline = source.cursor === null;
    const { account, teams = [] } = polled.access;
    const { mentionGrammar } = polled.live.platform;
    const facts = { facts: outcome.facts, baseline, account, teams, mentionGrammar, subscriptions, now };
    const committed = await commitFacts(transaction, facts);
    if (source.pausedAt !== null) await announceFound(transaction, { source, now });
    await announceRecovery(transaction, { source, now });
    await endOutage(transaction, sharersOf(dependencies.connections, polled.live), now);
    await saveShortfalls(transaction, source.id, { shortfalls: toShortfalls(polled), now });
    await updateSource(transaction, source.id, afterSuccess(dependencies, polled));
    if (baseline) await announceWatching(transaction, { connectionId: source.connectionId, now });
    return committed;
  });
}

/** Of a position that was lost people want to know from when on something may be missing. */
function toShortfalls({ source, met }: Polled): Shortfall[] {
  const since = source.lastSuccessAt === null ? "?" : toMinute(source.lastSuccessAt);
  return met.map((one) => (one.code === "reread" ? { ...one, values: { ...one.values, since } } : one));
}

/** `2026-11-30 09:12 UTC` */
function toMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Said once; the path of before keeps leading to the project. */
async function rename(db: Executor, project: Project, now: number): Promise<void> {
  const before = await findProject(db, project.connectionId, project.id);
  await saveProject(db, project);
  if (before !== null && before.path !== project.path)
    await announceRenamed(db, { before: before.path, project, now });
}

/** What a source that has answered no longer is. */
const wellAgain = { failures: 0, failingSince: null, lastError: null, staleToldAt: null, pausedAt: null };

function afterSuccess(dependencies: PollDependencies, { outcome, tickAt, baseMs, startedAt }: Polled) {
  const minIntervalMs = outcome.minIntervalMs ?? 0;
  const { activity } = outcome;
  const interval = nextInterval({ baseMs, activity, adaptive: dependencies.adaptive, minIntervalMs });
  return {
    cursor: outcome.cursor,
    dueAt: tickAt + interval,
    activity,
    minIntervalMs,
    ...wellAgain,
    lastSuccessAt: dependencies.clock.now(),
    lastPollMs: tookSince(startedAt, dependencies),
  };
}
