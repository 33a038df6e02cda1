import { onTestFinished } from "vitest";
import { createPlanner, type Planner } from "../../src/polling/planner.js";
import { createScheduler, type Scheduler, type SchedulerDependencies } from "../../src/polling/scheduler.js";
import { startTicks, type Tick } from "../../src/polling/ticks.js";
import type { PollingWorld } from "./polling-world.js";

const never = "0 0 29 2 *";
const ms = 30_000;

/** A scheduler whose cron ticks never come, unless a test names expressions: what it does by itself. */
export async function startScheduler(
  world: PollingWorld,
  options: {
    pipelines?: string;
    planner?: Planner;
    adaptive?: boolean;
  } & Partial<Pick<SchedulerDependencies, "startTicks" | "health" | "clock">> = {},
): Promise<{ scheduler: Scheduler; owed: number[] }> {
  const { pipelines, adaptive = false, planner = createPlanner(world.dependencies), ...others } = options;
  const owed: number[] = [];
  const schedule = { inbox: never, pipelines: never, mergeRequests: never, repository: never, wiki: never };
  const scheduler = createScheduler({
    ...world.dependencies,
    startTicks,
    ...others,
    planner,
    schedule: { ...schedule, ...(pipelines !== undefined && { pipelines }), adaptive },
    baseMs: { inbox: ms, pipelines: ms, mergeRequests: ms, repository: ms, wiki: ms },
    onOwed: () => owed.push(world.clock.now()),
  });
  await scheduler.start();
  onTestFinished(() => scheduler.stop());
  return { scheduler, owed };
}

/** Ticks that come when a test says so. */
export function handTicks(): Pick<SchedulerDependencies, "startTicks"> & {
  fire: (changes?: Partial<Tick>) => void;
} {
  let hear: (tick: Tick) => void = () => {};
  return {
    startTicks: ({ onTick }) => {
      hear = onTick;
      return Promise.resolve({ stop: () => Promise.resolve() });
    },
    fire: (changes = {}) =>
      hear({ kind: "pipelines", quick: false, spanMs: 1_000, nextMs: 15_000, ...changes }),
  };
}

/** A plan in which nothing is new. */
export const noPlan: Planner = { plan: () => Promise.resolve([]) };
