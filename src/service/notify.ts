import { spawn } from "node:child_process";
import { childEnvironment } from "../lib/child-environment.js";

/** What the daemon tells the systemd that started it (sd_notify(3)). Without one every call does nothing. */
export interface ServiceNotifier {
  /** It works now. After `reloading` too. */
  ready(status: string): void;
  /** One line for `systemctl status`. */
  status(text: string): void;
  reloading(): void;
  stopping(): void;
  /** systemd ends a daemon that does not call `alive` for so many milliseconds: call it each third of them. null: nobody watches. */
  watchdogMs: number | null;
  alive(): void;
}

export interface NotifierOptions {
  env: Record<string, string | undefined>;
  /** Default: this process. The watchdog may be meant for another one. */
  pid?: number;
  /** Sends these assignments and resolves when systemd has them. Default: `systemd-notify`. Never rejects. */
  send?: (assignments: readonly string[]) => Promise<void>;
}

/**
 * Node cannot open a unix datagram socket, so that the program `systemd-notify` speaks for it (hence NotifyAccess=all in the
 * unit). It is left to wait until systemd has read the message, for systemd finds out whose a message is only while its
 * sender lives. One at a time: a late "ready" must not overtake "stopping". What comes meanwhile goes together in the next.
 */
export function createServiceNotifier(options: NotifierOptions): ServiceNotifier {
  const { env, pid = process.pid } = options;
  if (!env["NOTIFY_SOCKET"]) return silent;
  const send = options.send ?? ((assignments) => spawnNotify(assignments, env));
  const waiting = new Map<string, string>();
  let sending = false;

  const tell = (assignments: Record<string, string>) => {
    for (const [name, value] of Object.entries(assignments)) {
      waiting.delete(name);
      waiting.set(name, value);
    }
    if (!sending) void flush();
  };
  const flush = async () => {
    sending = true;
    while (waiting.size > 0) {
      const assignments = [...waiting].map(([name, value]) => `${name}=${value}`);
      waiting.clear();
      await send(assignments);
    }
    sending = false;
  };

  return {
    ready(status) {
      waiting.delete("RELOADING");
      tell({ READY: "1", STATUS: toLine(status) });
    },
    status: (text) => tell({ STATUS: toLine(text) }),
    reloading() {
      waiting.delete("READY");
      tell({ RELOADING: "1", STATUS: "reading the settings again" });
    },
    stopping() {
      waiting.clear();
      tell({ STOPPING: "1", STATUS: "stopping" });
    },
    watchdogMs: toWatchdogMs(env, pid),
    alive: () => tell({ WATCHDOG: "1" }),
  };
}

const silent: ServiceNotifier = {
  ready() {},
  status() {},
  reloading() {},
  stopping() {},
  watchdogMs: null,
  alive() {},
};

/** WATCHDOG_PID is there so that a child, which inherits the environment, does not think that it is meant. */
function toWatchdogMs(env: NotifierOptions["env"], pid: number): number | null {
  const micros = Number(env["WATCHDOG_USEC"]);
  const meant = env["WATCHDOG_PID"];
  if (!Number.isFinite(micros) || micros <= 0) return null;
  return meant === undefined || meant === "" || Number(meant) === pid ? Math.floor(micros / 1000) : null;
}

/** A line end would begin another assignment. */
function toLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, 500);
}

/** It waits five seconds for systemd at most; one that hangs longer is ended, so that the next message can go. */
const patienceMs = 10_000;

function spawnNotify(assignments: readonly string[], env: NotifierOptions["env"]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn("systemd-notify", [...assignments], {
      env: childEnvironment(env),
      stdio: "ignore",
      timeout: patienceMs,
    });
    // Nothing that is told may keep a process that wants to end.
    child.unref();
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
}
