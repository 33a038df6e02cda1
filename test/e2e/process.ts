import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
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
