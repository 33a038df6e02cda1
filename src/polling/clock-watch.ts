import type { SourceKind } from "../domain/source.js";
import { lastHeardAt, mendInstants } from "../store/clock-mend.js";
import type { PollDependencies } from "./poll-source.js";

/** Notices that the machine's clock was set, and mends what the wrong one wrote. */
export interface ClockWatch {
  /** At the start, and again and again while the daemon runs. */
  look(): Promise<void>;
  /** Whether the clock can be trusted to say what is old. */
  isTrusted(): boolean;
}

/** A clock that goes back by less was adjusted, not wrong. */
const backMs = 2_000;
/** A machine that was off for so long, or a clock that leapt by so much: who knows which. */
const leapMs = 30 * 86_400_000;
/** A wrong clock is found out within so long, and nothing is cleared away by it until then. */
const doubtMs = 86_400_000;

export function createClockWatch({
  db,
  clock,
  log,
  baseMs,
}: Pick<PollDependencies, "db" | "clock" | "log"> & { baseMs: Record<SourceKind, number> }): ClockWatch {
  let before: number | null = null;
  let doubtedAt: number | null = null;

  async function mend(now: number): Promise<void> {
    const aheadMs = await mendInstants(db, { now, baseMs });
    if (aheadMs === 0) return;
    const fields = { aheadSeconds: Math.round(aheadMs / 1000) };
    log.warn("The machine's clock was ahead; what waited for its times goes on now", fields);
  }

  return {
    look: async () => {
      const now = clock.now();
      const last = before ?? (await lastHeardAt(db)) ?? now;
      const isBack = now < last - backMs;
      if (before === null || isBack) await mend(now);
      if (isBack) doubtedAt = null;
      else if (now - last > leapMs) doubtedAt = now;
      before = now;
    },
    isTrusted: () => doubtedAt === null || clock.now() - doubtedAt > doubtMs,
  };
}
