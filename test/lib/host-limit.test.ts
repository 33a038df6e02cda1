import { describe, expect, it } from "vitest";
import { createHostLimit, unlimited } from "../../src/lib/host-limit.js";

interface Job {
  started: boolean;
  finish: () => void;
  done: Promise<unknown>;
}

function jobs(limit: ReturnType<typeof createHostLimit>) {
  return (host: string, signal?: AbortSignal): Job => {
    const job: Job = { started: false, finish: () => undefined, done: Promise.resolve() };
    job.done = limit.run(host, signal, () => {
      job.started = true;
      return new Promise<void>((resolve) => (job.finish = resolve));
    });
    job.done.catch(() => undefined);
    return job;
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("the host limit", () => {
  it("starts waiting tasks in the order in which they came", async () => {
    const start = jobs(createHostLimit(2));
    const all = [1, 2, 3, 4].map(() => start("a"));
    await settle();
    expect(all.map(({ started }) => started)).toEqual([true, true, false, false]);
    all[1]!.finish();
    await settle();
    expect(all.map(({ started }) => started)).toEqual([true, true, true, false]);
  });

  it("runs no more at once than it may, also when those that waited take the places of others", async () => {
    const start = jobs(createHostLimit(1));
    const all = [1, 2, 3].map(() => start("a"));
    await settle();
    all[0]!.finish();
    await settle();
    const late = start("a");
    await settle();
    expect([...all, late].map(({ started }) => started)).toEqual([true, true, false, false]);
  });

  it("does not let one host wait for another", async () => {
    const start = jobs(createHostLimit(1));
    start("a");
    start("a");
    const other = start("b");
    await settle();
    expect(other.started).toBe(true);
  });

  it("never runs a task that was aborted in line, and gives its turn to the next", async () => {
    const start = jobs(createHostLimit(1));
    const stop = new AbortController();
    const first = start("a");
    const aborted = start("a", stop.signal);
    const third = start("a");
    const reason = new Error("stop");
    stop.abort(reason);
    await expect(aborted.done).rejects.toBe(reason);
    first.finish();
    await settle();
    expect([aborted.started, third.started]).toEqual([false, true]);
  });

  it("keeps its places when an abort and a turn meet", async () => {
    const start = jobs(createHostLimit(1));
    const stop = new AbortController();
    const first = start("a");
    const second = start("a", stop.signal);
    await settle();
    first.finish();
    await first.done;
    stop.abort(new Error("stop"));
    await settle();
    second.finish();
    const third = start("a");
    await settle();
    expect(third.started).toBe(true);
  });

  it("frees the place of a task that failed", async () => {
    const limit = createHostLimit(1);
    await expect(limit.run("a", undefined, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await limit.run("a", undefined, async () => "yes")).toBe("yes");
  });

  it("is none for a long poll", async () => {
    const start = jobs(unlimited);
    const all = Array.from({ length: 10 }, () => start("a"));
    await settle();
    expect(all.every(({ started }) => started)).toBe(true);
  });
});
