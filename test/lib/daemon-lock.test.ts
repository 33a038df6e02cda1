import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { findDaemon, LockedError, takeDaemonLock } from "../../src/lib/daemon-lock.js";
import { temporaryFolder } from "../support/database.js";

/** Another process that holds the lock as `takeDaemonLock` does, until it is killed. */
async function holdElsewhere(folder: string): Promise<ChildProcess & { pid: number }> {
  const driver = createRequire(import.meta.url).resolve("better-sqlite3");
  const script = `
    const Sqlite = require(${JSON.stringify(driver)});
    const lock = new Sqlite(${JSON.stringify(join(folder, "daemon.lock"))});
    lock.exec("begin exclusive");
    require("node:fs").writeFileSync(${JSON.stringify(join(folder, "daemon.pid"))}, process.pid + "\\n");
    process.stdout.write("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return Object.assign(child, { pid: child.pid ?? 0 });
}

it("refuses a second holder and names the first", async () => {
  const folder = temporaryFolder();
  const release = await takeDaemonLock(folder, 4711);
  const refused = await takeDaemonLock(folder, 4712, 10).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LockedError);
  expect(refused).toMatchObject({ pid: 4711, message: "Process 4711 holds the lock." });
  expect(await findDaemon(folder)).toBe(4711);
  release();
  expect(existsSync(join(folder, "daemon.pid"))).toBe(false);
  (await takeDaemonLock(folder, 4712))();
});

it("is refused while another process lives, and free as soon as it was killed", async () => {
  const folder = temporaryFolder();
  const holder = await holdElsewhere(folder);
  await expect(takeDaemonLock(folder, 1, 10)).rejects.toMatchObject({ pid: holder.pid });
  const ended = once(holder, "exit");
  holder.kill("SIGKILL");
  await ended;
  // The pid file of the dead one is still there; it is the lock that counts.
  expect(await findDaemon(folder)).toBeNull();
  (await takeDaemonLock(folder, 2, 10))();
});

it("does without a readable pid file", async () => {
  const folder = temporaryFolder();
  const release = await takeDaemonLock(folder, 4711);
  onTestFinished(release);
  writeFileSync(join(folder, "daemon.pid"), "nonsense");
  await expect(takeDaemonLock(folder, 1, 10)).rejects.toMatchObject({
    pid: null,
    message: "Another process holds the lock.",
  });
});
