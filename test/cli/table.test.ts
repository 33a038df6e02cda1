import { describe, expect, it } from "vitest";
import { layOutTable } from "../../src/cli/table.js";
import { textWidth } from "../../src/lib/text-width.js";
import { fillHome } from "./full-home.js";
import { run, useFolder } from "./terminal.js";

const folder = useFolder();
const lay = (header: string[], rows: string[][], width: number) =>
  layOutTable(header, rows, { width, title: (text) => text });

describe("layOutTable", () => {
  it("draws columns side by side where they fit", () => {
    expect(
      lay(
        ["id", "state"],
        [
          ["1", "dead"],
          ["12", "日本"],
        ],
        20,
      ),
    ).toEqual(["id  state", "1   dead", "12  日本"]);
  });

  it("wraps cells between words where that is enough", () => {
    expect(lay(["id", "reason"], [["1", "it was refused"]], 14)).toEqual([
      "id  reason",
      "1   it was",
      "    refused",
    ]);
  });

  it("writes blocks where a word would have to be broken, or a cell would become a narrow paragraph", () => {
    const path = "work:platform/a-long-name";
    expect(
      lay(
        ["id", "project"],
        [
          ["1", path],
          ["2", ""],
        ],
        20,
      ),
    ).toEqual(["id:      1", `project: ${path}`, "", "id:      2"]);
    const words = "one two three four five six";
    expect(lay(["id", "why"], [["12345678", words]], 16)).toEqual([
      "id:  12345678",
      "why: one two",
      "     three four",
      "     five six",
    ]);
  });
});

/** Every command that prints a table. */
const commands = [
  "connections list",
  "secrets list",
  "subscriptions list",
  "subscriptions test k3x9",
  "config path --all",
  "deliveries list --all",
  "events",
];

describe.each(commands)("%s", (command) => {
  it.each([60, 80, 120])("fits %i columns and breaks no word", async (columns) => {
    await fillHome(folder.path, Date.now());
    const words = ["--home", folder.path, "--no-color", ...command.split(" ")];
    const piped = await run(words);
    const shown = await run(words, { isTTY: true, columns });
    expect([shown.code, piped.code]).toEqual([0, 0]);
    const lines = shown.stdout.trimEnd().split("\n");
    const cells = piped.stdout.split(/\s+/).filter((word) => word !== "");
    expect(cells.length).toBeGreaterThan(2);
    expect(shown.stdout.split(/\s+/)).toEqual(expect.arrayContaining(cells));
    // A path that is longer than the terminal stays whole, on a line of its own.
    const wide = lines.filter((line) => textWidth(line) > columns);
    expect(wide.filter((line) => line.split(/ +/).filter((word) => word !== "").length > 2)).toEqual([]);
  });
});
