import { setMaxListeners } from "node:events";
import { describePlanProblem, type PlanProblem } from "../domain/plan-problem.js";
import type { SourceKind } from "../domain/source.js";
import { type DueSource, dueSources, findSource, isResting, lookForInboxes } from "../store/sources.js";
import { prune } from "../store/prune.js";
import { listSubscriptions } from "../store/subscriptions.js";
import { phaseOf } from "./interval.js";
import { type ClockWatch, createClockWatch } from "./clock-watch.js";
import { createLaunches, type Launches } from "./launches.js";
import { hasten } from "./hasten.js";
import type { Planner } from "./planner.js";
import { type PollDependencies, pollSource } from "./poll-source.js";
import { tellShortfalls } from "./tell-shortfalls.js";
import { type PollingSchedule, startTicks, type Tick, type Ticks } from "./ticks.js";

export interface SchedulerDependencies extends PollDependencies {
  planner: Planner;
  schedule: PollingSchedule;
  baseMs: Record<SourceKind, number>;
  /** What ticks; default: cron. */
  startTicks?: typeof startTicks;
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
/** Longer takes none of them unless it hangs: a plan of hundreds of projects, fifty pages of a slow server, a tick after its time. */
const patienceMs = { plan: 15 * minute, look: 2 * minute, poll: 30 * minute, tick: 5 * minute };

const trialMs = 30_000;

interface Scheduling {
  dependencies: SchedulerDependencies;
  launches: Launches;
  /** A source never overlaps itself: also while it waits for its phase. */
  busy: Set<string>;
  lastTick: Map<SourceKind, number>;
  clockWatch: ClockWatch;
  /** When a source was polled last to find out whether the disk has room again. */
  lastTrialAt: number;
}

export function createScheduler(dependencies: SchedulerDependencies): Scheduler {
  const controller = new AbortController();
  // Every source that waits for its phase listens to it; that is by design and no leak.
  setMaxListeners(0, controller.signal);
  const launches = createLaunches(controller.signal, dependencies.log);
  const clockWatch = createClockWatch(dependencies);
  const scheduling: Scheduling = {
    lastTrialAt: 0,
    dependencies,
    launches,
    busy: new Set(),
    lastTick: new Map(),
    clockWatch,
  };
  let ticks: Ticks | null = null;
  return {
    start: async () => {
      await clockWatch.look();
      await hasten(dependencies);
      await lookForInboxes(dependencies.db);
      launches.launch(() => planForEver(scheduling));
      ticks = await (dependencies.startTicks ?? startTicks)({
        schedule: dependencies.schedule,
        onTick: (tick) => launches.launch(() => onTick(scheduling, tick)),
        now: () => dependencies.clock.now(),
        log: dependencies.log,
      });
    },
    stop: async () => {
      controller.abort(new Error("The daemon is stopping."));
      await ticks?.stop();
      await launches.ended();
    },
  };
}

async function onTick(scheduling: Scheduling, tick: Tick): Promise<void> {
  const { dependencies, lastTick } = scheduling;
  const now = dependencies.clock.now();
  if (!tick.quick) dependencies.progress?.expect(`ticks of ${tick.kind}`, tick.nextMs + patienceMs.tick);
  if (tick.quick && !isOpen(scheduling, tick.kind, now)) return;
  if (!tick.quick) lastTick.set(tick.kind, now);
  // Ticks come a little early or late; half a second of grace keeps a 30 s source from becoming a 60 s one.
  const due = await dueSources(dependencies.db, { kind: tick.kind, now: now + 500 });
  for (const source of due) {
    if (tick.quick && source.activity !== "hot") continue;
    const spanMs = Math.min(tick.spanMs, dependencies.baseMs[source.kind]);
    begin(scheduling, source, { delayMs: phaseOf(source.id, spanMs), tickAt: now });
  }
}

/** Outside the hours of its own expression a kind rests, also when something runs. */
function isOpen({ dependencies, lastTick }: Scheduling, kind: SourceKind, now: number): boolean {
  return now - (lastTick.get(kind) ?? -Infinity) <= 2 * dependencies.baseMs[kind];
}

function begin(scheduling: Scheduling, source: DueSource, at: { delayMs: number; tickAt: number }): void {
  const { dependencies, launches, busy } = scheduling;
  if (busy.has(source.id) || isHeldUp(scheduling)) return;
  busy.add(source.id);
  dependencies.progress?.expect(`poll of ${source.id}`, at.delayMs + patienceMs.poll);
  launches.launch(async (signal) => {
    try {
      if (at.delayMs > 0) await dependencies.clock.sleep(at.delayMs, signal);
      // Read again: a pause, another plan or another poll may have come in between.
      const current = await findSource(dependencies.db, source.id);
      if (current === null || isResting(current)) return;
      const poll = { source: current, tickAt: at.tickAt, baseMs: dependencies.baseMs[current.kind] };
      const report = await pollSource(dependencies, poll, signal);
      if (report.owed > 0 || report.events > 0 || current.cursor === null) dependencies.onOwed();
    } finally {
      busy.delete(source.id);
      dependencies.progress?.end(`poll of ${source.id}`);
    }
  });
}

/** While nothing can be stored, one source in a while asks, to find out whether it can be again: what the others got would be lost. */
function isHeldUp(scheduling: Scheduling): boolean {
  const { clock, health } = scheduling.dependencies;
  if (health === undefined || health.trouble() === null) return false;
  const now = clock.now();
  if (Math.abs(now - scheduling.lastTrialAt) < trialMs) return true;
  scheduling.lastTrialAt = now;
  return false;
}

async function planForEver(scheduling: Scheduling): Promise<void> {
  const { dependencies, launches } = scheduling;
  while (!launches.signal.aborted) {
    // Read before planning: what is subscribed while a plan is being made may be missing from it.
    const planned = await subscriptionsNow(dependencies);
    dependencies.progress?.expect("planner", patienceMs.plan);
    const problems = await planSafely(scheduling);
    for (const problem of problems ?? []) dependencies.log.warn(describePlanProblem(problem));
    dependencies.onOwed();
    await pollDueNow(scheduling);
    await pruneSafely(scheduling);
    await untilPlanIsOld(scheduling, {
      planned,
      ms: problems === null || problems.length > 0 ? replanMs.problems : replanMs.well,
    });
  }
}

/** A defect or a busy database while planning must not be the end of all planning: null, and it is tried again. */
async function planSafely(scheduling: Scheduling): Promise<PlanProblem[] | null> {
  const { dependencies, launches } = scheduling;
  try {
    return await dependencies.planner.plan(launches.signal, {
      onSameAccount: (connectionId) => launches.launch(() => pollDueNow(scheduling, connectionId)),
    });
  } catch (error) {
    if (launches.signal.aborted) throw error;
    dependencies.log.error("Planning failed; what was planned before goes on", { error });
    return null;
  }
}

/** Housekeeping comes along with the hourly plan; a failure of it holds nothing up. */
async function pruneSafely({ dependencies, clockWatch }: Scheduling): Promise<void> {
  if (!clockWatch.isTrusted()) return;
  try {
    await prune(dependencies.db, dependencies.clock.now());
  } catch (error) {
    dependencies.log.warn("What is old could not be cleared away; it is tried again later", { error });
  }
}

/** Of one connection only what has been polled before: what is new to it waits for the plan. */
async function pollDueNow(scheduling: Scheduling, connectionId?: string): Promise<void> {
  const now = scheduling.dependencies.clock.now();
  const only = connectionId === undefined ? {} : { connectionId };
  const due = await dueSources(scheduling.dependencies.db, { now, ...only });
  const ready = due.filter(({ hasCursor }) => hasCursor || connectionId === undefined);
  for (const [index, source] of ready.entries()) {
    begin(scheduling, source, { delayMs: index * startGapMs, tickAt: now });
  }
}

/**
 * The command line changes subscriptions beside a running daemon: the plan is old when they are others. The waits are counted as well as
 * the clock looked at, for a clock may be set back.
 */
async function untilPlanIsOld(
  scheduling: Scheduling,
  { planned, ms }: { planned: string; ms: number },
): Promise<void> {
  const { dependencies, launches } = scheduling;
  const { clock } = dependencies;
  const until = clock.now() + ms;
  for (let waited = 0; waited < ms && clock.now() < until; waited += lookMs) {
    dependencies.progress?.expect("planner", lookMs + patienceMs.look);
    await clock.sleep(Math.min(lookMs, ms), launches.signal);
    await lookSafely(scheduling);
    if ((await subscriptionsNow(dependencies)) !== planned) return;
  }
}

/** What is looked after beside the polls; a busy database holds none of it up for longer than until the next look. */
async function lookSafely({ dependencies, clockWatch }: Scheduling): Promise<void> {
  const { db, clock, log, onOwed } = dependencies;
  try {
    await clockWatch.look();
    if (await tellShortfalls(db, { now: clock.now() })) onOwed();
  } catch (error) {
    log.warn("A look beside the polls failed; it is taken again in a moment", { error });
  }
}

async function subscriptionsNow({ db }: SchedulerDependencies): Promise<string> {
  return JSON.stringify(await listSubscriptions(db));
}
