import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { withWriteLock } from "./write-lock.js";

/** The names (never the values) of what a store holds, for stores that cannot be asked. */
export interface NamesFile {
  read(): Promise<string[]>;
  add(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/**
 * A JSON array of strings, mode 0600, replaced as a whole: a crash leaves the old list or the new one. Changes wait for each other,
 * those of other processes too.
 * A file that is missing or unreadable as such is an empty list: what it lists can be set again, what it blocked could not.
 */
export function createNamesFile(path: string): NamesFile {
  async function read(): Promise<string[]> {
    try {
      const parsed: unknown = JSON.parse(await readFile(path, "utf8"));
      return Array.isArray(parsed) ? parsed.filter((name) => typeof name === "string") : [];
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (isMissing || error instanceof SyntaxError) return [];
      throw error;
    }
  }

  async function write(names: string[]): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}.tmp`;
    await rm(draft, { force: true });
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(names, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  }

  let last: Promise<void> = Promise.resolve();
  function change(step: (names: string[]) => string[]): Promise<void> {
    const changed = last.then(async () => {
      const isNeeded = (names: string[]) => step(names).length !== names.length;
      if (!isNeeded(await read())) return;
      await withWriteLock(`${path}.lock`, async () => {
        const names = await read();
        if (isNeeded(names)) await write(step(names));
      });
    });
    last = changed.catch(() => undefined);
    return changed;
  }

  return {
    read,
    add: (name) => change((names) => (names.includes(name) ? names : [...names, name].sort())),
    remove: (name) => change((names) => names.filter((other) => other !== name)),
  };
}
