import { posix } from "node:path";
import type { Ran, Runner } from "./runner.js";
import {
  ServiceError,
  toCommandLine,
  type InstallOptions,
  type InstallReport,
  type LogOptions,
  type ServiceManager,
  type ServicePlan,
  type ServiceSpec,
  type ServiceState,
} from "./service.js";
import { escapeXml, readHomeComment, readLogsComment, toHomeComment, toLogsComment } from "./xml.js";

export interface LaunchdOptions {
  runner: Runner;
  /** The person's home folder. */
  homedir: string;
  uid: number;
  /** Default `gitnotify`. */
  name: string;
}

/**
 * A launch agent: it runs in the person's login session, where the keychain is open. Not tried on a real Mac; after
 * launchd.plist(5) and launchctl(1).
 */
export function createLaunchd(options: LaunchdOptions): ServiceManager {
  const { runner, homedir } = options;
  const agent = toAgent(options);
  const { path, target } = agent;
  const launchctl = createLaunchctl(runner, agent);
  const read = async () => (await runner.read(path))?.toString("utf8") ?? null;

  async function requireInstalled(): Promise<void> {
    if (await runner.exists(path)) return;
    throw new ServiceError(`there is no service: ${path} does not exist`, "gitnotify service install");
  }

  return {
    id: "launchd",
    label: "launchd, agent of this user",
    scope: "user",
    describe: (spec) => toPlan(spec, agent),
    async install(spec: ServiceSpec, given: InstallOptions = {}): Promise<InstallReport> {
      const upgraded = (await read()) !== null;
      await runner.write(path, toPlist(spec, agent.label), 0o600);
      await launchctl.leave();
      // A job that was disabled once stays so, whatever its plist says.
      await launchctl.must("enable", target);
      if (given.start !== false) {
        given.onStep?.("Starting the service");
        await launchctl.enter();
      }
      return { upgraded, running: given.start !== false, files: [path], notes: [] };
    },
    async uninstall() {
      await launchctl.leave();
      return (await runner.remove(path)) ? [path] : [];
    },
    async start() {
      await requireInstalled();
      if (await launchctl.isLoaded()) await launchctl.must("kickstart", target);
      else await launchctl.enter();
    },
    async stop() {
      await requireInstalled();
      // Killed, it would be started again: it has to leave the session.
      await launchctl.leave();
    },
    async restart() {
      await requireInstalled();
      if (await launchctl.isLoaded()) await launchctl.must("kickstart", "-k", target);
      else await launchctl.enter();
    },
    async status() {
      const ran = await runner.run(["launchctl", "print", target]);
      return toState({ ran, plist: await read(), path });
    },
    async logs({ follow, lines }: LogOptions) {
      const folder =
        readLogsComment((await read()) ?? "") ?? posix.join(homedir, "Library", "Logs", "gitnotify");
      const file = posix.join(folder, "gitnotify.log");
      return runner.show(["tail", "-n", String(lines), ...(follow ? ["-F"] : []), file]);
    },
  };
}

interface Agent {
  label: string;
  path: string;
  /** `gui/501`: the login session of the person. */
  domain: string;
  target: string;
}

function toAgent({ homedir, uid, name }: LaunchdOptions): Agent {
  const label = name === "gitnotify" ? "gitnotify.daemon" : `gitnotify.${name}`;
  const path = posix.join(homedir, "Library", "LaunchAgents", `${label}.plist`);
  return { label, path, domain: `gui/${uid}`, target: `gui/${uid}/${label}` };
}

function toPlan(spec: ServiceSpec, { path, label, target, domain }: Agent): ServicePlan {
  return {
    files: [{ path, content: toPlist(spec, label), mode: 0o600 }],
    commands: [{ argv: ["launchctl", "enable", target] }, { argv: ["launchctl", "bootstrap", domain, path] }],
  };
}

function createLaunchctl(runner: Runner, { path, domain, target }: Agent) {
  const launchctl = (...words: string[]) => runner.run(["launchctl", ...words]);
  const isLoaded = async () => (await launchctl("print", target)).code === 0;
  return {
    isLoaded,
    async must(...words: string[]): Promise<void> {
      const ran = await launchctl(...words);
      if (ran.code !== 0) throw refused(words, ran);
    },
    /** bootout answers before the job is gone, and bootstrap refuses while it is there: it is asked again for a while. */
    async enter(): Promise<void> {
      let ran = await launchctl("bootstrap", domain, path);
      for (let round = 0; ran.code !== 0 && round < 20; round += 1) {
        await runner.run(["sleep", "0.5"]);
        ran = await launchctl("bootstrap", domain, path);
      }
      if (ran.code !== 0) throw refused(["bootstrap", domain, path], ran);
    },
    async leave(): Promise<void> {
      if (!(await isLoaded())) return;
      const ran = await launchctl("bootout", target);
      // 36: it is on its way out.
      if (ran.code !== 0 && ran.code !== 36) throw refused(["bootout", target], ran);
    },
  };
}

export function toPlist(spec: ServiceSpec, label: string): string {
  const words = toCommandLine(spec).map((word) => `    <string>${escapeXml(word)}</string>`);
  const variables = Object.entries(spec.environment).map(
    ([name, value]) => `    <key>${escapeXml(name)}</key>\n    <string>${escapeXml(value)}</string>`,
  );
  const errors = escapeXml(posix.join(spec.logsDir, "service.log"));
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by gitnotify service install, which writes it anew at the next install. -->
${toHomeComment(spec.home)}
${toLogsComment(spec.logsDir)}
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${escapeXml(label)}</string>
  <key>ProgramArguments</key>
  <array>
${words.join("\n")}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join("\n")}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>${throttleSeconds}</integer>
  <key>ExitTimeOut</key>
  <integer>10</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  <string>/dev/null</string>
  <key>StandardErrorPath</key>
  <string>${errors}</string>
</dict>
</plist>
`;
}

/**
 * launchd starts again whatever the exit code says, wrong settings too. Half a minute between two starts is short after a
 * crash and long enough for a refused token to do no harm.
 */
const throttleSeconds = 30;

function toState({ ran, plist, path }: { ran: Ran; plist: string | null; path: string }): ServiceState {
  const value = (name: string) => new RegExp(`^\\s*${name} = (.*)$`, "m").exec(ran.stdout)?.[1];
  const isLoaded = ran.code === 0;
  const running = isLoaded && value("state") === "running";
  const pid = Number(value("pid"));
  const lastExit = value("last exit code");
  const ended = lastExit === undefined || lastExit === "0" || lastExit.startsWith("(never");
  const waiting = ended ? "stopped" : `waiting to be started again: it ended with exit code ${lastExit}`;
  return {
    id: "launchd",
    label: "launchd, agent of this user",
    scope: "user",
    installed: plist !== null,
    enabled: plist !== null,
    running,
    detail: plist === null ? "not installed" : running ? "running" : isLoaded ? waiting : "stopped",
    path,
    pid: running && Number.isInteger(pid) && pid > 0 ? pid : null,
    restarts: null,
    memoryBytes: null,
    startsBeforeLogin: false,
    home: plist === null ? null : readHomeComment(plist),
  };
}

function refused(words: readonly string[], ran: Ran): ServiceError {
  const said = (ran.stderr || ran.stdout).trim().split("\n")[0] ?? "";
  return new ServiceError(
    `\`launchctl ${words.join(" ")}\` failed: ${said || `exit code ${ran.code}`}`,
    "Run it in a terminal of the desktop session, not over SSH: an agent belongs to the session.",
  );
}
