import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { CommandNode } from "../../src/cli/command-tree.js";
import { readTree } from "../../src/cli/program.js";
import { executable } from "../e2e/process.js";
import { fillHome } from "./full-home.js";
import { aRegistry, createIo, run, type Ran, useFolder } from "./terminal.js";

const folder = useFolder();
const registry = aRegistry(new Map());
const tree = await readTree({ env: {}, io: createIo().io, registry });
const leaves = (node: CommandNode): CommandNode[] =>
  node.commands.length === 0 ? [node] : node.commands.flatMap(leaves);
const nodes = (node: CommandNode): CommandNode[] => [node, ...node.commands.flatMap(nodes)];
const all = leaves(tree);
const nameOf = ({ path }: CommandNode) => path.join(" ");

/** What stands behind a command so that it has something to do; each code that it may end with in a home of no servers. */
const words: Record<string, { given?: string; ends: number[]; input?: string }> = {
  init: { ends: [2] },
  start: { ends: [4] },
  poll: { ends: [4] },
  status: { ends: [0] },
  doctor: { ends: [4] },
  "connections list": { ends: [0] },
  "connections add": { given: "third --platform gitlab --url https://third.example.com", ends: [0] },
  "connections test": { given: "work", ends: [4] },
  "connections remove": { given: "github --force", ends: [0] },
  "subscriptions list": { ends: [0] },
  "subscriptions add": { given: "github:acme/new wiki", ends: [0] },
  "subscriptions remove": { given: "k3x9", ends: [0] },
  "subscriptions test": { given: "k3x9", ends: [0] },
  "subscriptions export": { ends: [0] },
  "subscriptions import": { given: "-", ends: [0], input: "subscriptions: [{ to: owner }]\n" },
  "deliveries list": { ends: [0] },
  "deliveries show": { given: "1", ends: [0] },
  "deliveries retry": { given: "1", ends: [0] },
  "deliveries discard": { given: "2", ends: [0] },
  "events list": { ends: [0] },
  "config path": { ends: [0] },
  "config show": { ends: [0] },
  "config check": { ends: [0] },
  "config schema": { ends: [0] },
  // Whether a service manager runs here is the machine's; what each says is in commands/service.test.ts.
  "service install": { given: "--print", ends: [0] },
  "service uninstall": { ends: [0, 1] },
  "service start": { ends: [1] },
  "service stop": { ends: [0, 1] },
  "service restart": { ends: [1] },
  "service status": { ends: [0, 1] },
  "service logs": { given: "--lines 1", ends: [0, 1] },
  "secrets list": { ends: [0] },
  "secrets set": { given: "telegram", ends: [0], input: "700000001:AAvalue-of-nobody-00000000000000000\n" },
  "secrets remove": { given: "telegram", ends: [1] },
  "secrets move": { given: "file", ends: [0] },
  "db migrate": { ends: [0] },
  "db backup": { ends: [0] },
  "db check": { ends: [0] },
  "db restore": { given: "copy.db", ends: [1] },
  completion: { given: "bash", ends: [0] },
};
/** It has no end of its own, and is played through in test/sandbox. */
const endless = ["demo"];
const swept = all.filter((leaf) => !endless.includes(nameOf(leaf)));

function call(
  leaf: CommandNode,
  options: { json?: boolean; home?: string; isTTY?: boolean } = {},
): Promise<Ran> {
  const { given = "", input = "" } = words[nameOf(leaf)] ?? {};
  const argv = ["--home", options.home ?? folder.path, ...(options.json ? ["--json"] : []), ...leaf.path];
  const env = { GITNOTIFY_PASSPHRASE: "a passphrase of this test", NO_COLOR: "1", FORCE_COLOR: "1" };
  const isTTY = options.isTTY ?? false;
  return run([...argv, ...given.split(" ").filter(Boolean)], { env, input, isTTY, columns: 80 });
}

beforeEach(() => fillHome(folder.path, Date.now()));

it("sweeps every command that there is", () => {
  expect(swept.map(nameOf).sort()).toEqual(Object.keys(words).sort());
});

describe.each(nodes(tree).map((node) => [nameOf(node), node] as const))("gitnotify %s", (_name, node) => {
  it("has a help with an example, and ends with 0", async () => {
    const ran = await run([...node.path, "--help"]);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toMatch(/Examples?:\n {2}\S|e\.g\.: gitnotify/);
  });

  it("refuses an option that it does not have with 2, names the nearest, and prints nothing on stdout", async () => {
    const given = words[nameOf(node)]?.given?.split(" ") ?? [];
    const ran = await run([...node.path, "--jsno", ...given]);
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toMatch(/^gitnotify: .*--jsno[^]*Did you mean: --json/);
  });
});

describe.each(swept.map((leaf) => [nameOf(leaf), leaf] as const))("gitnotify %s", (name, leaf) => {
  it("gives one JSON value on stdout with --json, or nothing where it fails", async () => {
    const ran = await call(leaf, { json: true });
    expect({ name, code: ran.code, stderr: ran.stderr }).toMatchObject({
      code: expect.toSatisfy((code: number) => words[name]?.ends.includes(code) === true) as number,
    });
    if (ran.code === 0 && name !== "service logs") expect(ran.stdout).not.toBe("");
    if (ran.stdout !== "" && name !== "service logs")
      expect(() => JSON.parse(ran.stdout) as unknown).not.toThrow();
    expect(ran.stderr).not.toMatch(/^ +at \S/m);
  });

  it("prints no colour where NO_COLOR says so, and none of Node's own words", async () => {
    const ran = await call(leaf, { isTTY: true });
    expect(ran.stdout + ran.stderr).not.toContain("\u001b[");
    expect(ran.stdout + ran.stderr).not.toMatch(/^ +at \S|undefined|\[object|NaN|did not expect/m);
    if (ran.code !== 0 && name !== "doctor") expect(ran.stderr).toMatch(/^gitnotify: [^\n]+\n\S/m);
  });

  it("says what to do in a home that is not there, and leaves none behind unless it stores something", async () => {
    const ran = await call(leaf, { home: join(folder.path, "nowhere") });
    expect(ran.stdout + ran.stderr).not.toMatch(/^ +at \S|ENOENT|did not expect/m);
    expect([0, 1, 2, 3, 4]).toContain(ran.code);
    if (ran.code !== 0 && name !== "doctor") expect(ran.stderr).toMatch(/gitnotify: [^]+\n\S[^\n]+\n$/);
  });
});

it.skipIf(process.platform === "win32")("ends quietly when its reader has seen enough", async () => {
  writeFileSync(join(folder.path, "script.sh"), '"$@" | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"');
  for (const given of [["config", "schema"], ["completion", "bash"], ["events"]]) {
    const shell = spawn("bash", [
      join(folder.path, "script.sh"),
      process.execPath,
      executable,
      "--home",
      folder.path,
      ...given,
    ]);
    const said = { stdout: "", stderr: "" };
    shell.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
    shell.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
    await new Promise((resolve) => shell.once("close", resolve));
    expect(said).toEqual({ stdout: "0\n", stderr: "" });
  }
});
