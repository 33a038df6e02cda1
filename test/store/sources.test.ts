import { describe, expect, it } from "vitest";
import type { Source } from "../../src/domain/source.js";
import { saveAccess, findAccount, saveRefusal } from "../../src/store/accounts.js";
import type { Database } from "../../src/store/schema.js";
import {
  currentOutage,
  dueSources,
  findSource,
  listRhythms,
  listSources,
  pausedSources,
  syncSources,
  updateSource,
  waitingForBaseline,
} from "../../src/store/sources.js";
import { testDatabase } from "../support/database.js";
import { createFakePlatform, source } from "../support/fake-platform.js";

const inbox: Source = { connectionId: "forge", kind: "inbox", projectId: null };
const one = "forge/pipelines/1";
const two = "forge/pipelines/2";

async function withSources(...wanted: Source[]): Promise<Database> {
  const { db } = await testDatabase();
  await syncSources(db, "forge", wanted);
  return db;
}

const ids = async (db: Database) => (await listSources(db)).map(({ id }) => id);
const due = async (db: Database, query: Parameters<typeof dueSources>[1] = { now: 100 }) =>
  (await dueSources(db, query)).map(({ id }) => id);

describe("a source that is no longer wanted", () => {
  it("rests with everything that is known of it, and goes on from there when it comes back", async () => {
    const db = await withSources(source("1"), source("2"));
    await updateSource(db, two, { cursor: "here", failures: 2, lastSuccessAt: 50 });
    await syncSources(db, "forge", [source("1")]);
    expect(await ids(db)).toEqual([one]);
    expect(await findSource(db, two)).toBeNull();
    await syncSources(db, "forge", [source("1"), source("2")]);
    expect(await findSource(db, two)).toMatchObject({ cursor: "here", failures: 2, lastSuccessAt: 50 });
  });

  it("of one connection says nothing of the sources of another", async () => {
    const db = await withSources(source("1"));
    await syncSources(db, "work", [{ ...source("1"), connectionId: "work" }]);
    await syncSources(db, "work", []);
    expect(await ids(db)).toEqual([one]);
  });

  it("is neither due, nor found to be gone, nor waited for, nor part of an outage", async () => {
    const db = await withSources(source("1"), source("2"));
    await updateSource(db, one, { cursor: "here", lastSuccessAt: 1 });
    await updateSource(db, two, { staleToldAt: 7 });
    expect([await due(db), await waitingForBaseline(db, "forge"), await currentOutage(db, "forge")]).toEqual([
      [one, two],
      true,
      7,
    ]);
    await syncSources(db, "forge", [source("1")]);
    expect([await due(db), await waitingForBaseline(db, "forge"), await currentOutage(db, "forge")]).toEqual([
      [one],
      false,
      null,
    ]);
    await updateSource(db, two, { pausedAt: 5 });
    expect(await pausedSources(db, "forge")).toEqual([]);
    await updateSource(db, two, { lastSuccessAt: 1 });
    expect((await listRhythms(db)).map(({ id }) => id)).toEqual([one]);
  });
});

describe("what is due", () => {
  it("begins with what has waited longest", async () => {
    const db = await withSources(source("1"), source("2"), source("3"));
    await updateSource(db, one, { dueAt: 90 });
    await updateSource(db, two, { dueAt: 20 });
    await updateSource(db, "forge/pipelines/3", { dueAt: 101 });
    expect(await due(db)).toEqual([two, one]);
  });

  it("is no source of a project that is gone, but an inbox that is gone", async () => {
    const db = await withSources(source("1"), inbox);
    for (const id of await ids(db)) await updateSource(db, id, { pausedAt: 5 });
    expect(await due(db)).toEqual(["forge/inbox/-"]);
  });

  it("may be asked for by kind and by connection", async () => {
    const db = await withSources(source("1"), inbox);
    await syncSources(db, "work", [{ ...source("1"), connectionId: "work" }]);
    expect(await due(db, { now: 100, kind: "inbox" })).toEqual(["forge/inbox/-"]);
    expect(await due(db, { now: 100, connectionId: "work" })).toEqual(["work/pipelines/1"]);
  });
});

it("one that fails before its first answer keeps nobody waiting", async () => {
  const db = await withSources(source("1"));
  expect(await waitingForBaseline(db, "forge")).toBe(true);
  await updateSource(db, one, { failures: 1 });
  expect(await waitingForBaseline(db, "forge")).toBe(false);
});

it("a rhythm is known of what succeeded the last time", async () => {
  const db = await withSources(source("1"), source("2"));
  await updateSource(db, one, { lastSuccessAt: 5, failures: 1 });
  await updateSource(db, two, { lastSuccessAt: 5 });
  expect((await listRhythms(db)).map(({ id }) => id)).toEqual([two]);
});

it("a credential that was accepted leaves nothing of a refusal", async () => {
  const { db } = await testDatabase();
  await saveRefusal(db, "forge", { refusals: 2, refusedAt: 5, pausedAt: 6, reason: "Expired." });
  const { access } = createFakePlatform();
  await saveAccess(db, "forge", access);
  expect((await findAccount(db, "forge"))?.access).toEqual(access);
  const row = await db.selectFrom("accounts").selectAll().executeTakeFirst();
  expect(row).toMatchObject({ refusals: 0, refused_at: null, paused_at: null, paused_reason: null });
});
