import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import qrcode from "qrcode";
import { findBrowserCommand } from "../../../src/cli/init/browser.js";
import { drawQr } from "../../../src/cli/init/qr.js";
import { hasUnicode, toAscii, toScreen, wrap } from "../../../src/cli/init/screen.js";

const screen = { columns: 80, rows: 24, unicode: true, colour: true };
const link = "https://t.me/gitnotify_sandbox_bot?start=yS05aKVz3K2x8DawFG97vg";

const words = ["Open this link (or scan the code) and press Start", link, "or send it", "Waiting"];

/** Dark modules of what was drawn, quiet zone and all. */
function readBack(lines: string[], darkIsDrawn: boolean): boolean[][] {
  const rows = lines.map((line) => [...stripVTControlCharacters(line)]);
  return rows.flatMap((cells) => [
    cells.map((cell) => "█▀".includes(cell) === darkIsDrawn),
    cells.map((cell) => "█▄".includes(cell) === darkIsDrawn),
  ]);
}

it.each([true, false])(
  "draws the very code that the library makes, with a quiet zone (colours: %s)",
  async (colour) => {
    const drawn = readBack((await drawQr(link, { ...screen, colour }, words)) ?? [], colour);
    const { modules } = qrcode.create(link, { errorCorrectionLevel: "L" });
    expect(drawn[0]?.some(Boolean)).toBe(false);
    for (let row = 0; row < modules.size; row += 1)
      for (let column = 0; column < modules.size; column += 1)
        expect(drawn[row + 1]?.[column + 1]).toBe(modules.get(row, column) === 1);
  },
);

it("draws no code where it has no room or no letters", async () => {
  expect(await drawQr(link, { ...screen, columns: 36 }, words)).toBeNull();
  expect(await drawQr(link, { ...screen, rows: 20 }, words)).toBeNull();
  expect(await drawQr(link, { ...screen, unicode: false }, words)).toBeNull();
});

it("leaves the code out where it would push the link off the screen", async () => {
  expect(await drawQr(link, screen, words)).not.toBeNull();
  // Narrower, the same words take more lines.
  expect(await drawQr(link, { ...screen, columns: 48 }, words)).toBeNull();
});

it("believes the locale about what the terminal can show", () => {
  expect(hasUnicode("linux", { LANG: "de_DE.UTF-8" })).toBe(true);
  expect(hasUnicode("linux", { LANG: "C.utf8" })).toBe(true);
  expect(hasUnicode("linux", { LANG: "de_DE.UTF-8", LC_ALL: "C" })).toBe(false);
  expect(hasUnicode("linux", {})).toBe(false);
  expect(hasUnicode("linux", { LANG: "C.UTF-8", TERM: "linux" })).toBe(false);
  expect(hasUnicode("win32", { WT_SESSION: "1" })).toBe(true);
});

it("shows only ASCII where there is nothing else, and names as they are", () => {
  expect(toAscii("│  ◆ “a” → b… ◼ é Ж")).toBe('|  * "a" -> b... [x] é Ж');
  const terminal = new PassThrough();
  Object.assign(terminal, { columns: 66 });
  const shown = toScreen(terminal, false);
  shown.write("│ ◇\n");
  expect(String(terminal.read())).toBe("| o\n");
  expect(Reflect.get(shown, "columns")).toBe(66);
});

it("breaks lines at spaces and never inside an address", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("see https://example.com/a/long/path now", 10)).toEqual([
    "see",
    "https://example.com/a/long/path",
    "now",
  ]);
  expect(wrap("a\nb", 10)).toEqual(["a", "b"]);
});

it("opens no browser where the person would not see it", () => {
  expect(findBrowserCommand("linux", { DISPLAY: ":0" })).toEqual(["xdg-open"]);
  expect(findBrowserCommand("linux", {})).toBeNull();
  expect(findBrowserCommand("linux", { DISPLAY: ":0", SSH_CONNECTION: "1 2 3 4" })).toBeNull();
  expect(findBrowserCommand("darwin", {})).toEqual(["open"]);
});
