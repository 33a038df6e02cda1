import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createRotatingFile } from "../../src/lib/rotating-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rotating-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const noTrouble = (error: Error) => {
  throw error;
};

/** Oldest first, as `cat` with the highest number first would read them. */
function readAll(): string[] {
  const files = readdirSync(folder).sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  return files.flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"));
}

it("in a burst keeps every file below its size, exactly so many of them, and the newest lines without a gap", async () => {
  const stream = createRotatingFile({
    ...{ path: join(folder, "log"), maxBytes: 4_096, maxFiles: 4 },
    onTrouble: noTrouble,
  });
  const count = 5_000;
  for (let index = 0; index < count; index += 1) stream.write(`line ${index} ${"x".repeat(index % 90)}\n`);
  stream.end();
  await finished(stream);
  const files = readdirSync(folder).sort();
  expect(files).toEqual(["log", "log.1", "log.2", "log.3"]);
  for (const name of files) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(4_096);
  // The next line would not have fitted: no file is put aside half empty.
  for (const name of files.slice(1)) expect(statSync(join(folder, name)).size).toBeGreaterThan(4_096 - 110);
  const numbers = readAll().map((line) => Number(line.split(" ")[1]));
  expect(numbers.at(-1)).toBe(count - 1);
  numbers.forEach((number, index) => expect(number).toBe((numbers[0] ?? 0) + index));
});

it("goes on below the size of what an earlier process left, and never tears a line in two", async () => {
  writeFileSync(join(folder, "log"), `${"o".repeat(3_999)}\n`);
  const stream = createRotatingFile({
    ...{ path: join(folder, "log"), maxBytes: 4_096, maxFiles: 2 },
    onTrouble: noTrouble,
  });
  const line = `${"n".repeat(150)}\n`;
  stream.write(line);
  stream.end();
  await finished(stream);
  expect(readFileSync(join(folder, "log"), "utf8")).toBe(line);
  expect(statSync(join(folder, "log.1")).size).toBe(4_000);
});

it("writes on while the full file cannot be put aside, keeps the older ones, and gives up at twice the size", async () => {
  const path = join(folder, "log");
  writeFileSync(`${path}.1`, "older\n");
  // A folder that is not empty refuses as Windows does while somebody reads the file.
  mkdirSync(join(folder, "log.full", "held"), { recursive: true });
  const troubles: string[] = [];
  const stream = createRotatingFile({
    ...{ path, maxBytes: 1_000, maxFiles: 3 },
    onTrouble: (error) => troubles.push(error.message),
  });
  const write = (line: string) => new Promise((resolve) => stream.write(`${line}\n`, resolve));
  for (let index = 0; index < 30; index += 1) await write("x".repeat(99));
  expect(statSync(path).size).toBe(2_000);
  expect(troubles).toHaveLength(1);
  expect(readFileSync(`${path}.1`, "utf8")).toBe("older\n");
  rmSync(join(folder, "log.full"), { recursive: true });
  await write("free again");
  stream.end();
  await finished(stream);
  expect(readFileSync(path, "utf8")).toBe("free again\n");
  expect(statSync(`${path}.1`).size).toBe(2_000);
  expect(readFileSync(`${path}.2`, "utf8")).toBe("older\n");
});
