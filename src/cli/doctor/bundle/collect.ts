import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { arch, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { toShownConfig } from "../../../config/show.js";
import { readDaemonState } from "../../../lib/daemon-state.js";
import { findServiceManager } from "../../../service/index.js";
import { schemaVersion } from "../../../store/sqlite.js";
import { describeProblem } from "../../settings.js";
import { readVersion } from "../../version.js";
import type { Finding } from "../check.js";
import type { Ground } from "../ground.js";
import type { TarFile } from "./tar.js";

const lastLines = 2_000;
/** As many as the log is rotated through. */
const logFiles = 10;

export type NamedFinding = Finding & { check: string };

/** The files of a bundle, not yet without secrets. What cannot be read is left out or said in its place. */
export async function collectFiles(ground: Ground, findings: readonly NamedFinding[]): Promise<TarFile[]> {
  const { home } = ground;
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return [
    { name: "README.txt", text: readme },
    { name: "findings.json", text: json(findings) },
    { name: "versions.json", text: json(await collectVersions(ground)) },
    { name: "settings.json", text: await collectSettings(ground) },
    { name: "daemon.json", text: json(readDaemonState(home.stateDir)) },
    { name: "database.json", text: json(await collectDatabase(ground)) },
    { name: "service.txt", text: await collectService(ground) },
    { name: "gitnotify.log", text: await collectLog(home.logsDir) },
  ];
}

const readme = `What \`gitnotify doctor --bundle\` gathered, for whoever looks into a problem.

It names hosts, projects, accounts and chats, and the last log lines tell what happened in them. Tokens, passwords and keys were
taken out: what a secret store or the environment holds in every spelling, and whatever else has the shape of one. Look through
it before you pass it on.

findings.json   what doctor found             settings.json  config.yaml as it was understood
versions.json   this machine and program      database.json  schema version and number of rows
daemon.json     what the daemon last said     service.txt    unit file of the service
gitnotify.log   the last lines of the log
`;

async function collectVersions({ env, home }: Ground): Promise<unknown> {
  return {
    gitnotify: readVersion(),
    node: process.versions,
    system: { platform: platform(), release: release(), arch: arch(), memoryBytes: totalmem() },
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    home,
    // Names alone: a value may be anything.
    environment: Object.keys(env)
      .filter((name) =>
        /^(GITNOTIFY_|NODE_|XDG_|LC_|LANG$|TZ$|NOTIFY_SOCKET$|DBUS_|CREDENTIALS_|.*_proxy$)/i.test(name),
      )
      .sort(),
  };
}

async function collectSettings({ config, loaded }: Ground): Promise<string> {
  if (config !== null) return `${JSON.stringify(toShownConfig(config), null, 2)}\n`;
  // The file itself stays out: a token may stand at the wrong place in it, in a shape that nobody knows.
  const problems = loaded.ok ? [] : loaded.problems.map(describeProblem);
  return `${JSON.stringify({ problems }, null, 2)}\n`;
}

async function collectDatabase(ground: Ground): Promise<unknown> {
  try {
    const opened = await ground.store();
    if (opened === null) return null;
    const { raw } = opened;
    const names = raw
      .prepare<[], string>("select name from sqlite_master where type = 'table' order by name")
      .pluck()
      .all();
    const rows = names.map((name): [string, number] => {
      const count = raw.prepare(`select count(*) from "${name.replaceAll('"', '""')}"`).pluck();
      return [name, Number(count.get())];
    });
    return {
      schemaVersion: schemaVersion(raw),
      bytes: statSync(ground.home.databaseFile, { throwIfNoEntry: false })?.size ?? null,
      rows: Object.fromEntries(rows),
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

async function collectService({ env, home }: Ground): Promise<string> {
  const texts: string[] = [];
  for (const scope of ["user", "system"] as const) {
    const uid = process.getuid?.();
    const found = findServiceManager({ platform: process.platform, scope, env, uid, logsDir: home.logsDir });
    if (!("status" in found)) {
      texts.push(`# ${scope}: ${found.why}\n`);
      continue;
    }
    const state = await found.status();
    texts.push(`# ${found.label}: ${state.detail}\n`, state.installed ? readText(state.path) : "");
  }
  return texts.join("\n");
}

/** Windows keeps the definition of a task as UTF-16. */
function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
    return `# ${path}\n${bytes.toString(isWide ? "utf16le" : "utf8")}\n`;
  } catch (error) {
    return `# ${path}: ${error instanceof Error ? error.message : "not readable"}\n`;
  }
}

/** The newest lines, from as many of the rotated files as it takes. */
async function collectLog(folder: string): Promise<string> {
  let lines: string[] = [];
  for (let index = 0; index < logFiles && lines.length < lastLines; index += 1) {
    const file = join(folder, index === 0 ? "gitnotify.log" : `gitnotify.log.${index}`);
    const text = await readFile(file, "utf8").catch(() => "");
    lines = [...text.split("\n").filter((line) => line !== ""), ...lines];
  }
  return lines
    .slice(-lastLines)
    .map((line) => `${line}\n`)
    .join("");
}
