import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { App } from "../../src/app/app.js";
import { createVitals } from "../../src/app/vitals.js";
import { beatMs, readDaemonState } from "../../src/lib/daemon-state.js";
import { createProgress } from "../../src/lib/progress.js";
import { testDatabase } from "../support/database.js";
import { createFakeClock } from "../support/fake-clock.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitals-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function createWorld(watchdogMs: number | null = null) {
  const clock = createFakeClock();
  const said: string[] = [];
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const vitals = createVitals({
    ...{ stateDir: folder, version: "0.1.0", clock, redact: (text) => text.replaceAll("hidden", "***") },
    log: { error: log, warn: log, info: log, debug: log },
    notifier: {
      ready: (status) => said.push(`ready ${status}`),
      status: (status) => said.push(`status ${status}`),
      reloading: () => said.push("reloading"),
      stopping: () => said.push("stopping"),
      alive: () => said.push("alive"),
      watchdogMs,
    },
  });
  const progress = createProgress(() => clock.now());
  const { db } = await testDatabase();
  const app = { options: { db, progress }, connections: { live: new Map([["work", {}]]) } };
  // Nothing else of an app is looked at.
  vitals.watch(app as unknown as App);
  const controller = new AbortController();
  const run = () => {
    const running = vitals.run(controller.signal);
    return async () => {
      controller.abort();
      await running;
    };
  };
  return { vitals, clock, said, logged, progress, run };
}

it("writes a state at every beat and at every change, and takes it away at the end", async () => {
  const { vitals, clock, run } = await createWorld();
  const end = run();
  await clock.settle();
  expect(readDaemonState(folder)).toMatchObject({ pid: process.pid, at: clock.now(), bot: null });
  expect(readDaemonState(folder)?.rssBytes).toBeGreaterThan(1e6);
  await clock.advance(beatMs);
  expect(readDaemonState(folder)?.at).toBe(clock.now());
  vitals.bot("our_bot");
  const since = clock.now();
  vitals.telegramTrouble(trouble("hidden does not answer"));
  await clock.advance(5_000);
  vitals.telegramTrouble(trouble("hidden hangs"));
  expect(readDaemonState(folder)).toMatchObject({
    bot: "our_bot",
    telegramTrouble: { what: "*** hangs", since },
  });
  vitals.telegramTrouble(null);
  expect(readDaemonState(folder)?.telegramTrouble).toBeNull();
  await end();
  vitals.end();
  expect(readDaemonState(folder)).toBeNull();
});

it("says what it does when it is ready, and again only when it is something else", async () => {
  const { vitals, clock, said, run } = await createWorld();
  const end = run();
  await clock.advance(3 * beatMs);
  expect(said).toEqual([]);
  vitals.ready();
  await clock.advance(3 * beatMs);
  expect(said).toEqual(["ready 1 connection; 0 messages waiting"]);
  vitals.bot("our_bot");
  await clock.advance(3 * beatMs);
  expect(said.slice(1)).toEqual(["status 1 connection as @our_bot; 0 messages waiting"]);
  vitals.reloading();
  vitals.reloadRefused("config.yaml:3:1: no");
  await clock.settle();
  expect(said.slice(2)).toEqual([
    "reloading",
    "ready 1 connection as @our_bot; 0 messages waiting; old settings kept: config.yaml:3:1: no",
  ]);
  vitals.stopping();
  await clock.advance(3 * beatMs);
  expect(said.slice(4)).toEqual(["stopping"]);
  await end();
});

it("answers the watchdog thrice in its time, and not while a part is late", async () => {
  const { clock, said, logged, progress, run } = await createWorld(30_000);
  const end = run();
  progress.expect("delivery", 45_000);
  await clock.advance(30_000);
  expect(said).toEqual(["alive", "alive", "alive", "alive"]);
  await clock.advance(60_000);
  expect(said).toHaveLength(5);
  expect(logged).toEqual(["Parts of the daemon hang; the watchdog is not answered"]);
  progress.expect("delivery", 45_000);
  await clock.advance(10_000);
  expect(said).toHaveLength(6);
  await end();
});

it("lives on when the state cannot be written, and says so once", async () => {
  rmSync(folder, { recursive: true });
  const { clock, logged, run } = await createWorld();
  const end = run();
  await clock.advance(3 * beatMs);
  expect(logged).toEqual(["The state for `gitnotify status` cannot be written"]);
  await end();
});

function trouble(message: string) {
  return { kind: "unreachable" as const, values: {}, message };
}
