import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CliError, exitCode } from "../../src/cli/exit-code.js";
import { commands, type CommandEntry } from "../../src/cli/program.js";
import { run } from "./terminal.js";

function anEntry(work: () => unknown): CommandEntry {
  return {
    name: "work",
    summary: "does it",
    load: async () => ({ register: (command) => void command.action(async () => void (await work())) }),
  };
}

describe("runCli", () => {
  it("prints the version and the help without loading a command", async () => {
    const loaded: string[] = [];
    const entries = commands.map((entry) => ({
      ...entry,
      load: () => {
        loaded.push(entry.name);
        return entry.load();
      },
    }));
    expect(await run(["--version"], { entries })).toMatchObject({ code: 0, stdout: "0.1.0\n" });
    const help = await run(["--help"], { entries });
    expect(help.code).toBe(0);
    for (const { name, summary } of commands) {
      expect(help.stdout).toContain(name);
      expect(help.stdout.replace(/\s+/g, " ")).toContain(summary);
    }
    expect(loaded).toEqual([]);
    await run(["config", "path"], { entries });
    expect(loaded).toEqual(["config"]);
  });

  it.each([
    [["confg"], "config"],
    [["config", "shwo"], "show"],
    [["confg", "--help"], "config"],
    [["help", "confg"], "config"],
    [["--home", "x", "help", "confg"], "config"],
    [["statsu"], "status"],
    [["config", "shwo", "--help"], "show"],
    [["secrets", "lst"], "list"],
  ])("suggests the nearest command for %j and exits with 2", async (argv, suggestion) => {
    const ran = await run(argv);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(`Did you mean: ${suggestion}`);
  });

  it.each([
    [["--hom", "x"]],
    [["config", "path", "--bogus"]],
    [["--log-level", "loud", "config", "path"]],
    [["--home"]],
    [[]],
    [["config"]],
  ])("exits with 2 on %j", async (argv) => {
    expect((await run(argv)).code).toBe(2);
  });

  it("says where to start before the list of commands, where nothing was asked", async () => {
    const { stdout, stderr } = await run([]);
    expect(stderr + stdout).toMatch(/^Start with `gitnotify init`/);
    expect((await run(["--help"])).stderr).toBe("");
  });

  it("lists the shells where none was named", async () => {
    const { code, stderr } = await run(["completion"]);
    expect(code).toBe(2);
    expect(stderr).toContain("bash, zsh, fish, powershell");
  });

  it("takes `help config` for `config --help`", async () => {
    const asked = await run(["help", "config"]);
    expect(asked).toEqual(await run(["config", "--help"]));
    expect(asked.code).toBe(0);
    expect(asked.stdout).toContain("check");
  });

  it("has an example in the help of every command", async () => {
    for (const { name } of commands) {
      const { stdout } = await run([name, "--help"]);
      expect(stdout).toMatch(/\nExamples?:\n/);
      const [list = ""] = (stdout.split("\nCommands:\n")[1] ?? "").split("\n\n");
      const subcommands = [...list.matchAll(/^ {2}([a-z]+) (?!\[command\])/gm)].flatMap(
        (match) => match[1] ?? [],
      );
      if (["config", "secrets"].includes(name)) expect(subcommands.length).toBeGreaterThan(2);
      for (const subcommand of subcommands) {
        const help = await run([name, subcommand, "--help"]);
        expect(`${name} ${subcommand}: ${help.stdout}`).toMatch(/\nExamples?:\n/);
        expect(help.code).toBe(0);
      }
    }
  });

  it("takes global options before and after the command", async () => {
    const before = await run(["--home", "/tmp/gn", "config", "path"]);
    expect(before.stdout).toBe("/tmp/gn/config.yaml\n");
    expect(await run(["config", "path", "--home", "/tmp/gn"])).toEqual(before);
  });

  it("answers with the exit code of a foreseen failure, its sentence and its remedy", async () => {
    const entries = [
      anEntry(() => {
        throw new CliError(exitCode.token, "the token of github is refused", "Store a new one.");
      }),
    ];
    expect(await run(["work"], { entries })).toEqual({
      code: 4,
      stdout: "",
      stderr: "gitnotify: the token of github is refused\nStore a new one.\n",
    });
  });

  it("shows no stack trace of a defect unless --log-level debug asks for it", async () => {
    const entries = [
      anEntry(() => {
        throw new TypeError("broken");
      }),
    ];
    const ran = await run(["work"], { entries });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toBe(
      "gitnotify: Something went wrong that gitnotify did not expect: broken.\n" +
        "Please report it with `gitnotify doctor --bundle`. --log-level debug shows where it happened.\n",
    );
    expect(ran.stderr).not.toContain("    at ");
    expect((await run(["--log-level", "debug", "work"], { entries })).stderr).toContain("    at ");
  });

  it("prints an error that says what to do as it stands, wherever it comes from", async () => {
    const error = Object.assign(new Error("It does not fit."), { remedy: "Install it again." });
    const entries = [anEntry(() => Promise.reject(error))];
    const ran = await run(["work"], { entries });
    expect([ran.code, ran.stderr]).toEqual([1, "gitnotify: It does not fit.\nInstall it again.\n"]);
  });
});

describe("what `--help` loads", () => {
  /** Files that are imported at once (not by `import()`, not for types alone) from `file` on. */
  function importsOf(file: URL, seen = new Set<string>()): Set<string> {
    const source = readFileSync(file, "utf8");
    for (const [, name = ""] of source.matchAll(/^(?:import|export) (?!type\b)[^;]*?from "([^"]+)"/gm)) {
      const isNew = !seen.has(name);
      seen.add(name);
      if (isNew && name.startsWith(".")) importsOf(new URL(name.replace(/\.js$/, ".ts"), file), seen);
    }
    return seen;
  }

  it("is nothing but commander, Node and the list of commands", () => {
    const program = [...importsOf(new URL("../../src/cli/run.ts", import.meta.url))];
    const launch = [...importsOf(new URL("../../src/cli/launch.ts", import.meta.url))];
    expect([...new Set([...program, ...launch])].filter((name) => !name.startsWith("node:")).sort()).toEqual([
      "../../package.json",
      "../config/home.js",
      "../lib/child-environment.js",
      "../lib/homedir.js",
      "./code-cache.js",
      "./early-signals.js",
      "./environment.js",
      "./exit-code.js",
      "./program.js",
      "./version.js",
      "commander",
    ]);
  });

  it("is not even that where nothing but the help or the version is asked", () => {
    const main = [...importsOf(new URL("../../src/cli/main.ts", import.meta.url))];
    expect(main.filter((name) => !name.startsWith("node:"))).toEqual(["./at-once.js", "../../package.json"]);
  });
});
