import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../../src/cli/program.js";
import { run } from "../terminal.js";

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;
const folder = { path: "" };

beforeAll(() => void (folder.path = mkdtempSync(join(tmpdir(), "gitnotify-completion-"))));
afterAll(() => rmSync(folder.path, { recursive: true }));

/** The script of a shell in a file of its own. */
async function scriptFor(shell: string): Promise<string> {
  const { stdout, code } = await run(["completion", shell]);
  expect(code).toBe(0);
  const file = join(folder.path, `completion.${shell}`);
  writeFileSync(file, stdout);
  return file;
}

describe("the completions, in the shells themselves", () => {
  it.skipIf(!has("bash"))(
    "bash completes commands, their commands, and the values of an option",
    async () => {
      const file = await scriptFor("bash");
      const complete = (...words: string[]) => {
        const quoted = words.map((word) => `'${word}'`).join(" ");
        const script = `source '${file}'; COMP_WORDS=(gitnotify ${quoted}); COMP_CWORD=${words.length}; _gitnotify; echo "\${COMPREPLY[@]}"`;
        return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim().split(" ");
      };
      expect(complete("sub")).toEqual(["subscriptions"]);
      expect(complete("db", "re")).toEqual(["restore"]);
      expect(complete("--json", "db", "re")).toEqual(["restore"]);
      expect(complete("--log-level", "")).toEqual(["error", "warn", "info", "debug"]);
      expect(complete("poll", "--d")).toEqual(["--dry-run"]);
      expect(complete("completion", "p")).toEqual(["powershell"]);
      for (const { name } of commands) expect(complete(name)).toContain(name);
    },
  );

  it.skipIf(!has("fish"))("fish completes with what each word is for", async () => {
    const file = await scriptFor("fish");
    const complete = (line: string) =>
      spawnSync("fish", ["--no-config", "-c", `source '${file}'; complete -C '${line}'`], {
        encoding: "utf8",
      }).stdout;
    expect(complete("gitnotify db re")).toMatch(/^restore\t/);
    expect(complete("gitnotify --log-level d")).toMatch(/^debug\t/);
    expect(complete("gitnotify po")).toBe(
      "poll\tone round now: poll what is due, deliver what is owed, print a summary\n",
    );
  });

  it.skipIf(!has("zsh"))("zsh takes the script", async () => {
    const file = await scriptFor("zsh");
    const checked = spawnSync("zsh", ["-n", file], { encoding: "utf8" });
    expect(checked.stderr).toBe("");
    const script = `compdef() { :; }; source '${file}'; _describe() { print -l -- $answers; }; words=(gitnotify db ''); CURRENT=3; _gitnotify`;
    const { stdout } = spawnSync("zsh", ["-f", "-c", script], { encoding: "utf8" });
    expect(stdout).toContain("restore:put a copy in place of the database");
  });

  it("PowerShell gets every command", async () => {
    const { stdout } = await run(["completion", "powershell"]);
    for (const { name } of commands) expect(stdout).toContain(`@{ Text = '${name}';`);
  });

  it("refuses a shell that it does not know, with those that it knows", async () => {
    const { code, stderr } = await run(["completion", "tcsh"]);
    expect(code).toBe(2);
    expect(stderr).toContain("bash, zsh, fish, powershell");
  });
});
