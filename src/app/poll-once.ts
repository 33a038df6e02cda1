import type { DrainReport } from "../delivery/worker.js";
import type { Failure } from "../domain/failure.js";
import { describePlanProblem } from "../domain/plan-problem.js";
import type { PollReport } from "../polling/poll-source.js";
import { createClockWatch } from "../polling/clock-watch.js";
import { pollRound } from "../polling/round.js";
import { tellShortfalls } from "../polling/tell-shortfalls.js";
import { recoverDeliveries } from "../store/recovery.js";
import type { App } from "./app.js";

export interface RoundReport {
  problems: string[];
  /** Connections that could not even be planned. */
  failures: Failure[];
  polls: PollReport[];
  delivered: DrainReport;
}

/** The limits of a chat are waited for up to this long; what is owed after that goes out with the next round. */
const patienceMs = 20_000;

/** One deterministic round: plan, poll what is due (or everything), deliver what is owed as far as limits allow. */
export async function pollOnce(
  app: App,
  { all }: { all: boolean },
  signal: AbortSignal,
): Promise<RoundReport> {
  const { db, clock } = app.options;
  await app.begin();
  await createClockWatch({ ...app.polling, baseMs: app.baseMs }).look();
  await recoverDeliveries(db, clock.now());
  const failures: Failure[] = [];
  const problems = await app.planner.plan(signal, { onFailure: (failure) => failures.push(failure) });
  const polls = await pollRound(app.polling, { all, baseMs: app.baseMs }, signal);
  // Whoever calls for single rounds has no later moment at which it could be said.
  await tellShortfalls(db, { now: clock.now(), waitMs: 0 });
  return {
    problems: problems.map(describePlanProblem),
    failures,
    polls,
    delivered: await drainPatiently(app, signal),
  };
}

async function drainPatiently(app: App, signal: AbortSignal): Promise<DrainReport> {
  const { clock } = app.options;
  const deadline = clock.now() + patienceMs;
  const total: DrainReport = { sent: 0, failed: 0, nextAt: null };
  for (;;) {
    const report = await app.worker.drain(signal);
    total.sent += report.sent;
    total.failed += report.failed;
    total.nextAt = report.nextAt;
    if (report.nextAt === null || report.nextAt > deadline) return total;
    await clock.sleep(Math.max(report.nextAt - clock.now(), 10), signal);
  }
}
