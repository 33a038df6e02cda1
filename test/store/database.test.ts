import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { DatabaseError, openDatabase, schemaVersion } from "../../src/store/database.js";
import { migrate } from "../../src/store/migrate.js";
import { migrations } from "../../src/store/migrations/index.js";
import { saveProject } from "../../src/store/projects.js";
import { aProject } from "../support/builders.js";
import { temporaryFolder, testDatabase } from "../support/database.js";

function newPath(): string {
  return join(temporaryFolder(), "gitnotify.db");
}

async function makeDatabase(path = newPath()): Promise<string> {
  await (await openDatabase(path)).close();
  return path;
}

async function refusal(path: string): Promise<DatabaseError> {
  const error: unknown = await openDatabase(path).then(
    (opened) => opened.close(),
    (problem: unknown) => problem,
  );
  if (!(error instanceof DatabaseError)) throw new Error(`It was not refused: ${String(error)}`);
  return error;
}

/** A database with rows on several pages and with its log left beside it, as after a kill. */
async function afterAKill(): Promise<string> {
  const path = newPath();
  const opened = await openDatabase(path);
  await opened.db.transaction().execute(async (transaction) => {
    for (let id = 0; id < 300; id += 1) {
      await saveProject(transaction, aProject({ id: String(id), path: `acme/project-${id}` }));
    }
  });
  opened.raw.pragma("wal_checkpoint(TRUNCATE)");
  await saveProject(opened.db, aProject({ id: "last" }));
  const killed = join(temporaryFolder(), "killed.db");
  copyFileSync(path, killed);
  copyFileSync(`${path}-wal`, `${killed}-wal`);
  copyFileSync(`${path}.made`, `${killed}.made`);
  await opened.close();
  return killed;
}

describe("opening a database", () => {
  it("really writes every commit through to the disk", async () => {
    const opened = await openDatabase(newPath());
    expect(opened.raw.pragma("journal_mode", { simple: true })).toBe("wal");
    // 2 is FULL: NORMAL may lose the last commits when the power goes.
    expect(opened.raw.pragma("synchronous", { simple: true })).toBe(2);
    expect(opened.raw.pragma("foreign_keys", { simple: true })).toBe(1);
    expect(opened.raw.pragma("busy_timeout", { simple: true })).toBe(250);
    await opened.close();
  });

  it("makes the newest schema once and finds everything again", async () => {
    const path = newPath();
    const first = await openDatabase(path);
    expect(schemaVersion(first.raw)).toBe(migrations.length);
    await saveProject(first.db, aProject());
    await first.close();
    const second = await openDatabase(path);
    expect(await second.db.selectFrom("projects").select("path").execute()).toEqual([{ path: "acme/api" }]);
    await second.close();
  });

  it("refuses a schema from a newer version, names both, and changes nothing", async () => {
    const path = await makeDatabase();
    const opened = await openDatabase(path);
    opened.raw.pragma(`user_version = ${migrations.length + 3}`);
    await opened.close();
    const before = readFileSync(path);
    const error = await refusal(path);
    expect(error.code).toBe("newer");
    expect(error.message).toContain(`version ${migrations.length + 3}`);
    expect(error.remedy).toContain("newer gitnotify");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("does not take a deleted database for a first run", async () => {
    const path = await makeDatabase();
    rmSync(path);
    const error = await refusal(path);
    expect([error.code, error.message.includes(path)]).toEqual(["emptied", true]);
    expect(existsSync(path)).toBe(false);
  });

  it("does not take an emptied database for a first run, and leaves it empty", async () => {
    const path = await makeDatabase();
    truncateSync(path);
    const error = await refusal(path);
    expect([error.code, error.remedy.includes("db restore")]).toEqual(["emptied", true]);
    expect(statSync(path).size).toBe(0);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it("refuses a file that is no database and leaves it as it is", async () => {
    const path = newPath();
    const text = "This is a letter, and quite a long one.\n".repeat(100);
    writeFileSync(path, text);
    const error = await refusal(path);
    expect([error.code, error.message]).toEqual(["not_a_database", `${path} is not a gitnotify database.`]);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(existsSync(`${path}.made`)).toBe(false);
  });

  it("goes on after a kill with everything that was committed", async () => {
    const opened = await openDatabase(await afterAKill());
    const rows = await opened.db.selectFrom("projects").select("project_id").execute();
    expect(rows).toHaveLength(301);
    await opened.close();
  });

  it("looks a database over after a kill and refuses a damaged one", async () => {
    const path = await afterAKill();
    const bytes = readFileSync(path);
    // Every page after the schema's first ones: what is broken is data, so that opening alone sees nothing.
    bytes.fill(0x5a, bytes.length - 40_960, bytes.length);
    writeFileSync(path, bytes);
    const error = await refusal(path);
    expect([error.code, error.message]).toEqual(["corrupt", `${path} is damaged.`]);
    expect(error.remedy).toContain("db restore");
  });

  it("says so when the folder does not let it", async () => {
    const error = await refusal(join(temporaryFolder(), "missing", "gitnotify.db"));
    expect([error.code, error.remedy]).toEqual(["failed", "Check the folder's permissions and free space."]);
  });
});

describe("migrations", () => {
  it("are taken back together with their version when they fail, and what went before stays", async () => {
    const { db, raw } = await testDatabase();
    const made = { name: "made", up: async () => void raw.exec("create table first (id integer)") };
    const broken = {
      name: "broken",
      up: async (executor: Parameters<(typeof migrations)[number]["up"]>[0]) => {
        await sql`create table second (id integer)`.execute(executor);
        await sql`update projects set path = 'changed'`.execute(executor);
        throw new Error("out of ideas");
      },
    };
    await saveProject(db, aProject());
    await expect(migrate(db, raw, [...migrations, made, broken])).rejects.toThrow("out of ideas");
    expect(schemaVersion(raw)).toBe(migrations.length + 1);
    const tables = raw
      .prepare("select name from sqlite_master where name in ('first', 'second')")
      .pluck()
      .all();
    expect(tables).toEqual(["first"]);
    expect(await db.selectFrom("projects").select("path").execute()).toEqual([{ path: "acme/api" }]);
  });

  it("are each made once, in their order", async () => {
    const { db, raw } = await testDatabase();
    const made: string[] = [];
    const step = (name: string) => ({ name, up: async () => void made.push(name) });
    await migrate(db, raw, [...migrations, step("a"), step("b")]);
    await migrate(db, raw, [...migrations, step("a"), step("b"), step("c")]);
    expect(made).toEqual(["a", "b", "c"]);
  });
});
