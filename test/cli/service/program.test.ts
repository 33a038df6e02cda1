import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findFleeting, findProgram, findUnreadable } from "../../../src/cli/service/program.js";
import { useFolder } from "../terminal.js";

const folder = useFolder();

function aFile(...path: string[]): string {
  const file = join(folder.path, ...path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "");
  return file;
}

describe("findProgram", () => {
  it("names the script itself and not the link by which it was called", () => {
    const script = aFile("lib", "gitnotify.cjs");
    symlinkSync(script, join(folder.path, "gitnotify"));
    const found = findProgram({ execPath: "/usr/bin/node", script: join(folder.path, "gitnotify"), env: {} });
    expect(found).toEqual({ node: "/usr/bin/node", script });
  });

  it("does not name a version of Node that the next update removes, where a lasting link is on the PATH", () => {
    const homebrew = mkdtempSync(join(tmpdir(), "gitnotify-homebrew-"));
    try {
      const node = join(homebrew, "Cellar", "node", "22.1.0", "bin", "node");
      mkdirSync(dirname(node), { recursive: true });
      writeFileSync(node, "");
      mkdirSync(join(homebrew, "bin"));
      const link = join(homebrew, "bin", "node");
      symlinkSync(node, link);
      const given = { execPath: node, script: node, env: { PATH: `/nowhere:${dirname(link)}` } };
      expect(findProgram({ ...given, temporary: [] }).node).toBe(link);
      // A link in a temporary folder does not last either.
      expect(findProgram({ ...given, temporary: [homebrew] }).node).toBe(node);
      expect(findProgram({ execPath: node, script: node, env: {} }).node).toBe(node);
    } finally {
      rmSync(homebrew, { recursive: true });
    }
  });
});

describe("findFleeting", () => {
  const node = "/usr/bin/node";

  it.each([
    "/home/mia/.npm/_npx/0a1b/node_modules/gitnotify/bin/gitnotify.cjs",
    "/home/mia/.cache/pnpm/dlx-77/node_modules/gitnotify/bin/gitnotify.cjs",
    "C:\\Users\\mia\\AppData\\Local\\npm-cache\\_npx\\0a\\node_modules\\gitnotify\\bin\\gitnotify.cjs",
    "/tmp/gitnotify/bin/gitnotify.cjs",
  ])("warns of %s and says how to install it to stay", (script) => {
    expect(findFleeting({ node, script })).toMatchObject({
      why: expect.stringContaining(script) as string,
      remedy: expect.stringContaining("npm install -g gitnotify") as string,
    });
  });

  it("warns of a Node that vanishes, too", () => {
    const shell = "/run/user/1000/fnm_multishells/1_2/bin/node";
    expect(findFleeting({ node: shell, script: "/opt/gitnotify.cjs" })?.why).toContain(shell);
  });

  it("is content with what stays", () => {
    expect(findFleeting({ node, script: "/usr/lib/node_modules/gitnotify/bin/gitnotify.cjs" })).toBeNull();
    expect(findFleeting({ node, script: "/home/mia/_npxx/tmp/gitnotify.cjs" })).toBeNull();
  });
});

describe("findUnreadable", () => {
  it.each(["/home/mia/.nvm/versions/node/v22/bin/node", "/root/node"])(
    "refuses %s, which a system service cannot see",
    (node) => {
      expect(findUnreadable({ node, script: "/x" })).toMatchObject({
        why: expect.stringContaining("home") as string,
        remedy: expect.stringContaining("sudo npm install -g gitnotify") as string,
      });
    },
  );

  it("names the folder that is closed to others", () => {
    const script = aFile("closed", "gitnotify.cjs");
    chmodSync(folder.path, 0o755);
    expect(findUnreadable({ node: script, script })).toBeNull();
    chmodSync(join(folder.path, "closed"), 0o700);
    expect(findUnreadable({ node: script, script })?.why).toContain(
      `${join(folder.path, "closed")} is not open`,
    );
  });
});
