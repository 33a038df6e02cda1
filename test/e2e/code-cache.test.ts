import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { executable } from "./process.js";

function place() {
  const folder = mkdtempSync(join(tmpdir(), "gitnotify-code-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const user = join(folder, "user");
  mkdirSync(user);
  const run = (...words: string[]) => {
    const given = [executable, ...words, "config", "path"];
    const { status, stderr } = spawnSync(process.execPath, given, { encoding: "utf8", env: { HOME: user } });
    expect([status, stderr]).toEqual([0, ""]);
  };
  return { home: join(folder, "home"), user, run };
}

describe.skipIf(!("enableCompileCache" in nodeModule))("compiled code (needs Node 22)", () => {
  it.each(["--home DIR", "--home=DIR"])("is kept in the home of %s, and nowhere else", (spelling) => {
    const { home, user, run } = place();
    mkdirSync(join(home, "cache"), { recursive: true });
    run(...spelling.replace("DIR", home).split(" "));
    expect(existsSync(join(home, "cache", "code"))).toBe(true);
    expect(existsSync(join(user, ".cache"))).toBe(false);
  });

  it("does not make a home that was not there", () => {
    const { home, user, run } = place();
    run("--home", home);
    run();
    expect([existsSync(home), existsSync(join(user, ".cache"))]).toEqual([false, false]);
  });
});
