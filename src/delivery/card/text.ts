import type { TextNode } from "../../domain/notification.js";

/** Pieces of one line; empty ones are left out, together with their separator. */
export type Piece = TextNode | string | undefined | false;

export function toLine(pieces: readonly Piece[], separator = " · "): TextNode[] {
  const nodes: TextNode[] = [];
  for (const piece of pieces) {
    if (piece === undefined || piece === false || piece === "") continue;
    if (nodes.length > 0) nodes.push({ node: "text", text: separator });
    nodes.push(typeof piece === "string" ? { node: "text", text: piece } : piece);
  }
  return nodes;
}

/** Lines with breaks between them; empty ones vanish. */
export function joinLines(lines: ReadonlyArray<readonly TextNode[]>): TextNode[] {
  return lines
    .filter((line) => line.length > 0)
    .flatMap((line, index): TextNode[] => (index === 0 ? [...line] : [{ node: "break" }, ...line]));
}

/** Parts of one line that have separators of their own; empty ones vanish. */
export function joinPieces(parts: ReadonlyArray<readonly TextNode[]>): TextNode[] {
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index): TextNode[] =>
      index === 0 ? [...part] : [{ node: "text", text: " · " }, ...part],
    );
}

export function link(text: string, url: string): TextNode {
  return { node: "link", text, url };
}

/** Somebody's words within a line, of which nothing can be tapped. */
export function words(text: string): TextNode {
  return { node: "italic", text };
}

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

/** What somebody wrote, as a quote: without hidden comments, empty lines and quotations of others at its beginning. */
export function toQuote(body: string): TextNode[] {
  const visible = body.slice(0, 20_000).replace(/<!--[^]*?(?:-->|$)/g, "");
  const lines = visible.split(/\r?\n/).map((line) => line.trimEnd());
  const own = lines.filter((line) => line !== "" && !line.startsWith(">"));
  const text = shorten((own.length > 0 ? own : lines).join("\n").trim(), 300);
  return text === "" ? [] : [{ node: "quote", text }];
}
