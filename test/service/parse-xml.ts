/** A strict reader of small XML documents: throws where one is not well-formed. */
export interface XmlDocument {
  /** The text of each element of this name, entities resolved. */
  texts(name: string): string[];
  attributes(name: string, attribute: string): string[];
}

interface Element {
  name: string;
  attributes: Map<string, string>;
  text: string;
}

const token =
  /<\?[^]*?\?>|<!--([^]*?)-->|<!DOCTYPE[^>]*>|<\/([\w.:-]+)\s*>|<([\w.:-]+)((?:\s+[\w.:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;

export function parseXml(document: string): XmlDocument {
  const elements: Element[] = [];
  const open: Element[] = [];
  token.lastIndex = document.startsWith("\uFEFF") ? 1 : 0;
  while (token.lastIndex < document.length) {
    const at = token.lastIndex;
    const match = token.exec(document);
    if (match === null) throw new Error(`not well-formed at: ${document.slice(at, at + 60)}`);
    const [, comment, closed, opened, attributes = "", selfClosed, text] = match;
    if (comment?.includes("--")) throw new Error(`two hyphens in a comment: ${comment}`);
    if (closed !== undefined && open.pop()?.name !== closed)
      throw new Error(`</${closed}> closes something else`);
    if (text !== undefined)
      open.forEach((element, index) => (element.text += index === open.length - 1 ? unescape(text) : ""));
    if (opened === undefined) continue;
    const pairs = [...attributes.matchAll(/([\w.:-]+)="([^"]*)"/g)];
    const element = {
      name: opened,
      attributes: new Map(pairs.map((pair) => [pair[1] ?? "", unescape(pair[2] ?? "")])),
      text: "",
    };
    elements.push(element);
    if (selfClosed !== "/") open.push(element);
  }
  if (open.length > 0) throw new Error(`<${open[0]?.name}> is not closed`);
  const named = (name: string) => elements.filter((element) => element.name === name);
  return {
    texts: (name) => named(name).map((element) => element.text),
    attributes: (name, attribute) =>
      named(name).flatMap((element) => element.attributes.get(attribute) ?? []),
  };
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(\w+);|&/g, (whole, name: string | undefined) => {
    const char = name === undefined ? undefined : entities[name];
    if (char === undefined) throw new Error(`${whole} is no entity`);
    return char;
  });
}
