import { counted } from "../lib/counted.js";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock } from "../lib/clock.js";
import { keep, type ToldFailure } from "../domain/failure.js";
import {
  beatMs,
  type DaemonState,
  removeDaemonState,
  type Trouble,
  writeDaemonState,
} from "../lib/daemon-state.js";
import type { Log } from "../lib/log.js";
import { countOwed } from "../store/outbox.js";
import type { App } from "./app.js";

/** What the running daemon tells those who watch it. */
export interface DaemonSigns {
  /** It polls, and has heard of Telegram or knows that nothing is heard. */
  ready(): void;
  bot(username: string): void;
  /** Why nothing comes in from Telegram, in one sentence; null when it does. */
  telegramTrouble(failure: ToldFailure | null): void;
  /** What is wrong with the database or its disk, with the remedy; null when nothing is. */
  storeTrouble(failure: ToldFailure | null): void;
  state(): DaemonState | null;
}

export const noSigns: DaemonSigns = {
  ready() {},
  bot() {},
  telegramTrouble() {},
  storeTrouble() {},
  state: () => null,
};

/** systemd, where it started the daemon; `createServiceNotifier` makes the real one. */
export interface Notifier {
  ready(status: string): void;
  status(text: string): void;
  reloading(): void;
  stopping(): void;
  watchdogMs: number | null;
  alive(): void;
}

export interface VitalsOptions {
  stateDir: string;
  version: string;
  clock: Clock;
  log: Log;
  notifier: Notifier;
  /** Reasons come from outside and go into a file. */
  redact: (text: string) => string;
}

/** The signs of life of one process, through all its settings. */
export interface Vitals extends DaemonSigns {
  /** The app whose parts must go on from now on. */
  watch(app: App): void;
  reloading(): void;
  reloaded(): void;
  /** The settings of before stay. */
  reloadRefused(reason: string): void;
  /** Beats until the signal. */
  run(signal: AbortSignal): Promise<void>;
  stopping(): void;
  /** Takes the state away: nothing runs any more. */
  end(): void;
}

/** Half as often would do for delays that matter, and ten times a second costs nothing that can be measured. */
const resolutionMs = 100;

export function createVitals(options: VitalsOptions): Vitals {
  const { clock, log, notifier, redact, stateDir } = options;
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  const { state, change } = createRecord(options);
  let app: App | null = null;
  let isReady = false;
  let isStopping = false;
  let told = "";

  function toTrouble(failure: ToldFailure | null, before: Trouble | null | undefined): Trouble | null {
    if (failure === null) return null;
    const what = redact(`${failure.message} ${failure.remedy ?? ""}`.trimEnd());
    return { what, kept: redact(keep(failure)), since: before?.since ?? clock.now() };
  }

  async function beat(): Promise<void> {
    change({ ...readMemory(), loopDelayMs: toDelayMs(delays.max) });
    delays.reset();
    if (!isReady || isStopping) return;
    const status = await describe(app, state);
    if (status !== told) notifier.status(status);
    told = status;
  }
  async function ready(): Promise<void> {
    isReady = true;
    told = await describe(app, state);
    if (!isStopping) notifier.ready(told);
  }

  return {
    watch: (next) => void (app = next),
    ready: () =>
      void ready().catch((error: unknown) => log.warn("A sign of life could not be given", { error })),
    bot: (username) => change({ bot: username }),
    telegramTrouble: (failure) => change({ telegramTrouble: toTrouble(failure, state.telegramTrouble) }),
    storeTrouble: (failure) => change({ storeTrouble: toTrouble(failure, state.storeTrouble) }),
    state: () => state,
    reloading: () => notifier.reloading(),
    reloaded: () => change({ reloadedAt: clock.now(), reloadProblem: null }),
    reloadRefused: (reason) => {
      change({ reloadProblem: redact(reason) });
      // systemd waits for a "ready" after every "reloading".
      void ready().catch((error: unknown) => log.warn("A sign of life could not be given", { error }));
    },
    run: async (signal) => {
      delays.enable();
      await Promise.all([
        repeat({ clock, log }, { ms: beatMs, signal }, beat),
        watchdog({ clock, log, notifier, signal }, () => app?.options.progress?.late() ?? []),
      ]);
      delays.disable();
    },
    stopping: () => {
      isStopping = true;
      notifier.stopping();
    },
    end: () => removeDaemonState(stateDir),
  };
}

/** Empty when there is no file descriptor left for it: what was read before stays. */
function readMemory(): Partial<Pick<DaemonState, "rssBytes" | "heapBytes">> {
  try {
    const { rss, heapUsed } = process.memoryUsage();
    return { rssBytes: rss, heapBytes: heapUsed };
  } catch {
    return {};
  }
}

/** The state in memory and in its file. A disk that is full takes no sign of life, and no more than that. */
function createRecord(options: VitalsOptions) {
  const { clock, log, stateDir } = options;
  const state = toFirstState(options);
  let isTold = false;
  const change = (values: Partial<DaemonState>) => {
    Object.assign(state, values, { at: clock.now() });
    try {
      writeDaemonState(stateDir, state);
      isTold = false;
    } catch (error) {
      if (!isTold) log.warn("The state for `gitnotify status` cannot be written", { error });
      isTold = true;
    }
  };
  return { state, change };
}

function toFirstState({ version, clock }: VitalsOptions): DaemonState {
  const now = clock.now();
  return {
    ...{ pid: process.pid, version, startedAt: now, at: now, node: process.versions.node },
    ...{ rssBytes: 0, heapBytes: 0, loopDelayMs: 0, bot: null },
    ...{ reloadedAt: null, reloadProblem: null, telegramTrouble: null, storeTrouble: null },
  };
}

/** Nanoseconds between two looks, of which the look's own interval is none of the delay. */
function toDelayMs(longest: number): number {
  return Math.max(0, Math.round(longest / 1e6) - resolutionMs);
}

async function describe(app: App | null, state: DaemonState): Promise<string> {
  const parts: string[] = [];
  if (app !== null) {
    const owed = await countOwed(app.options.db).catch(() => null);
    const bot = state.bot === null ? "" : ` as @${state.bot}`;
    parts.push(`${counted(app.connections.live.size, "connection")}${bot}`);
    if (owed !== null) parts.push(`${counted(owed, "message")} waiting`);
  }
  if (state.telegramTrouble !== null) parts.push(`Telegram: ${state.telegramTrouble.what}`);
  if (state.reloadProblem !== null) parts.push(`old settings kept: ${state.reloadProblem}`);
  return parts.join("; ");
}

interface Watching {
  clock: Clock;
  log: Log;
  notifier: Notifier;
  signal: AbortSignal;
}

/** A part that is late keeps the sign of life back, until systemd starts the daemon anew. */
async function watchdog({ clock, log, notifier, signal }: Watching, late: () => string[]): Promise<void> {
  const ms = notifier.watchdogMs;
  if (ms === null) return;
  let isHanging = false;
  await repeat({ clock, log }, { ms: ms / 3, signal }, () => {
    const parts = late();
    if (parts.length === 0) notifier.alive();
    else if (!isHanging) log.error("Parts of the daemon hang; the watchdog is not answered", { parts });
    isHanging = parts.length > 0;
  });
}

/** A beat that fails is one beat less, and not the end of the daemon. */
async function repeat(
  { clock, log }: { clock: Clock; log: Log },
  { ms, signal }: { ms: number; signal: AbortSignal },
  work: () => void | Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      log.warn("A sign of life could not be given", { error });
    }
    await clock.sleep(ms, signal).catch(() => {});
  }
}
