import { realpathSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import type { CliContext } from "../context.js";

/** What the service manager starts. */
export interface Program {
  node: string;
  script: string;
}

/** Something about the program that would bite later, with what to do about it. */
export interface Trouble {
  why: string;
  remedy: string;
}

export interface ProgramOptions {
  /** As `process.execPath`. */
  execPath: string;
  /** As `process.argv[1]`. */
  script: string;
  env: CliContext["env"];
  /** Folders that are emptied now and then. Default: those of this system. */
  temporary?: readonly string[];
}

/** The paths by which the program is found again after updates: those of today's version would vanish with it. */
export function findProgram(options: ProgramOptions): Program {
  return { node: toLastingNode(options), script: realpathSync(options.script) };
}

/** Homebrew and Nix keep each version in a folder of its own and link to the present one from the PATH. */
function toLastingNode({ execPath, env, temporary }: ProgramOptions): string {
  if (!/[\\/](Cellar|nix[\\/]store)[\\/]/.test(execPath)) return execPath;
  const places = (env["PATH"] ?? "").split(delimiter).filter((place) => place !== "");
  const links = places.map((place) => join(place, "node"));
  return links.find((link) => isSameFile(link, execPath) && !isFleeting(link, temporary)) ?? execPath;
}

function isSameFile(link: string, file: string): boolean {
  try {
    return realpathSync(link) === realpathSync(file);
  } catch {
    return false;
  }
}

/** null when the program lies where it stays. */
export function findFleeting({ node, script }: Program): Trouble | null {
  const fleeting = [script, node].find((path) => isFleeting(path));
  if (fleeting === undefined) return null;
  return {
    why: `${fleeting} lies in a folder that is emptied now and then, and the service would be gone with it`,
    remedy: "Install it to stay: npm install -g gitnotify. Then: gitnotify service install",
  };
}

function isFleeting(path: string, folders = temporaryFolders()): boolean {
  if (/[\\/](_npx|dlx|dlx-[^\\/]*)[\\/]/.test(path)) return true;
  return folders.some((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

function temporaryFolders(): readonly string[] {
  return [tmpdir(), realTmpdir(), "/tmp", "/var/tmp", "/dev/shm", "/run/user"];
}

function realTmpdir(): string {
  try {
    return realpathSync(tmpdir());
  } catch {
    return tmpdir();
  }
}

/** A system service is a user of its own, for whom homes are closed: what it runs must be readable by everybody. */
export function findUnreadable({ node, script }: Program): Trouble | null {
  for (const path of [node, script]) {
    if (/^\/(home|root|run\/user)\//.test(path)) {
      return {
        why: `${path} lies in somebody's home, which a system service cannot see`,
        remedy: `${systemWide} Then: gitnotify service install --system`,
      };
    }
    const closed = findClosed(path);
    if (closed !== null) {
      return {
        why: `${closed} is not open to other users, and the service is one`,
        remedy: `Open it (sudo chmod a+rX '${closed}'), or: ${systemWide}`,
      };
    }
  }
  return null;
}

const systemWide =
  "Install Node and gitnotify for the whole machine: sudo apt install nodejs npm (or your system's way), sudo npm install -g gitnotify.";

/** The first of the file and its folders that others may not read or enter. */
function findClosed(path: string): string | null {
  const readable = 0o004;
  const enterable = 0o001;
  if ((statSync(path).mode & readable) === 0) return path;
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if ((statSync(folder).mode & enterable) === 0) return folder;
  }
  return null;
}
