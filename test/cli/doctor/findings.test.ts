import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitOfFindings, warning, well, wrong } from "../../../src/cli/doctor/check.js";
import { toFinding as toDiskFinding } from "../../../src/cli/doctor/disk.js";
import { isSupported } from "../../../src/cli/doctor/runtime.js";
import { takeDaemonLock } from "../../../src/lib/daemon-lock.js";
import { saveAccess, saveQuota, saveThrottle } from "../../../src/store/accounts.js";
import { addAudit } from "../../../src/store/audit.js";
import { openDatabase } from "../../../src/store/database.js";
import { park } from "../../../src/store/destinations.js";
import { syncSources, updateSource } from "../../../src/store/sources.js";
import type { Database } from "../../../src/store/schema.js";
import { useDoctorsHome } from "./home.js";

const home = useDoctorsHome();

async function inDatabase(change: (db: Database) => Promise<unknown>): Promise<void> {
  const { db, close } = await openDatabase(join(home.path, "gitnotify.db"));
  await change(db);
  await close();
}

function sayAsDaemon(more: object): void {
  const state = {
    pid: 12345,
    version: "0.0.9",
    node: "20.0.0",
    startedAt: Date.now() - 3_600_000,
    at: Date.now(),
  };
  const rest = {
    rssBytes: 78e6,
    heapBytes: 1,
    loopDelayMs: 5,
    bot: null,
    reloadedAt: null,
    reloadProblem: null,
  };
  writeFileSync(
    join(home.path, "daemon.json"),
    JSON.stringify({ ...state, ...rest, telegramTrouble: null, ...more }),
  );
}

describe("the check of the quota", () => {
  const resetAt = new Date(Date.now() + 3_600_000).toISOString();

  it("tells what is left, and warns below a tenth", async () => {
    await inDatabase((db) => saveQuota(db, "github", { limit: 5000, remaining: 4000, resetAt }));
    expect((await home.findings("quota"))[0]).toMatchObject({ state: "well" });
    await inDatabase((db) => saveQuota(db, "github", { limit: 5000, remaining: 400, resetAt }));
    const [found] = await home.findings("quota");
    expect(found?.text).toContain("github: 400 of 5000 requests are left");
    expect(found?.remedy).toContain("Poll less often");
  });

  it("tells that a server wants to be left alone", async () => {
    await inDatabase((db) => saveThrottle(db, "work", Date.now() + 60_000));
    expect((await home.findings("quota"))[0]?.text).toContain("work: the server wants no requests until");
  });
});

describe("the check of the daemon", () => {
  it("says for how long it runs, and that it is of another version", async () => {
    const unlock = await takeDaemonLock(home.path, 12345);
    sayAsDaemon({});
    const found = await home.findings("daemon");
    unlock();
    expect(found[0]).toEqual({
      state: "well",
      text: "daemon running, process 12345 for 60 min, 78 MB of memory",
    });
    expect(found[1]?.text).toContain("The daemon is gitnotify 0.0.9, this is ");
    expect(found[1]?.remedy).toContain("Restart");
  });

  it("finds one that hangs, was held up, or kept its old settings", async () => {
    const unlock = await takeDaemonLock(home.path, 12345);
    sayAsDaemon({ at: Date.now() - 200_000 });
    const hung = await home.findings("daemon");
    sayAsDaemon({ loopDelayMs: 4_000, reloadProblem: "config.yaml:3:1: unknown key" });
    const slow = await home.findings("daemon");
    unlock();
    expect(hung[0]).toMatchObject({ state: "wrong" });
    expect(hung[0]?.text).toContain("it hangs: no sign of life for 3 min");
    expect(slow.map(({ text }) => text).join("\n")).toMatch(/unknown key[^]*held up for 4\.0 s/);
  });

  it("takes the file of a dead daemon for nothing", async () => {
    sayAsDaemon({});
    expect(await home.findings("daemon")).toEqual([
      { state: "warning", text: "The daemon does not run.", remedy: "Start it: `gitnotify start`." },
    ]);
  });
});

describe("the check of the deliveries", () => {
  it("names failing sources as people write projects, closed chats and what was given up", async () => {
    await inDatabase(async (db) => {
      await syncSources(db, "github", [{ connectionId: "github", kind: "inbox", projectId: null }]);
      await updateSource(db, "github/inbox/-", {
        failures: 3,
        failingSince: 1,
        lastError: "503 of the server.",
      });
      await park(db, "telegram:-100:", { reason: "the bot was kicked", now: 1 });
    });
    const texts = (await home.findings("deliveries")).map(({ text }) => text).join("\n");
    expect(texts).toContain("github inbox failed 3 times since ");
    expect(texts).toContain("503 of the server.");
    expect(texts).toContain("The chat telegram:-100: is closed since ");
  });
});

describe("the check of the disk", () => {
  const folder = "/data";

  it("wants room for the database once more, and at least 200 MB", () => {
    expect(toDiskFinding({ folder, free: 300e6, databaseBytes: 0 })).toEqual(
      well("300 MB free on the disk of /data"),
    );
    expect(toDiskFinding({ folder, free: 300e6, databaseBytes: 400e6 })).toMatchObject({
      state: "warning",
      remedy: expect.stringContaining("800 MB") as string,
    });
    expect(toDiskFinding({ folder, free: 5e6, databaseBytes: 0 }).state).toBe("wrong");
  });
});

describe("the check of Node", () => {
  it.each([
    ["18.20.0", false],
    ["20.18.9", false],
    ["20.19.0", true],
    ["21.7.0", false],
    ["22.13.0", false],
    ["22.14.0", true],
    ["24.0.0", true],
  ])("takes %s: %s", (version, isRight) => expect(isSupported(version)).toBe(isRight));
});

describe("the exit code", () => {
  it("is that of what must be mended first", () => {
    expect(exitOfFindings([well("a"), warning("b")])).toBe(0);
    expect(exitOfFindings([wrong("a"), wrong("b", undefined, 6)])).toBe(6);
    expect(exitOfFindings([wrong("a", undefined, 6), wrong("b", undefined, 4)])).toBe(4);
    expect(exitOfFindings([wrong("a", undefined, 4), wrong("b", undefined, 3)])).toBe(3);
  });
});

describe("the audit", () => {
  it("is well while nobody else touches it, and wrong when its end was cut off", async () => {
    const { db, raw, close } = await openDatabase(join(home.path, "gitnotify.db"));
    const done = { chat: "7", connectionId: "work", project: "1", target: "!1", result: "done" as const };
    await addAudit(db, { ...done, at: 1, person: "7", action: "merge" });
    await addAudit(db, { ...done, at: 2, person: "7", action: "approve" });
    expect((await home.findings("audit"))[0]?.state).toBe("well");
    raw.exec("drop trigger audit_is_never_deleted; delete from audit where action = 'approve'");
    await close();
    expect((await home.findings("audit"))[0]).toMatchObject({
      state: "wrong",
      text: "The audit of actions was changed from outside: row 2 is missing or not what was written.",
    });
  });
});

describe("a database of an earlier version", () => {
  it("is no fault, and is left as it is", async () => {
    await inDatabase(async (db) => {
      await saveAccess(db, "github", {
        account: { id: "1", login: "mia" },
        tokenKind: "t",
        scopes: [],
        lacks: [],
        inbox: true,
      });
    });
    const { raw, close } = await openDatabase(join(home.path, "gitnotify.db"));
    raw.exec(
      "drop index deliveries_dead; alter table sources drop column last_poll_ms; pragma user_version = 1",
    );
    await close();
    expect((await home.findings("database"))[0]?.text).toContain(
      "schema version 1, older than this gitnotify",
    );
    expect((await home.findings("deliveries"))[0]?.state).toBe("well");
  });
});
