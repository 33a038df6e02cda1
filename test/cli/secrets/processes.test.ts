import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  hasSessionKeyring,
  startSessionKeyring,
  type SessionKeyring,
} from "../../secrets/session-keyring.js";
import { useFolder, type Ran } from "../terminal.js";

/** Whole processes, as people start them. Needs a build: `npm test` makes one. */
const executable = fileURLToPath(new URL("../../../bin/gitnotify.cjs", import.meta.url));
const folder = useFolder();
const connection = "connections:\n  - { id: work, platform: gitlab, url: https://gitlab.com }\n";

beforeEach(() => writeFileSync(join(folder.path, "config.yaml"), `${connection}secrets: { store: file }\n`));

interface Started extends Promise<Ran> {
  kill(): void;
}

function start(
  argv: string[],
  { input = "", env = {} }: { input?: string; env?: Record<string, string> } = {},
): Started {
  const child = spawn(process.execPath, [executable, "--home", folder.path, "secrets", ...argv], {
    env: { PATH: process.env["PATH"] ?? "", HOME: folder.path, ...env },
  });
  const printed = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed.stderr += chunk.toString()));
  // One that was killed reads nothing any more.
  child.stdin.on("error", () => undefined).end(input);
  const ended = once(child, "close").then(([code]) => ({ code: Number(code ?? -1), ...printed }));
  return Object.assign(ended, { kill: () => void child.kill("SIGKILL") });
}

async function stored(env: Record<string, string> = {}): Promise<string[]> {
  const ran = await start(["list", "--json"], { env });
  const { secrets } = JSON.parse(ran.stdout) as { secrets: Array<{ name: string; stored: boolean }> };
  return secrets.filter((secret) => secret.stored).map(({ name }) => name);
}

describe("several processes and one encrypted file", () => {
  it("lose nothing when all write at once, the first of all too", async () => {
    const names = Array.from({ length: 6 }, (_, n) => `member/${n + 1}/work`);
    const rans = await Promise.all(
      names.map((name) => start(["set", name], { input: `value of ${name}`.replaceAll(" ", "-") })),
    );
    expect(rans.map(({ code, stderr }) => [code, stderr])).toEqual(
      names.map((name) => [0, `Stored ${name} in file.\n`]),
    );
    expect(await stored()).toEqual(names);
  });

  it("leave the old secrets or the new ones, whenever one is killed", async () => {
    expect((await start(["set", "telegram"], { input: "first" })).code).toBe(0);
    for (let round = 0; round < 10; round += 1) {
      const writing = start(["set", `member/${round + 1}/work`], { input: "second" });
      // From before it reads the file until after it is done; where exactly is left to chance.
      await new Promise((resolve) => setTimeout(resolve, 120 + round * 25));
      writing.kill();
      await writing;
      expect(await stored()).toContain("telegram");
    }
    const last = await start(["set", "connection/work"], { input: "third" });
    expect(last).toMatchObject({ code: 0 });
    const left = readdirSync(folder.path).filter((name) => name.startsWith("secrets."));
    expect(left.sort()).toEqual(["secrets.enc", "secrets.enc.lock", "secrets.key"]);
  });
});

describe.skipIf(!hasSessionKeyring())("a process in a session (needs dbus and gnome-keyring)", () => {
  let keyring: SessionKeyring;
  let env: Record<string, string>;
  beforeAll(async () => {
    keyring = await startSessionKeyring();
    env = { DBUS_SESSION_BUS_ADDRESS: keyring.bus };
  });
  afterAll(() => keyring.stop());
  beforeEach(() => writeFileSync(join(folder.path, "config.yaml"), connection));
  const configNow = () => readFileSync(join(folder.path, "config.yaml"), "utf8");

  it("sets, lists, moves there and back, and removes", async () => {
    for (const name of ["telegram", "connection/work"]) {
      const set = await start(["set", name], { env, input: `canary-${name}\n` });
      expect(set).toEqual({ code: 0, stdout: "", stderr: `Stored ${name} in keyring.\n` });
    }
    const list = await start(["list"], { env });
    expect(list).toMatchObject({ code: 0, stdout: "telegram\tstored\nconnection/work\tstored\n" });
    expect(list.stderr).toBe("Store: keyring, the keyring of this session (Secret Service). It works.\n");

    expect((await start(["move", "file"], { env })).code).toBe(0);
    expect(configNow()).toBe(`${connection}secrets:\n  store: file\n`);
    expect(readFileSync(join(folder.path, "secrets.enc"), "utf8")).not.toContain("canary");
    expect(await stored()).toEqual(["telegram", "connection/work"]);

    expect((await start(["move", "keyring"], { env })).code).toBe(0);
    expect(await stored(env)).toEqual(["telegram", "connection/work"]);
    expect((await start(["remove", "telegram"], { env })).code).toBe(0);
    expect((await start(["remove", "telegram"], { env })).code).toBe(1);
    expect(await stored(env)).toEqual(["connection/work"]);
  });

  it("without a bus says what to do, within three seconds, and the way out works", async () => {
    const nowhere = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere/bus" };
    const started = performance.now();
    const set = await start(["set", "telegram"], { env: nowhere, input: "canary" });
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(set.code).toBe(1);
    expect(set.stderr).toContain("There is no keyring that gitnotify can reach");
    expect(set.stderr).toContain("`gitnotify secrets move file`");
    expect(set.stderr).not.toContain("canary");
    expect((await start(["move", "file"], { env: nowhere })).code).toBe(0);
    expect((await start(["set", "telegram"], { env: nowhere, input: "canary" })).code).toBe(0);
  });

  // The last one: the keyring stays locked.
  it("with a locked keyring loses nothing, and says how to unlock it", async () => {
    expect((await start(["set", "telegram"], { env, input: "canary" })).code).toBe(0);
    await keyring.lock();
    const list = await start(["list", "--json"], { env });
    expect(list.code).toBe(1);
    expect(JSON.parse(list.stdout)).toMatchObject({
      works: false,
      problem: { code: "locked" },
      secrets: [{ stored: true }, {}],
    });
    const move = await start(["move", "file"], { env });
    expect(move.code).toBe(1);
    expect(move.stderr).toContain("gnome-keyring-daemon --unlock");
    expect(move.stderr).toContain("Nothing was changed");
    expect(configNow()).toBe(connection);
  });
});
