import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFileStore, type FileStoreOptions } from "../../src/secrets/file.js";
import { secretStoreContract } from "../contracts/secret-store-contract.js";
import { troubleOf } from "./trouble.js";

const isRoot = process.getuid?.() === 0;
const hasModes = process.platform !== "win32";

function aPath(): string {
  return join(mkdtempSync(join(tmpdir(), "secret-file-")), "state", "secrets.enc");
}

function aStore(options: Partial<FileStoreOptions> = {}) {
  return createFileStore({ path: aPath(), env: {}, ...options });
}

/** A file with one secret, and the path of its key. */
async function aFilled(env: Record<string, string> = {}) {
  const path = aPath();
  await aStore({ path, env }).set("telegram", "canary-value");
  return { path, keyFile: join(dirname(path), "secrets.key"), store: aStore({ path, env }) };
}

secretStoreContract("a file with a key file", {
  writable: true,
  makeStore: async (secrets) => {
    const store = aStore();
    for (const [name, value] of Object.entries(secrets)) await store.set(name, value);
    return store;
  },
});

describe("the file", () => {
  it("and its key are for their owner alone, and show neither names nor values", async () => {
    const { path, keyFile } = await aFilled();
    if (hasModes) for (const file of [path, keyFile]) expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, "utf8");
    expect(text).not.toMatch(/canary|telegram/);
    expect(text).not.toContain(Buffer.from("canary-value").toString("base64").slice(0, 12));
    expect(Buffer.from(readFileSync(keyFile, "utf8"), "base64")).toHaveLength(32);
  });

  it("and its key are not made by reading", async () => {
    const path = aPath();
    const store = aStore({ path });
    expect([await store.get("telegram"), await store.list(), await store.delete("telegram")]).toEqual([
      null,
      [],
      false,
    ]);
    expect(existsSync(dirname(path))).toBe(false);
  });

  it("has another nonce, and the same salt, after each write", async () => {
    const { path, store } = await aFilled();
    const read = () => JSON.parse(readFileSync(path, "utf8")) as { nonce: string; kdf: { salt: string } };
    const seen = [read()];
    for (let n = 0; n < 5; n += 1) {
      await store.set("telegram", "canary-value");
      seen.push(read());
    }
    expect(new Set(seen.map(({ nonce }) => nonce)).size).toBe(6);
    expect(new Set(seen.map(({ kdf }) => kdf.salt)).size).toBe(1);
  });

  it("is read again when somebody else wrote it", async () => {
    const { path, store } = await aFilled();
    expect(await store.get("telegram")).toBe("canary-value");
    await aStore({ path }).set("telegram", "other-value");
    expect(await store.get("telegram")).toBe("other-value");
  });

  it("is unlocked once in a process", async () => {
    const { store } = await aFilled({ GITNOTIFY_PASSPHRASE: "correct horse" });
    await store.get("telegram");
    const started = performance.now();
    for (let n = 0; n < 20; n += 1) await store.get("telegram");
    // One derivation takes at least a tenth of a second on any machine of today.
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("loses nothing when two of a process write at once", async () => {
    const path = aPath();
    const stores = [aStore({ path }), aStore({ path }), aStore({ path })];
    const names = Array.from({ length: 24 }, (_, n) => `connection/c${n}`);
    await Promise.all(names.map((name, n) => stores[n % 3]!.set(name, `value of ${name}`)));
    expect((await aStore({ path }).list()).length).toBe(24);
    for (const name of names) expect(await aStore({ path }).get(name)).toBe(`value of ${name}`);
  });

  it("survives a draft that a crash left, and takes it away", async () => {
    const { path, store } = await aFilled();
    writeFileSync(`${path}.tmp`, "half a fi", { mode: 0o644 });
    expect(await store.get("telegram")).toBe("canary-value");
    await store.set("connection/work", "other-value");
    expect(readdirSync(dirname(path)).sort()).toEqual(["secrets.enc", "secrets.enc.lock", "secrets.key"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await store.list()).toEqual(["connection/work", "telegram"]);
  });
});

describe("what is refused", () => {
  it.skipIf(!hasModes).each([0o644, 0o640, 0o660, 0o604])("a file or key of mode %i", async (mode) => {
    const { path, keyFile, store } = await aFilled();
    for (const file of [path, keyFile]) {
      chmodSync(file, mode);
      const fresh = () => aStore({ path });
      const calls = [() => fresh().get("telegram"), () => fresh().set("telegram", "x"), () => fresh().list()];
      for (const call of calls) {
        const trouble = await troubleOf(call());
        expect(trouble.message).toContain(`mode 0${mode.toString(8)}`);
        expect(trouble.remedy).toBe(`Run: chmod 600 '${file}'`);
      }
      chmodSync(file, 0o600);
    }
    expect(await store.get("telegram")).toBe("canary-value");
  });

  it.skipIf(!isRoot)("another user's file (needs root)", async () => {
    const { path, keyFile } = await aFilled();
    for (const file of [path, keyFile]) {
      chownSync(file, 12_345, 12_345);
      const trouble = await troubleOf(aStore({ path }).get("telegram"));
      expect(trouble.message).toContain("another user (uid 12345; this process has uid 0)");
      expect(trouble.remedy).toContain(`sudo chown 0 '${file}'`);
      chownSync(file, 0, 0);
    }
  });

  it.skipIf(!isRoot)("but not the caller's own under sudo, whose file it stays (needs root)", async () => {
    const { path, keyFile } = await aFilled();
    for (const file of [path, keyFile]) chownSync(file, 12_345, 12_345);
    const store = aStore({ path, env: { SUDO_UID: "12345" } });
    expect(await store.get("telegram")).toBe("canary-value");
    await store.set("telegram", "new-value");
    expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 12_345 });
    expect((await troubleOf(aStore({ path, env: { SUDO_UID: "999" } }).get("telegram"))).code).toBe("failed");
  });

  it.skipIf(!hasModes)("a symbolic link in its place", async () => {
    const { path, store } = await aFilled();
    const elsewhere = `${dirname(dirname(path))}/elsewhere.enc`;
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    const before = readFileSync(elsewhere, "utf8");
    for (const call of [() => store.get("telegram"), () => store.set("telegram", "x")])
      expect((await troubleOf(call())).message).toContain("symbolic link");
    expect(readFileSync(elsewhere, "utf8")).toBe(before);
  });

  it("a folder in its place", async () => {
    const path = aPath();
    mkdirSync(path, { recursive: true, mode: 0o700 });
    expect((await troubleOf(aStore({ path }).get("telegram"))).message).toContain("no ordinary file");
  });
});

describe("a damaged file", () => {
  it("is told from a wrong key, and never overwritten", async () => {
    const { path, store } = await aFilled();
    const whole = readFileSync(path, "utf8");
    const damages = {
      empty: "",
      cut: whole.slice(0, whole.length / 2),
      "one character": whole.replace(
        /"data": "./,
        (start) => `${start.slice(0, -1)}${start.endsWith("A") ? "B" : "A"}`,
      ),
      salt: whole.replace(/"salt": "../, '"salt": "zz'),
      "not ours": "secrets: none\n",
    };
    for (const [what, text] of Object.entries(damages)) {
      writeFileSync(path, text);
      for (const call of [
        () => store.get("telegram"),
        () => store.set("telegram", "canary-new"),
        () => store.delete("telegram"),
        () => aStore({ path }).list(),
        () => store.probe!(),
      ]) {
        const trouble = await troubleOf(call());
        expect([what, trouble.message]).toEqual([what, expect.stringContaining("is damaged")]);
        expect(trouble.remedy).toContain(`mv '${path}' '${path}.damaged'`);
      }
      expect(readFileSync(path, "utf8")).toBe(text);
    }
    writeFileSync(path, whole);
    expect(await store.get("telegram")).toBe("canary-value");
  });

  it("of a newer version asks for an update", async () => {
    const { path, store } = await aFilled();
    writeFileSync(path, readFileSync(path, "utf8").replace('"version": 1', '"version": 2'));
    expect((await troubleOf(store.set("telegram", "x"))).remedy).toContain("Update gitnotify");
  });
});

describe("a wrong key", () => {
  it("is called one, and the file is left as it is", async () => {
    const { path, keyFile } = await aFilled();
    const other = await aFilled();
    const whole = readFileSync(path, "utf8");
    copyFileSync(other.keyFile, keyFile);
    const store = aStore({ path });
    for (const call of [
      () => store.get("telegram"),
      () => store.set("telegram", "canary-new"),
      () => store.probe!(),
    ]) {
      const trouble = await troubleOf(call());
      expect(trouble).toMatchObject({ code: "locked" });
      expect(trouble.message).toBe(
        `The key file ${keyFile} does not open ${path}, which was made with another key file.`,
      );
    }
    expect(readFileSync(path, "utf8")).toBe(whole);
  });

  it("may be exchanged for the right one without a restart", async () => {
    const { path, keyFile } = await aFilled();
    const right = readFileSync(keyFile, "utf8");
    writeFileSync(keyFile, "c29tZXRoaW5nIGVsc2U=\n");
    const store = aStore({ path });
    await troubleOf(store.get("telegram"));
    writeFileSync(keyFile, right);
    expect(await store.get("telegram")).toBe("canary-value");
  });

  it("that is missing is not made anew while there is a file that it should open", async () => {
    const { path, keyFile } = await aFilled();
    rmSync(keyFile);
    const store = aStore({ path });
    for (const call of [() => store.get("telegram"), () => store.set("telegram", "x")]) {
      const trouble = await troubleOf(call());
      expect(trouble.message).toContain(`the key file ${keyFile} does not exist`);
      expect(trouble.remedy).toContain("Put the key file back");
    }
    expect(existsSync(keyFile)).toBe(false);
  });

  it.each([
    [{ GITNOTIFY_PASSPHRASE: "wrong horse" }, "made with another passphrase"],
    [{}, "is encrypted with a passphrase, and none is given"],
  ])("of a file with a passphrase, with %j: %s", async (env, message) => {
    const { path } = await aFilled({ GITNOTIFY_PASSPHRASE: "correct horse" });
    const trouble = await troubleOf(aStore({ path, env }).get("telegram"));
    expect(trouble.message).toContain(message);
    expect(trouble.remedy).toContain("GITNOTIFY_PASSPHRASE");
    expect(`${trouble.message}${trouble.remedy}`).not.toContain("horse");
  });

  it("that is a passphrase for a file with a key file says which variables to unset", async () => {
    const { path } = await aFilled();
    const trouble = await troubleOf(
      aStore({ path, env: { GITNOTIFY_PASSPHRASE: "some horse" } }).get("telegram"),
    );
    expect(trouble.remedy).toContain("unset GITNOTIFY_PASSPHRASE and GITNOTIFY_PASSPHRASE_FILE");
  });
});
