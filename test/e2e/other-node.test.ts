import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { executable } from "./process.js";

/** gitnotify as it is installed, with a database module whose native part is the one that `constructor` loads. */
function install(constructor: string, as: "package" | "checkout" = "package") {
  const place = mkdtempSync(join(tmpdir(), "gitnotify-other-node-"));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  for (const folder of ["bin", "dist"])
    cpSync(join(dirname(executable), "..", folder), join(place, folder), { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ name: "gitnotify", type: "module" }));
  if (as === "checkout") mkdirSync(join(place, "src"));
  const driver = join(place, "node_modules/better-sqlite3");
  mkdirSync(driver, { recursive: true });
  writeFileSync(join(driver, "package.json"), JSON.stringify({ name: "better-sqlite3", version: "12.0.0" }));
  writeFileSync(join(driver, "index.js"), `module.exports = class { constructor() { ${constructor} } };`);
  const home = join(place, "home");
  mkdirSync(home);
  writeFileSync(join(home, "gitnotify.db"), "whatever it holds");
  return (...words: string[]) => {
    const given = [join(place, "bin/gitnotify.cjs"), "--home", home, ...words];
    return spawnSync(process.execPath, given, { encoding: "utf8" });
  };
}

describe("a database module that does not load", () => {
  it("is told as the work of another Node, with what to do, by every command", () => {
    const run = install(
      'throw new Error("The module was compiled against\\nNODE_MODULE_VERSION 1. This Node requires\\nNODE_MODULE_VERSION 2.");',
    );
    for (const words of [["events"], ["status"], ["db", "check"]]) {
      const { status, stdout, stderr } = run(...words);
      expect(status, `${words.join(" ")}: ${stdout}${stderr}`).toBe(1);
      expect(stderr).toContain(`does not fit this Node (${process.versions.node})`);
      expect(stderr).toContain("npm install --global gitnotify");
      expect(stderr).not.toContain("did not expect");
    }
  });

  it("is mended in a checkout where it was installed, and not globally", () => {
    const run = install('throw new Error("NODE_MODULE_VERSION 1");', "checkout");
    const { status, stderr } = run("status");
    expect(status).toBe(1);
    expect(stderr).toContain("In this checkout, run `npm install --no-package-lock` with this Node.");
    expect(stderr).not.toContain("--global");
  });

  it("is told with the loader's own first line where it is broken", () => {
    const run = install(`process.dlopen(module, __filename);`);
    const { status, stderr } = run("db", "check");
    expect(status).toBe(1);
    expect(stderr).toMatch(/better-sqlite3 does not load: .+\n.*npm install/);
    expect(stderr).not.toContain("    at ");
  });
});
