import { chmodSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { createFileStore } from "../../src/secrets/file.js";
import { findKeySource } from "../../src/secrets/file-key.js";
import { troubleOf } from "./trouble.js";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "key-"))));

function aFile(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

async function keyOf(env: Record<string, string>, keyFile?: string): Promise<[string, string | null]> {
  const source = await findKeySource({ env, keyFile, defaultKeyFile: join(folder, "secrets.key") });
  return [source.kind, await source.read()];
}

describe("the key", () => {
  it("comes from the first of: config.yaml, variable, file of a variable, credential, the folder", async () => {
    aFile("secrets.key", "of the folder\n");
    aFile("gitnotify.passphrase", "of the credential\n");
    const given: Record<string, string> = {};
    expect(await keyOf(given)).toEqual(["key file", "of the folder"]);
    given["CREDENTIALS_DIRECTORY"] = folder;
    expect(await keyOf(given)).toEqual(["passphrase", "of the credential"]);
    given["GITNOTIFY_PASSPHRASE_FILE"] = aFile("passphrase", "of the file\r\n");
    expect(await keyOf(given)).toEqual(["passphrase", "of the file"]);
    given["GITNOTIFY_PASSPHRASE"] = "of the variable";
    expect(await keyOf(given)).toEqual(["passphrase", "of the variable"]);
    expect(await keyOf(given, aFile("named", "of config.yaml"))).toEqual(["key file", "of config.yaml"]);
  });

  it("is not taken from variables that are empty, nor from credentials that hold none", async () => {
    aFile("secrets.key", "of the folder");
    const env = { GITNOTIFY_PASSPHRASE: "", GITNOTIFY_PASSPHRASE_FILE: "", CREDENTIALS_DIRECTORY: folder };
    expect(await keyOf(env)).toEqual(["key file", "of the folder"]);
  });

  it("may be behind a link, as mounted secrets are", async () => {
    symlinkSync(aFile("real", "linked"), join(folder, "secrets.key"));
    expect(await keyOf({})).toEqual(["key file", "linked"]);
  });

  it.skipIf(process.platform === "win32")("in a file that others can read is refused", async () => {
    const path = aFile("passphrase", "canary", 0o644);
    const trouble = await troubleOf(keyOf({ GITNOTIFY_PASSPHRASE_FILE: path }));
    expect(trouble.remedy).toBe(`Run: chmod 600 '${path}'`);
    expect(trouble.message).not.toContain("canary");
  });

  it("in an empty file, or in one that is missing, is refused", async () => {
    const empty = aFile("passphrase", "\n");
    expect((await troubleOf(keyOf({ GITNOTIFY_PASSPHRASE_FILE: empty }))).message).toContain("is empty");
    const missing = keyOf({ GITNOTIFY_PASSPHRASE_FILE: join(folder, "none") });
    expect((await troubleOf(missing)).message).toContain("does not exist");
  });
});

describe("a key file that config.yaml names", () => {
  it("is made, but never the folder of a disk that is not there", async () => {
    const path = join(folder, "secrets.enc");
    const keyFile = join(folder, "my.key");
    await createFileStore({ path, keyFile, env: {} }).set("telegram", "value");
    expect(Buffer.from(readFileSync(keyFile, "utf8"), "base64")).toHaveLength(32);
    expect(existsSync(join(folder, "secrets.key"))).toBe(false);
    const away = createFileStore({
      path: join(folder, "other.enc"),
      keyFile: join(folder, "disk", "my.key"),
      env: {},
    });
    const trouble = await troubleOf(away.set("telegram", "canary"));
    expect(trouble.message).toContain("its folder does not exist");
    expect(existsSync(join(folder, "disk"))).toBe(false);
    expect(existsSync(join(folder, "other.enc"))).toBe(false);
  });
});

describe("a passphrase", () => {
  it("is the same however its letters are composed", async () => {
    const path = join(folder, "secrets.enc");
    const open = (passphrase: string) => createFileStore({ path, env: { GITNOTIFY_PASSPHRASE: passphrase } });
    await open("sch\u00f6n").set("telegram", "value");
    expect(await open("scho\u0308n").get("telegram")).toBe("value");
    expect(existsSync(join(folder, "secrets.key"))).toBe(false);
  });
});
