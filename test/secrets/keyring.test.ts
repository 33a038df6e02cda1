import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  createKeyringStore,
  type KeyringEntry,
  type KeyringStoreOptions,
} from "../../src/secrets/keyring.js";
import { secretStoreContract } from "../contracts/secret-store-contract.js";
import { troubleOf } from "./trouble.js";

/** A credential manager in memory; accounts and values as the system would see them. */
function aManager() {
  const kept = new Map<string, string>();
  const openEntry = async (service: string, account: string): Promise<KeyringEntry> => {
    const key = `${service} ${account}`;
    return {
      getPassword: async () => kept.get(key) ?? null,
      setPassword: async (password) => void kept.set(key, password),
      deletePassword: async () => kept.delete(key),
    };
  };
  return { kept, openEntry };
}

function aNamesFile(): string {
  return join(mkdtempSync(join(tmpdir(), "names-")), "state", "secret-names.json");
}

function aStore(options: Partial<KeyringStoreOptions> = {}) {
  return createKeyringStore({
    namesFile: aNamesFile(),
    scope: "",
    platform: "linux",
    ...aManager(),
    ...options,
  });
}

secretStoreContract("a keyring in memory", {
  writable: true,
  makeStore: async (secrets) => {
    const store = aStore();
    for (const [name, value] of Object.entries(secrets)) await store.set(name, value);
    return store;
  },
});

describe("homes", () => {
  it("do not see each other's secrets, and the default one has plain names", async () => {
    const manager = aManager();
    const first = aStore({ ...manager, scope: "" });
    const second = aStore({ ...manager, scope: "a1b2" });
    await first.set("telegram", "of-first");
    await second.set("telegram", "of-second");
    expect(await first.get("telegram")).toBe("of-first");
    await second.delete("telegram");
    expect(await first.get("telegram")).toBe("of-first");
    expect([...manager.kept.keys()]).toEqual(["gitnotify telegram"]);
  });
});

describe("the file of names", () => {
  it("holds names and no values, for its owner alone", async () => {
    const namesFile = aNamesFile();
    const store = aStore({ namesFile });
    await store.set("telegram", "canary-value");
    expect(JSON.parse(readFileSync(namesFile, "utf8"))).toEqual(["telegram"]);
    if (process.platform !== "win32") expect(statSync(namesFile).mode & 0o777).toBe(0o600);
    expect(await aStore({ namesFile }).list()).toEqual(["telegram"]);
  });

  it("is started anew when it was damaged", async () => {
    const namesFile = join(mkdtempSync(join(tmpdir(), "names-")), "names.json");
    writeFileSync(namesFile, '["telegr');
    const store = aStore({ namesFile });
    expect(await store.list()).toEqual([]);
    await store.set("connection/work", "some-value");
    expect(await store.list()).toEqual(["connection/work"]);
  });

  it("does not get a name whose secret was not stored", async () => {
    const { openEntry } = aManager();
    const failing = async (service: string, account: string) => ({
      ...(await openEntry(service, account)),
      setPassword: () => Promise.reject(new Error("unlock prompt was dismissed")),
    });
    const store = aStore({ openEntry: failing });
    expect((await troubleOf(store.set("telegram", "canary-value"))).code).toBe("locked");
    expect(await store.list()).toEqual([]);
  });
});

describe("a keyring that hangs", () => {
  function aHangingStore() {
    let calls = 0;
    let answer: (value: string) => void = () => undefined;
    const entry: KeyringEntry = {
      getPassword: () => {
        calls += 1;
        return new Promise((resolve) => (answer = resolve));
      },
      setPassword: async () => undefined,
      deletePassword: async () => true,
    };
    const store = aStore({ openEntry: async () => entry, timeoutMs: 1_500 });
    return { store, calls: () => calls, answer: (value: string) => answer(value) };
  }

  it("is given up in time, and asked nothing more until it answers", async () => {
    const { store, calls, answer } = aHangingStore();
    const troubles = await Promise.all([1, 2, 3].map(() => troubleOf(store.get("telegram"))));
    expect(troubles.map(({ code }) => code)).toEqual(["timeout", "timeout", "timeout"]);
    expect(troubles[0]!.remedy).toContain("unlock");
    expect(calls()).toBe(1);
    answer("late");
    const next = store.get("telegram");
    await expect.poll(calls, { interval: 5 }).toBe(2);
    answer("in time");
    expect(await next).toBe("in time");
  });
});

describe("troubles", () => {
  const failing = (message: string): Partial<KeyringStoreOptions> => ({
    openEntry: () => Promise.reject(new Error(message)),
  });

  it.each([
    ["Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled", "absent"],
    ["Couldn't access platform storage: Secret Service: no result found", "absent"],
    ["The name org.freedesktop.secrets was not provided by any .service files", "absent"],
    ["Cannot find native binding. npm has a bug related to optional dependencies", "absent"],
    ["Couldn't access platform storage: Secret Service: unlock prompt was dismissed", "locked"],
    ["User interaction is not allowed.", "locked"],
    ["something new", "failed"],
  ])("%s is %s", async (message, code) => {
    expect((await troubleOf(aStore(failing(message)).get("telegram"))).code).toBe(code);
  });

  it.each([
    ["linux", "gnome-keyring-daemon --unlock"],
    ["darwin", "security unlock-keychain"],
    ["win32", "Log in to Windows"],
  ] as const)("on %s have that system's remedy", async (platform, remedy) => {
    const trouble = await troubleOf(
      aStore({ ...failing("unlock prompt was dismissed"), platform }).get("telegram"),
    );
    expect(trouble.remedy).toContain(remedy);
  });

  it("say so when a value is too long for Windows", async () => {
    const trouble = await troubleOf(aStore({ platform: "win32" }).set("telegram", "canary".repeat(300)));
    expect(trouble.message).toContain("1280");
    expect(trouble.message).not.toContain("canary");
  });

  it("say so when the keyring keeps nothing", async () => {
    const entry: KeyringEntry = {
      getPassword: async () => null,
      setPassword: async () => undefined,
      deletePassword: async () => false,
    };
    const store = aStore({ openEntry: async () => entry });
    expect((await troubleOf(store.set("telegram", "canary-value"))).code).toBe("failed");
    expect(await store.list()).toEqual([]);
    expect((await troubleOf(store.probe!())).code).toBe("failed");
  });

  it("are over with a trial in the time limit, and leave nothing behind where it works", async () => {
    const manager = aManager();
    await aStore(manager).probe!();
    expect(manager.kept.size).toBe(0);
    const hanging: KeyringEntry = {
      getPassword: () => new Promise(() => undefined),
      setPassword: async () => undefined,
      deletePassword: async () => true,
    };
    const store = aStore({ openEntry: async () => hanging, timeoutMs: 50 });
    expect((await troubleOf(store.probe!())).code).toBe("timeout");
  });
});
