import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { executable } from "./process.js";

const run = async (...words: string[]) =>
  (await promisify(execFile)(process.execPath, [executable, ...words])).stdout;

describe("what is answered before commander is loaded", () => {
  it("is the help that commander gives", async () => {
    const slow = await run("--no-color", "--help");
    expect(slow).toContain("Usage: gitnotify");
    for (const word of ["--help", "-h", "help"]) expect(await run(word)).toBe(slow);
  });

  it("is the version of the package", async () => {
    for (const word of ["--version", "-V"]) expect(await run(word)).toBe(`${manifest.version}\n`);
  });

  it("is nothing where more was asked", async () => {
    expect(await run("help", "config")).toContain("Usage: gitnotify config");
  });

  it("does not trouble a reader that has gone away", async () => {
    const program = spawn(process.execPath, [executable, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    program.stdout.destroy();
    let complaint = "";
    program.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    const [code] = (await once(program, "close")) as [number];
    expect({ code, complaint }).toEqual({ code: 0, complaint: "" });
  });
});
