import type { Log } from "../lib/log.js";

/** Work that runs beside its starter, each piece watched: its failure is logged, and its end can be waited for. */
export interface Launches {
  signal: AbortSignal;
  launch(job: (signal: AbortSignal) => Promise<void>): void;
  /** When everything that was launched has ended. */
  ended(): Promise<void>;
}

export function createLaunches(signal: AbortSignal, log: Log): Launches {
  const running = new Set<Promise<void>>();
  return {
    signal,
    launch: (job) => {
      const work = job(signal)
        .catch((error: unknown) => {
          if (!signal.aborted) log.error("Polling failed; it goes on with the next tick", { error });
        })
        .finally(() => running.delete(work));
      running.add(work);
    },
    ended: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
