import { findDaemon } from "../../lib/daemon-lock.js";
import { beatMs, type DaemonState, readDaemonState } from "../../lib/daemon-state.js";
import { type DaemonStatus, stopped } from "../../operations/status-report.js";

/** The process of this home: the lock says whether there is one, daemon.json what it said of itself last. */
export async function readDaemon(stateDir: string): Promise<DaemonStatus> {
  const state = readDaemonState(stateDir);
  const pid = await findPid(stateDir, state);
  if (pid === null) return { ...stopped, at: state?.at ?? null };
  // The file of one that was killed stays until the next one writes its own.
  const own = state !== null && (pid === 0 || state.pid === pid) ? state : null;
  return { ...toStatus(own), running: true, pid: pid === 0 ? (own?.pid ?? null) : pid };
}

/** Whoever may not read the lock, as another user of the machine, has the daemon's own word alone, if even that. */
async function findPid(stateDir: string, state: DaemonState | null): Promise<number | null> {
  try {
    return await findDaemon(stateDir);
  } catch {
    return state === null ? null : state.pid;
  }
}

function toStatus(state: DaemonState | null): DaemonStatus {
  if (state === null) return stopped;
  const { version, startedAt, at, rssBytes, node, loopDelayMs, bot, reloadProblem, telegramTrouble } = state;
  const { storeTrouble = null } = state;
  const process = { version, startedAt, at, rssBytes, node, loopDelayMs };
  return { ...stopped, ...process, bot, reloadProblem, telegramTrouble, storeTrouble };
}

export type Health = { ok: true } | { ok: false; why: string };

/** Whether it runs and was heard of within three beats. A clock that was set back is mended by the next beat. */
export function toHealth(daemon: DaemonStatus, now: number): Health {
  if (!daemon.running) return { ok: false, why: "The daemon does not run." };
  if (daemon.at === null) return { ok: false, why: "The daemon runs, but gave no sign of life yet." };
  const silentMs = now - daemon.at;
  if (silentMs <= 3 * beatMs) return { ok: true };
  return {
    ok: false,
    why: `The daemon runs, but gave no sign of life for ${Math.round(silentMs / 1000)} s.`,
  };
}
