import type { Access } from "../domain/connection.js";
import { type Failure, isFailure, toTold } from "../domain/failure.js";
import type { PlanProblem } from "../domain/plan-problem.js";
import type { LiveConnection } from "../platforms/platform.js";
import { findAccount, saveAccess, saveThrottle } from "../store/accounts.js";
import { findProject, saveProject } from "../store/projects.js";
import type { Database } from "../store/schema.js";
import { pausedSources, updateSource } from "../store/sources.js";
import { announceAccepted, announceExpiring, announceFound } from "./announcements.js";
import { throttledUntil } from "./interval.js";
import { isOfTheConnection, planConnection } from "./plan.js";
import type { PollDependencies } from "./poll-source.js";
import { pauseAccount } from "./settle-failure.js";

export interface Planner {
  /** Checks every credential and makes the sources of all subscriptions exist. Returns problems. */
  plan(signal: AbortSignal, hearing?: Partial<PlanHearing>): Promise<PlanProblem[]>;
}

/** Who hears how a plan goes while it is being made. */
export interface PlanHearing {
  /** Of every connection that could not be planned at all. */
  onFailure(failure: Failure): void;
  /**
   * The credential of this connection is good, of the same account as at the plan before and with the same rights: what was planned
   * then can be polled already. Otherwise it has to wait for the plan, which knows other readers and perhaps other sources.
   */
  onSameAccount(connectionId: string): void;
}

type PlannerDependencies = Pick<PollDependencies, "db" | "clock" | "log" | "connections" | "subscriptions">;

type Planning = PlannerDependencies & PlanHearing;

export function createPlanner(dependencies: PlannerDependencies): Planner {
  let last: Promise<unknown> = Promise.resolve();
  return {
    // One after another: a plan that began before a subscription was made must not undo the plan that knows of it.
    plan: (signal, hearing) => {
      const planning = last.then(() => planAll({ ...dependencies, ...hearsNothing, ...hearing }, signal));
      last = planning.catch(() => {});
      return planning;
    },
  };
}

const hearsNothing: PlanHearing = { onFailure: () => {}, onSameAccount: () => {} };

async function planAll(dependencies: Planning, signal: AbortSignal): Promise<PlanProblem[]> {
  const problems = await Promise.all(
    [...dependencies.connections.values()].map((live) => planOne(dependencies, live, signal)),
  );
  return problems.flat();
}

async function planOne(
  dependencies: Planning,
  live: LiveConnection,
  signal: AbortSignal,
): Promise<PlanProblem[]> {
  const { db, log } = dependencies;
  const { id } = live.connection;
  try {
    const access = await live.client.checkAccess(signal);
    const before = await findAccount(db, id);
    await saveAccess(db, id, access);
    if (isSameAccount(before?.access ?? null, access)) dependencies.onSameAccount(id);
    if (before?.pausedAt != null) await announceAccepted(db, id, dependencies.clock.now());
    if (access.expiresAt != null) {
      const { expiresAt } = access;
      await announceExpiring(db, { connectionId: id, expiresAt, now: dependencies.clock.now() });
    }
    await resumeFound(dependencies, live, signal);
    const subscriptions = await dependencies.subscriptions();
    return await planConnection(db, { live, access, subscriptions, now: dependencies.clock.now() }, signal);
  } catch (error) {
    if (signal.aborted || !isFailure(error)) throw error;
    log.warn("A connection could not be planned; what was planned before goes on", {
      connection: id,
      reason: error.message,
    });
    dependencies.onFailure(error);
    const now = dependencies.clock.now();
    if (error.kind === "unauthorized") await pauseAccount(dependencies, { live, failure: error, now });
    if (error.kind === "throttled") await saveThrottle(db, id, throttledUntil(error.retryAt, now));
    return [{ where: id, failure: toTold(error) }];
  }
}

function isSameAccount(before: Access | null, access: Access): boolean {
  const tell = ({ account, tokenKind, scopes, inbox }: Access) =>
    JSON.stringify([account.id, account.login, tokenKind, scopes, inbox]);
  return before !== null && tell(before) === tell(access);
}

/** A project that was taken for gone is looked for again with every plan: access may have come back. */
async function resumeFound(
  { db, clock }: PlannerDependencies,
  live: LiveConnection,
  signal: AbortSignal,
): Promise<void> {
  const paused = await pausedSources(db, live.connection.id);
  for (const projectId of new Set(paused.map((source) => source.projectId))) {
    const found = await refind(db, { live, projectId }, signal);
    if (found === "no") continue;
    const own = paused.filter((candidate) => candidate.projectId === projectId);
    await db.transaction().execute(async (transaction) => {
      for (const source of own)
        await updateSource(transaction, source.id, {
          pausedAt: null,
          failures: 0,
          failingSince: null,
          dueAt: 0,
        });
      const [source] = own;
      const now = clock.now();
      if (source !== undefined && found === "yes")
        await announceFound(transaction, { source: { ...source, connectionId: live.connection.id }, now });
    });
  }
}

/** One that cannot be read holds up neither the others nor the plan. */
async function refind(
  db: Database,
  { live, projectId }: { live: LiveConnection; projectId: string },
  signal: AbortSignal,
): Promise<"yes" | "no" | "unknown"> {
  const project = await findProject(db, live.connection.id, projectId);
  // Nothing is known of it but its id: its sources ask themselves.
  if (project === null) return "unknown";
  try {
    await saveProject(db, await live.client.refreshProject(project, signal));
    return "yes";
  } catch (error) {
    if (!isFailure(error) || isOfTheConnection(error)) throw error;
    return "no";
  }
}
