import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeDaemonLock } from "../../../src/lib/daemon-lock.js";
import { startSurroundings, toConfigYaml, type Surroundings } from "../../../src/sandbox/surroundings.js";
import { openDatabase } from "../../../src/store/database.js";
import { saveMember } from "../../../src/store/members.js";
import { run, useFolder, type Ran } from "../terminal.js";

const folder = useFolder();
let surroundings: Surroundings;
let env: Record<string, string>;

beforeEach(async () => {
  surroundings = await startSurroundings();
  const { tokens } = surroundings;
  env = {
    GITNOTIFY_SECRET_TELEGRAM: tokens.telegram,
    GITNOTIFY_SECRET_CONNECTION_GITHUB: tokens.github,
    GITNOTIFY_SECRET_CONNECTION_WORK: tokens.gitlab,
  };
  writeFileSync(join(folder.path, "config.yaml"), toConfigYaml(surroundings));
});
afterEach(() => surroundings.close());

function doctor(...argv: string[]): Promise<Ran> {
  return run(["--home", folder.path, "doctor", ...argv], { env });
}

async function pair(): Promise<void> {
  surroundings.telegram.say({ userId: 4242, chatId: 4242, text: "/start" });
  const { db, close } = await openDatabase(join(folder.path, "gitnotify.db"));
  await saveMember(db, { id: "4242", role: "owner", name: "Mia" }, 1);
  await close();
}

describe("doctor", () => {
  it("finds nothing wrong in a home that is well, and leaves no trace in it", async () => {
    await pair();
    const before = readdirSync(folder.path).sort();
    const ran = await doctor();
    expect(ran.stdout).not.toContain("✗");
    expect(ran.code).toBe(0);
    for (const part of ["✓ github: mia", "✓ work: mia", "✓ bot @", "✓ owner 4242", "✓ database whole"]) {
      expect(ran.stdout).toContain(part);
    }
    expect(ran.stdout).toContain("Nothing is wrong, 1 thing to note.");
    expect(ran.stderr).toBe("");
    expect(JSON.stringify(ran)).not.toContain(surroundings.tokens.gitlab);
    expect(readdirSync(folder.path).sort()).toEqual(before);
  });

  it("works beside a running daemon", async () => {
    await pair();
    const unlock = await takeDaemonLock(folder.path, 12345);
    const ran = await doctor();
    unlock();
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("✓ daemon running, process 12345");
  });

  it("prints in the order in which things must be mended, whichever answers first", async () => {
    await pair();
    surroundings.github.server.faults.add(/GET/, { kind: "slow", ms: 300 }, 2);
    const { findings } = JSON.parse((await doctor("--json")).stdout) as {
      findings: Array<{ check: string }>;
    };
    expect([...new Set(findings.map(({ check }) => check))]).toEqual([
      ...["runtime", "folders", "config", "secrets", "network", "clock", "tokens", "projects", "telegram"],
      ...["database", "audit", "daemon", "disk", "deliveries"],
    ]);
  });

  it("asks all servers side by side", async () => {
    await pair();
    for (const server of [surroundings.github, surroundings.gitlab, surroundings.telegram])
      server.server.faults.add(/./, { kind: "slow", ms: 1_500 }, 1);
    const startedAt = performance.now();
    await doctor();
    expect(performance.now() - startedAt).toBeLessThan(4_400);
  });

  it("works where nothing was ever started", async () => {
    const ran = await run(["--home", join(folder.path, "new"), "doctor"], { env: {} });
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain("There is no ");
    expect(ran.stdout).toContain("gitnotify init");
    expect(ran.stdout).toContain("1 thing is wrong");
    expect(readdirSync(folder.path)).toEqual(["config.yaml"]);
  });

  it("exits with 3 for wrong settings, with their place, before anything else", async () => {
    writeFileSync(join(folder.path, "config.yaml"), "langauge: en\n");
    env = {};
    const ran = await doctor();
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('config.yaml:1:1: unknown key "langauge"');
  });

  it("tells a missing token once, with the remedy of its store, and exits with 4", async () => {
    await pair();
    delete env["GITNOTIFY_SECRET_CONNECTION_WORK"];
    const ran = await doctor();
    expect(ran.code).toBe(4);
    expect(ran.stdout.match(/connection\/work/g)).toHaveLength(1);
    expect(ran.stdout).toContain("Set GITNOTIFY_SECRET_CONNECTION_WORK");
  });

  it("tells a refused token and exits with 4, though a server is not reached either", async () => {
    await pair();
    env["GITNOTIFY_SECRET_CONNECTION_WORK"] = "glpat-other";
    await surroundings.github.close();
    const ran = await doctor("--json");
    const { findings } = JSON.parse(ran.stdout) as { findings: Array<Record<string, unknown>> };
    const wrongs = findings.filter(({ state }) => state === "wrong");
    expect(wrongs.map(({ check, exit }) => [check, exit])).toEqual([
      ["network", 6],
      ["tokens", 4],
    ]);
    expect(ran.code).toBe(4);
    expect(ran.stdout).not.toContain("glpat-other");
  });

  it("finds projects that are not there and chats that the bot is not in", async () => {
    await pair();
    const text = toConfigYaml(surroundings)
      .replace("github:acme/api", "github:acme/gone")
      .replace("  - to: owner\nsecrets", '  - { to: { chat: -1009 }, projects: ["work:nobody/*"] }\nsecrets');
    writeFileSync(join(folder.path, "config.yaml"), text);
    const ran = await doctor();
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("✗ github:acme/gone");
    expect(ran.stdout).toContain("! work:nobody/* finds no project");
    expect(ran.stdout).toContain("✗ The bot cannot write to the chat -1009");
  });

  it("says who owns nothing yet, and how to pair", async () => {
    const ran = await doctor();
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("✗ Nobody owns this bot yet.\n  → Run `gitnotify start`");
  });

  it.skipIf(process.platform === "win32")("warns of a database that others can read", async () => {
    await pair();
    chmodSync(folder.path, 0o755);
    chmodSync(join(folder.path, "gitnotify.db"), 0o644);
    expect((await doctor()).stdout).toContain("can be read by other users");
    chmodSync(join(folder.path, "gitnotify.db"), 0o600);
    expect((await doctor()).stdout).not.toContain("can be read by other users");
  });

  it("tells a damaged database and still looks at the rest", async () => {
    await pair();
    writeFileSync(join(folder.path, "gitnotify.db"), "not a database, but long enough to be read as one");
    const ran = await doctor();
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("is not a gitnotify database");
    expect(ran.stdout).toContain("The daemon does not run");
  });

  it("says that a folder is in the way of the home", async () => {
    mkdirSync(join(folder.path, "other"));
    writeFileSync(join(folder.path, "other", "file"), "");
    const ran = await run(["--home", join(folder.path, "other", "file"), "doctor"], { env });
    expect(ran.stdout).toContain("is not a folder");
  });
});
