import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeDaemonLock } from "../../../src/lib/daemon-lock.js";
import { startSurroundings, toConfigYaml, type Surroundings } from "../../../src/sandbox/surroundings.js";
import { openDatabase } from "../../../src/store/database.js";
import { saveMember } from "../../../src/store/members.js";
import { countDeliveries, oweNotice } from "../../../src/store/outbox.js";
import { park } from "../../../src/store/destinations.js";
import { run, useFolder, type Ran } from "../terminal.js";

const folder = useFolder();
let surroundings: Surroundings;

beforeEach(async () => {
  surroundings = await startSurroundings();
  writeFileSync(join(folder.path, "config.yaml"), toConfigYaml(surroundings));
  surroundings.telegram.say({ userId: 4242, chatId: 4242, text: "/start" });
  const { db, close } = await openDatabase(join(folder.path, "gitnotify.db"));
  await saveMember(db, { id: "4242", role: "owner", name: "Mia" }, 1);
  await close();
});
afterEach(() => surroundings.close());

function poll(...argv: string[]): Promise<Ran> {
  const { tokens } = surroundings;
  const env = {
    GITNOTIFY_SECRET_TELEGRAM: tokens.telegram,
    GITNOTIFY_SECRET_CONNECTION_GITHUB: tokens.github,
    GITNOTIFY_SECRET_CONNECTION_WORK: tokens.gitlab,
  };
  return run(["--home", folder.path, "poll", ...argv], { env });
}

/** Every file of the home with its content. */
function contentOf(path: string): Array<[string, string]> {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, string] => {
      const file = join(entry.parentPath, entry.name);
      return [file, readFileSync(file, "base64")];
    })
    .sort();
}

describe("poll --dry-run", () => {
  it("prints what it would send, sends nothing, and leaves no trace in the home", async () => {
    const before = contentOf(folder.path);
    const ran = await poll("--dry-run");
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("Now watching 1 project on work");
    expect(ran.stdout).toMatch(/messages would be sent · 0 still owed\n$/);
    expect(surroundings.telegram.chat(4242).filter(({ from }) => from === "bot")).toEqual([]);
    expect(contentOf(folder.path)).toEqual(before);
  });

  it("works beside a running daemon", async () => {
    const unlock = await takeDaemonLock(folder.path, 12345);
    const ran = await poll("--dry-run", "--json");
    unlock();
    expect(ran.code).toBe(0);
    const { delivered, wouldSend } = JSON.parse(ran.stdout) as { delivered: number; wouldSend: string[] };
    expect([delivered, wouldSend.length > 0]).toEqual([0, true]);
  });
});

describe("poll", () => {
  it("counts what is still owed, also to a chat that is closed", async () => {
    const { db, close } = await openDatabase(join(folder.path, "gitnotify.db"));
    const destination = { channel: "telegram", chat: "-1001" };
    for (const once of ["a", "b"]) {
      await oweNotice(
        db,
        { destination, notice: { name: "accepted", values: { connection: "work" } }, once },
        1,
      );
    }
    await park(db, "telegram:-1001:", { reason: "kicked", now: 1 });
    const ran = await poll("--json");
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ owed: 2 });
    expect(await countDeliveries(db)).toMatchObject({ pending: 2 });
    await close();
  });
});

describe("the exit code of poll", () => {
  it("is 6 when a host gives no answer, and the other connection is polled all the same", async () => {
    await surroundings.github.close();
    const ran = await poll();
    expect(ran.code).toBe(6);
    expect(ran.stderr).toContain("refused the connection");
    expect(surroundings.gitlab.server.ledger.count(/merge_requests/)).toBeGreaterThan(0);
  });

  it("is 4 when a token is refused", async () => {
    surroundings.github.revokeToken(surroundings.tokens.github);
    const ran = await poll();
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain("refused the token");
  });
});
