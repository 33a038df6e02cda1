import type { TextNode } from "../domain/notification.js";
import type { WantedButton } from "../operations/buttons.js";

/** An answer of the bot before it has an address. */
export interface Content {
  text: TextNode[];
  buttons?: WantedButton[][];
}

export const text = (value: string): TextNode => ({ node: "text", text: value });
export const bold = (value: string): TextNode => ({ node: "bold", text: value });
export const code = (value: string): TextNode => ({ node: "code", text: value });
export const link = (value: string, url: string): TextNode => ({ node: "link", text: value, url });
const lineBreak: TextNode = { node: "break" };

/** Plain sentences, one line each. */
export function lines(...sentences: string[]): TextNode[] {
  return joinLines(sentences.map((sentence) => [text(sentence)]));
}

/** Lines made of nodes, with breaks between them. */
export function joinLines(parts: ReadonlyArray<readonly TextNode[]>): TextNode[] {
  return parts.flatMap((part, index) => (index === 0 ? [...part] : [lineBreak, ...part]));
}
