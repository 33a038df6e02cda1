import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  createSystemdStore,
  fromCredentialName,
  toCredentialName,
  toEncryptCommands,
} from "../../src/secrets/systemd.js";
import { secretStoreContract } from "../contracts/secret-store-contract.js";
import { troubleOf } from "./trouble.js";

function aFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "credentials-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

function aStore(files: Record<string, string>) {
  return createSystemdStore({ env: { CREDENTIALS_DIRECTORY: aFolder(files) } });
}

secretStoreContract("credentials of systemd", {
  writable: false,
  remedy: /gitnotify\.telegram/,
  makeStore: async (secrets) =>
    aStore(
      Object.fromEntries(Object.entries(secrets).map(([name, value]) => [toCredentialName(name), value])),
    ),
});

describe("names of credentials", () => {
  it.each([
    ["telegram", "gitnotify.telegram"],
    ["connection/my-work", "gitnotify.connection.my-work"],
    ["member/42/work", "gitnotify.member.42.work"],
  ])("%s is %s, and back", (name, credential) => {
    expect(toCredentialName(name)).toBe(credential);
    expect(fromCredentialName(credential)).toBe(name);
  });

  it("of others are none of ours", async () => {
    const store = aStore({ "gitnotify.passphrase": "x", "nginx.key": "x", "gitnotify.telegram": "x" });
    expect(await store.list()).toEqual(["telegram"]);
  });
});

describe("credentials of systemd", () => {
  it("lose one line end, are asked for each time, and may have the mode that an ACL makes", async () => {
    const folder = aFolder({ "gitnotify.telegram": "token\n", "gitnotify.connection.work": "\n" });
    chmodSync(join(folder, "gitnotify.telegram"), 0o440);
    const store = createSystemdStore({ env: { CREDENTIALS_DIRECTORY: folder } });
    expect(await store.get("telegram")).toBe("token");
    expect(await store.get("connection/work")).toBeNull();
    writeFileSync(join(folder, "gitnotify.connection.work"), "new");
    expect(await store.get("connection/work")).toBe("new");
  });

  it("outside of a service are absent, and say where they are made", async () => {
    const store = createSystemdStore({ env: {} });
    for (const call of [() => store.get("telegram"), () => store.list(), () => store.probe!()]) {
      const trouble = await troubleOf(call());
      expect(trouble).toMatchObject({ code: "absent" });
      expect(trouble.message).toContain("$CREDENTIALS_DIRECTORY is not set");
      expect(trouble.remedy).toContain("sudo gitnotify service install --system");
    }
  });

  it("that cannot be read are an error, not a missing secret", async () => {
    const folder = aFolder({});
    mkdirSync(join(folder, "gitnotify.telegram"));
    const store = createSystemdStore({ env: { CREDENTIALS_DIRECTORY: folder } });
    expect((await troubleOf(store.get("telegram"))).code).toBe("failed");
    const gone = createSystemdStore({ env: { CREDENTIALS_DIRECTORY: join(folder, "gone") } });
    expect((await troubleOf(gone.list())).message).toContain("ENOENT");
  });

  it("are set with a command that has no value in it", async () => {
    const trouble = await troubleOf(aStore({}).set("connection/work", "canary-value"));
    expect(trouble.code).toBe("read_only");
    expect(trouble.remedy).toContain(
      "sudo systemd-creds encrypt --name=gitnotify.connection.work - /etc/credstore.encrypted/gitnotify.connection.work",
    );
    expect(`${trouble.message}${trouble.remedy}`).not.toContain("canary");
    expect(toEncryptCommands(["telegram"])[1]).toMatch(/^systemd-ask-password -n 'Value of telegram:' \| /);
  });
});
