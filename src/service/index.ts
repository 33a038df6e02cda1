import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { posix, win32 } from "node:path";
import { createLaunchd } from "./launchd.js";
import { createRunner, type Runner } from "./runner.js";
import { findHomedir } from "../lib/homedir.js";
import type { ServiceManager, ServiceScope, ServiceUnavailable } from "./service.js";
import { createSystemd } from "./systemd/index.js";
import { createScheduledTask } from "./windows/scheduled-task.js";
import { createWinsw } from "./windows/winsw.js";

export interface FindOptions {
  platform: NodeJS.Platform;
  scope: ServiceScope;
  env: Record<string, string | undefined>;
  /** Of this process; absent on Windows. */
  uid: number | undefined;
  /** Of the service, where one machine has several. Default `gitnotify`. */
  name?: string;
  /** Where the daemon's log file lies, for `logs` without a journal. */
  logsDir?: string;
  /** Only to be described: then nothing of it need run here. */
  onPaper?: boolean;
  /** The rest stands in for the machine, in tests. */
  homedir?: string;
  user?: string;
  exists?: (path: string) => boolean;
  runner?: Runner;
}

type Found = ServiceManager | ServiceUnavailable;
type Surroundings = Required<Omit<FindOptions, "uid">> & { uid: number };

/** Every service manager that there is, in the order in which they are tried. */
const managers: ReadonlyArray<{
  platform: NodeJS.Platform;
  /** null: not this one. */
  find: (around: Surroundings) => Found | null;
}> = [
  { platform: "linux", find: findSystemd },
  { platform: "darwin", find: findLaunchd },
  { platform: "win32", find: findWinsw },
  { platform: "win32", find: findScheduledTask },
];

/** The service manager of this machine for this scope, or why there is none and what to do instead. Changes nothing. */
export function findServiceManager(options: FindOptions): ServiceManager | ServiceUnavailable {
  const around = toSurroundings(options);
  for (const { platform, find } of managers) {
    const found = platform === options.platform ? find(around) : null;
    if (found !== null) return found;
  }
  return {
    code: "unknown_platform",
    values: { platform: options.platform },
    why: `gitnotify knows no service manager for ${options.platform}.`,
    remedy: "Have your own start `gitnotify start`, which runs until it gets SIGTERM.",
  };
}

function toSurroundings(options: FindOptions): Surroundings {
  const { env, uid = -1, logsDir = "", name = "gitnotify", onPaper = false, exists = existsSync } = options;
  const runtimeDir = env["XDG_RUNTIME_DIR"] || `/run/user/${uid}`;
  return {
    ...{ ...options, uid, logsDir, name, onPaper, exists },
    homedir: options.homedir ?? findHomedir(),
    user: options.user ?? toUser(env),
    // After `su` the variable is missing although the session is there.
    runner:
      options.runner ??
      createRunner(options.platform === "linux" ? { ...env, XDG_RUNTIME_DIR: runtimeDir } : env),
  };
}

function toUser(env: FindOptions["env"]): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry, as containers have them.
    return env["USER"] ?? env["USERNAME"] ?? "";
  }
}

function findSystemd(around: Surroundings): Found {
  const { env, uid, scope, exists, onPaper, homedir: home, user } = around;
  if (!onPaper && !exists("/run/systemd/system")) {
    return {
      code: "no_systemd",
      values: {},
      why: "systemd does not run this machine (a container, or another init).",
      remedy: "Have what runs it start `gitnotify start`; in a container that is its command.",
    };
  }
  if (scope === "system") return createSystemd({ ...around, unitDir: "/etc/systemd/system" });
  const runtimeDir = env["XDG_RUNTIME_DIR"] || `/run/user/${uid}`;
  if (!onPaper && !exists(posix.join(runtimeDir, "systemd", "private"))) {
    return {
      code: "no_session",
      values: { user: user || String(uid) },
      why: `systemd runs no services for the user ${user || uid} now: there is no session of theirs, as after \`su\` or in cron.`,
      remedy: `Log in as ${user || uid}, or run \`sudo loginctl enable-linger ${user || uid}\`, then try again. For a service of the machine: gitnotify service install --system`,
    };
  }
  const set = env["XDG_CONFIG_HOME"];
  const config = set !== undefined && posix.isAbsolute(set) ? set : posix.join(home, ".config");
  return createSystemd({ ...around, unitDir: posix.join(config, "systemd", "user") });
}

const noSystemScope: ServiceUnavailable = {
  code: "system_needs_systemd",
  values: {},
  why: "A service of the whole machine is supported with systemd only.",
  remedy: "Leave --system out: the service runs as you, with your secrets.",
};

function findLaunchd(around: Surroundings): Found {
  return around.scope === "system" ? noSystemScope : createLaunchd(around);
}

function findWinsw(around: Surroundings): Found | null {
  const { env, scope, exists, homedir: home } = around;
  if (scope === "system") return noSystemScope;
  const folder = toWindowsFolder(around);
  const places = [folder, home, ...(env["PATH"] ?? env["Path"] ?? "").split(";")].filter(
    (place) => place !== "",
  );
  // An installed service has its own copy, wherever the first one has gone.
  const own = win32.join(folder, `${around.name}-service.exe`);
  const winsw = [own, ...places.map((place) => win32.join(place, "winsw.exe"))].find(exists);
  return winsw === undefined ? null : createWinsw({ ...around, winsw, folder });
}

function findScheduledTask(around: Surroundings): Found {
  const { env, user } = around;
  const domain = env["USERDOMAIN"];
  const account = domain ? `${domain}\\${user}` : user;
  return createScheduledTask({ ...around, account, folder: toWindowsFolder(around) });
}

function toWindowsFolder({ env, homedir: home }: Surroundings): string {
  return win32.join(env["LOCALAPPDATA"] || win32.join(home, "AppData", "Local"), "gitnotify", "service");
}
