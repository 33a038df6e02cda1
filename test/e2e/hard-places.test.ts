import { chmodSync, closeSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DatabaseError } from "../../src/store/database.js";
import { eventually, ownerChat, startDaemon, startSurroundings, type Surroundings } from "./harness.js";
import { environmentOf, executable } from "./process.js";

let world: Surroundings;
beforeEach(async () => void (world = await startSurroundings()));
afterEach(() => world.close());

const said = () => ownerChat(world).map(({ text }) => text);

describe("a database that is damaged while the daemon runs", () => {
  it("stops it, and the owner hears what to do straight from Telegram", async () => {
    const daemon = await startDaemon(world);
    await eventually(() => said().some((text) => text.includes("Now watching")));
    const path = join(world.home, "gitnotify.db");
    const file = openSync(path, "r+");
    const { size } = statSync(path);
    writeSync(file, Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096);
    closeSync(file);
    const log = openSync(`${path}-wal`, "r+");
    writeSync(log, Buffer.alloc(statSync(`${path}-wal`).size, 0xa5));
    closeSync(log);
    // What SQLite holds in memory it does not read again.
    await sql`pragma shrink_memory`.execute(daemon.app.options.db).catch(() => {});
    const error = await daemon.ended;
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error).toMatchObject({ code: "corrupt" });
    expect(said().filter((text) => text.includes("gitnotify db restore"))).toHaveLength(1);
    await daemon.stop();
  });
});

describe("a disk that is full while the daemon runs", () => {
  it("is told once, asked about gently, and nothing is lost when there is room again", async () => {
    const daemon = await startDaemon(world);
    await eventually(() => said().some((text) => text.includes("Now watching")));
    const { db } = daemon.app.options;
    const pages = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`create table ballast (b blob)`.execute(db);
    await sql.raw(`pragma max_page_count = ${(pages.rows[0]?.page_count ?? 0) + 2}`).execute(db);
    await sql`insert into ballast values (randomblob(200000))`.execute(db).catch(() => {});
    await eventually(() => said().some((text) => text.includes("disk of the database is full")));
    expect(said().filter((text) => text.includes("is full"))).toHaveLength(1);
    await sql.raw("pragma max_page_count = 1073741823").execute(db);
    await db.transaction().execute((transaction) => sql`insert into ballast values (1)`.execute(transaction));
    await eventually(() => said().some((text) => text.includes("can be written to again")));
    await daemon.stop();
  });
});

/** The exit code after a SIGTERM that comes when it has run for a while. */
async function runFor(ms: number, words: string, prefix = ""): Promise<{ code: number | null; out: string }> {
  writeFileSync(join(world.home, "config.yaml"), world.config(), { mode: 0o600 });
  const command = `${prefix} exec ${process.execPath} ${executable} --home ${world.home} start ${words}`;
  const child = spawn("/bin/sh", ["-c", command], {
    env: environmentOf(world),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const early = await Promise.race([
    ended,
    new Promise<"runs">((resolve) => setTimeout(() => resolve("runs"), ms)),
  ]);
  if (early !== "runs") return { code: early, out: `ended by itself: ${out}` };
  child.kill("SIGTERM");
  return { code: await ended, out };
}

describe.skipIf(process.platform !== "linux")("a daemon whose output cannot be written", () => {
  it("works on, and ends in order when it is stopped", async () => {
    const { code, out } = await runFor(4_000, ">/dev/full 2>/dev/full");
    expect([out, code]).toEqual(["", 0]);
    expect(said().some((text) => text.includes("Now watching"))).toBe(true);
  });
});

describe.skipIf(process.platform !== "linux")("a daemon with hardly any file descriptors", () => {
  it("does not end because its memory cannot be read", async () => {
    const { code, out } = await runFor(4_000, "", "ulimit -n 32;");
    expect(out).not.toContain("ended by itself");
    expect(code).toBe(0);
  });
});

describe.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
  "a home that may not be written",
  () => {
    it("is said at the start, with what to do", async () => {
      chmodSync(world.home, 0o500);
      const { code, out } = await runFor(4_000, "");
      chmodSync(world.home, 0o700);
      expect(code).toBe(1);
      expect(out).toContain("cannot be written");
      expect(out).toContain("--home");
    });
  },
);
