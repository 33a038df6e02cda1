import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withWriteLock } from "../../src/secrets/write-lock.js";
import { troubleOf } from "./trouble.js";

const sqlite = createRequire(import.meta.url).resolve("better-sqlite3");

function aLockFile(): string {
  return join(mkdtempSync(join(tmpdir(), "lock-")), "new", "secrets.enc.lock");
}

/** Another process that holds the lock until it is killed. */
async function aHolder(lockFile: string) {
  const script = `const lock = new (require(${JSON.stringify(sqlite)}))(${JSON.stringify(lockFile)});
    lock.exec("begin exclusive"); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
}

it("lets one work after the other, and goes on when one fails", async () => {
  const lockFile = aLockFile();
  const said: string[] = [];
  const work = (name: string, isFailing = false) =>
    withWriteLock(lockFile, async () => {
      said.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      said.push(`${name} ends`);
      if (isFailing) throw new Error("it failed");
      return name;
    }).catch(() => "failed");
  expect((await Promise.all([work("a"), work("b", true), work("c")])).sort()).toEqual(["a", "c", "failed"]);
  for (let n = 0; n < said.length; n += 2)
    expect([said[n], said[n + 1]]).toEqual([said[n], said[n]?.replace("begins", "ends")]);
});

it("waits less than three seconds for another process, without stopping this one", async () => {
  const lockFile = aLockFile();
  await withWriteLock(lockFile, async () => undefined);
  const end = await aHolder(lockFile);
  try {
    const [started, before] = [performance.now(), process.cpuUsage()];
    let longest = 0;
    let last = started;
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 10);
    const trouble = await troubleOf(withWriteLock(lockFile, async () => "done"));
    clearInterval(beat);
    expect(trouble.code).toBe("timeout");
    expect(performance.now() - started).toBeLessThan(3_500);
    expect(longest).toBeLessThan(500);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  } finally {
    await end();
  }
  expect(await withWriteLock(lockFile, async () => "done")).toBe("done");
});
