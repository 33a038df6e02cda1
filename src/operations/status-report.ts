import type { Access } from "../domain/connection.js";
import { recall, type ToldFailure } from "../domain/failure.js";
import type { LackCode } from "../domain/lack.js";
import type { ShortfallCode } from "../domain/shortfall.js";
import type { Trouble } from "../lib/daemon-state.js";
import type { AccountRow, ShortfallRow, SourceRow, StatusRows } from "../store/status-rows.js";

/** How everything stands, for `status` and `/status`. Instants are epoch milliseconds, null = never. */
export interface StatusReport {
  daemon: DaemonStatus;
  owner: string | null;
  connections: ConnectionStatus[];
  sources: {
    total: number;
    waitingForFirstPoll: number;
    /** Of projects and inboxes that are gone. */
    paused: number;
    gone: Gone[];
    failing: FailingSource[];
    /** The longest last polls, longest first. */
    slowest: Array<{ id: string; name: string; lastPollMs: number }>;
  };
  projects: number;
  subscriptions: { declared: number; stored: number };
  outbox: {
    owed: number;
    inDoubt: number;
    dead: number;
    delivered: number;
    oldestOwedAt: number | null;
  };
  parked: Array<{ destination: string; since: number } & Why>;
  /** By how much the newest of what was written down lies ahead of this machine's clock; null: all is well. */
  clockAheadMs: number | null;
  /** What sources cannot deliver at present, alike ones together. */
  shortfalls: ShortfallStatus[];
}

/** `reason` is English, `failure` tells it in any language. */
interface Why {
  reason: string;
  failure: ToldFailure;
}

/** A project, or the inbox of a connection, that answers "not found". It is looked for again every hour. */
export interface Gone {
  /** For people: `work:platform/core`, `github inbox`. */
  name: string;
  since: number;
  error: string;
}

/** Its sentence is the message `shortfall.<code>`, filled with `values`. */
export interface ShortfallStatus {
  connection: string;
  code: ShortfallCode;
  values: Readonly<Record<string, string | number>>;
  /** For people: `work:platform/core pipelines`. */
  sources: string[];
  since: number;
}

/** What is known of the process. null where it does not run, or did not say. */
export interface DaemonStatus {
  running: boolean;
  pid: number | null;
  version: string | null;
  startedAt: number | null;
  /** Its last sign of life. */
  at: number | null;
  rssBytes: number | null;
  node: string | null;
  /** The longest that it was held up since its last sign of life but one. */
  loopDelayMs: number | null;
  bot: string | null;
  reloadProblem: string | null;
  telegramTrouble: Trouble | null;
  storeTrouble?: Trouble | null;
}

export interface ConnectionStatus {
  id: string;
  account: string | null;
  quota: { remaining: number; limit: number; resetAt: string } | null;
  lastSuccessAt: number | null;
  /** When the next of its sources is due; in the past: now. null while nothing is asked of it, be it paused or nobody there to ask. */
  nextPollAt: number | null;
  throttledUntil: number | null;
  paused: ({ since: number } & Why) | null;
  /** Its server does not answer; one source at a time asks whether it does again. */
  down: ({ since: number } & Why) | null;
  sources: number;
  failing: number;
  expiresAt: string | null;
  lacks: LackCode[];
}

export interface FailingSource {
  id: string;
  /** For people: `work:platform/core pipelines`. */
  name: string;
  since: number;
  failures: number;
  error: string;
  failure: ToldFailure;
}

export interface StatusOccasion {
  /** null: those that the daemon last ran with. */
  connectionIds: readonly string[] | null;
  /** Subscriptions of config.yaml. null: as many as the daemon last ran with. */
  declared: number | null;
  now: number;
  daemon: DaemonStatus;
}

const mostSlow = 3;
/** A source below this is slow to nobody. */
const slowMs = 1_000;

export const stopped: DaemonStatus = {
  running: false,
  pid: null,
  version: null,
  startedAt: null,
  at: null,
  rssBytes: null,
  node: null,
  loopDelayMs: null,
  bot: null,
  reloadProblem: null,
  telegramTrouble: null,
  storeTrouble: null,
};

/** The report of these rows; pure. `rows` null: nothing was ever started in this home. */
export function toStatusReport(rows: StatusRows | null, occasion: StatusOccasion): StatusReport {
  const { deliveries, sources, ...found } = rows ?? nothing;
  const ids = occasion.connectionIds ?? found.settings?.connections ?? [];
  return {
    daemon: occasion.daemon,
    owner: found.owner,
    connections: ids.map((id) =>
      toConnectionStatus(id, {
        account: found.accounts.find((account) => account.connectionId === id),
        sources: sources.filter((source) => source.connectionId === id),
        now: occasion.now,
        isRunning: occasion.daemon.running,
      }),
    ),
    sources: toSourcesStatus(sources, occasion.now),
    projects: found.projects,
    subscriptions: {
      declared: occasion.declared ?? found.settings?.declared ?? 0,
      stored: found.subscriptions,
    },
    outbox: {
      owed: deliveries.pending + deliveries.sending,
      inDoubt: deliveries.unknown,
      dead: deliveries.dead,
      delivered: deliveries.delivered,
      oldestOwedAt: found.oldestOwedAt,
    },
    parked: found.parked.map(({ key, parkedAt, parkedReason }) => ({
      destination: key,
      ...toWhy(parkedReason),
      since: parkedAt,
    })),
    clockAheadMs: toClockAhead(sources, occasion.now),
    shortfalls: toShortfalls(found.shortfalls),
  };
}

const nothing: StatusRows = {
  settings: null,
  owner: null,
  accounts: [],
  sources: [],
  projects: 0,
  subscriptions: 0,
  deliveries: { pending: 0, sending: 0, unknown: 0, dead: 0, delivered: 0 },
  oldestOwedAt: null,
  parked: [],
  shortfalls: [],
};

/** No clock is set by more in the everyday, and no source waits for longer than a day. */
const oddClockMs = 60_000;
const longestWaitMs = 25 * 3_600_000;

function toClockAhead(sources: readonly SourceRow[], now: number): number | null {
  const instants = sources.flatMap(({ lastSuccessAt, failingSince, pausedAt, dueAt }) => [
    ...[lastSuccessAt, failingSince, pausedAt].map((at) => (at ?? 0) - now),
    dueAt - longestWaitMs - now,
  ]);
  const aheadMs = Math.max(0, ...instants);
  return aheadMs > oddClockMs ? aheadMs : null;
}

function toShortfalls(rows: readonly ShortfallRow[]): ShortfallStatus[] {
  const alike = new Map<string, ShortfallStatus>();
  for (const { connectionId, code, values, kind, path, beganAt } of rows) {
    const key = JSON.stringify([connectionId, code, values]);
    const status = alike.get(key) ?? { connection: connectionId, code, values, sources: [], since: beganAt };
    alike.set(key, status);
    status.sources.push(path === null ? `${connectionId} ${kind}` : `${connectionId}:${path} ${kind}`);
  }
  return [...alike.values()];
}

function toWhy(kept: string | null | undefined): Why {
  const failure = recall(kept ?? "");
  return { reason: failure.message, failure };
}

/** Each project once, with the first of its sources that was taken for gone. */
function toGone(sources: readonly SourceRow[]): Gone[] {
  const gone = new Map<string, Gone>();
  for (const { connectionId, kind, path, id, pausedAt, lastError } of sources) {
    if (pausedAt === null) continue;
    const name = kind === "inbox" ? `${connectionId} inbox` : path === null ? id : `${connectionId}:${path}`;
    const before = gone.get(name);
    if (before === undefined || before.since > pausedAt)
      gone.set(name, { name, since: pausedAt, error: toWhy(lastError).reason });
  }
  return [...gone.values()];
}

function toSourcesStatus(sources: readonly SourceRow[], now: number): StatusReport["sources"] {
  const failing = sources.filter((source) => source.failures > 0 && source.pausedAt === null);
  const slow = sources
    .flatMap(({ lastPollMs, ...source }) =>
      lastPollMs === null || lastPollMs < slowMs ? [] : [{ id: source.id, name: toName(source), lastPollMs }],
    )
    .sort((a, b) => b.lastPollMs - a.lastPollMs);
  return {
    total: sources.length,
    waitingForFirstPoll: sources.filter((source) => source.isNew === 1).length,
    paused: sources.filter((source) => source.pausedAt !== null).length,
    gone: toGone(sources),
    failing: failing.map((source) => ({
      id: source.id,
      name: toName(source),
      since: source.failingSince ?? now,
      failures: source.failures,
      error: toWhy(source.lastError).reason,
      failure: toWhy(source.lastError).failure,
    })),
    slowest: slow.slice(0, mostSlow),
  };
}

/** `work:platform/core pipelines`, `github inbox` */
function toName({
  id,
  connectionId,
  kind,
  path,
}: Pick<SourceRow, "id" | "connectionId" | "kind" | "path">): string {
  if (kind === "inbox") return `${connectionId} inbox`;
  return path === null ? id : `${connectionId}:${path} ${kind}`;
}

function toConnectionStatus(
  id: string,
  found: { account: AccountRow | undefined; sources: readonly SourceRow[]; now: number; isRunning: boolean },
): ConnectionStatus {
  const { account, sources, now } = found;
  const last = Math.max(0, ...sources.map((source) => source.lastSuccessAt ?? 0));
  const { throttledUntil, pausedAt, down } = toObstacles(account, now);
  return {
    id,
    ...toIdentity(account?.access ?? null),
    quota: account?.quota ?? null,
    lastSuccessAt: last === 0 ? null : last,
    nextPollAt: found.isRunning && pausedAt === null ? nextPollAt(sources, throttledUntil) : null,
    throttledUntil,
    paused: pausedAt === null ? null : { since: pausedAt, ...toWhy(account?.pausedReason) },
    down,
    sources: sources.length,
    failing: sources.filter((source) => source.failures > 0).length,
  };
}

function toObstacles(account: AccountRow | undefined, now: number) {
  const { throttledUntil = null, pausedAt = null, downSince = null, downReason = null } = account ?? {};
  return {
    throttledUntil: (throttledUntil ?? 0) > now ? throttledUntil : null,
    pausedAt,
    down: downSince === null ? null : { since: downSince, ...toWhy(downReason) },
  };
}

function nextPollAt(sources: readonly SourceRow[], throttledUntil: number | null): number | null {
  const due = sources.filter((source) => source.pausedAt === null).map((source) => source.dueAt);
  return due.length === 0 ? null : Math.max(Math.min(...due), throttledUntil ?? 0);
}

function toIdentity(access: Access | null): Pick<ConnectionStatus, "account" | "expiresAt" | "lacks"> {
  return {
    account: access?.account.login ?? null,
    expiresAt: access?.expiresAt ?? null,
    lacks: access?.lacks ?? [],
  };
}
