import { chmodSync, mkdirSync } from "node:fs";
import { dirname, posix, win32 } from "node:path";

/** Where everything of one gitnotify lies. */
export interface Home {
  configFile: string;
  databaseFile: string;
  logsDir: string;
  backupsDir: string;
  /** What may vanish at any time. */
  cacheDir: string;
  /** Lock and socket of the running daemon. */
  stateDir: string;
  /** `folder`: all in one folder (--home, GITNOTIFY_HOME). `user`: the platform's own folders for this user. */
  scope: "folder" | "user";
}

export interface HomeOptions {
  /** --home */
  home?: string | undefined;
  /** --config, in place of the home's own config.yaml. */
  config?: string | undefined;
  env: Record<string, string | undefined>;
  platform: NodeJS.Platform;
  /** "": this user has none. */
  homedir: string;
}

/** Nobody said where, and this user has no folder in which it could be. */
class NoHomeError extends Error {
  readonly remedy = "Name a folder: --home DIR, or the environment variable GITNOTIFY_HOME.";

  constructor() {
    super("This user has no home folder.");
    this.name = "NoHomeError";
  }
}

/** Pure but for relative paths, which start at the working folder. Throws `NoHomeError`. */
export function resolveHome(options: HomeOptions): Home {
  const { env, platform } = options;
  const path = platform === "win32" ? win32 : posix;
  const folder = options.home ?? (env["GITNOTIFY_HOME"] || undefined);
  const home = folder === undefined ? userHome(options) : folderHome(path.resolve(folder), path);
  return options.config === undefined ? home : { ...home, configFile: path.resolve(options.config) };
}

function folderHome(folder: string, path: typeof posix): Home {
  return {
    configFile: path.join(folder, "config.yaml"),
    databaseFile: path.join(folder, "gitnotify.db"),
    logsDir: path.join(folder, "logs"),
    backupsDir: path.join(folder, "backups"),
    cacheDir: path.join(folder, "cache"),
    stateDir: folder,
    scope: "folder",
  };
}

function userHome(options: HomeOptions): Home {
  switch (options.platform) {
    case "win32":
      return windowsHome(options);
    case "darwin":
      return macHome(needed(options.homedir));
    default:
      return xdgHome(options);
  }
}

/** XDG Base Directory Specification 0.8: a value that is not absolute must be ignored. */
function xdgHome({ env, homedir }: HomeOptions): Home {
  const folder = (name: string, fallback: string) => {
    const set = env[name];
    const base = set !== undefined && posix.isAbsolute(set) ? set : posix.join(needed(homedir), fallback);
    return posix.join(base, "gitnotify");
  };
  const data = folder("XDG_DATA_HOME", ".local/share");
  const state = folder("XDG_STATE_HOME", ".local/state");
  return {
    configFile: posix.join(folder("XDG_CONFIG_HOME", ".config"), "config.yaml"),
    databaseFile: posix.join(data, "gitnotify.db"),
    logsDir: posix.join(state, "logs"),
    backupsDir: posix.join(data, "backups"),
    cacheDir: folder("XDG_CACHE_HOME", ".cache"),
    stateDir: state,
    scope: "user",
  };
}

function needed(homedir: string): string {
  if (homedir === "") throw new NoHomeError();
  return homedir;
}

function macHome(homedir: string): Home {
  const support = posix.join(homedir, "Library", "Application Support", "gitnotify");
  return {
    ...folderHome(support, posix),
    logsDir: posix.join(homedir, "Library", "Logs", "gitnotify"),
    cacheDir: posix.join(homedir, "Library", "Caches", "gitnotify"),
    scope: "user",
  };
}

/** %APPDATA% follows a person to other machines of a domain; logs, caches and locks stay on this one. */
function windowsHome({ env, homedir }: HomeOptions): Home {
  const roaming = win32.join(
    env["APPDATA"] || win32.join(needed(homedir), "AppData", "Roaming"),
    "gitnotify",
  );
  const local = win32.join(
    env["LOCALAPPDATA"] || win32.join(needed(homedir), "AppData", "Local"),
    "gitnotify",
  );
  return {
    ...folderHome(roaming, win32),
    logsDir: win32.join(local, "logs"),
    cacheDir: win32.join(local, "cache"),
    stateDir: local,
    scope: "user",
  };
}

/**
 * Makes the folders of `home`, for this user alone (0700). Folders inside the home that others could enter are closed to
 * them; the home itself, which may be any folder that a person named, is left as it is.
 */
export function ensureHome(home: Home): void {
  const owned = [home.logsDir, home.backupsDir, home.cacheDir];
  const outer = [dirname(home.configFile), dirname(home.databaseFile), home.stateDir];
  for (const folder of [...outer, ...owned]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const folder of home.scope === "user"
    ? [dirname(home.databaseFile), home.stateDir, ...owned]
    : owned) {
    chmodSync(folder, 0o700);
  }
}
