import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually, startSurroundings, type Surroundings } from "./harness.js";
import { begun, environmentOf, executable, type Spawned, spawnGitnotify } from "./process.js";

let world: Surroundings;
let running: Spawned[] = [];
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.map(({ ended }) => ended));
  running = [];
  await world.close();
});

function spawn(...words: string[]): Spawned {
  const spawned = spawnGitnotify(world, words);
  running.push(spawned);
  return spawned;
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const moments = [0, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 400, 500, 700, 900, 1200, 1500];

describe("a daemon that starts", () => {
  it("ends with 0 on SIGTERM and on SIGINT, whenever it comes", { timeout: 120_000 }, async () => {
    for (const [index, moment] of moments.entries()) {
      const signal = index % 3 === 1 ? "SIGINT" : "SIGTERM";
      const daemon = spawn("start");
      await begun(daemon);
      await wait(moment);
      daemon.child.kill(signal);
      const end = await daemon.ended;
      expect({ moment, end, printed: daemon.printed() }).toMatchObject({ moment, end: 0 });
      expect(daemon.printed()).toContain("Stopping");
    }
  });

  it("lives on after a SIGHUP, whenever it comes", { timeout: 120_000 }, async () => {
    for (const moment of [0, 20, 75, 200, 500]) {
      const daemon = spawn("start");
      await begun(daemon);
      await wait(moment);
      daemon.child.kill("SIGHUP");
      await eventually(() => /\d connections?/.test(daemon.printed()), {
        describe: () => `${moment} ms: ${daemon.printed()}`,
      });
      daemon.child.kill("SIGTERM");
      expect({ moment, end: await daemon.ended }).toEqual({ moment, end: 0 });
    }
  });
});

/** Sends a signal to the process itself when the first file of the bundle is opened: earlier no signal reaches the program. */
function atFirstFile(signal: string): string {
  const file = join(world.home, `at-first-file-${signal}.cjs`);
  const code = `const Module = require("node:module");
const load = Module._load;
Module._load = function (request, ...rest) {
  if (/dist/.test(request)) { Module._load = load; process.kill(process.pid, "${signal}"); }
  return load.call(this, request, ...rest);
};`;
  writeFileSync(file, code);
  return file;
}

function runWith(signal: string, words: string[]): Promise<{ code: unknown; signal: unknown }> {
  writeFileSync(join(world.home, "config.yaml"), world.config(), { mode: 0o600 });
  const all = ["--require", atFirstFile(signal), executable, "--home", world.home, ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { env: environmentOf(world) }, (error) =>
      resolve({ code: error?.code ?? (error === null ? 0 : null), signal: error?.signal ?? null }),
    );
  });
}

describe("a signal before the program itself is loaded", () => {
  it.each(["SIGTERM", "SIGINT"])("%s ends a daemon in order", async (signal) => {
    expect(await runWith(signal, ["start"])).toEqual({ code: 0, signal: null });
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"])("%s ends any other command as it always did", async (signal) => {
    expect(await runWith(signal, ["status"])).toEqual({ code: null, signal });
  });
});
