import type { TextNode } from "../../domain/notification.js";
import { shorten } from "../../lib/shorten.js";

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

/** What somebody wrote, as a quote: without hidden comments, empty lines and quotations of others at its beginning. */
export function toQuote(body: string): TextNode[] {
  const text = quoteText(body);
  return text === "" ? [] : [{ node: "quote", text }];
}

export function quoteText(body: string): string {
  const visible = body.slice(0, 20_000).replace(/<!--[^]*?(?:-->|$)/g, "");
  const lines = visible.split(/\r?\n/).map((line) => line.trimEnd());
  const own = lines.filter((line) => line !== "" && !line.startsWith(">"));
  return shorten((own.length > 0 ? own : lines).join("\n").trim(), 300);
}
