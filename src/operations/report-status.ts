import type { Access } from "../domain/connection.js";
import { type AccountState, listAccounts } from "../store/accounts.js";
import { listParked } from "../store/destinations.js";
import { countDeliveries } from "../store/outbox.js";
import { findOwner } from "../store/members.js";
import { listProjects } from "../store/projects.js";
import { listSources, type StoredSource } from "../store/sources.js";
import { listSubscriptions } from "../store/subscriptions.js";
import type { Database } from "../store/schema.js";

/** How everything stands, for `status` and `/status`. Instants are epoch milliseconds, null = never. */
export interface StatusReport {
  owner: string | null;
  connections: ConnectionStatus[];
  sources: { total: number; waitingForFirstPoll: number; failing: FailingSource[] };
  projects: number;
  subscriptions: { declared: number; stored: number };
  outbox: { owed: number; inDoubt: number; dead: number; delivered: number };
  parked: Array<{ destination: string; reason: string; since: number }>;
}

export interface ConnectionStatus {
  id: string;
  account: string | null;
  quota: { remaining: number; limit: number; resetAt: string } | null;
  lastSuccessAt: number | null;
  throttledUntil: number | null;
  paused: { since: number; reason: string } | null;
  expiresAt: string | null;
  lacks: string[];
}

export interface FailingSource {
  id: string;
  since: number;
  failures: number;
  error: string;
}

export async function reportStatus(
  db: Database,
  given: { connectionIds: readonly string[]; declared: number; now: number },
): Promise<StatusReport> {
  const [accounts, sources, counts, projects] = await Promise.all([
    listAccounts(db),
    listSources(db),
    countDeliveries(db),
    listProjects(db),
  ]);
  const connections = given.connectionIds.map((id) =>
    toConnectionStatus(id, {
      account: accounts.find((candidate) => candidate.connectionId === id),
      sources: sources.filter((source) => source.connectionId === id),
      now: given.now,
    }),
  );
  const failing = sources
    .filter((source) => source.failures > 0)
    .map((source) => ({
      id: source.id,
      since: source.failingSince ?? given.now,
      failures: source.failures,
      error: source.lastError ?? "",
    }));
  return {
    owner: (await findOwner(db))?.name ?? null,
    connections,
    sources: {
      total: sources.length,
      waitingForFirstPoll: sources.filter((source) => source.cursor === null).length,
      failing,
    },
    projects: projects.length,
    subscriptions: { declared: given.declared, stored: (await listSubscriptions(db)).length },
    outbox: {
      owed: counts.pending + counts.sending,
      inDoubt: counts.unknown,
      dead: counts.dead,
      delivered: counts.delivered,
    },
    parked: (await listParked(db)).map((state) => ({
      destination: state.key,
      reason: state.parkedReason ?? "",
      since: state.parkedAt ?? 0,
    })),
  };
}

function toConnectionStatus(
  id: string,
  found: { account: AccountState | undefined; sources: readonly StoredSource[]; now: number },
): ConnectionStatus {
  const { account } = found;
  const last = Math.max(0, ...found.sources.map((source) => source.lastSuccessAt ?? 0));
  const throttled = account?.throttledUntil ?? 0;
  const pausedAt = account?.pausedAt ?? null;
  return {
    id,
    ...toIdentity(account?.access ?? null),
    quota: account?.quota ?? null,
    lastSuccessAt: last === 0 ? null : last,
    throttledUntil: throttled > found.now ? throttled : null,
    paused: pausedAt === null ? null : { since: pausedAt, reason: account?.pausedReason ?? "" },
  };
}

function toIdentity(access: Access | null): Pick<ConnectionStatus, "account" | "expiresAt" | "lacks"> {
  return {
    account: access?.account.login ?? null,
    expiresAt: access?.expiresAt ?? null,
    lacks: access?.lacks ?? [],
  };
}
