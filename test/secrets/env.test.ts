import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createEnvStore, toVariable } from "../../src/secrets/env.js";
import { secretStoreContract } from "../contracts/secret-store-contract.js";

secretStoreContract("the environment", {
  writable: false,
  remedy: /GITNOTIFY_SECRET_TELEGRAM.*GITNOTIFY_SECRET_TELEGRAM_FILE|Remove GITNOTIFY_SECRET_TELEGRAM/,
  makeStore: async (secrets) => {
    const env = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [toVariable(name), value]));
    return createEnvStore({ env, names: () => [...Object.keys(secrets), "connection/unset"] });
  },
});

function aFile(content: string, mode = 0o600): string {
  const path = join(mkdtempSync(join(tmpdir(), "secret-")), "token");
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function storeWith(env: Record<string, string>) {
  return createEnvStore({ env, names: () => ["telegram", "connection/work"] });
}

describe("names of variables", () => {
  it.each([
    ["telegram", "GITNOTIFY_SECRET_TELEGRAM"],
    ["connection/work", "GITNOTIFY_SECRET_CONNECTION_WORK"],
    ["member/42/my-gitlab", "GITNOTIFY_SECRET_MEMBER_42_MY_GITLAB"],
  ])("%s is in %s", (name, variable) => expect(toVariable(name)).toBe(variable));
});

describe("secret files", () => {
  it.each([
    ["token\n", "token"],
    ["token\r\n", "token"],
    ["token\n\n", "token\n"],
    [" token ", " token "],
    ["\n", null],
  ])("lose one line end: %j", async (content, expected) => {
    const store = storeWith({ GITNOTIFY_SECRET_CONNECTION_WORK_FILE: aFile(content) });
    expect(await store.get("connection/work")).toBe(expected);
  });

  it("count after the variable itself, and are listed", async () => {
    const file = aFile("from-file");
    const store = storeWith({
      GITNOTIFY_SECRET_TELEGRAM: "direct",
      GITNOTIFY_SECRET_TELEGRAM_FILE: file,
      GITNOTIFY_SECRET_CONNECTION_WORK_FILE: file,
    });
    expect(await store.get("telegram")).toBe("direct");
    expect(await store.get("connection/work")).toBe("from-file");
    expect(await store.list()).toEqual(["telegram", "connection/work"]);
  });

  it.skipIf(process.platform === "win32").each([0o640, 0o604, 0o622])(
    "are refused with mode %o, with the command that helps",
    async (mode) => {
      const path = aFile("canary", mode);
      const store = storeWith({ GITNOTIFY_SECRET_TELEGRAM_FILE: path });
      await expect(store.get("telegram")).rejects.toMatchObject({
        code: "failed",
        remedy: `Run: chmod 600 '${path}'`,
      });
      await expect(store.get("telegram")).rejects.not.toThrow("canary");
    },
  );

  it("that are missing are an error, for somebody meant one to be there", async () => {
    const store = storeWith({ GITNOTIFY_SECRET_TELEGRAM_FILE: "/nowhere/token" });
    await expect(store.get("telegram")).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining("/nowhere/token") as string,
    });
  });
});
