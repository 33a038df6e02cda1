import type { Ask } from "./ask.js";
import { wrap } from "./screen.js";

/** The bar with its indent. */
const indent = 4;
/** Two modules in one character: `dark` is drawn with the colour of the letters. */
const halves = { both: "█", top: "▀", bottom: "▄", none: " " };
const blackOnWhite = { on: "\u001b[38;5;16m\u001b[48;5;231m", off: "\u001b[0m" };

/** A QR code as lines of a terminal, or null where there is no room or nothing to draw it with. `words`: what has to be seen together with it. */
export async function drawQr(
  text: string,
  screen: Ask["screen"],
  words: readonly string[],
): Promise<string[] | null> {
  if (!screen.unicode) return null;
  const { default: qrcode } = await import("qrcode");
  const { modules } = qrcode.create(text, { errorCorrectionLevel: "L" });
  // Readers need a quiet zone; one module does where the paper around is not the terminal's own black.
  const size = modules.size + 2;
  const lines = Math.ceil(size / 2);
  const width = screen.columns - indent;
  // One more for the bar without words.
  const taken = 1 + words.reduce((sum, one) => sum + heightOf(one, width), 0);
  if (size > width || lines + taken > screen.rows) return null;
  const isDark = (row: number, column: number) =>
    [row, column].every((at) => at >= 1 && at <= modules.size) && modules.get(row - 1, column - 1) === 1;
  // Without colours most terminals write light on dark, so that the light modules are what is drawn.
  const isDrawn = (row: number, column: number) => isDark(row, column) === screen.colour && row < size;
  return Array.from({ length: lines }, (_, line) => {
    const cells = Array.from({ length: size }, (_unused, column) =>
      toHalf(isDrawn(line * 2, column), isDrawn(line * 2 + 1, column)),
    ).join("");
    return screen.colour ? `${blackOnWhite.on}${cells}${blackOnWhite.off}` : cells;
  });
}

/** Lines of a sentence; a word that is longer than the screen is broken by the terminal. */
function heightOf(text: string, width: number): number {
  return wrap(text, width).reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0);
}

function toHalf(top: boolean, bottom: boolean): string {
  if (top) return bottom ? halves.both : halves.top;
  return bottom ? halves.bottom : halves.none;
}
