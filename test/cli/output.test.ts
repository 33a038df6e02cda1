import { describe, expect, it } from "vitest";
import { createOutput, toCell } from "../../src/cli/output.js";
import { aRegistry, createIo } from "./terminal.js";

function anOutput(options: {
  isTTY: boolean;
  color?: boolean;
  json?: boolean;
  env?: Record<string, string>;
}) {
  const { io, read } = createIo(options);
  const { color = true, json = false, env = {} } = options;
  const commandTree = () => Promise.reject(new Error("Nothing here prints the commands."));
  const context = { io, env, registry: aRegistry(new Map()), globals: () => ({ color, json }), commandTree };
  return { output: createOutput(context), read };
}

describe("createOutput", () => {
  it.each([
    [{ isTTY: true }, true],
    [{ isTTY: false }, false],
    [{ isTTY: true, color: false }, false],
    [{ isTTY: true, env: { NO_COLOR: "1" } }, false],
    [{ isTTY: true, env: { NO_COLOR: "" } }, true],
    [{ isTTY: true, env: { TERM: "dumb" } }, false],
    [{ isTTY: false, env: { FORCE_COLOR: "1" } }, true],
  ])("with %j colours are %s", (options, coloured) => {
    expect(anOutput(options).output.style("red", "x") !== "x").toBe(coloured);
  });

  it("draws a table on a terminal and prints tabs without a header elsewhere", async () => {
    const rows = [
      ["a", "two\twords\u001b[31m"],
      ["longer", "b"],
    ];
    const drawn = anOutput({ isTTY: true, color: false });
    await drawn.output.table(["name", "state"], rows);
    expect(
      drawn
        .read()
        .stdout.split("\n")
        .map((line) => line.trim().replace(/ +/g, " ")),
    ).toEqual(["name state", "a two words [31m", "longer b", ""]);
    const piped = anOutput({ isTTY: false });
    await piped.output.table(["name", "state"], rows);
    expect(piped.read().stdout).toBe("a\ttwo words [31m\nlonger\tb\n");
  });

  it("prints data as JSON alone with --json", async () => {
    const { output, read } = anOutput({ isTTY: true, json: true });
    await output.data({ a: 1 }, () => output.line("text"));
    expect(JSON.parse(read().stdout)).toEqual({ a: 1 });
  });
});

describe("toCell", () => {
  it("keeps control characters of others away from the terminal", () => {
    expect(toCell("a\u001b]0;title\u0007\r\nb")).toBe("a ]0;title b");
  });
});
