import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { executable } from "./process.js";

const keepsCode = "enableCompileCache" in nodeModule;

it
  .skipIf(!keepsCode)
  .each([{ words: (home: string) => ["--home", home] }, { words: (home: string) => [`--home=${home}`] }])(
  "compiled code is kept in the home that is named, and nowhere else (needs Node 22)",
  ({ words }) => {
    const place = mkdtempSync(join(tmpdir(), "gitnotify-code-"));
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    const [home, user] = [join(place, "home"), join(place, "user")];
    for (const folder of [home, user]) mkdirSync(folder);
    const given = [executable, ...words(home), "config", "path"];
    const { status, stderr } = spawnSync(process.execPath, given, { encoding: "utf8", env: { HOME: user } });
    expect([status, stderr]).toEqual([0, ""]);
    expect(existsSync(join(home, "cache", "code"))).toBe(true);
    expect(existsSync(join(user, ".cache"))).toBe(false);
  },
);
