import { isFailure } from "../domain/failure.js";
import type { LiveConnection } from "../platforms/platform.js";
import { findAccount, saveAccess, saveThrottle } from "../store/accounts.js";
import { announceAccepted } from "./announcements.js";
import { planConnection } from "./plan.js";
import type { PollDependencies } from "./poll-source.js";
import { pauseAccount } from "./settle-failure.js";

export interface Planner {
  /** Checks every credential and makes the sources of all subscriptions exist. Returns problems, one sentence each. */
  plan(signal: AbortSignal): Promise<string[]>;
}

type PlannerDependencies = Pick<PollDependencies, "db" | "clock" | "log" | "connections" | "subscriptions">;

export function createPlanner(dependencies: PlannerDependencies): Planner {
  return {
    plan: async (signal) => {
      const problems = await Promise.all(
        [...dependencies.connections.values()].map((live) => planOne(dependencies, live, signal)),
      );
      return problems.flat();
    },
  };
}

async function planOne(
  dependencies: PlannerDependencies,
  live: LiveConnection,
  signal: AbortSignal,
): Promise<string[]> {
  const { db, log } = dependencies;
  const { id } = live.connection;
  try {
    const access = await live.client.checkAccess(signal);
    const before = await findAccount(db, id);
    await saveAccess(db, id, access);
    if (before?.pausedAt != null) await announceAccepted(db, id, dependencies.clock.now());
    const subscriptions = await dependencies.subscriptions();
    return await planConnection(db, { live, access, subscriptions }, signal);
  } catch (error) {
    if (signal.aborted || !isFailure(error)) throw error;
    log.warn("A connection could not be planned; what was planned before goes on", {
      connection: id,
      reason: error.message,
    });
    const now = dependencies.clock.now();
    if (error.kind === "unauthorized") await pauseAccount(dependencies, { live, failure: error, now });
    if (error.kind === "throttled" && error.retryAt !== undefined)
      await saveThrottle(db, id, Date.parse(error.retryAt));
    return [`${id}: ${error.message}${error.remedy === undefined ? "" : ` ${error.remedy}`}`];
  }
}
