import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Surroundings, tokens } from "./harness.js";

export const executable = fileURLToPath(new URL("../../bin/gitnotify.cjs", import.meta.url));

/** A gitnotify process of its own, as people start it. */
export interface Spawned {
  child: ChildProcess;
  /** Everything that it printed so far, both streams. */
  printed(): string;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** What such a process finds in its environment: the tokens, and nothing of the machine's. */
export function environmentOf(world: Surroundings): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    GITNOTIFY_SECRET_TELEGRAM: world.telegram.token,
    GITNOTIFY_SECRET_CONNECTION_GITHUB: tokens.github,
    GITNOTIFY_SECRET_CONNECTION_WORK: tokens.gitlab,
  };
}

/** Needs a build: `npm test` makes one. */
export function spawnGitnotify(world: Surroundings, words: string[], config = world.config()): Spawned {
  writeFileSync(join(world.home, "config.yaml"), config, { mode: 0o600 });
  const child = spawn(process.execPath, [executable, "--home", world.home, ...words], {
    env: environmentOf(world),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  const ended = new Promise<number | string>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal ?? "?")),
  );
  return { child, printed: () => chunks.join(""), ended };
}

/** Node takes some milliseconds until it runs the first line of any program; a signal that early is the kernel's alone. */
export async function begun({ child }: Spawned): Promise<void> {
  if (process.platform !== "linux") return wait(500);
  while (child.exitCode === null && child.signalCode === null && !hearsHangUp(child.pid ?? 0)) await wait(1);
}

/** Of the signals that gitnotify listens to, the one that Node itself never catches. */
function hearsHangUp(pid: number): boolean {
  const caught = /^SigCgt:\t([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  return (BigInt(`0x${caught}`) & 1n) === 1n;
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
