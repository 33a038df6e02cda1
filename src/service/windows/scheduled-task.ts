import { win32 } from "node:path";
import type { Runner } from "../runner.js";
import {
  ServiceError,
  toCommandLine,
  type InstallOptions,
  type ServiceManager,
  type ServicePlan,
  type ServiceSpec,
  type ServiceState,
} from "../service.js";
import { escapeXml, readHomeComment, toHomeComment } from "../xml.js";
import { followLog } from "./follow.js";
import { quoteWindows } from "./quote.js";
import { describeState, elevated, nothingKnown, said, whileLoggedIn } from "./words.js";

export interface TaskOptions {
  runner: Runner;
  name: string;
  /** `DOMAIN\user`, whose task it is: only they reach the secrets in their Credential Manager. */
  account: string;
  /** Where the task's description is kept: it says what is installed without being asked of Windows. */
  folder: string;
  logsDir: string;
}

/**
 * A task that begins when its user logs in, for machines without WinSW. Not tried on a real Windows; after the Task Scheduler
 * schema (MS-TSCH 2.5) and schtasks.
 */
export function createScheduledTask(options: TaskOptions): ServiceManager {
  const { runner, name, folder } = options;
  const path = win32.join(folder, `${name}-task.xml`);
  const task = createTaskControl(runner, name, path);
  return {
    id: "scheduled-task",
    label: "scheduled task at logon",
    scope: "user",
    describe: (spec): ServicePlan => ({
      files: [{ path, content: toTaskXml(spec, options), mode: 0o600, encoding: "utf16le" }],
      commands: [{ argv: ["schtasks", ...task.create] }, { argv: ["schtasks", ...task.run] }],
    }),
    async install(spec, given: InstallOptions = {}) {
      const upgraded = await runner.exists(path);
      if (upgraded) await task.end();
      await runner.write(path, toUtf16(toTaskXml(spec, options)), 0o600);
      await task.must(task.create);
      if (given.start !== false) await task.start();
      return { upgraded, running: given.start !== false, files: [path], notes: [whileLoggedIn] };
    },
    async uninstall() {
      await task.end();
      await runner.run(["schtasks", "/Delete", "/TN", name, "/F"]);
      return (await runner.remove(path)) ? [path] : [];
    },
    start: () => task.start(),
    async stop() {
      await task.requireInstalled();
      await task.end();
    },
    async restart() {
      await task.requireInstalled();
      await task.end();
      await task.start();
    },
    status: () => readTaskState(runner, name, path),
    logs: (given) => followLog(runner, options.logsDir, given),
  };
}

function createTaskControl(runner: Runner, name: string, path: string) {
  const create = ["/Create", "/TN", name, "/XML", path, "/F"];
  const run = ["/Run", "/TN", name];
  async function must(words: readonly string[]): Promise<void> {
    const ran = await runner.run(["schtasks", ...words]);
    if (ran.code === 0) return;
    throw new ServiceError(`\`schtasks ${words.join(" ")}\` failed: ${said(ran)}`, elevated);
  }
  async function requireInstalled(): Promise<void> {
    if (await runner.exists(path)) return;
    throw new ServiceError(`there is no service: ${path} does not exist`, "gitnotify service install");
  }
  return {
    ...{ create, run, must, requireInstalled },
    async start(): Promise<void> {
      await requireInstalled();
      await must(run);
    },
    /** Answers with an error when it does not run, which is what was wanted. */
    async end(): Promise<void> {
      await runner.run(["schtasks", "/End", "/TN", name]);
    },
  };
}

/** The words of schtasks are in the language of the system; the numbers of PowerShell are not. */
async function readTaskState(runner: Runner, name: string, path: string): Promise<ServiceState> {
  const xml = (await runner.read(path))?.toString("utf16le") ?? null;
  const command = `[int](Get-ScheduledTask -TaskName '${name}').State`;
  const ran = await runner.run(["powershell", "-NoProfile", "-Command", command]);
  const state = ran.code === 0 ? ran.stdout.trim() : "";
  const [disabled, busy] = ["1", "4"];
  const installed = xml !== null;
  const running = installed && state === busy;
  return {
    ...nothingKnown,
    id: "scheduled-task",
    label: "scheduled task at logon",
    scope: "user",
    installed,
    enabled: installed && state !== disabled,
    running,
    detail: describeState({ installed, running }),
    path,
    startsBeforeLogin: false,
    home: xml === null ? null : readHomeComment(xml),
  };
}

/** With the mark that tells Windows which encoding it is. */
function toUtf16(text: string): Buffer {
  return Buffer.from(`\uFEFF${text}`, "utf16le");
}

/**
 * The console window that Node would open at each logon is kept away by conhost's headless mode. No limit of time, batteries or
 * idleness; started again a minute after a failure.
 */
export function toTaskXml(spec: ServiceSpec, { account }: Pick<TaskOptions, "account">): string {
  // A task has no variables of its own: it begins with those of its user.
  const line = toCommandLine(spec).map(quoteWindows).join(" ");
  return `<?xml version="1.0" encoding="UTF-16"?>
${toHomeComment(spec.home)}
<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>gitnotify: GitHub and GitLab in Telegram</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <UserId>${escapeXml(account)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${escapeXml(account)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <Hidden>true</Hidden>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>%SystemRoot%\\System32\\conhost.exe</Command>
      <Arguments>${escapeXml(`--headless ${line}`)}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}
