import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  createPrivateFile,
  quote,
  readPrivateFile,
  replacePrivateFile,
  toOwners,
} from "../../src/secrets/private-file.js";
import { troubleOf } from "./trouble.js";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "private-"))));

const read = (path: string) =>
  readPrivateFile({ path, what: "the file", owners: toOwners({}), followLinks: false });

describe("reading", () => {
  it("says null for a file that is not there, but not for one behind something that is no folder", async () => {
    expect(await read(join(folder, "none"))).toBeNull();
    writeFileSync(join(folder, "file"), "");
    expect((await troubleOf(read(join(folder, "file", "inner")))).message).toContain("ENOTDIR");
  });

  it.skipIf(process.platform === "win32")("does not wait for a pipe that nobody writes into", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", ["-m", "600", path]);
    expect((await troubleOf(read(path))).message).toContain("no ordinary file");
  });

  it("refuses what is too large to be secrets", async () => {
    const path = join(folder, "large");
    writeFileSync(path, "x".repeat(1_000_001), { mode: 0o600 });
    expect((await troubleOf(read(path))).message).toContain("less than a megabyte");
  });
});

describe("writing", () => {
  it("replaces as a whole, makes the folders, and leaves no draft", async () => {
    const path = join(folder, "deep", "er", "file");
    await replacePrivateFile(path, "one");
    await replacePrivateFile(path, "two");
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(readdirSync(join(folder, "deep", "er"))).toEqual(["file"]);
    if (process.platform !== "win32") {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder, "deep")).mode & 0o777).toBe(0o700);
    }
  });

  it("that fails leaves the old one and no draft", async () => {
    const path = join(folder, "file");
    mkdirSync(join(path, "full"), { recursive: true });
    await troubleOf(replacePrivateFile(path, "canary"));
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("a new file never replaces one", async () => {
    const path = join(folder, "key");
    await createPrivateFile(path, "one");
    await troubleOf(createPrivateFile(path, "two"));
    expect(readFileSync(path, "utf8")).toBe("one");
  });
});

it.each([
  [{}, 1000, [1000]],
  [{ SUDO_UID: "500" }, 1000, [1000]],
  [{ SUDO_UID: "500" }, 0, [0, 500]],
  [{ SUDO_UID: "" }, 0, [0]],
  [{ SUDO_UID: "x" }, 0, [0]],
])("trusts, with %j and uid %i, %j", (env, uid, owners) => expect(toOwners(env, uid)).toEqual(owners));

it.each(["/a b", "/it's", "/$HOME/`x`/\\n"])("quotes %s for a shell", (path) => {
  expect(execFileSync("sh", ["-c", `printf %s ${quote(path)}`], { encoding: "utf8" })).toBe(path);
});
