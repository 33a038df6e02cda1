import type { TextNode } from "../../../src/domain/notification.js";

/** As a person sees it; a quote stands on lines of its own. */
export function plain(nodes: readonly TextNode[]): string {
  return nodes
    .map((node) => (node.node === "break" ? "\n" : node.node === "quote" ? `\n| ${node.text}` : node.text))
    .join("")
    .replace(/\n{2,}/g, "\n");
}
