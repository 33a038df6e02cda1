import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newestVersion } from "../../src/store/migrations/newest.js";
import { migrations } from "../../src/store/migrations/index.js";
import { toAsk } from "../../src/store/ask.js";
import { DatabaseError, openDatabase } from "../../src/store/database.js";
import { saveMember } from "../../src/store/members.js";
import { oweNotice } from "../../src/store/outbox.js";
import { saveProject } from "../../src/store/projects.js";
import { saveShownSettings } from "../../src/store/shown-settings.js";
import { syncSources, updateSource } from "../../src/store/sources.js";
import { readStatus } from "../../src/store/status-reader.js";
import { readStatusRows } from "../../src/store/status-rows.js";
import { aProject } from "../support/builders.js";
import { temporaryFolder } from "../support/database.js";

async function aHome() {
  const folder = temporaryFolder();
  const path = join(folder, "gitnotify.db");
  const opened = await openDatabase(path);
  const { db } = opened;
  await saveMember(db, { id: "1", role: "owner", name: "Mia" }, 1);
  await saveShownSettings(db, { at: 5, connections: ["github"], declared: 2 });
  const project = aProject();
  await saveProject(db, project);
  const { connectionId } = project;
  await syncSources(db, connectionId, [{ connectionId, kind: "pipelines", projectId: project.id }]);
  await updateSource(db, `${connectionId}/pipelines/${project.id}`, { lastPollMs: 1_500, dueAt: 9 });
  const destination = { channel: "telegram", chat: "1" };
  for (const once of ["a", "b", "c", "d"])
    await oweNotice(db, { destination, notice: { name: "x", values: {} }, once }, 100);
  const settle = opened.raw.prepare("update deliveries set state = ? where id = ?");
  settle.run("delivered", 1);
  settle.run("dead", 2);
  settle.run("unknown", 3);
  return { folder, path, ...opened };
}

const fingerprint = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("reading how it stands", () => {
  it("finds the same with the driver alone as through kysely", async () => {
    const { path, db, close } = await aHome();
    const throughKysely = await readStatusRows(toAsk(db), newestVersion);
    expect(await readStatus(path)).toEqual(throughKysely);
    expect(throughKysely).toMatchObject({
      owner: "Mia",
      settings: { at: 5, connections: ["github"], declared: 2 },
      sources: [{ path: "acme/api", kind: "pipelines", lastPollMs: 1_500, isNew: 1, dueAt: 9 }],
      deliveries: { pending: 1, sending: 0, unknown: 1, dead: 1, delivered: 1 },
      oldestOwedAt: 100,
      projects: 1,
    });
    await close();
  });

  it("changes nothing and leaves no file, be the database open elsewhere or not", async () => {
    const { folder, path, close } = await aHome();
    const beside = readdirSync(folder).sort();
    await readStatus(path);
    expect(readdirSync(folder).sort()).toEqual(beside);
    await close();
    const [files, before] = [readdirSync(folder).sort(), fingerprint(path)];
    expect(files).toEqual(["gitnotify.db", "gitnotify.db.made"]);
    utimesSync(path, 1, 1);
    await readStatus(path);
    expect(readdirSync(folder).sort()).toEqual(files);
    expect(fingerprint(path)).toBe(before);
    expect(statSync(path).mtimeMs).toBe(1_000);
  });

  it("counts without reading what was delivered", async () => {
    const { raw, close } = await aHome();
    const plan = (statement: string) =>
      raw
        .prepare<[], { detail: string }>(`explain query plan ${statement}`)
        .all()
        .map(({ detail }) => detail)
        .join(" ");
    const seen: string[] = [];
    await readStatusRows((statement) => {
      if (statement.includes("from deliveries")) seen.push(plan(statement));
      return raw.prepare(statement).all();
    }, newestVersion);
    expect(seen).toHaveLength(4);
    expect(seen.filter((detail) => !/USING (COVERING )?INDEX/.test(detail))).toEqual([]);
    await close();
  });

  it("reads the schema of before, which a daemon of before may still be using", async () => {
    const { path, raw, close } = await aHome();
    raw.exec(
      "drop index deliveries_dead; alter table sources drop column last_poll_ms; pragma user_version = 1",
    );
    expect((await readStatus(path))?.sources[0]).toMatchObject({ path: "acme/api", lastPollMs: null });
    await close();
    await readStatus(path);
    expect((await openDatabaseVersion(path)).version).toBe(1);
  });

  it("knows the newest schema without loading the migrations", () => {
    expect(newestVersion).toBe(migrations.length);
  });

  it("has nothing to tell before the first start, and refuses what is no database", async () => {
    const folder = temporaryFolder();
    expect(await readStatus(join(folder, "gitnotify.db"))).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, "gitnotify.db"), "not a database, but long enough to be read as one");
    await expect(readStatus(join(folder, "gitnotify.db"))).rejects.toBeInstanceOf(DatabaseError);
  });
});

async function openDatabaseVersion(path: string): Promise<{ version: number }> {
  const { default: Sqlite } = await import("better-sqlite3");
  const raw = new Sqlite(path, { readonly: true });
  const version = Number(raw.pragma("user_version", { simple: true }));
  raw.close();
  return { version };
}
