/** What a service manager of the operating system does for the daemon: run it without a terminal, again after a crash, and at boot or login. */
export interface ServiceManager {
  /** `systemd`, `launchd`, `winsw`, `scheduled-task`. */
  id: string;
  /** For people: "systemd, user service". */
  label: string;
  scope: ServiceScope;
  /** What `install` writes and runs. Pure: nothing is read and nothing changed. */
  describe(spec: ServiceSpec): ServicePlan;
  /**
   * Writes, enables and starts. Once more is an upgrade in place: everything is written anew, and a service that runs is
   * restarted. Rejects with `ServiceError`; then what was written is still there, and `install` or `uninstall` may be tried again.
   */
  install(spec: ServiceSpec, options?: InstallOptions): Promise<InstallReport>;
  /** Stops, disables and removes everything that `install` wrote, and nothing else. The paths that are gone; none when nothing was installed. */
  uninstall(): Promise<string[]>;
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** Never rejects: what cannot be asked is said in `detail`. */
  status(): Promise<ServiceState>;
  /** Prints to this terminal; with `follow` until interrupted. The exit code of what printed. */
  logs(options: LogOptions): Promise<number>;
}

/** `user`: as the person who installs it, with their keyring. `system`: by root, as a user of its own, before anybody logs in. */
export type ServiceScope = "user" | "system";

/** The command line of the daemon and its surroundings. */
export interface ServiceSpec {
  /** Absolute path of the Node program. */
  node: string;
  /** Absolute path of bin/gitnotify.cjs. */
  script: string;
  /** Options before `start`: `--home`, `--config`. Empty for the user's own home. */
  options: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** Where the daemon's own log file lies; of no use to a system service, which has its own home. */
  logsDir: string;
  /** The folder whose daemon this is: a service of another home is not overwritten without being asked. */
  home: string;
  version: string;
  /** Secrets that a system service gets as encrypted credentials: `telegram`, `connection/work`. Empty for a user service. */
  secrets: readonly string[];
  /** Files that a system service needs in its own home, by their name there: its settings, certificates. */
  files: Readonly<Record<string, string>>;
}

export interface ServicePlan {
  files: PlannedFile[];
  /** In this order, after the files. */
  commands: PlannedCommand[];
}

export interface PlannedFile {
  path: string;
  /** `{ copyOf }`: the same bytes as that file. */
  content: string | { copyOf: string };
  mode: number;
  /** Left alone when it is there already: people edit it. */
  keep?: boolean;
  encoding?: "utf8" | "utf16le";
}

export interface PlannedCommand {
  argv: readonly string[];
  /** The name of the secret that it reads from stdin; a value is on no command line. */
  secret?: string;
  /** The file that it makes. */
  makes?: string;
}

export interface InstallOptions {
  /** Default true. */
  start?: boolean;
  /** Asks the system to start this user's services at boot, without a login. */
  linger?: boolean;
  /** The values of `spec.secrets`. null: there is none, so that one from an earlier install stays. */
  readSecret?: (name: string) => Promise<string | null>;
  /** Writes planned files that are there already anew as well (`PlannedFile.keep`). */
  replaceFiles?: boolean;
  /** One line for the person who waits, before each step that may take a while. */
  onStep?: (text: string) => void;
}

export interface InstallReport {
  /** Whether there was one before. */
  upgraded: boolean;
  running: boolean;
  files: string[];
  /** What the person should know. */
  notes: string[];
}

export interface ServiceState {
  id: string;
  label: string;
  scope: ServiceScope;
  installed: boolean;
  /** Whether it starts by itself at boot or login. */
  enabled: boolean;
  running: boolean;
  /** One sentence: what it does now, or why it does not run. */
  detail: string;
  /** The unit, plist or task file; where it would be when it is not installed. */
  path: string;
  pid: number | null;
  /** How often the manager started it anew since it was started by a person or at boot; null: unknown. */
  restarts: number | null;
  /** null: unknown. */
  memoryBytes: number | null;
  /** Whether it runs without anybody logged in; null: unknown. */
  startsBeforeLogin: boolean | null;
  /** The home that it was installed for; null: not installed or unknown. */
  home: string | null;
}

export interface LogOptions {
  follow: boolean;
  /** How many of the last lines. */
  lines: number;
  json: boolean;
}

/** There is no service manager that could be used here. */
export interface ServiceUnavailable {
  /** Its sentence in other languages than English has this name. */
  code: ServiceRefusal;
  values: Readonly<Record<string, string>>;
  why: string;
  remedy: string;
}

export type ServiceRefusal = "unknown_platform" | "no_systemd" | "no_session" | "system_needs_systemd";

/** Something that the manager refused. `detail`: what it said, lines of it. */
export class ServiceError extends Error {
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(message);
    this.name = "ServiceError";
    this.remedy = remedy;
  }
}

export function isUnavailable(found: ServiceManager | ServiceUnavailable): found is ServiceUnavailable {
  return "why" in found;
}

/** The daemon's exit codes (design 6.1) that a restart does not mend: wrong usage, wrong settings, a token missing or refused. */
export const hopelessExitCodes = [2, 3, 4] as const;

/** The whole command line, program first. */
export function toCommandLine(spec: ServiceSpec): string[] {
  return [spec.node, ...nodeOptions, spec.script, ...spec.options, "start"];
}

/** A small young generation: set at the start of the process it saves more than `start` itself can (docs/benchmarks.md). */
const nodeOptions = ["--max-semi-space-size=1"];
