import { setMaxListeners } from "node:events";
import type { SourceKind } from "../domain/source.js";
import { dueSources, findSource, type StoredSource } from "../store/sources.js";
import { listSubscriptions } from "../store/subscriptions.js";
import { phaseOf } from "./interval.js";
import type { Planner } from "./planner.js";
import { type PollDependencies, pollSource } from "./poll-source.js";
import { type PollingSchedule, startTicks, type Ticks } from "./ticks.js";

export interface SchedulerDependencies extends PollDependencies {
  planner: Planner;
  schedule: PollingSchedule;
  baseMs: Record<SourceKind, number>;
  /** Called after each poll that owes something. */
  onOwed: () => void;
}

export interface Scheduler {
  /** Polls what is due, then on every tick. */
  start(): Promise<void>;
  /** Waits for the polls under way to be aborted. */
  stop(): Promise<void>;
}

const minute = 60_000;
/** Projects come and go, tokens expire: everything is planned anew this often, and failed plans sooner. */
const replanMs = { well: 60 * minute, problems: 5 * minute };
/** How often to look whether the subscriptions are others. */
const lookMs = 10_000;
/** After a start or a long sleep everything is due at once: so far apart the sources then begin. */
const startGapMs = 200;

export function createScheduler(dependencies: SchedulerDependencies): Scheduler {
  const controller = new AbortController();
  const { signal } = controller;
  // Every source that waits for its phase listens to it; that is by design and no leak.
  setMaxListeners(0, signal);
  /** A source never overlaps itself: also while it waits for its phase. */
  const busy = new Set<string>();
  const work = new Set<Promise<void>>();
  const lastTick = new Map<SourceKind, number>();
  let ticks: Ticks | null = null;

  function launch(job: () => Promise<void>): void {
    const running = job()
      .catch((error: unknown) => {
        if (!signal.aborted)
          dependencies.log.error("Polling failed; it goes on with the next tick", { error });
      })
      .finally(() => work.delete(running));
    work.add(running);
  }

  function begin(source: StoredSource, delayMs: number, tickAt: number): void {
    if (busy.has(source.id)) return;
    busy.add(source.id);
    launch(async () => {
      try {
        await dependencies.clock.sleep(delayMs, signal);
        // Read again: a pause or another poll may have come in between.
        const current = await findSource(dependencies.db, source.id);
        if (current === null || current.pausedAt !== null) return;
        const poll = { source: current, tickAt, baseMs: dependencies.baseMs[current.kind] };
        const report = await pollSource(dependencies, poll, signal);
        if (report.owed > 0 || report.events > 0 || source.cursor === null) dependencies.onOwed();
      } finally {
        busy.delete(source.id);
      }
    });
  }

  async function onTick(tick: { kind: SourceKind; quick: boolean; spanMs: number }): Promise<void> {
    const now = dependencies.clock.now();
    if (tick.quick && !isOpen(tick.kind, now)) return;
    if (!tick.quick) lastTick.set(tick.kind, now);
    // Ticks come a little early or late; half a second of grace keeps a 30 s source from becoming a 60 s one.
    const due = await dueSources(dependencies.db, { kind: tick.kind, now: now + 500 });
    for (const source of due) {
      if (tick.quick && source.activity !== "hot") continue;
      begin(source, phaseOf(source.id, Math.min(tick.spanMs, dependencies.baseMs[source.kind])), now);
    }
  }

  /** Outside the hours of its own expression a kind rests, also when something runs. */
  function isOpen(kind: SourceKind, now: number): boolean {
    return now - (lastTick.get(kind) ?? -Infinity) <= 2 * dependencies.baseMs[kind];
  }

  async function pollDueNow(): Promise<void> {
    const now = dependencies.clock.now();
    const due = await dueSources(dependencies.db, { now });
    for (const [index, source] of due.entries()) begin(source, index * startGapMs, now);
  }

  async function planForEver(): Promise<void> {
    while (!signal.aborted) {
      const problems = await dependencies.planner.plan(signal);
      for (const problem of problems) dependencies.log.warn(problem);
      dependencies.onOwed();
      await pollDueNow();
      await untilPlanIsOld(problems.length > 0 ? replanMs.problems : replanMs.well);
    }
  }

  /** The command line changes subscriptions beside a running daemon: the plan is old when they are others. */
  async function untilPlanIsOld(ms: number): Promise<void> {
    const planned = await subscriptionsNow();
    const until = dependencies.clock.now() + ms;
    while (dependencies.clock.now() < until) {
      await dependencies.clock.sleep(Math.min(lookMs, ms), signal);
      if ((await subscriptionsNow()) !== planned) return;
    }
  }

  async function subscriptionsNow(): Promise<string> {
    return JSON.stringify(await listSubscriptions(dependencies.db));
  }

  return {
    start: async () => {
      launch(planForEver);
      ticks = await startTicks({
        schedule: dependencies.schedule,
        onTick: (tick) => launch(() => onTick(tick)),
        now: () => dependencies.clock.now(),
        log: dependencies.log,
      });
    },
    stop: async () => {
      controller.abort(new Error("The daemon is stopping."));
      await ticks?.stop();
      await Promise.all(work);
    },
  };
}
