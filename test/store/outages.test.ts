import { describe, expect, it } from "vitest";
import { Failure, toTold } from "../../src/domain/failure.js";
import { saveQuota } from "../../src/store/accounts.js";
import { endOutage, isAlone, saveOutage, takeProbe } from "../../src/store/outages.js";
import type { Database } from "../../src/store/schema.js";
import { findSource, syncSources, updateSource, type SourceUpdate } from "../../src/store/sources.js";
import { testDatabase } from "../support/database.js";

const quota = { limit: 5000, remaining: 5000, resetAt: "2026-11-02T10:00:00.000Z" };
const forgeId = (projectId: string) => `forge/pipelines/${projectId}`;

/** Two connections with sources of three projects each. */
async function aDatabase(states: Record<string, SourceUpdate> = {}): Promise<Database> {
  const { db } = await testDatabase();
  for (const connectionId of ["forge", "work"]) {
    await saveQuota(db, connectionId, quota);
    const wanted = ["1", "2", "3"].map((projectId) => ({
      connectionId,
      kind: "pipelines" as const,
      projectId,
    }));
    await syncSources(db, connectionId, wanted);
  }
  for (const [id, state] of Object.entries(states)) await updateSource(db, id, state);
  return db;
}

const outage = {
  since: 100,
  reason: toTold(new Failure("unreachable", { message: "No answer." })),
  probeAt: 200,
};
const probe = (db: Database, now: number) => takeProbe(db, ["forge"], { now, nextAt: now + 50 });

describe("a probe", () => {
  it("is taken by one at its time, and by the next one at the next time", async () => {
    const db = await aDatabase();
    await saveOutage(db, ["forge"], outage);
    expect(await probe(db, 199)).toBe(false);
    expect([await probe(db, 200), await probe(db, 200)]).toEqual([true, false]);
    expect([await probe(db, 249), await probe(db, 250)]).toEqual([false, true]);
  });

  it("is taken at once where none was planned, and never while the server answers", async () => {
    const db = await aDatabase();
    expect(await probe(db, 1_000)).toBe(false);
    await saveOutage(db, ["forge"], outage);
    await db.updateTable("accounts").set({ probe_at: null }).execute();
    expect(await probe(db, 100)).toBe(true);
    expect(await takeProbe(db, ["work"], { now: 1_000, nextAt: 2_000 })).toBe(false);
  });
});

describe("the end of an outage", () => {
  it("makes due what had failed, and nothing else", async () => {
    const failing = { failures: 2, dueAt: 900 };
    const db = await aDatabase({
      [forgeId("1")]: failing,
      [forgeId("2")]: { failures: 0, dueAt: 900 },
      [forgeId("3")]: { ...failing, pausedAt: 50 },
      "work/pipelines/1": failing,
    });
    await saveOutage(db, ["forge"], outage);
    await saveOutage(db, ["work"], outage);
    expect(await endOutage(db, ["forge"], 300)).toBe(true);
    const due = async (id: string) => (await findSource(db, id))?.dueAt;
    expect(await Promise.all(["1", "2", "3"].map((id) => due(forgeId(id))))).toEqual([300, 900, 900]);
    expect(await due("work/pipelines/1")).toBe(900);
    const rows = db
      .selectFrom("accounts")
      .select(["down_since", "down_reason", "probe_at"])
      .orderBy("connection_id");
    expect(await rows.execute()).toMatchObject([
      { down_since: null, down_reason: null, probe_at: null },
      { down_since: 100, down_reason: expect.stringContaining("No answer.") as string, probe_at: 200 },
    ]);
  });

  it("leaves alone what is due already, and everything where there was no outage", async () => {
    const db = await aDatabase({
      [forgeId("1")]: { failures: 1, dueAt: 900 },
      [forgeId("2")]: { failures: 1, dueAt: 250 },
    });
    expect(await endOutage(db, ["forge"], 300)).toBe(false);
    expect((await findSource(db, forgeId("1")))?.dueAt).toBe(900);
    await saveOutage(db, ["forge"], outage);
    await endOutage(db, ["forge"], 300);
    expect((await findSource(db, forgeId("2")))?.dueAt).toBe(250);
  });
});

describe("a source that gets no answer is alone", () => {
  const alone = async (states: Record<string, SourceUpdate>, change?: (db: Database) => Promise<unknown>) => {
    const db = await aDatabase(states);
    await change?.(db);
    return isAlone(db, ["forge"], forgeId("1"));
  };

  it("while no other has failed since anything was heard", async () => {
    expect(await alone({})).toBe(true);
    expect(await alone({ [forgeId("2")]: { failingSince: 10, lastSuccessAt: 5 } })).toBe(false);
    expect(await alone({ [forgeId("2")]: { failingSince: 10 }, [forgeId("3")]: { lastSuccessAt: 11 } })).toBe(
      true,
    );
    // Both at the same moment: the failure may have come after what was heard.
    expect(await alone({ [forgeId("2")]: { failingSince: 11 }, [forgeId("3")]: { lastSuccessAt: 11 } })).toBe(
      false,
    );
  });

  it("not where it is the only one that is asked", async () => {
    const of = (db: Database) =>
      syncSources(db, "forge", [{ connectionId: "forge", kind: "pipelines", projectId: "1" }]);
    expect(await alone({}, of)).toBe(false);
    expect(await alone({ [forgeId("2")]: { pausedAt: 1 }, [forgeId("3")]: { pausedAt: 1 } })).toBe(false);
  });

  it("whatever those say that nobody asks any more, or that rest", async () => {
    const of = (db: Database) =>
      syncSources(
        db,
        "forge",
        ["1", "3"].map((projectId) => ({ connectionId: "forge", kind: "pipelines" as const, projectId })),
      );
    expect(await alone({ [forgeId("2")]: { failingSince: 10 } }, of)).toBe(true);
    expect(await alone({ [forgeId("2")]: { failingSince: 10, pausedAt: 20 } })).toBe(true);
  });
});
