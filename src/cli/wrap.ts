/**
 * The text in lines of at most `width` characters, broken between words. The lines after the first begin with `indent`, which counts.
 * A word that is longer than a line, such as a path, is left whole, so that it can still be copied.
 */
export function wrap(text: string, { width, indent }: { width: number; indent: string }): string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] ?? "";
  for (const word of text.trimStart().split(" ")) {
    const isFirst = line.trim() === "";
    const longer = isFirst ? `${line}${word}` : `${line} ${word}`;
    if (isFirst || longer.length <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = `${indent}${word}`;
  }
  return [...lines, line];
}
