import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { applyKeys, readSecret } from "../../src/cli/prompt.js";
import { createIo } from "./terminal.js";

function aTerminal() {
  const { io, read } = createIo({ isTTY: true });
  const raw: boolean[] = [];
  Object.assign(io.stdin, { isTTY: true, setRawMode: (on: boolean) => void raw.push(on) });
  const type = (keys: string) => void (io.stdin instanceof PassThrough && io.stdin.write(keys));
  return { io, raw, type, read };
}

describe("readSecret on a terminal", () => {
  it("shows nothing of what is typed and gives the terminal back", async () => {
    const { io, raw, type, read } = aTerminal();
    const asked = readSecret(io, "Token: ");
    for (const key of ["s", "e", "x", "\u007f", "cret\r"]) type(key);
    expect(await asked).toBe("secret");
    expect(raw).toEqual([true, false]);
    expect(read()).toEqual({ stdout: "", stderr: "Token: \n" });
  });

  it("ends with 130 on Ctrl-C and gives the terminal back", async () => {
    const { io, raw, type } = aTerminal();
    const asked = readSecret(io, "Token: ");
    type("abc\u0003");
    await expect(asked).rejects.toMatchObject({ exitCode: 130 });
    expect(raw).toEqual([true, false]);
  });
});

describe("applyKeys", () => {
  it.each([
    ["", "a\u001b[Db", { typed: "ab" }],
    ["", "\u001b[200~pasted\u001b[201~\r", { typed: "pasted", end: "entered" }],
    ["abc", "\u0015x", { typed: "x" }],
    ["a😀", "\u007f", { typed: "a" }],
    ["a", "\t", { typed: "a" }],
    ["abc", "\u0003", { typed: "", end: "interrupted" }],
    ["abc", "\u0004", { typed: "abc", end: "entered" }],
  ])("after %j the keys %j make %j", (before, keys, expected) => {
    expect(applyKeys(before, keys)).toEqual(expected);
  });
});
