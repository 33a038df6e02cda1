import { textWidth } from "../lib/text-width.js";

export interface TableOptions {
  /** Columns of the terminal. */
  width: number;
  title: (text: string) => string;
}

const gap = "  ";
/** A cell of more lines than that is a paragraph in a narrow column, which reads worse than a list. */
const mostLines = 3;

/**
 * The lines of a table that fits the width, its cells wrapped between words. Where it would not, or only in tatters, every row is
 * a block of `name: value` lines instead. A word is never broken, so that an id or a path can be copied.
 */
export function layOutTable(
  header: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
  { width, title }: TableOptions,
): string[] {
  const widths = toWidths([header, ...rows], width);
  if (widths === null) return toBlocks(header, rows, { width, title });
  const heads = header.map((name, index) => title(name) + pad(name, widths[index] ?? 0));
  return [heads.join(gap).trimEnd(), ...rows.flatMap((row) => toLines(row, widths))];
}

/** null: no widths would do. */
function toWidths(rows: ReadonlyArray<readonly string[]>, width: number): number[] | null {
  const columns = rows[0]?.map((_, index) => rows.map((row) => row[index] ?? "")) ?? [];
  const widths = columns.map((cells) => Math.max(...cells.map(textWidth)));
  const least = columns.map((cells) => Math.max(...cells.flatMap((cell) => cell.split(" ").map(textWidth))));
  let excess = widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1)) - width;
  while (excess > 0) {
    const slack = widths.map((one, index) => one - (least[index] ?? 0));
    // The widest of those that can give way.
    const wide = widths.reduce(
      (best, one, index) => ((slack[index] ?? 0) > 0 && one > (widths[best] ?? 0) ? index : best),
      -1,
    );
    if (wide < 0) return null;
    widths[wide] = (widths[wide] ?? 0) - 1;
    excess -= 1;
  }
  const isTattered = columns.some((cells, index) =>
    cells.some((cell) => wrapWords(cell, widths[index] ?? 0).length > mostLines),
  );
  return isTattered ? null : widths;
}

function toLines(row: readonly string[], widths: readonly number[]): string[] {
  const cells = widths.map((width, index) => wrapWords(row[index] ?? "", width));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, index) => (lines[line] ?? "") + pad(lines[line] ?? "", widths[index] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}

function toBlocks(
  header: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
  { width, title }: TableOptions,
): string[] {
  const indent = Math.max(...header.map(textWidth)) + gap.length;
  return rows.flatMap((row, number) => {
    const filled = header.flatMap((name, index) => (row[index] ? [{ name, value: row[index] }] : []));
    const lines = filled.flatMap(({ name, value }) =>
      wrapWords(value, width - indent - 1).map((line, index) =>
        index === 0 ? `${title(`${name}:`)}${pad(name, indent - 1)}${line}` : " ".repeat(indent) + line,
      ),
    );
    return number === 0 ? lines : ["", ...lines];
  });
}

function pad(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - textWidth(text)));
}

/** Lines of at most `width` columns, broken at spaces alone; a longer word stays whole. */
function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
