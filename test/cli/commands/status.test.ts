import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { takeDaemonLock } from "../../../src/lib/daemon-lock.js";
import { saveAccess, saveQuota } from "../../../src/store/accounts.js";
import { openDatabase } from "../../../src/store/database.js";
import { saveMember } from "../../../src/store/members.js";
import { saveShownSettings } from "../../../src/store/shown-settings.js";
import { syncSources, updateSource } from "../../../src/store/sources.js";
import type { Database } from "../../../src/store/schema.js";
import { createIo, run, type Ran, useFolder } from "../terminal.js";
import { runCli } from "../../../src/cli/run.js";

const folder = useFolder();
const yaml = (ids: string[]) =>
  `secrets: { store: env }\nconnections:\n${ids.map((id) => `  - { id: ${id}, platform: github, url: "https://${id}.example.com" }\n`).join("")}`;

function status(...argv: string[]): Promise<Ran> {
  return run(["--home", folder.path, "status", ...argv]);
}

function configure(text: string, at = Date.now()): void {
  const file = join(folder.path, "config.yaml");
  writeFileSync(file, text);
  utimesSync(file, at / 1000, at / 1000);
}

/** A home in which a daemon has been at work with the connections `one` and `two`. */
async function work(more: (db: Database) => Promise<void> = async () => {}): Promise<void> {
  configure(yaml(["one", "two"]), Date.now() - 60_000);
  const { db, close } = await openDatabase(join(folder.path, "gitnotify.db"));
  const now = Date.now();
  await saveShownSettings(db, { at: now - 30_000, connections: ["one", "two"], declared: 0 });
  await saveMember(db, { id: "1", role: "owner", name: "Mia" }, 1);
  await saveAccess(db, "one", {
    account: { id: "1", login: "mia" },
    tokenKind: "t",
    scopes: [],
    lacks: ["reading"],
    inbox: true,
  });
  await saveQuota(db, "one", { limit: 5000, remaining: 4812, resetAt: new Date(now + 60_000).toISOString() });
  await syncSources(db, "one", [{ connectionId: "one", kind: "inbox", projectId: null }]);
  await updateSource(db, "one/inbox/-", {
    ...{ cursor: "c", lastSuccessAt: now - 12_000, dueAt: now + 20_500, lastPollMs: 2_300 },
  });
  await more(db);
  await close();
}

function sayAsDaemon(more: object = {}): void {
  const now = Date.now();
  const state = { pid: 12345, version: "0.1.0", node: "20.19.0", startedAt: now - 3 * 3_600_000, at: now };
  const rest = {
    rssBytes: 78e6,
    heapBytes: 1,
    loopDelayMs: 5,
    bot: "acme_bot",
    reloadedAt: null,
    reloadProblem: null,
  };
  writeFileSync(
    join(folder.path, "daemon.json"),
    JSON.stringify({ ...state, ...rest, telegramTrouble: null, ...more }),
  );
}

describe("status", () => {
  it("shows the daemon, each connection, what is slow and what is owed", async () => {
    await work();
    sayAsDaemon();
    const unlock = await takeDaemonLock(folder.path, 12345);
    const { stdout, code } = await status();
    unlock();
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^● running {3}gitnotify 0\.1\.0 · process 12345\n {12}since .* \(3 h\) · memory 78 MB · Node 20\.19\.0\n/,
    );
    expect(stdout).toContain("bot         @acme_bot\n");
    expect(stdout).toMatch(/one +mia +4812\/5000 +1[2-9] s ago +in (1\d|20) s +well\n/);
    expect(stdout).toMatch(/two +- +- +never +- +not polled yet\n/);
    expect(stdout).toContain("sources     1, all well\nslowest     one inbox 2.3 s\n");
    expect(stdout).toContain("outbox      nothing owed · 0 delivered · no dead letters\n");
    expect(stdout).toContain("one: Projects, pipelines");
  });

  it("works when the daemon does not run, and says when it ended without a clean stop", async () => {
    await work();
    expect((await status()).stdout).toMatch(/^○ not running\nowner {7}Mia\n/);
    sayAsDaemon({ at: Date.now() - 7_200_000 });
    expect((await status()).stdout).toContain("ended without a clean stop 2 h ago");
  });

  it("works before the first start, and makes nothing", async () => {
    const { stdout, code } = await status();
    expect(code).toBe(0);
    expect(stdout).toBe(
      "○ not running\nNothing was started in this home yet: `gitnotify init` sets it up, `gitnotify start` runs it.\n",
    );
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("says why a source fails and a connection rests", async () => {
    await work(async (db) => {
      await updateSource(db, "one/inbox/-", {
        failures: 4,
        failingSince: Date.now() - 720_000,
        lastError: "503 of it.",
      });
    });
    const { stdout } = await status();
    expect(stdout).toContain("1 of 1 source failing");
    expect(stdout).toContain("  ✗ one inbox (4 times, for 12 min): 503 of it.");
  });

  it("tells of settings that a running daemon has not taken, and shows those that it runs with", async () => {
    await work();
    configure(yaml(["one", "three"]));
    sayAsDaemon({});
    const unlock = await takeDaemonLock(folder.path, 12345);
    expect((await status()).stdout).toContain("was changed after the daemon read it: `kill -HUP 12345`");
    sayAsDaemon({ reloadProblem: "config.yaml:3:1: unknown key" });
    const { stdout } = await status();
    unlock();
    expect(stdout).toContain("The new config.yaml was not taken: config.yaml:3:1: unknown key");
    expect(stdout).toContain(`! Mend ${join(folder.path, "config.yaml")}; then`);
    expect(stdout).not.toContain("was changed after");
    expect(stdout).toMatch(/\ntwo /);
    expect(stdout).not.toMatch(/\nthree /);
  });

  it("says nothing of settings that the running daemon has", async () => {
    await work();
    sayAsDaemon({});
    const unlock = await takeDaemonLock(folder.path, 12345);
    const { stdout } = await status();
    unlock();
    expect(stdout).not.toMatch(/was changed|Mend/);
  });

  it("shows the settings of the file when nothing runs", async () => {
    await work();
    configure(yaml(["one", "three"]));
    const { stdout } = await status();
    expect(stdout).not.toContain("was changed");
    expect(stdout).toMatch(/\nthree /);
  });

  it("exits with 3 for a wrong config.yaml, after it has shown what is known", async () => {
    await work();
    configure("langauge: en\n");
    const { stdout, code } = await status();
    expect(code).toBe(3);
    expect(stdout).toContain("is not right (1 problem): `gitnotify config check`");
    expect(stdout).toMatch(/\none +mia /);
  });

  it("does not read config.yaml while the daemon runs with it", async () => {
    await work();
    configure("this: [is no YAML", Date.now() - 60_000);
    expect((await status()).code).toBe(0);
  });

  it("shows the daemon beside a database that cannot be read, and exits with 1", async () => {
    configure(yaml(["one"]));
    writeFileSync(join(folder.path, "gitnotify.db"), "not a database, but long enough to be read as one");
    const { stdout, code } = await status();
    expect(code).toBe(1);
    expect(stdout).toContain("○ not running\n! ");
    expect(stdout).toContain("is not a gitnotify database.");
  });

  it("gives the same as data", async () => {
    await work();
    const { stdout } = await status("--json");
    expect(JSON.parse(stdout)).toMatchObject({
      daemon: { running: false, pid: null },
      owner: "Mia",
      connections: [{ id: "one", account: "mia", quota: { remaining: 4812 } }, { id: "two" }],
      sources: { total: 1, slowest: [{ name: "one inbox", lastPollMs: 2300 }] },
      outbox: { owed: 0, oldestOwedAt: null },
      notes: [],
    });
  });

  it("cuts lines to the terminal", async () => {
    await work(async (db) => {
      await updateSource(db, "one/inbox/-", { failures: 1, failingSince: 1, lastError: "x".repeat(300) });
    });
    const { io, read } = createIo({ isTTY: true });
    Object.assign(io.stdout, { columns: 80 });
    await runCli({ argv: ["--no-color", "--home", folder.path, "status"], env: {}, io });
    const lines = read().stdout.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBe(80);
  });
});

describe("status --check", () => {
  it("exits with 0 only while the daemon runs and is heard of", async () => {
    expect(await status("--check")).toMatchObject({
      code: 1,
      stderr: "gitnotify: The daemon does not run.\n",
    });
    const unlock = await takeDaemonLock(folder.path, 12345);
    expect((await status("--check")).stderr).toContain("gave no sign of life yet");
    sayAsDaemon({ at: Date.now() - 100_000 });
    expect(await status("--check")).toMatchObject({ code: 1 });
    sayAsDaemon({ pid: 1, at: Date.now() });
    expect((await status("--check")).code).toBe(1);
    sayAsDaemon();
    expect(await status("--check")).toEqual({ code: 0, stdout: "The daemon is alive.\n", stderr: "" });
    unlock();
    expect((await status("--check", "--json")).code).toBe(1);
  });
});

describe("status --watch", () => {
  /** Runs until it has drawn as often, then presses Ctrl-C. */
  async function watchUntil(
    pictures: number,
    isTTY: boolean,
    ...argv: string[]
  ): Promise<{ code: number; text: string }> {
    const { io } = createIo({ isTTY });
    let text = "";
    let count = 0;
    Object.assign(io.stdout, { columns: 80, rows: 8 });
    io.stdout.on("data" as "pipe", (chunk: unknown) => {
      text += String(chunk);
      count += 1;
      if (count === pictures) process.emit("SIGINT");
    });
    const code = await runCli({ argv: ["--home", folder.path, ...argv], env: {}, io });
    return { code, text };
  }

  it("draws in place on a second screen and puts the terminal in order at Ctrl-C", async () => {
    await work();
    const { code, text } = await watchUntil(3, true, "status", "--watch", "1");
    expect(code).toBe(0);
    expect(text.startsWith("\u001b[?1049h\u001b[?25l\u001b[H")).toBe(true);
    expect(text.endsWith("\u001b[?25h\u001b[?1049l")).toBe(true);
    const pictures = text.split("\u001b[H").slice(1);
    expect(pictures).toHaveLength(2);
    expect(pictures[0]?.split("\r\n").length).toBeLessThanOrEqual(8);
  });

  it("writes one picture after the other where nobody looks, and one JSON a line with --json", async () => {
    await work();
    const { text } = await watchUntil(2, false, "status", "--watch", "1");
    expect(text.match(/not running/g)).toHaveLength(2);
    expect(text).not.toContain("\u001b");
    const json = await watchUntil(2, false, "--json", "status", "--watch", "1");
    const lines = json.text.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { owner: string }).owner)).toEqual(["Mia", "Mia"]);
  });

  it("refuses a rhythm that is none", async () => {
    expect((await status("--watch", "soon")).code).toBe(2);
  });
});
