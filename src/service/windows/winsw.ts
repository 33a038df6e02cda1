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
import { describeState, elevated, nothingKnown, said } from "./words.js";

export interface WinswOptions {
  runner: Runner;
  name: string;
  /** The program that the person supplied; a copy of it becomes the service. */
  winsw: string;
  folder: string;
  logsDir: string;
}

/**
 * A Windows service by WinSW 2.12 or later, which the person supplies: it finds its settings in the XML file beside it that has
 * its name. Not tried on a real Windows; after doc/xmlConfigFile.md of winsw/winsw.
 */
export function createWinsw(options: WinswOptions): ServiceManager {
  const { runner, name, folder, winsw } = options;
  const path = win32.join(folder, `${name}-service.xml`);
  const program = win32.join(folder, `${name}-service.exe`);
  const control = createWinswControl(runner, program, path);
  return {
    id: "winsw",
    label: "WinSW, Windows service",
    scope: "user",
    describe: (spec): ServicePlan => ({
      files: [
        { path: program, content: { copyOf: winsw }, mode: 0o700 },
        { path, content: toWinswXml(spec, options), mode: 0o600 },
      ],
      commands: [{ argv: [program, "install"] }, { argv: [program, "start"] }],
    }),
    async install(spec, given: InstallOptions = {}) {
      const upgraded = await runner.exists(path);
      // The program of a service that runs cannot be replaced.
      if (upgraded) await runner.run([program, "stopwait"]);
      if (winsw !== program) await runner.copy(winsw, program);
      await runner.write(path, toWinswXml(spec, options), 0o600);
      if (!upgraded) {
        given.onStep?.(
          "Windows asks for your name and password: the service reads the secrets that are yours",
        );
        await control.register();
      }
      if (given.start !== false) await control.must("start");
      return { upgraded, running: given.start !== false, files: [program, path], notes: [] };
    },
    async uninstall() {
      await runner.run([program, "stopwait"]);
      await runner.run([program, "uninstall"]);
      const gone: string[] = [];
      for (const one of [path, program]) if (await runner.remove(one)) gone.push(one);
      return gone;
    },
    start: () => control.mustInstalled("start"),
    stop: () => control.mustInstalled("stop"),
    restart: () => control.mustInstalled("restart"),
    status: () => readWinswState(runner, program, path),
    logs: (given) => followLog(runner, options.logsDir, given),
  };
}

function createWinswControl(runner: Runner, program: string, path: string) {
  async function must(verb: string): Promise<void> {
    const ran = await runner.run([program, verb]);
    if (ran.code !== 0) throw new ServiceError(`WinSW could not ${verb} the service: ${said(ran)}`, elevated);
  }
  return {
    must,
    async mustInstalled(verb: string): Promise<void> {
      if (await runner.exists(path)) return must(verb);
      throw new ServiceError(`there is no service: ${path} does not exist`, "gitnotify service install");
    },
    /** On the terminal, for it asks for the person's password. */
    async register(): Promise<void> {
      const code = await runner.show([program, "install"]);
      if (code === 0) return;
      // Without its file the next `install` registers it again.
      await runner.remove(path);
      throw new ServiceError(`WinSW could not install the service (exit code ${code})`, elevated);
    },
  };
}

async function readWinswState(runner: Runner, program: string, path: string): Promise<ServiceState> {
  const xml = (await runner.read(path))?.toString("utf8") ?? null;
  const installed = xml !== null;
  // NonExistent, Stopped or Started, in English everywhere.
  const ran = installed ? await runner.run([program, "status"]) : null;
  const running = ran?.stdout.trim() === "Started";
  return {
    ...nothingKnown,
    id: "winsw",
    label: "WinSW, Windows service",
    scope: "user",
    installed,
    enabled: installed,
    running,
    detail: describeState({ installed, running }),
    path,
    startsBeforeLogin: true,
    home: xml === null ? null : readHomeComment(xml),
  };
}

/** WinSW puts quotes around an argument that needs them, and stops with Ctrl+C first. */
export function toWinswXml(
  spec: ServiceSpec,
  { name, logsDir }: Pick<WinswOptions, "name" | "logsDir">,
): string {
  const [program = "", ...words] = toCommandLine(spec);
  const variables = Object.entries(spec.environment).map(
    ([variable, value]) => `  <env name="${escapeXml(variable)}" value="${escapeXml(value)}"/>`,
  );
  const lines = [
    `  <id>${escapeXml(name)}</id>`,
    `  <name>${escapeXml(name)}</name>`,
    "  <description>gitnotify: GitHub and GitLab in Telegram</description>",
    `  <executable>${escapeXml(program)}</executable>`,
    ...words.map((word) => `  <argument>${escapeXml(word)}</argument>`),
    ...variables,
    "  <startmode>Automatic</startmode>",
    "  <delayedAutoStart>true</delayedAutoStart>",
    "  <serviceaccount>",
    "    <prompt>console</prompt>",
    "    <allowservicelogon>true</allowservicelogon>",
    "  </serviceaccount>",
    '  <onfailure action="restart" delay="10 sec"/>',
    '  <onfailure action="restart" delay="60 sec"/>',
    "  <resetfailure>1 hour</resetfailure>",
    "  <stoptimeout>12 sec</stoptimeout>",
    "  <stopparentprocessfirst>true</stopparentprocessfirst>",
    `  <logpath>${escapeXml(logsDir)}</logpath>`,
    '  <log mode="roll-by-size">',
    "    <sizeThreshold>5000</sizeThreshold>",
    "    <keepFiles>2</keepFiles>",
    "  </log>",
  ];
  return `<?xml version="1.0" encoding="utf-8"?>\n${toHomeComment(spec.home)}\n<service>\n${lines.join("\n")}\n</service>\n`;
}
