import { type Failure, isFailure, toTold } from "../domain/failure.js";
import type { Project } from "../domain/project.js";
import { HttpError } from "../lib/http.js";
import type { LiveConnection } from "../platforms/platform.js";
import { findAccount, saveAccess, saveRefusal, saveThrottle } from "../store/accounts.js";
import { findProject } from "../store/projects.js";
import { endOutage } from "../store/outages.js";
import { listSources, type SourceUpdate, type StoredSource, updateSource } from "../store/sources.js";
import {
  announceGone,
  announceInboxGone,
  announceRefused,
  announceStale,
  announceThrottled,
  announceWatching,
} from "./announcements.js";
import { backoffMs, staleAfterMs, throttledUntil } from "./interval.js";
import { isSilence, noteSilence, sharersOf } from "./outage.js";
import type { PollDependencies } from "./poll-source.js";

interface FailedPoll {
  source: StoredSource;
  live: LiveConnection;
  failure: Failure;
  baseMs: number;
  /** How long the poll took until it failed. */
  tookMs: number;
}

const minute = 60_000;
/** Gone is believed after this many answers over at least this long: one 404 may be a hiccup. */
const goneAfter = { answers: 3, ms: 10 * minute };
/** What is gone and has no project that the plan could look for is asked itself, this often. */
const lookAgainMs = 60 * minute;

/** Writes down a failed poll and decides what follows. The cursor stays where it was: nothing is skipped. */
export async function settleFailure(dependencies: PollDependencies, failed: FailedPoll): Promise<void> {
  const { source, failure, tookMs } = failed;
  const now = dependencies.clock.now();
  const failures = source.failures + 1;
  const failingSince = source.failingSince ?? now;
  const record = {
    failures,
    failingSince,
    lastError: toTold(failure),
    lastPollMs: tookMs,
    dueAt: now + backoffMs(failures, dependencies.random),
  };
  logFailure(dependencies, failed);
  const since = await heedServer(dependencies, failed, now);
  if (source.cursor === null && failure.kind !== "throttled")
    await stopWaitingFor(dependencies, source, record);
  switch (failure.kind) {
    case "throttled":
      return settleThrottle(dependencies, failed, now);
    case "unauthorized":
      await updateSource(dependencies.db, source.id, record);
      return settleRefusal(dependencies, failed, now);
    case "gone":
      await updateSource(dependencies.db, source.id, record);
      if (failures >= goneAfter.answers && now - failingSince >= goneAfter.ms)
        await settleGone(dependencies, failed, { now, failingSince });
      return;
    case "unreachable":
    case "ambiguous":
    case "forbidden":
    case "conflict":
    case "rejected":
      await updateSource(dependencies.db, source.id, record);
      return settleSilence(dependencies, failed, { now, failingSince: Math.min(failingSince, since ?? now) });
  }
}

/** Any answer ends an outage of the server, also one that refuses. Returns since when it is silent, null while it is not. */
async function heedServer(
  { db, connections }: PollDependencies,
  { source, live, failure }: FailedPoll,
  now: number,
): Promise<number | null> {
  const sharers = sharersOf(connections, live);
  if (isSilence(failure)) {
    const account = await findAccount(db, source.connectionId);
    return noteSilence(db, { account, sharers, sourceId: source.id, failure }, now);
  }
  if (failure.kind !== "unreachable") await endOutage(db, sharers, now);
  return null;
}

function logFailure({ clock, log }: PollDependencies, failed: FailedPoll): void {
  const { source, failure } = failed;
  const level = isNews(clock.now(), failed) ? "warn" : "debug";
  log[level]("A source could not be polled", {
    source: source.id,
    kind: failure.kind,
    reason: failure.message,
    remedy: failure.remedy,
    failures: source.failures + 1,
    ...(failure.code === "defect" ? { error: failure.cause } : {}),
  });
}

/** When each obstacle on the way to a connection's server was last met, epoch milliseconds by its sentence. */
const obstacles = new WeakMap<LiveConnection, Map<string, number>>();
/** Twice the longest wait between two tries: an obstacle that was not met for so long was gone. */
const obstacleMs = 10 * minute;

/**
 * Whether the log is to tell of it at large. What a source has said before is no news, nor is what stands in the way to the server
 * (a proxy that is away) when another source of the connection has met it: a night's outage is one line and not thousands.
 */
function isNews(now: number, { source, live, failure }: FailedPoll): boolean {
  const { cause } = failure;
  if (!(cause instanceof HttpError))
    return source.failures === 0 || source.lastError?.message !== failure.message;
  const met = obstacles.get(live) ?? new Map<string, number>();
  obstacles.set(live, met);
  const before = met.get(cause.message);
  met.set(cause.message, now);
  return before === undefined || now - before > obstacleMs;
}

/** A source whose first poll fails holds up nobody's "now watching": the others may have been waiting for it alone. */
async function stopWaitingFor(
  { db, clock }: PollDependencies,
  source: StoredSource,
  record: SourceUpdate,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await updateSource(transaction, source.id, record);
    await announceWatching(transaction, { connectionId: source.connectionId, now: clock.now() });
  });
}

/** From here on people miss what does not come. */
const toldThrottleMs = 15 * minute;

/** The whole connection waits: the limit is the account's, not the source's. It is no failure of the source. */
async function settleThrottle(
  { db }: PollDependencies,
  { source, failure }: FailedPoll,
  now: number,
): Promise<void> {
  const until = throttledUntil(failure.retryAt, now);
  await db.transaction().execute(async (transaction) => {
    await saveThrottle(transaction, source.connectionId, until);
    await updateSource(transaction, source.id, { dueAt: until, lastError: toTold(failure) });
    if (until - now < toldThrottleMs) return;
    await announceThrottled(transaction, { connectionId: source.connectionId, failure, until, now });
  });
}

/**
 * A refused credential is asked about once more directly. Refused again, this account is paused alone and its owner told,
 * once; the others go on.
 */
async function settleRefusal(
  dependencies: PollDependencies,
  { source, live }: FailedPoll,
  now: number,
): Promise<void> {
  const { db } = dependencies;
  const account = await findAccount(db, source.connectionId);
  if (account?.pausedAt != null) return;
  try {
    await saveAccess(db, source.connectionId, await live.client.checkAccess(AbortSignal.timeout(10_000)));
  } catch (error) {
    if (isFailure(error) && error.kind === "unauthorized")
      await pauseAccount(dependencies, { live, failure: error, now });
  }
}

/** Pauses one account and tells its owner, once per pause. */
export async function pauseAccount(
  { db }: Pick<PollDependencies, "db">,
  { live, failure, now }: { live: LiveConnection; failure: Failure; now: number },
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const connectionId = live.connection.id;
    const before = await findAccount(transaction, connectionId);
    if (before?.pausedAt != null) return;
    const refusal = {
      refusals: (before?.refusals ?? 0) + 1,
      refusedAt: now,
      pausedAt: now,
      reason: toTold(failure),
    };
    await saveRefusal(transaction, connectionId, refusal);
    await announceRefused(transaction, { live, failure, now });
  });
}

/**
 * A project that is gone is told once, whichever of its sources says so first. Where only one part of it answers "not found" (a
 * feature that is switched off), the project itself is there and nobody is told that it is not.
 */
async function settleGone(
  dependencies: PollDependencies,
  failed: FailedPoll,
  { now, failingSince }: { now: number; failingSince: number },
): Promise<void> {
  const { source, live } = failed;
  const { connectionId, projectId } = source;
  const project = projectId === null ? null : await findProject(dependencies.db, connectionId, projectId);
  if (project !== null && (await isThere(live, project)))
    return settleSilence(dependencies, failed, { now, failingSince });
  await dependencies.db.transaction().execute(async (transaction) => {
    const told = (await listSources(transaction)).some(
      (other) =>
        other.connectionId === connectionId && other.projectId === projectId && other.pausedAt !== null,
    );
    const pausedAt = source.pausedAt ?? now;
    await updateSource(transaction, source.id, { pausedAt, dueAt: now + lookAgainMs });
    if (told) return;
    if (project !== null) await announceGone(transaction, { project, now });
    else if (projectId === null)
      await announceInboxGone(transaction, { source, failure: failed.failure, now });
  });
}

async function isThere(live: LiveConnection, project: Project): Promise<boolean> {
  try {
    await live.client.refreshProject(project, AbortSignal.timeout(10_000));
    return true;
  } catch (error) {
    if (isFailure(error)) return error.kind !== "gone";
    throw error;
  }
}

/** Silence is told once per outage of a connection. */
async function settleSilence(
  { db }: PollDependencies,
  { source, live, failure, baseMs }: FailedPoll,
  { now, failingSince }: { now: number; failingSince: number },
): Promise<void> {
  if (source.staleToldAt !== null || now - failingSince < staleAfterMs(baseMs)) return;
  await db.transaction().execute(async (transaction) => {
    const outage = await announceStale(transaction, { live, failure, since: failingSince, now });
    await updateSource(transaction, source.id, { staleToldAt: outage });
  });
}
