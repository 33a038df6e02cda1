import { copyFileSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/store/database.js";
import { listMembers, saveMember } from "../../../src/store/members.js";
import { run, useFolder, type Ran } from "../terminal.js";

const folder = useFolder();
const database = () => join(folder.path, "gitnotify.db");

function db(...argv: string[]): Promise<Ran> {
  return run(["--home", folder.path, "db", ...argv], { env: {} });
}

async function saveOwner(file: string, name: string): Promise<void> {
  const opened = await openDatabase(file);
  await saveMember(opened.db, { id: "5", role: "owner", name }, 1);
  await opened.close();
}

async function ownersOf(file: string): Promise<string[]> {
  const opened = await openDatabase(file);
  const members = await listMembers(opened.db);
  await opened.close();
  return members.map(({ name }) => name);
}

const kept = () => readdirSync(folder.path).filter((name) => name.includes("before-restore"));

describe("db restore", () => {
  it("puts a backup back and keeps what was there, each time anew", async () => {
    await saveOwner(database(), "then");
    const copy = join(folder.path, "copy.db");
    expect((await db("backup", copy)).code).toBe(0);
    await saveOwner(database(), "now");
    expect((await db("restore", copy)).code).toBe(0);
    expect(await ownersOf(database())).toEqual(["then"]);
    expect((await db("restore", copy)).code).toBe(0);
    expect(kept()).toHaveLength(2);
    expect(await ownersOf(join(folder.path, kept()[0] ?? ""))).toEqual(["now"]);
    expect(readdirSync(folder.path).filter((name) => name.includes("incoming"))).toEqual([]);
  });

  it("keeps the last changes of a database whose daemon was killed, and takes them back from there", async () => {
    await saveOwner(database(), "before");
    const copy = join(folder.path, "copy.db");
    await db("backup", copy);
    // A killed daemon leaves its last commits in the log beside the database: as copied here from under an open one.
    const killed = join(folder.path, "killed.db");
    const opened = await openDatabase(database());
    await saveMember(opened.db, { id: "5", role: "owner", name: "last" }, 2);
    for (const suffix of ["", "-wal"]) copyFileSync(database() + suffix, killed + suffix);
    await opened.close();
    for (const suffix of ["", "-wal"]) copyFileSync(killed + suffix, database() + suffix);
    expect((await db("restore", copy)).code).toBe(0);
    expect(await ownersOf(database())).toEqual(["before"]);
    const [first] = kept().filter((name) => !name.endsWith("-wal"));
    expect((await db("restore", join(folder.path, first ?? ""))).code).toBe(0);
    expect(await ownersOf(database())).toEqual(["last"]);
  });

  it.each([
    ["an empty file", "", "is no copy of a gitnotify database"],
    ["something else", "x".repeat(5000), "is no copy of a gitnotify database"],
  ])("refuses %s, names it, and leaves everything as it is", async (_, content, reason) => {
    await saveOwner(database(), "now");
    const file = join(folder.path, "other.db");
    writeFileSync(file, content);
    const before = readdirSync(folder.path).filter((name) => !name.startsWith("daemon"));
    const ran = await db("restore", file);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`${file} ${reason}`);
    const known = [...before, "logs", "backups", "cache"];
    expect(
      readdirSync(folder.path).filter((name) => !known.includes(name) && name !== "daemon.lock"),
    ).toEqual([]);
    expect(await ownersOf(database())).toEqual(["now"]);
    expect(existsSync(file)).toBe(true);
  });
});

describe("db … --json", () => {
  it("gives one JSON value on stdout and nothing else", async () => {
    const copy = join(folder.path, "copy.db");
    const json = async (...words: string[]) => {
      const ran = await db("--json", ...words);
      expect([ran.code, ran.stderr]).toEqual([0, ""]);
      return JSON.parse(ran.stdout) as unknown;
    };
    const version = expect.any(Number) as number;
    expect(await json("migrate")).toEqual({ file: database(), version });
    expect(await json("check")).toEqual({ file: database(), version, whole: true, changedAuditRow: null });
    expect(await json("backup", copy)).toEqual({ file: copy });
    expect(await json("restore", copy)).toEqual({
      file: database(),
      from: copy,
      before: expect.stringContaining("before-restore") as string,
    });
    expect(await db("--json", "backup", copy)).toMatchObject({ code: 1, stdout: "" });
  });
});
