import type { TextNode } from "../../domain/notification.js";
import { breakHosts, cleanText, cleanUrl, defuse } from "./clean-text.js";
import { wholeLetters } from "../../lib/shorten.js";

/** Telegram's limit, in UTF-16 units of the text that is left when tags and character references are resolved. */
export const maxTextLength = 4096;

const cutMark = "…";
/** Quotes above either are collapsed until tapped. */
const longQuote = { lines: 4, length: 320 };

/** One stretch of text in one pair of tags. */
interface Piece {
  text: string;
  wrap(escaped: string, text: string): string;
}

const bare = (escaped: string) => escaped;

/**
 * The one place where text becomes markup. Cuts between nodes, or inside the text of one, never inside a tag, keeps the
 * beginning and marks the cut with `…`. The result is "" when nothing visible is left.
 */
export function toHtml(nodes: readonly TextNode[], limit = maxTextLength): string {
  return cut(arrange(nodes, toPiece), limit)
    .map((piece) => piece.wrap(escape(piece.text), piece.text))
    .join("");
}

/** The same without markup, for a message that Telegram would not take as HTML. Addresses stand behind their text. */
export function toPlain(nodes: readonly TextNode[], limit = maxTextLength): string {
  return cut(arrange(nodes, toPlainPiece), limit)
    .map((piece) => piece.text)
    .join("");
}

/** Quotes and blocks get lines of their own; nodes of which cleaning leaves nothing are left out. */
function arrange(nodes: readonly TextNode[], convert: (node: TextNode) => Piece): Piece[] {
  const pieces: Piece[] = [];
  let owed = false;
  const isAtStart = () => pieces.length === 0 || (pieces.at(-1)?.text.endsWith("\n") ?? true);
  for (const node of nodes) {
    const piece = convert(node);
    if (piece.text === "") continue;
    const ownLines = node.node === "quote" || node.node === "block";
    if ((owed && node.node !== "break") || (ownLines && !isAtStart()))
      pieces.push({ text: "\n", wrap: bare });
    pieces.push(piece);
    owed = ownLines;
  }
  return pieces;
}

function toPiece(node: TextNode): Piece {
  switch (node.node) {
    case "text":
      return { text: defuse(cleanText(node.text), "mentions"), wrap: bare };
    case "bold":
      return { text: toWords(node.text), wrap: (escaped) => `<b>${escaped}</b>` };
    case "italic":
      return { text: toWords(node.text), wrap: (escaped) => `<i>${escaped}</i>` };
    case "code":
      return { text: cleanText(node.text), wrap: (escaped) => `<code>${escaped}</code>` };
    case "block":
      return { text: trimLines(cleanText(node.text)), wrap: (escaped) => `<pre>${escaped}</pre>` };
    case "quote":
      return { text: trimLines(toWords(node.text)), wrap: toQuote };
    case "link":
      return toLink(node.text, node.url);
    case "break":
      return { text: "\n", wrap: bare };
  }
}

/** Of others' words nothing can be tapped but a web address in full. */
function toWords(text: string): string {
  return breakHosts(defuse(cleanText(text), "all"));
}

function toQuote(escaped: string, text: string): string {
  const isLong = text.length > longQuote.length || text.split("\n").length > longQuote.lines;
  return `<blockquote${isLong ? " expandable" : ""}>${escaped}</blockquote>`;
}

/** Only web addresses become links; what else came as one stays as text, so that nothing else can be tapped. */
function toLink(text: string, url: string): Piece {
  const address = cleanUrl(url);
  if (address === null) return { text: defuse(cleanText(text), "all"), wrap: bare };
  const shown = cleanText(text);
  return {
    text: shown.trim() === "" ? address : defuse(shown, "all"),
    wrap: (escaped) => `<a href="${escape(address)}">${escaped}</a>`,
  };
}

function toPlainPiece(node: TextNode): Piece {
  const piece = toPiece(node);
  const address = node.node === "link" ? cleanUrl(node.url) : null;
  const text = address === null || piece.text === address ? piece.text : `${piece.text} (${address})`;
  return { text, wrap: bare };
}

function cut(pieces: Piece[], limit: number): Piece[] {
  const total = pieces.reduce((sum, piece) => sum + piece.text.length, 0);
  if (total <= limit) return isVisible(pieces) ? pieces : [];
  const kept: Piece[] = [];
  let left = limit - cutMark.length;
  for (const piece of pieces) {
    if (piece.text.length > left) {
      const head = cutText(piece.text, left);
      kept.push(head === "" ? { text: cutMark, wrap: bare } : { ...piece, text: head + cutMark });
      break;
    }
    kept.push(piece);
    left -= piece.text.length;
  }
  return kept;
}

/** Ends at a word's end when one is near, and never inside a letter or an emoji. */
function cutText(text: string, length: number): string {
  const head = wholeLetters(text, Math.max(0, length));
  const space = head.search(/\s\S{0,40}$/);
  const words = space > 0 && /\S/.test(text.charAt(length)) ? head.slice(0, space) : head;
  return words.trimEnd();
}

function isVisible(pieces: Piece[]): boolean {
  return pieces.some((piece) => /[^\s\u2060\u200d]/.test(piece.text));
}

function trimLines(text: string): string {
  return text.replace(/^(?:[ ]*\n)+/, "").trimEnd();
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
