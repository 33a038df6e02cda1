import { describe, expect, it } from "vitest";
import { addAudit, listAudit, unfinishedActions, verifyAudit, wasStarted } from "../../src/store/audit.js";
import { issueButtons, readPress, spendPress } from "../../src/store/buttons.js";
import { insertEvent, listEvents } from "../../src/store/events.js";
import { findOwner, greetOnce, saveMember, savePairing, takePairing } from "../../src/store/members.js";
import { spendNonce } from "../../src/store/nonces.js";
import type { Database } from "../../src/store/schema.js";
import { countTry, finishUpdate, nextOffset, pendingUpdates, saveUpdates } from "../../src/store/updates.js";
import { anEvent } from "../support/builders.js";
import { testDatabase } from "../support/database.js";

const hour = 3_600_000;
let count = 0;
const randomText = (bytes: number) => `${"r".repeat(bytes)}${(count += 1)}`;

async function issue(db: Database, options: { person?: string | null } = {}) {
  const subject = { connectionId: "github", projectId: "7", type: "merge_request" as const, id: "12" };
  const pressed = { verb: "merge" as const, subject, projectPath: "acme/api" };
  const rows = [
    [
      { label: "Yes", meaning: { ...pressed, do: "confirmed" as const } },
      { label: "No", meaning: { do: "dismiss" as const } },
    ],
    [{ label: "Open", url: "https://github.com" }],
  ];
  const owner = { chat: "100", person: options.person === undefined ? "100" : options.person };
  const buttons = await issueButtons(db, rows, { ...owner, now: 0, randomText });
  return buttons.flat().map((button) => button.nonce ?? "");
}

describe("events", () => {
  it("are stored once by their key", async () => {
    const { db } = await testDatabase();
    const first = await insertEvent(db, anEvent({ key: "k" }), 1);
    expect(first).not.toBeNull();
    expect(await insertEvent(db, anEvent({ key: "k", kind: "mention.created" }), 2)).toBeNull();
    expect((await listEvents(db, { limit: 9 })).map(({ event, seenAt }) => [event.kind, seenAt])).toEqual([
      ["comment.created", 1],
    ]);
  });
});

describe("buttons", () => {
  it("are spent by one of fifty presses at the same time", async () => {
    const { db } = await testDatabase();
    const [yes = ""] = await issue(db);
    const presses = await Promise.all(
      Array.from({ length: 50 }, (_, n) => spendPress(db, { nonce: yes, by: `update:${n}`, now: 1 })),
    );
    expect(presses.filter(Boolean)).toHaveLength(1);
    const direct = await Promise.all(
      Array.from({ length: 50 }, () => spendNonce(db, { nonce: yes, by: "update:99", now: 1 })),
    );
    expect(direct.filter(Boolean)).toHaveLength(0);
  });

  it("of one question are spent together", async () => {
    const { db } = await testDatabase();
    const [yes = "", no = ""] = await issue(db);
    expect([
      await spendPress(db, { nonce: no, by: "update:1", now: 1 }),
      await spendPress(db, { nonce: yes, by: "update:2", now: 1 }),
    ]).toEqual([true, false]);
  });

  it("say why they do not work", async () => {
    const { db } = await testDatabase();
    const [yes = "", no = "", link] = await issue(db);
    const [everybodys = ""] = await issue(db, { person: null });
    const press = async (nonce: string, changes: { chat?: string; person?: string; now?: number } = {}) => {
      const read = await readPress(db, {
        nonce,
        chat: "100",
        person: "100",
        by: "update:2",
        now: 1,
        ...changes,
      });
      return read.ok ? "ok" : read.why;
    };
    expect(link).toBe("");
    expect(await press("made up")).toBe("unknown");
    expect(await press(yes, { chat: "101" })).toBe("unknown");
    expect(await press(yes, { person: "101" })).toBe("not_yours");
    expect(await press(everybodys, { person: "101" })).toBe("ok");
    // A merge is confirmed within a quarter of an hour; everything else works for a day.
    expect([await press(yes, { now: hour / 4 }), await press(no, { now: hour / 4 })]).toEqual([
      "expired",
      "ok",
    ]);
    expect(await press(no, { now: 24 * hour })).toBe("expired");
    await spendPress(db, { nonce: yes, by: "update:1", now: 1 });
    expect([await press(yes), await press(no)]).toEqual(["used", "used"]);
  });
});

describe("the audit", () => {
  const entry = { at: 1, person: "100", chat: "100", connectionId: "github", project: "acme/api", action: "merge",
    target: "merge_request 12", sha: "a1b2", result: "started" as const }; // prettier-ignore

  it("can neither be changed nor shortened", async () => {
    const { db } = await testDatabase();
    await addAudit(db, entry);
    await expect(db.updateTable("audit").set({ person: "101" }).execute()).rejects.toThrow("append-only");
    await expect(db.deleteFrom("audit").execute()).rejects.toThrow("append-only");
  });

  it("shows a row that was changed behind its back, and one that is missing", async () => {
    const { db, raw } = await testDatabase();
    const ids: number[] = [];
    for (const person of ["1", "2", "3", "4"]) ids.push(await addAudit(db, { ...entry, person }));
    expect(await verifyAudit(db)).toBeNull();
    raw.exec("drop trigger audit_is_never_changed; drop trigger audit_is_never_deleted");
    raw.prepare("update audit set detail = 'nothing happened' where id = ?").run(ids[2]);
    expect(await verifyAudit(db)).toBe(ids[2]);
    raw.prepare("update audit set detail = null where id = ?").run(ids[2]);
    expect(await verifyAudit(db)).toBeNull();
    raw.prepare("delete from audit where id = ?").run(ids[1]);
    expect(await verifyAudit(db)).toBe(ids[2]);
  });

  it("covers everything that a row says", async () => {
    const { db, raw } = await testDatabase();
    const full = { ...entry, sha: "a1b2", account: "ann", detail: "x", request: "nonce:7", startedId: 1 };
    const id = await addAudit(db, full);
    raw.exec("drop trigger audit_is_never_changed");
    const row = await db.selectFrom("audit").selectAll().executeTakeFirstOrThrow();
    const said = Object.entries(row).filter(([column]) => column !== "id" && column !== "hash");
    const unnoticed: string[] = [];
    for (const [column, value] of said) {
      raw
        .prepare(`update audit set "${column}" = ? where id = ?`)
        .run(typeof value === "number" ? value + 1 : `${value}!`, id);
      if ((await verifyAudit(db)) === null) unnoticed.push(column);
      raw.prepare(`update audit set "${column}" = ? where id = ?`).run(value, id);
    }
    expect([unnoticed, await verifyAudit(db)]).toEqual([[], null]);
  });

  it("shows an end that was cut off, also when it goes on after that, and a chain that was emptied", async () => {
    const { db, raw } = await testDatabase();
    const ids: number[] = [];
    for (const person of ["1", "2", "3"]) ids.push(await addAudit(db, { ...entry, person }));
    raw.exec("drop trigger audit_is_never_deleted");
    raw.prepare("delete from audit where id = ?").run(ids[2]);
    expect(await verifyAudit(db)).toBe(ids[2]);
    const next = await addAudit(db, entry);
    expect(await verifyAudit(db)).toBe(next);
    raw.exec("delete from audit");
    expect(await verifyAudit(db)).toBe(1);
  });

  it("stays one chain when several chats act at the same time", async () => {
    const { db } = await testDatabase();
    await Promise.all(Array.from({ length: 20 }, (_, n) => addAudit(db, { ...entry, person: String(n) })));
    expect(await verifyAudit(db)).toBeNull();
    expect(await listAudit(db, 100)).toHaveLength(20);
  });

  it("starts nothing twice for one request, also past the code that asks first", async () => {
    const { db } = await testDatabase();
    const startedId = await addAudit(db, { ...entry, request: "nonce:1" });
    expect([await wasStarted(db, "nonce:1"), await wasStarted(db, "nonce:2")]).toEqual([true, false]);
    await expect(addAudit(db, { ...entry, request: "nonce:1" })).rejects.toThrow(/UNIQUE/);
    expect((await unfinishedActions(db)).map(({ id }) => id)).toEqual([startedId]);
    await addAudit(db, { ...entry, request: "nonce:1", result: "done", startedId });
    expect(await unfinishedActions(db)).toEqual([]);
  });
});

describe("people", () => {
  it("are greeted once", async () => {
    const { db } = await testDatabase();
    expect([await greetOnce(db, "5", 1), await greetOnce(db, "5", 2), await greetOnce(db, "6", 2)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("pair once with the newest code, and only while it is fresh", async () => {
    const { db } = await testDatabase();
    await savePairing(db, "old", 100);
    await savePairing(db, "new", 100);
    expect(await takePairing(db, "old", 1)).toBe(false);
    const taken = await Promise.all([1, 2, 3].map(() => takePairing(db, "new", 1)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    await savePairing(db, "late", 100);
    expect(await takePairing(db, "late", 100)).toBe(false);
  });

  it("have one owner", async () => {
    const { db } = await testDatabase();
    await saveMember(db, { id: "1", role: "owner", name: "Mia" }, 0);
    await expect(saveMember(db, { id: "2", role: "owner", name: "Eve" }, 0)).rejects.toThrow(/UNIQUE/);
    expect((await findOwner(db))?.name).toBe("Mia");
  });
});

describe("updates", () => {
  it("are kept once, and confirmed in the same commit", async () => {
    const { db } = await testDatabase();
    expect(await nextOffset(db)).toBe(0);
    await saveUpdates(
      db,
      [
        { updateId: 7, payload: "a" },
        { updateId: 9, payload: "b" },
      ],
      1,
    );
    await countTry(db, 7);
    await finishUpdate(db, 7);
    await saveUpdates(db, [{ updateId: 7, payload: "again" }], 2);
    expect(await nextOffset(db)).toBe(8);
    expect(await pendingUpdates(db)).toEqual([{ updateId: 9, payload: "b", tries: 0 }]);
    expect([await countTry(db, 9), await countTry(db, 9)]).toEqual([1, 2]);
  });
});
