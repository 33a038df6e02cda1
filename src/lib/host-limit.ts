/**
 * How many requests one host gets at a time. A host's requests start in the order in which they came; hosts do not wait
 * for each other. One limit is shared by every client of the process, so that two accounts on one server count together.
 */
export interface HostLimit {
  /** Runs `task` when the host has a place. Aborted while it waits, it rejects with the signal's reason and the task never runs. */
  run<T>(host: string, signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T>;
}

/** For a long poll: it holds its place for most of a minute and must not keep other requests from theirs. */
export const unlimited: HostLimit = { run: (_host, _signal, task) => task() };

interface Lane {
  running: number;
  /** Each starts one waiting task. */
  waiting: Array<() => void>;
}

// p-limit cannot take one waiting task out of its queue, and an abort must.
export function createHostLimit(maxPerHost = 4): HostLimit {
  const lanes = new Map<string, Lane>();

  function leave(host: string, lane: Lane): void {
    const next = lane.waiting.shift();
    if (next) return next();
    lane.running -= 1;
    if (lane.running === 0) lanes.delete(host);
  }

  return {
    async run(host, signal, task) {
      signal?.throwIfAborted();
      const lane = lanes.get(host) ?? { running: 0, waiting: [] };
      lanes.set(host, lane);
      if (lane.running < maxPerHost) lane.running += 1;
      else await turn(lane, signal);
      try {
        // The abort may have come between being given the place and running.
        signal?.throwIfAborted();
        return await task();
      } finally {
        leave(host, lane);
      }
    },
  };
}

/** Waits in line. The one who leaves hands over its place, so `running` stays as it is. */
async function turn(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
  const aborted = await new Promise<boolean>((resolve) => {
    const start = () => {
      signal?.removeEventListener("abort", giveUp);
      resolve(false);
    };
    const giveUp = () => {
      lane.waiting.splice(lane.waiting.indexOf(start), 1);
      resolve(true);
    };
    lane.waiting.push(start);
    signal?.addEventListener("abort", giveUp, { once: true });
  });
  if (aborted) signal?.throwIfAborted();
}
