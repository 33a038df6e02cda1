import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SecretStoreError } from "./secret-store.js";

export interface PrivateFileOptions {
  path: string;
  /** As it stands in the sentences about it: "the secret store", "the key file". */
  what: string;
  /** Whose it may be. Empty where the system has no such numbers (Windows). */
  owners: readonly number[];
  /** False: a symbolic link in its place is refused, for whoever made it decides what is read. */
  followLinks: boolean;
}

export interface PrivateFile {
  text: string;
  uid: number;
  gid: number;
}

const largest = 1_000_000;

/**
 * The content of a file that only its owner can read, or null when there is none. Rejects with `SecretStoreError` when others
 * could read it, it is another user's, or no regular file. It is looked at after it was opened, so that it cannot be exchanged
 * in between.
 */
export async function readPrivateFile(options: PrivateFileOptions): Promise<PrivateFile | null> {
  const { path, what } = options;
  let file: FileHandle;
  try {
    // Windows has neither flag. Without O_NONBLOCK a pipe without a writer would hold a thread for ever.
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    file = await open(path, O_RDONLY | O_NONBLOCK | (options.followLinks ? 0 : O_NOFOLLOW));
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT") return null;
    if (code === "ELOOP") throw isLink(path, what);
    throw toFileError(cause, `read ${what}`, path);
  }
  try {
    const { uid, gid, mode, size } = await file.stat().then((stats) => {
      if (!stats.isFile()) throw notAFile(path, what);
      return stats;
    });
    checkAccess(options, { uid, mode });
    if (size > largest) throw notAFile(path, what);
    return { text: await file.readFile("utf8"), uid, gid };
  } catch (cause) {
    throw cause instanceof SecretStoreError ? cause : toFileError(cause, `read ${what}`, path);
  } finally {
    await file.close();
  }
}

/**
 * The users whose private files this process trusts: itself, and under sudo the person who called it, for
 * `sudo gitnotify service install --system` reads that person's secrets.
 */
export function toOwners(env: Record<string, string | undefined>, uid = process.getuid?.()): number[] {
  if (uid === undefined) return [];
  const caller = Number(env["SUDO_UID"]);
  return uid === 0 && env["SUDO_UID"] && Number.isInteger(caller) ? [0, caller] : [uid];
}

/**
 * Replaces a file as a whole, mode 0600: a crash, of the machine too, leaves the old one or the new one. Not for two at once:
 * the draft has one name, so that a crash leaves no more than one. `owner`: who gets it, where this process may give it away.
 */
export async function replacePrivateFile(
  path: string,
  text: string,
  owner?: Pick<PrivateFile, "uid" | "gid">,
): Promise<void> {
  const draft = `${path}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(draft, { force: true });
    await writeNew(draft, text, owner);
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw toFileError(cause, "write", path);
  }
}

/** Makes a file that is not there yet, mode 0600. Rejects when there is one. */
export async function createPrivateFile(path: string, text: string): Promise<void> {
  try {
    await writeNew(path, text);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw toFileError(cause, "make", path);
  }
}

async function writeNew(path: string, text: string, owner?: Pick<PrivateFile, "uid" | "gid">): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    if (owner !== undefined && process.getuid?.() === 0) await file.chown(owner.uid, owner.gid);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The new name is as lasting as the content. Windows does not open folders, and needs no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function checkAccess(
  { path, what, owners }: PrivateFileOptions,
  { uid, mode }: { uid: number; mode: number },
): void {
  if (owners.length === 0) return;
  if (!owners.includes(uid)) {
    throw new SecretStoreError(
      "failed",
      `${capital(what)} ${path} belongs to another user (uid ${uid}; this process has uid ${owners[0]}).`,
      `Run gitnotify as its owner, or if the file is yours: sudo chown ${owners[0]} ${quote(path)}`,
    );
  }
  if ((mode & 0o077) !== 0) {
    throw new SecretStoreError(
      "failed",
      `${capital(what)} ${path} is open to other users (mode ${(mode & 0o777).toString(8).padStart(4, "0")}).`,
      `Run: chmod 600 ${quote(path)}`,
    );
  }
}

function isLink(path: string, what: string): SecretStoreError {
  return new SecretStoreError(
    "failed",
    `${capital(what)} ${path} is a symbolic link, which gitnotify does not follow here.`,
    `Put the file itself there: cp --remove-destination "$(readlink -f ${quote(path)})" ${quote(path)}`,
  );
}

function notAFile(path: string, what: string): SecretStoreError {
  const message = `${capital(what)} ${path} is no ordinary file of less than a megabyte.`;
  return new SecretStoreError("failed", message, `Move it away: mv ${quote(path)} ${quote(`${path}.old`)}`);
}

const reasons: Record<string, { why: string; remedy: (path: string) => string }> = {
  EACCES: {
    why: "permission denied",
    remedy: (path) =>
      `Run gitnotify as the owner of ${dirname(path)}, or look at it with: ls -ld ${quote(dirname(path))}`,
  },
  ENOSPC: {
    why: "the disk is full",
    remedy: (path) => `Free space where ${dirname(path)} lies: df -h ${quote(dirname(path))}`,
  },
  EROFS: {
    why: "the file system is read-only",
    remedy: (path) =>
      `Mount ${dirname(path)} writable, or choose another folder with --home or GITNOTIFY_HOME.`,
  },
  ENOENT: {
    why: "its folder does not exist",
    remedy: (path) => `Make the folder: mkdir -m 700 ${quote(dirname(path))}`,
  },
};

/** The text of the system's error is left out: it repeats the path, and nothing else that helps. */
export function toFileError(cause: unknown, verb: string, path: string): SecretStoreError {
  const code = codeOf(cause);
  const known = reasons[code === "EPERM" ? "EACCES" : code];
  const remedy = known?.remedy(path) ?? `Look at it with: ls -ld ${quote(path)} ${quote(dirname(path))}`;
  return new SecretStoreError("failed", `Could not ${verb} ${path}: ${known?.why ?? code}.`, remedy);
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

/** For a shell, whatever is in the path. */
export function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
