import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../../", import.meta.url));
const provided = process.env["GITNOTIFY_WINDOWS_NODE"] ?? "";

/** Why nothing of Windows can be tried here; null: it can. */
export function whyNoWine(): string | null {
  if (spawnSync("wine", ["--version"]).status !== 0) return "skipped without wine";
  if (provided === "") return "skipped without GITNOTIFY_WINDOWS_NODE: scripts/windows-under-wine.sh sets it";
  const needed = [
    "node.exe",
    "node_modules/better-sqlite3/prebuilds/win32-x64.node",
    "node_modules/@napi-rs/keyring-win32-x64-msvc",
  ];
  const missing = needed.find((file) => !existsSync(join(provided, file)));
  return missing === undefined ? null : `skipped: GITNOTIFY_WINDOWS_NODE has no ${missing}`;
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string;
  env?: Record<string, string>;
}

/** A program that runs on. */
export interface Started {
  /** Both streams so far. */
  printed(): string;
  isRunning(): boolean;
  ended: Promise<void>;
  /** Ends it without its knowledge, as the Task Manager does. */
  kill(): void;
}

/** A Windows of its own, with gitnotify installed in a folder with a blank and letters that are not ASCII. */
export interface Wine {
  /** A folder of Windows that both sides reach; removed at the end. */
  folder: string;
  /** Folder of the person's own on the drive C. */
  profile: string;
  node: string;
  script: string;
  run(words: string[], options?: RunOptions): Promise<Ran>;
  gitnotify(words: string[], options?: RunOptions): Promise<Ran>;
  start(words: string[], env?: Record<string, string>): Started;
  /** What a shell of Linux needs to be told to run something in this Windows. */
  env: Record<string, string>;
  close(): Promise<void>;
}

/**
 * Wine 8 refuses TCP_KEEPIDLE, which every Windows since 2017 has: a connection with keep-alive is not even begun. This is what
 * is taken away for that, before anything of gitnotify is loaded.
 */
const withoutKeepAlive = `--import=data:text/javascript,${encodeURIComponent(
  'import { Socket } from "node:net"; Socket.prototype.setKeepAlive = function () { return this; };',
)}`;

/** How the Windows side names a file of this machine. */
export const toWindowsPath = (path: string): string => `Z:${path.replaceAll("/", "\\")}`;

export async function openWine(): Promise<Wine> {
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-wine-"));
  const prefix = join(folder, "prefix");
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LANG: "C.UTF-8",
    WINEPREFIX: prefix,
    WINEDEBUG: "-all",
    NODE_OPTIONS: withoutKeepAlive,
  };
  const place = install(folder);
  const begin = createStarts(folder, env);
  const run = async (words: string[], options: RunOptions = {}): Promise<Ran> => {
    const { child, files, ended } = begin(words, options);
    await ended;
    return {
      code: child.exitCode,
      stdout: readFileSync(files.stdout, "utf8").replaceAll("\r\n", "\n"),
      stderr: readFileSync(files.stderr, "utf8").replaceAll("\r\n", "\n"),
    };
  };
  await run(["wineboot", "--init"]);
  addMissingLibrary(prefix);
  // Node begins on nothing older.
  await run(["winecfg", "-v", "win10"]);
  const { stdout } = await run([place.node, "-p", "os.homedir()"]);
  const gitnotify = [place.node, place.script];
  return {
    ...{ folder, env, run },
    node: toWindowsPath(place.node),
    script: toWindowsPath(place.script),
    profile: join(prefix, "drive_c", ...stdout.trim().split("\\").slice(1)),
    gitnotify: (words, options) => run([...gitnotify, ...words], options),
    start(words, more = {}) {
      const { child, files, ended } = begin([...gitnotify, ...words], { env: more });
      return {
        printed: () => readFileSync(files.stdout, "utf8") + readFileSync(files.stderr, "utf8"),
        isRunning: () => child.exitCode === null && child.signalCode === null,
        ended,
        kill: () => void child.kill("SIGKILL"),
      };
    },
    async close() {
      // Ends what runs in this Windows, and it alone.
      await run(["wineboot", "--kill"]);
      spawnSync("wineserver", ["--wait"], { env, timeout: 20_000 });
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** What the package holds, and beside it the native modules as npm puts them there on Windows. */
function install(folder: string): { node: string; script: string } {
  const place = join(folder, "Programme für Mia");
  const own = join(place, "node_modules", "gitnotify");
  mkdirSync(own, { recursive: true });
  for (const part of ["bin", "dist", "package.json"])
    cpSync(join(checkout, part), join(own, part), { recursive: true });
  for (const name of ["better-sqlite3", "@napi-rs"])
    symlinkSync(join(provided, "node_modules", name), join(place, "node_modules", name));
  symlinkSync(join(provided, "node.exe"), join(place, "node.exe"));
  return { node: join(place, "node.exe"), script: join(own, "bin", "gitnotify.cjs") };
}

/** The keyring's module takes its random numbers from it. Wine 8 does not have it; `scripts/windows-under-wine.sh` makes one. */
function addMissingLibrary(prefix: string): void {
  const name = "bcryptprimitives.dll";
  const place = join(prefix, "drive_c", "windows", "system32", name);
  if (existsSync(place)) return;
  if (!existsSync(join(provided, name)))
    throw new Error(`This Wine has no ${name}: prepare ${provided} with scripts/windows-under-wine.sh.`);
  copyFileSync(join(provided, name), place);
}

interface Begun {
  child: ChildProcess;
  files: { stdout: string; stderr: string };
  ended: Promise<void>;
}

/** With files for its three streams: Node under Wine does not take the pipes of Linux for any. */
function createStarts(folder: string, basic: Record<string, string>) {
  let count = 0;
  return (words: string[], { input = "", env = {} }: RunOptions): Begun => {
    count += 1;
    const fileOf = (stream: string) => join(folder, `${count}.${stream}`);
    const files = { stdout: fileOf("stdout"), stderr: fileOf("stderr") };
    writeFileSync(fileOf("stdin"), input);
    const streams = [
      openSync(fileOf("stdin"), "r"),
      openSync(files.stdout, "w"),
      openSync(files.stderr, "w"),
    ];
    const child = spawn("wine", words, { cwd: folder, env: { ...basic, ...env }, stdio: streams });
    for (const stream of streams) closeSync(stream);
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    return { child, files, ended };
  };
}
