import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readDaemonState } from "../../src/lib/daemon-state.js";
import { eventually, ownerChat, startSurroundings, type Surroundings } from "./harness.js";
import { environmentOf, executable, type Spawned, spawnGitnotify } from "./process.js";

const project = "platform/core";

// Starting a process takes a second of its own, and several on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

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

function start(config = world.config()): Spawned {
  const spawned = spawnGitnotify(world, ["start"], config);
  running.push(spawned);
  return spawned;
}

const saying = (...words: string[]) =>
  ownerChat(world).filter((message) => words.every((word) => message.text.includes(word)));
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const connected = (daemon: Spawned) =>
  eventually(() => /\d connections?/.test(daemon.printed()), { describe: () => daemon.printed() });

describe("a start without Telegram", () => {
  it("polls all the same, says why it is silent, and delivers and listens when Telegram answers", async () => {
    const mend = world.telegram.faults.add(/./, { kind: "reset" }, Infinity);
    const daemon = start();
    await connected(daemon);
    expect(daemon.printed()).toContain("Telegram does not answer yet");
    await eventually(() => world.gitlab.server.ledger.count(/merge_requests/) > 1);
    const state = readDaemonState(world.home);
    expect(state).toMatchObject({ pid: daemon.child.pid, bot: null });
    expect(state?.telegramTrouble?.what).toContain("127.0.0.1");
    expect(readFileSync(join(world.home, "daemon.json"), "utf8")).not.toContain(world.telegram.token);
    world.gitlab.openMergeRequest(project, { author: "bob", title: "Seen in the dark", source: "dark" });
    await wait(1_500);
    mend();
    await eventually(() => saying("Seen in the dark").length > 0, {
      timeoutMs: 30_000,
      describe: () => daemon.printed(),
    });
    await eventually(() => daemon.printed().includes("Telegram answers now: @"));
    await eventually(() => readDaemonState(world.home)?.telegramTrouble === null);
    expect(readDaemonState(world.home)?.bot).toBe("gitnotify_sandbox_bot");
  });

  it("ends with 4 when the token is refused", async () => {
    const body = { ok: false, error_code: 401, description: "Unauthorized" };
    world.telegram.faults.add(/./, { kind: "status", status: 401, body }, Infinity);
    const daemon = start();
    expect(await daemon.ended).toBe(4);
    expect(daemon.printed()).toContain("Get a valid token from @BotFather");
    expect(existsSync(join(world.home, "daemon.json"))).toBe(false);
  });
});

describe("signals", () => {
  it("a SIGHUP while it starts does not end it", async () => {
    world.telegram.faults.add(/getMe/, { kind: "slow", ms: 2_000 }, 1);
    const daemon = start();
    await eventually(() => existsSync(join(world.home, "daemon.json")));
    daemon.child.kill("SIGHUP");
    await eventually(() => saying("Now watching", project).length > 0, {
      timeoutMs: 20_000,
      describe: () => daemon.printed(),
    });
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toBe(0);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("a second %s ends it at once with %i", async (signal, code) => {
    const daemon = start();
    await connected(daemon);
    await hangInDelivery();
    daemon.child.kill(signal);
    await eventually(() => daemon.printed().includes("Stopping"));
    await wait(500);
    expect(daemon.child.exitCode).toBeNull();
    const asked = Date.now();
    daemon.child.kill(signal);
    expect(await daemon.ended).toBe(code);
    expect(Date.now() - asked).toBeLessThan(2_000);
  });

  it("stops within ten seconds when nobody answers any more", async () => {
    const daemon = start();
    await connected(daemon);
    await hangInDelivery();
    for (const { faults } of [world.gitlab.server, world.github.server])
      faults.add(/./, { kind: "hang" }, Infinity);
    await wait(1_500);
    const asked = Date.now();
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toBe(0);
    expect(Date.now() - asked).toBeGreaterThan(1_000);
    expect(Date.now() - asked).toBeLessThan(10_000);
    expect(existsSync(join(world.home, "daemon.json"))).toBe(false);
  });

  it("stops within ten seconds while it reads new settings and waits for Telegram", async () => {
    const daemon = start();
    await connected(daemon);
    world.telegram.faults.add(/./, { kind: "hang" }, Infinity);
    daemon.child.kill("SIGHUP");
    await wait(500);
    const asked = Date.now();
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(10_000);
  });
});

const tmux = (...words: string[]) =>
  spawnSync("tmux", ["-L", "gitnotify-lifecycle", "-f", "/dev/null", ...words], { encoding: "utf8" });

describe("in a terminal", () => {
  it.skipIf(tmux("-V").status !== 0)(
    "reads its settings again on SIGHUP while the terminal is there, and ends in order when it goes away (skipped without tmux)",
    async () => {
      writeFileSync(join(world.home, "config.yaml"), world.config(), { mode: 0o600 });
      const variables = Object.entries(environmentOf(world)).flatMap(([name, value]) => [
        "-e",
        `${name}=${value}`,
      ]);
      const words = [process.execPath, executable, "--home", world.home, "start"];
      try {
        const begun = tmux("new-session", "-d", "-x", "150", "-y", "50", ...variables, ...words);
        expect(begun.stderr).toBe("");
        await eventually(() => saying("Now watching", project).length > 0, { timeoutMs: 20_000 });
        const pid = readDaemonState(world.home)?.pid ?? 0;
        process.kill(pid, "SIGHUP");
        await eventually(() => tmux("capture-pane", "-p").stdout.includes("Settings reloaded"));
        expect(readDaemonState(world.home)?.reloadedAt).toBeGreaterThan(0);
        tmux("kill-session");
        await eventually(() => !isAlive(pid), { timeoutMs: 10_000 });
        expect(existsSync(join(world.home, "daemon.json"))).toBe(false);
      } finally {
        tmux("kill-server");
      }
    },
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A message is out and no answer comes: what a stop waits for. */
async function hangInDelivery(): Promise<void> {
  await eventually(() => saying("Now watching", project).length > 0);
  world.telegram.faults.add(/sendMessage/, { kind: "hang" }, Infinity);
  world.gitlab.openMergeRequest(project, { author: "bob", title: "Hangs", source: "hangs" });
  // Requests without an answer are in no ledger: two polls are time enough.
  await wait(2_500);
}
