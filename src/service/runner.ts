import { spawn, type SpawnOptions } from "node:child_process";
import { chmod, copyFile, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { childEnvironment } from "../lib/child-environment.js";

/** Everything that a service manager does to the machine goes through here, so that tests can stand in for the machine. */
export interface Runner {
  /** Runs a program to its end. Never rejects: a program that is not there ends with code 127. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs a program on this terminal until it ends or is interrupted. Its exit code. */
  show(argv: readonly string[]): Promise<number>;
  exists(path: string): Promise<boolean>;
  /** null: there is no such file, or it may not be read. */
  read(path: string): Promise<Buffer | null>;
  /** Replaces the file as a whole, making its folders. */
  write(path: string, content: Buffer | string, mode: number): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** A file or a folder with all in it. False: there was none. */
  remove(path: string): Promise<boolean>;
}

export interface RunOptions {
  /** For the program's stdin. */
  input?: string;
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** `inherited`: the environment of the programs that it runs, which get it without secrets. */
export function createRunner(inherited: Record<string, string | undefined>): Runner {
  const env = childEnvironment(inherited);
  return {
    run: (argv, { input } = {}) => runToEnd(argv, { env }, input),
    show: (argv) => showUntilEnd(argv, { env, stdio: "inherit" }),
    exists: (path) =>
      stat(path).then(
        () => true,
        () => false,
      ),
    read: (path) => readFile(path).catch(() => null),
    write: writeWhole,
    async copy(from, to) {
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, to);
    },
    async remove(path) {
      try {
        await rm(path, { recursive: true });
        return true;
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
        throw error;
      }
    },
  };
}

function runToEnd(argv: readonly string[], options: SpawnOptions, input = ""): Promise<Ran> {
  const [program = "", ...rest] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { ...options, stdio: "pipe", windowsHide: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // A program that does not read its input closes it, which is no failure of ours.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8");
    child.once("error", (error) => resolve({ code: 127, stdout: "", stderr: error.message }));
    child.once("close", (code, signal) =>
      resolve({ code: code ?? 1, stdout: text(stdout), stderr: text(stderr) || (signal ?? "") }),
    );
  });
}

/** Ctrl-C is for the program that is shown: this one waits for it and ends after it. */
function showUntilEnd(argv: readonly string[], options: SpawnOptions): Promise<number> {
  const [program = "", ...rest] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, rest, options);
    const ignore = () => {};
    process.on("SIGINT", ignore);
    const end = (code: number) => {
      process.off("SIGINT", ignore);
      resolve(code);
    };
    child.once("error", () => end(127));
    child.once("close", (code, signal) => end(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

async function writeWhole(path: string, content: Buffer | string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  await rm(draft, { force: true });
  try {
    const file = await open(draft, "wx", mode);
    try {
      await file.writeFile(content);
      // The umask took bits away that others need: a unit is read by everybody.
      await chmod(draft, mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
