import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Registry } from "../../../src/cli/registry.js";
import { takeDaemonLock } from "../../../src/lib/daemon-lock.js";
import { createFileStore } from "../../../src/secrets/file.js";
import { routesOf } from "../../../src/platforms/index.js";
import { createSecretStore } from "../../../src/secrets/index.js";
import { SecretStoreError, type SecretStore } from "../../../src/secrets/secret-store.js";
import { createMemorySecretStore } from "../../support/memory-secret-store.js";
import { run, useFolder, type Ran } from "../terminal.js";

const folder = useFolder();
const config = `# Mine.
connections:
  - { id: work, platform: gitlab, url: https://gitlab.com }   # the second
secrets:
  store:   keyring  # of the desktop
language:  en
`;

/** The keyring and the file of this test. */
let keyring: SecretStore;
let file: SecretStore;
const configFile = () => join(folder.path, "config.yaml");
const configNow = () => readFileSync(configFile(), "utf8");

beforeEach(() => {
  keyring = {
    ...createMemorySecretStore({
      telegram: "123:canary",
      "connection/work": "glpat-canary",
      "member/5/work": "m",
    }),
    id: "keyring",
  };
  file = createFileStore({ path: join(folder.path, "secrets.enc"), env: {} });
  writeFileSync(configFile(), config);
});

function move(...argv: string[]): Promise<Ran> {
  const context = { env: {}, names: () => [], namesFile: "", storeFile: "", scope: "" };
  const open = (id: string) =>
    id === "keyring" ? keyring : id === "file" ? file : createSecretStore(id, context);
  const registry = async (): Promise<Registry> => ({
    platformIds: ["github", "gitlab"],
    routes: routesOf,
    secretStoreIds: ["keyring", "systemd", "file", "env"],
    openSecretStore: (settings) => open(settings.config.secrets.store),
  });
  return run(["--home", folder.path, "secrets", "move", ...argv], { registry });
}

const all = { telegram: "123:canary", "connection/work": "glpat-canary", "member/5/work": "m" };

async function contentOf(store: SecretStore): Promise<Record<string, string | null>> {
  const names = await store.list();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await store.get(name)] as const)),
  );
}

describe("secrets move", () => {
  it("takes every secret along, changes one word of config.yaml and leaves nothing behind", async () => {
    const ran = await move("file");
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr).toContain("Copied connection/work, member/5/work, telegram.");
    expect(ran.stderr).not.toContain("canary");
    expect(await contentOf(file)).toEqual(all);
    expect(await contentOf(keyring)).toEqual({});
    expect(configNow()).toBe(config.replace("keyring", "file"));
  });

  it("leaves copies with --keep", async () => {
    expect((await move("file", "--keep")).code).toBe(0);
    expect(await contentOf(file)).toEqual(all);
    expect(await contentOf(keyring)).toEqual(all);
  });

  it("goes back, and says so when there is nothing to do", async () => {
    await move("file");
    expect(await move("file")).toMatchObject({ code: 0, stderr: "The secrets are in file already.\n" });
    expect((await move("keyring")).code).toBe(0);
    expect(await contentOf(keyring)).toEqual(all);
    expect(await contentOf(file)).toEqual({});
    expect(configNow()).toBe(config);
  });

  it("takes what is now for right when the other store has an old value", async () => {
    await file.set("telegram", "old");
    await move("file");
    expect(await file.get("telegram")).toBe("123:canary");
  });

  it.each([
    ["", "secrets:\n  store: file\n"],
    ["# only words\n", "# only words\nsecrets:\n  store: file\n"],
    ["secrets:\n  # store: env\nlanguage: en\n", /store: file/],
  ])("writes config.yaml that says nothing of stores: %j", async (text, expected) => {
    writeFileSync(configFile(), text);
    expect(await move("file")).toMatchObject({ code: 0 });
    if (typeof expected === "string") expect(configNow()).toBe(expected);
    else expect(configNow()).toMatch(expected);
    expect(await file.get("telegram")).toBe("123:canary");
  });
});

describe("secrets move that fails", () => {
  async function unchanged(): Promise<void> {
    expect(configNow()).toBe(config);
    expect(await contentOf(keyring)).toEqual(all);
  }

  it("half-way through the copies puts the other store back as it was", async () => {
    await file.set("telegram", "old");
    const set = file.set.bind(file);
    const failing = new SecretStoreError("failed", "The disk is full.", "Free space.");
    file = {
      ...file,
      set: (name, value) =>
        name === "telegram" && value !== "old" ? Promise.reject(failing) : set(name, value),
    };
    expect(await move("file")).toEqual({
      code: 1,
      stdout: "",
      stderr: "gitnotify: The disk is full.\nFree space.\n",
    });
    expect(await contentOf(file)).toEqual({ telegram: "old" });
    await unchanged();
  });

  it("because the other store gives something else back", async () => {
    const get = file.get.bind(file);
    file = { ...file, get: async (name) => (name === "telegram" ? "other" : get(name)) };
    const ran = await move("file");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("does not give the same back");
    await unchanged();
  });

  it("because config.yaml cannot be written takes the copies back", async () => {
    // What `writeWhole` wants to rename in its place cannot replace a folder.
    const list = keyring.list.bind(keyring);
    keyring = {
      ...keyring,
      list: async () => {
        mkdirSync(join(folder.path, `.config.yaml.${process.pid}.tmp`, "full"), { recursive: true });
        return list();
      },
    };
    const ran = await move("file");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("could not be written");
    keyring = { ...keyring, list };
    expect(await contentOf(file)).toEqual({});
    await unchanged();
  });

  it("because the new store does not work asks the old one for nothing", async () => {
    let asked = 0;
    keyring = { ...keyring, get: async () => String((asked += 1)) };
    writeFileSync(join(folder.path, "secrets.enc"), "", { mode: 0o600 });
    chmodSync(join(folder.path, "secrets.enc"), 0o600);
    expect((await move("file")).stderr).toContain("is damaged");
    expect(asked).toBe(0);
    expect(configNow()).toBe(config);
  });

  it("because config.yaml is wrong, or the store is unknown, does nothing", async () => {
    expect(await move("fil")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Did you mean: file") as string,
    });
    writeFileSync(configFile(), "secrets: { store: keyring, colour: red }\n");
    expect((await move("file")).code).toBe(3);
    expect(existsSync(join(folder.path, "secrets.enc"))).toBe(false);
  });

  it("because a daemon runs names the way; with --keep it copies", async () => {
    const release = await takeDaemonLock(folder.path, process.pid);
    const ran = await move("file");
    expect(ran).toMatchObject({ code: 5 });
    expect(ran.stderr).toContain(`process ${process.pid}`);
    await unchanged();
    expect((await move("file", "--keep")).code).toBe(0);
    release();
    expect(await contentOf(keyring)).toEqual(all);
    expect(await contentOf(file)).toEqual(all);
  });

  it("after the copies says what is left behind", async () => {
    const locked = new SecretStoreError("locked", "The keyring is locked.", "Unlock it.");
    keyring = { ...keyring, delete: () => Promise.reject(locked) };
    const ran = await move("file");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(
      "connection/work, member/5/work, telegram could not be removed from keyring",
    );
    expect(configNow()).toContain("file");
    expect(await contentOf(file)).toEqual(all);
  });
});

describe("secrets move away from a keyring that does not answer", () => {
  const locked = new SecretStoreError(
    "locked",
    "The keyring is locked.",
    "Log in to the desktop, or keep secrets elsewhere: `gitnotify secrets move file`.",
  );

  it("just changes config.yaml when nothing was ever stored there", async () => {
    keyring = { ...keyring, get: () => Promise.reject(locked), list: async () => [] };
    expect(await move("file")).toMatchObject({ code: 0 });
    expect(configNow()).toContain("file");
  });

  it("loses nothing that is in it, and does not advise itself", async () => {
    keyring = { ...keyring, get: () => Promise.reject(locked) };
    const ran = await move("file");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("The keyring is locked. Nothing was changed.\nLog in to the desktop.\n");
    expect(ran.stderr).not.toContain("secrets move file");
    expect(configNow()).toBe(config);
  });
});

describe("secrets move to a store that gitnotify cannot write", () => {
  it("systemd: gives a command for each, without a value", async () => {
    const ran = await move("systemd");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("sudo gitnotify service install --system");
    for (const name of ["telegram", "connection.work", "member.5.work"])
      expect(ran.stderr).toContain(`systemd-creds encrypt --name=gitnotify.${name} - `);
    expect(ran.stderr).not.toContain("canary");
    expect(configNow()).toBe(config);
    expect(await contentOf(keyring)).toEqual(all);
  });

  it("env: names the variables", async () => {
    const ran = await move("env");
    expect(ran.code).toBe(1);
    for (const name of ["TELEGRAM", "CONNECTION_WORK", "MEMBER_5_WORK"])
      expect(ran.stderr).toContain(`Set GITNOTIFY_SECRET_${name},`);
    expect(configNow()).toBe(config);
  });
});

describe("secrets move out of variables", () => {
  it("copies them, and says that they stay", async () => {
    writeFileSync(configFile(), "secrets: { store: env }\n");
    const env = { GITNOTIFY_SECRET_TELEGRAM: "123:canary" };
    const ran = await run(["--home", folder.path, "secrets", "move", "file"], { env });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr).toContain("They are still in env too.");
    expect(await file.get("telegram")).toBe("123:canary");
    expect(configNow()).toBe("secrets: { store: file }\n");
  });
});
