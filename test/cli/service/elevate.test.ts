import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quoteShell, runAsRoot } from "../../../src/cli/service/elevate.js";
import { useFolder } from "../terminal.js";

const folder = useFolder();

/** A `sudo` that writes down how it was called, and ends with `code`. */
function aSudo(code = 0): string {
  const script = `#!/bin/sh\nprintf '%s|' "$@" > "${folder.path}/words"\ncat > "${folder.path}/input"\nenv > "${folder.path}/env"\nexit ${code}\n`;
  writeFileSync(join(folder.path, "sudo"), script, { mode: 0o755 });
  return `${folder.path}:/usr/bin:/bin`;
}

describe.skipIf(process.platform === "win32")("runAsRoot", () => {
  const argv = ["/usr/bin/node", "/opt/a b.js", "service", "install", "--system"];

  it("hands the words to sudo and the rest to its stdin, and tells the person what it does", async () => {
    const notes: string[] = [];
    await runAsRoot(argv, { env: { PATH: aSudo() }, input: "hidden", note: (text) => notes.push(text) });
    expect(readFileSync(join(folder.path, "words"), "utf8")).toBe(`--|${argv.join("|")}|`);
    expect(readFileSync(join(folder.path, "input"), "utf8")).toBe("hidden");
    expect(notes).toEqual(["This needs root: sudo /usr/bin/node '/opt/a b.js' service install --system"]);
  });

  it("hands sudo no secret of its own environment", async () => {
    const env = {
      PATH: aSudo(),
      LANG: "C",
      GITNOTIFY_SECRET_TELEGRAM: "1:abc",
      GITNOTIFY_PASSPHRASE: "sesame",
    };
    await runAsRoot(argv, { env, note: () => {} });
    const inherited = readFileSync(join(folder.path, "env"), "utf8");
    expect(inherited).toContain("LANG=C");
    expect(inherited).not.toMatch(/1:abc|sesame/);
  });

  it("ends as the command of root ended, which has said why itself", async () => {
    const ran = runAsRoot(argv, { env: { PATH: aSudo(3) }, note: () => {} });
    await expect(ran).rejects.toMatchObject({ exitCode: 3, message: "" });
  });

  it("names the command for root where there is no sudo", async () => {
    const ran = runAsRoot(argv, { env: { PATH: folder.path }, note: () => {} });
    await expect(ran).rejects.toMatchObject({
      exitCode: 1,
      remedy: "As root: /usr/bin/node '/opt/a b.js' service install --system",
    });
  });
});

describe("quoteShell", () => {
  it.each([
    ["/a/b-c_d.js", "/a/b-c_d.js"],
    ["a b", "'a b'"],
    ["it's", "'it'\\''s'"],
    ["", "''"],
    ["$x", "'$x'"],
  ])("writes %j as %s", (word, quoted) => {
    expect(quoteShell(word)).toBe(quoted);
  });
});
