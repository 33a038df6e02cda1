import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { Writable } from "node:stream";

export interface RotatingFileOptions {
  path: string;
  /**
   * No file grows beyond this by a whole chunk; a single larger chunk gets a file of its own. One that cannot be put aside
   * grows to twice this size before lines are lost.
   */
  maxBytes: number;
  /** With the current one. Older ones are `path.1`, `path.2`, … */
  maxFiles: number;
  /** Once for each time that writing stops working. What comes until it works again is lost. */
  onTrouble: (error: Error) => void;
}

/**
 * A stream into a file that is put aside when full. It never fails: each write opens the file again after an error, so a
 * full disk that is emptied gets the next line.
 *
 * Winston's own file transport swallows the error of a full disk and from then on holds every line in memory
 * (`lib/winston/transports/file.js` of 3.19), and loses the last lines when it is closed while it changes files.
 */
export function createRotatingFile(options: RotatingFileOptions): Writable {
  const { path, maxBytes, maxFiles } = options;
  let file: FileHandle | undefined;
  let size = 0;
  let isBroken = false;

  async function ready(): Promise<FileHandle> {
    if (file) return file;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    file = await open(path, "a", 0o600);
    size = (await file.stat()).size;
    return file;
  }

  async function shut(): Promise<void> {
    const shutting = file;
    file = undefined;
    await shutting?.close().catch(() => undefined);
  }

  /** Windows moves no file that another program reads without leave, as PowerShell's `Get-Content -Wait` does. */
  async function rotateIfPossible(): Promise<void> {
    await shut();
    try {
      await putAside(path, maxFiles);
    } catch (error) {
      await ready();
      if (size >= 2 * maxBytes) throw error;
    }
  }

  async function append(chunks: Buffer[]): Promise<void> {
    try {
      await ready();
      for (const part of toParts(chunks, maxBytes, () => size)) {
        if (size > 0 && size + part.length > maxBytes) await rotateIfPossible();
        const { bytesWritten } = await (await ready()).write(part);
        size += bytesWritten;
        if (bytesWritten < part.length)
          throw Object.assign(new Error("the disk is full"), { code: "ENOSPC" });
      }
      isBroken = false;
    } catch (error) {
      await shut();
      if (!isBroken) options.onTrouble(error instanceof Error ? error : new Error("log file"));
      isBroken = true;
    }
  }

  return new Writable({
    write: (chunk: Buffer, _encoding, done) => void append([chunk]).then(() => done()),
    writev: (chunks, done) => void append(chunks.map(({ chunk }) => chunk as Buffer)).then(() => done()),
    final: (done) => void shut().then(() => done()),
  });
}

async function putAside(path: string, maxFiles: number): Promise<void> {
  if (maxFiles <= 1) return rm(path, { force: true });
  // First the one that may refuse: then nothing has been moved.
  const aside = `${path}.full`;
  await rename(path, aside);
  try {
    for (let index = maxFiles - 2; index >= 1; index -= 1)
      await rename(`${path}.${index}`, `${path}.${index + 1}`).catch(ignoreMissing);
    await rename(aside, `${path}.1`);
  } catch (error) {
    await rename(aside, path).catch(() => undefined);
    throw error;
  }
}

/** Joins what has gathered into as few writes as the file's limit allows. */
function* toParts(chunks: Buffer[], maxBytes: number, size: () => number): Generator<Buffer> {
  let part: Buffer[] = [];
  let length = 0;
  for (const chunk of chunks) {
    if (part.length > 0 && size() + length + chunk.length > maxBytes) {
      yield Buffer.concat(part, length);
      part = [];
      length = 0;
    }
    part.push(chunk);
    length += chunk.length;
  }
  if (part.length > 0) yield Buffer.concat(part, length);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
