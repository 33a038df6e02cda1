/** A family or a flag is one emoji of several characters. */
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** At most `most` characters, cut between words where there is one near, and never inside an emoji or an accented letter. */
export function shorten(text: string, most: number): string {
  const letters = [...text.slice(0, most * 2 + 2)];
  if (letters.length <= most && text.length <= most * 2 + 2) return text;
  const full = letters.slice(0, most - 1).join("");
  const whole = graphemes.segment(text.slice(0, most * 2 + 2)).containing(full.length)?.index;
  // One that fills all of it is no letter that anybody can read.
  const cut = full.slice(0, whole) || full;
  const space = cut.search(/\s\S*$/);
  return `${(space > cut.length - 30 && space > 0 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

/** Where a text of at most `most` code units can end without breaking a letter or an emoji. */
export function wholeLetters(text: string, most: number): string {
  if (text.length <= most) return text;
  return text.slice(0, graphemes.segment(text).containing(most)?.index ?? 0);
}

/** Titles and branches are one line, whatever they hold. */
export function oneLine(text: string, most: number): string {
  return shorten(
    text
      .slice(0, most * 4)
      .replace(/\s+/g, " ")
      .trim(),
    most,
  );
}
