import type { ScheduledTask } from "node-cron";
import type { SourceKind } from "../domain/source.js";
import type { Log } from "../lib/log.js";
import { plainPeriodMs } from "../lib/rhythm.js";

export type PollingSchedule = Record<SourceKind, string> & { adaptive: boolean };

export interface Tick {
  kind: SourceKind;
  /** Between the ticks of the kind's own expression, for sources where something runs. */
  quick: boolean;
  /** Until the next such tick. */
  spanMs: number;
  /** Until the next tick there is; longer than `spanMs` before a night without polling. */
  nextMs: number;
}

export interface Ticks {
  stop(): Promise<void>;
}

/**
 * One node-cron task per kind of source, and a quick one for sources where something runs. `onTick` gets the kind and the
 * milliseconds until that kind's next tick.
 */
export async function startTicks(options: {
  schedule: PollingSchedule;
  onTick: (tick: Tick) => void;
  now: () => number;
  log: Log;
}): Promise<Ticks> {
  const cron = await import("node-cron");
  cron.setLogger(quietLogger(options.log));
  const tasks: ScheduledTask[] = [];
  for (const kind of ["inbox", "pipelines", "mergeRequests", "repository", "wiki"] as const) {
    const task = cron.createTask(options.schedule[kind], () => {
      const now = options.now();
      options.onTick({ kind, quick: false, spanMs: periodMs(task, now), nextMs: untilNextMs(task, now) });
    });
    tasks.push(task);
  }
  if (options.schedule.adaptive) {
    for (const kind of ["pipelines", "mergeRequests"] as const) {
      tasks.push(
        cron.createTask("*/15 * * * * *", () =>
          options.onTick({ kind, quick: true, spanMs: 15_000, nextMs: 15_000 }),
        ),
      );
    }
  }
  for (const task of tasks) await task.start();
  return {
    stop: async () => {
      for (const task of tasks) await task.destroy();
    },
  };
}

/** As many runs are looked at: an expression with working hours has a long gap every night, which is not its rhythm. */
const runsLookedAt = 12;

/** The shortest time between two of the next ticks. */
function periodMs(task: { getNextRuns(count: number): Date[] }, now: number): number {
  const runs = task.getNextRuns(runsLookedAt).map((run) => run.getTime());
  const [first] = runs;
  if (first === undefined) return 60_000;
  const gaps = runs.slice(1).map((run, index) => run - (runs[index] ?? run));
  return Math.max(gaps.length === 0 ? first - now : Math.min(...gaps), 1000);
}

function untilNextMs(task: { getNextRuns(count: number): Date[] }, now: number): number {
  const [next] = task.getNextRuns(1);
  return next === undefined ? 0 : Math.max(next.getTime() - now, 0);
}

/** The rhythm of a cron expression in milliseconds: the shortest gap between its next ticks, whatever the hour of asking. */
export async function expressionPeriodMs(expression: string): Promise<number> {
  const plain = plainPeriodMs(expression);
  if (plain !== undefined) return plain;
  const cron = await import("node-cron");
  const task = cron.createTask(expression, () => {});
  const period = periodMs(task, 0);
  await task.destroy();
  return period;
}

function quietLogger(log: Log) {
  const text = (message: string | Error) => (message instanceof Error ? message.message : message);
  return {
    info: (message: string) => log.debug(message),
    warn: (message: string) => log.debug(message),
    error: (message: string | Error) => log.warn(text(message)),
    debug: (message: string | Error) => log.debug(text(message)),
  };
}
