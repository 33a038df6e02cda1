import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDatabase } from "../../src/store/database.js";
import { isBusy, type StoreTrouble } from "../../src/store/faults.js";
import { readMeta, writeMeta } from "../../src/store/meta.js";
import { temporaryFolder } from "../support/database.js";

async function aDatabase() {
  const path = join(temporaryFolder(), "gitnotify.db");
  const opened = await openDatabase(path, { busyMs: 1_500 });
  onTestFinished(() => opened.close().catch(() => {}));
  const heard: Array<StoreTrouble["what"] | null> = [];
  opened.health.listen((trouble) => heard.push(trouble?.what ?? null));
  const store = (value: string) =>
    opened.db.transaction().execute((transaction) => writeMeta(transaction, "telegram.bot", value));
  return { ...opened, path, heard, store };
}

/** Overwrites the middle of the file, as a dying disk does. */
function damage(path: string): void {
  const file = openSync(path, "r+");
  const { size } = statSync(path);
  writeSync(file, Buffer.alloc(size - 8192, 0xa5), 0, size - 8192, 8192);
  closeSync(file);
}

describe("a disk that is full", () => {
  it("is told as what it is, loses nothing, and is over when there is room", async () => {
    const { db, raw, health, heard, store } = await aDatabase();
    await store("before");
    raw.pragma(`max_page_count = ${Number(raw.pragma("page_count", { simple: true })) + 1}`);
    await expect(store("x".repeat(100_000))).rejects.toThrow("database or disk is full");
    await expect(store("x".repeat(100_000))).rejects.toThrow("database or disk is full");
    expect(health.trouble()).toMatchObject({ what: "full" });
    expect(await readMeta(db, "telegram.bot")).toBe("before");
    raw.pragma("max_page_count = 1073741823");
    await store("after");
    expect(health.trouble()).toBeNull();
    expect(heard).toEqual(["full", null]);
  });
});

it("a database that another program holds for a second is waited for, and the loop goes on meanwhile", async () => {
  const { path, db, store } = await aDatabase();
  const other = new Sqlite(path);
  other.exec("begin immediate");
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 10);
  setTimeout(() => other.exec("commit"), 700);
  await Promise.all([store("x"), writeMeta(db, "daemon.clean-stop", "y")]);
  clearInterval(turning);
  expect([await readMeta(db, "telegram.bot"), await readMeta(db, "daemon.clean-stop")]).toEqual(["x", "y"]);
  expect(turns).toBeGreaterThan(2);
  other.close();
});

it("a database that another program holds for longer is busy, and that is no trouble of it", async () => {
  const { path, health, store } = await aDatabase();
  const other = new Sqlite(path);
  other.exec("begin immediate");
  const error: unknown = await store("x").catch((reason: unknown) => reason);
  expect(isBusy(error)).toBe(true);
  expect(health.trouble()).toBeNull();
  other.exec("commit");
  other.close();
  await store("x");
});

describe("a file that is damaged", () => {
  it("after a clean stop is found before anything is written", async () => {
    const { path, close, store } = await aDatabase();
    await store("x".repeat(50_000));
    await close();
    damage(path);
    await expect(openDatabase(path)).rejects.toMatchObject({
      code: "corrupt",
      remedy: expect.stringContaining("gitnotify db restore FILE") as unknown,
    });
  });

  it("while it is open is found with the first statement that meets it, and stays known", async () => {
    const { path, db, raw, health, heard, store } = await aDatabase();
    await store("x".repeat(50_000));
    raw.pragma("wal_checkpoint(truncate)");
    damage(path);
    raw.pragma("shrink_memory");
    const other = await readMeta(db, "telegram.bot").catch((error: unknown) => error);
    expect(other).toBeInstanceOf(Error);
    expect(health.trouble()).toMatchObject({ what: "damaged" });
    await store("y").catch(() => {});
    expect(heard).toEqual(["damaged"]);
  });
});
