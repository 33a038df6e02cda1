import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { SecretStoreError } from "../../../src/secrets/secret-store.js";
import { aRegistry, run, useFolder, type Ran } from "../terminal.js";

const folder = useFolder();
let values: Map<string, string>;

beforeEach(() => {
  values = new Map();
  writeFileSync(
    join(folder.path, "config.yaml"),
    "connections:\n  - { id: work, platform: gitlab, url: https://gitlab.com }\n",
  );
});

function secrets(argv: string[], options: { input?: string; isTTY?: boolean } = {}): Promise<Ran> {
  return run(["--home", folder.path, "secrets", ...argv], { ...options, registry: aRegistry(values) });
}

describe("secrets set", () => {
  it("stores what is piped in, without its line end, and prints nothing of it", async () => {
    const ran = await secrets(["set", "connection/work"], { input: "glpat-abc\r\n" });
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(values.get("connection/work")).toBe("glpat-abc");
    expect(ran.stderr).not.toContain("glpat");
  });

  it("takes no value from the command line, and does not repeat it", async () => {
    const ran = await secrets(["set", "telegram", "123:hunter2"], { input: "x" });
    expect(ran.code).toBe(2);
    expect(JSON.stringify(ran)).not.toContain("hunter2");
    expect(values.size).toBe(0);
  });

  it.each(["", "  \n", "two words", "two\nlines"])("refuses %j", async (input) => {
    expect((await secrets(["set", "telegram"], { input })).code).toBe(2);
    expect(values.size).toBe(0);
  });

  it("refuses a name that nothing reads and suggests the nearest", async () => {
    const ran = await secrets(["set", "conection/work"], { input: "x" });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("Did you mean: connection/work");
    expect((await secrets(["set", "connection/other"], { input: "x" })).code).toBe(2);
    expect((await secrets(["set", "member/5/other"], { input: "x" })).code).toBe(2);
    expect((await secrets(["set", "member/5/work"], { input: "x" })).code).toBe(0);
  });

  it("knows a connection by its own name", async () => {
    const { code, stderr } = await secrets(["set", "work"], { input: "x" });
    expect(code).toBe(2);
    expect(stderr).toContain("Did you mean: connection/work");
  });

  it("shows the remedy when the store refuses", async () => {
    const registry = async () => {
      const found = await aRegistry(values)();
      const store = found.openSecretStore({} as never);
      const set = () => Promise.reject(new SecretStoreError("locked", "the keyring is locked", "Unlock it."));
      return { ...found, openSecretStore: () => ({ ...store, set }) };
    };
    const ran = await run(["--home", folder.path, "secrets", "set", "telegram"], { registry, input: "x" });
    expect(ran).toEqual({ code: 1, stdout: "", stderr: "gitnotify: the keyring is locked\nUnlock it.\n" });
  });
});

describe("secrets list", () => {
  it("prints names and what is missing, never a value", async () => {
    values.set("telegram", "123:hunter2").set("connection/old", "hunter2");
    const ran = await secrets(["list"]);
    expect(ran.stdout).toBe(
      "telegram\tstored\nconnection/work\tmissing\nconnection/old\tstored, not used by config.yaml\n",
    );
    const json = await secrets(["list", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      store: "keyring",
      secrets: [{ name: "telegram", stored: true }, {}, {}],
    });
    expect(json.stdout).not.toContain("hunter2");
  });
});

describe("secrets remove", () => {
  it("removes one, and fails with the nearest name when there is none", async () => {
    values.set("telegram", "x");
    expect((await secrets(["remove", "telegrm"])).stderr).toContain("Did you mean: telegram");
    expect((await secrets(["remove", "telegram"])).code).toBe(0);
    expect((await secrets(["remove", "telegram"])).code).toBe(1);
  });
});

describe("with the stores of this build", () => {
  it("reads the names of the environment, and refuses to write there with a remedy", async () => {
    writeFileSync(
      join(folder.path, "config.yaml"),
      "telegram: { owner: 5 }\nsecrets: { store: env }\nconnections:\n  - { id: work, platform: gitlab, url: https://gitlab.com }\n",
    );
    const env = { GITNOTIFY_SECRET_TELEGRAM: "hunter2", GITNOTIFY_SECRET_MEMBER_5_WORK: "hunter2" };
    const list = await run(["--home", folder.path, "secrets", "list"], { env });
    expect(list).toEqual({
      code: 0,
      stdout: "telegram\tstored\nconnection/work\tmissing\nmember/5/work\tstored\n",
      stderr:
        "Store: env, environment variables GITNOTIFY_SECRET_… of this process. It can be read, not changed.\n",
    });
    const set = await run(["--home", folder.path, "secrets", "set", "connection/work"], { env, input: "x" });
    expect(set.code).toBe(1);
    expect(set.stderr).toContain("GITNOTIFY_SECRET_CONNECTION_WORK");
  });

  it("asks for no value that could not be stored", async () => {
    for (const store of ["env", "systemd"]) {
      writeFileSync(join(folder.path, "config.yaml"), `secrets: { store: ${store} }\n`);
      // A terminal in which nobody types: it would wait for ever if it asked.
      const set = await run(["--home", folder.path, "secrets", "set", "telegram"], { isTTY: true });
      expect(set.code).toBe(1);
      expect(set.stderr).not.toContain("it is not shown");
      expect(set.stderr).toContain(
        store === "env" ? "Set GITNOTIFY_SECRET_TELEGRAM" : "systemd-creds encrypt",
      );
    }
  });

  it("says before it asks that the store does not work", async () => {
    writeFileSync(join(folder.path, "config.yaml"), "secrets: { store: file }\n");
    writeFileSync(join(folder.path, "secrets.enc"), "half a fi", { mode: 0o600 });
    const set = await run(["--home", folder.path, "secrets", "set", "telegram"], { isTTY: true });
    expect(set.code).toBe(1);
    expect(set.stderr).toContain("is damaged");
    expect(set.stderr).not.toContain("it is not shown");
  });

  it("keeps them in an encrypted file, with the key where config.yaml says", async () => {
    writeFileSync(join(folder.path, "config.yaml"), "secrets: { store: file, keyFile: my.key }\n");
    const set = await run(["--home", folder.path, "secrets", "set", "telegram"], { input: "hunter2" });
    expect(set).toMatchObject({ code: 0, stderr: "Stored telegram in file.\n" });
    expect(readFileSync(join(folder.path, "secrets.enc"), "utf8")).not.toContain("hunter2");
    expect(existsSync(join(folder.path, "my.key"))).toBe(true);
    const list = await run(["--home", folder.path, "secrets", "list", "--json"]);
    expect(JSON.parse(list.stdout)).toEqual({
      ...{ store: "file", place: join(folder.path, "secrets.enc"), readOnly: false, works: true },
      secrets: [{ name: "telegram", stored: true, expected: true }],
    });
    const remove = await run(["--home", folder.path, "secrets", "remove", "telegram"]);
    expect(remove).toMatchObject({ code: 0, stderr: "Removed telegram from file.\n" });
  });

  it("lists what is known when the store does not work, with the remedy, and fails", async () => {
    writeFileSync(join(folder.path, "config.yaml"), "secrets: { store: file }\n");
    const path = join(folder.path, "secrets.enc");
    writeFileSync(path, "half a fi", { mode: 0o600 });
    const list = await run(["--home", folder.path, "secrets", "list", "--json"]);
    expect(list.code).toBe(1);
    expect(JSON.parse(list.stdout)).toMatchObject({
      works: false,
      problem: { code: "failed", remedy: expect.stringContaining(`mv '${path}'`) as string },
      secrets: [{ name: "telegram", stored: null }],
    });
    expect((await run(["--home", folder.path, "secrets", "list"])).stdout).toBe("telegram\tunknown\n");
    expect(list.stderr).toContain("is damaged");
  });
});
