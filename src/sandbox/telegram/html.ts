import type { Entity } from "./model.js";
import { badRequest } from "./problem.js";

/** Tag → entity of the Bot API (formatting options, HTML style). Attributes are checked in `toEntity`. */
const tags: Record<string, string> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  span: "spoiler",
  "tg-spoiler": "spoiler",
  a: "text_link",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  "tg-emoji": "custom_emoji",
  "tg-time": "date_time",
};

const namedEntities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };

interface OpenTag {
  tag: string;
  attributes: Map<string, string>;
  offset: number;
}

/**
 * Text and entities of a message in parse mode HTML, or the 400 `can't parse entities`. Stricter than Telegram in two
 * places, so that a renderer's mistake shows: an unknown named entity or a bare `&` is refused (Telegram keeps it as text),
 * and so is anything inside `pre`, `code` or a second `blockquote` (Telegram drops the inner entity).
 */
export function parseHtml(html: string): { text: string; entities: Entity[] } {
  const open: OpenTag[] = [];
  const entities: Entity[] = [];
  let text = "";
  let at = 0;
  const fail = (what: string) =>
    badRequest(`can't parse entities: ${what} at byte offset ${Buffer.byteLength(html.slice(0, at))}`);
  while (at < html.length) {
    const character = html[at];
    if (character === "&") {
      const found = /^&(?:([a-z]+)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));/.exec(html.slice(at, at + 12));
      const decoded = found === null ? undefined : decode(found);
      if (found === null || decoded === undefined) throw fail("Unsupported character reference");
      text += decoded;
      at += found[0].length;
    } else if (character === "<") {
      const end = html.indexOf(">", at);
      if (end < 0) throw fail("Unclosed start tag");
      const problem = readMarkup(html.slice(at + 1, end), { open, entities, offset: text.length });
      if (problem !== null) throw fail(problem);
      at = end + 1;
    } else {
      text += character;
      at += 1;
    }
  }
  const left = open.pop();
  if (left !== undefined)
    throw badRequest(`can't parse entities: Can't find end tag corresponding to start tag "${left.tag}"`);
  entities.sort((a, b) => a.offset - b.offset || b.length - a.length);
  return { text, entities };
}

/** Takes one start or end tag; returns what is wrong with it, or null. */
function readMarkup(
  inside: string,
  { open, entities, offset }: { open: OpenTag[]; entities: Entity[]; offset: number },
): string | null {
  if (!inside.startsWith("/")) {
    const tag = readTag(inside);
    if (tag === null) return "Unexpected end of name token";
    const problem = findProblem(tag, open);
    if (problem === null) open.push({ ...tag, offset });
    return problem;
  }
  const last = open.pop();
  if (last === undefined) return "Unexpected end tag";
  const name = inside.slice(1).trim().toLowerCase();
  if (name !== "" && name !== last.tag)
    return `Unmatched end tag, expected "</${last.tag}>", found "</${name}>"`;
  const entity = toEntity(last, open, offset);
  if (entity !== null) entities.push(entity);
  return null;
}

function decode(found: RegExpExecArray): string | undefined {
  const [, name, decimal, hexadecimal] = found;
  if (name !== undefined) return namedEntities[name];
  const code = decimal === undefined ? parseInt(hexadecimal ?? "", 16) : Number(decimal);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return String.fromCodePoint(code);
}

function readTag(inside: string): { tag: string; attributes: Map<string, string> } | null {
  const found =
    /^([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[\w.-]+))?)*)\s*$/.exec(inside);
  if (found === null) return null;
  const attributes = new Map<string, string>();
  const pattern = /([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)))?/g;
  for (const [, name, double, single, bare] of (found[2] ?? "").matchAll(pattern)) {
    attributes.set((name ?? "").toLowerCase(), unescape(double ?? single ?? bare ?? ""));
  }
  return { tag: (found[1] ?? "").toLowerCase(), attributes };
}

function unescape(value: string): string {
  return value.replace(/&(lt|gt|amp|quot);/g, (_, name: string) => namedEntities[name] ?? "");
}

const allowedAttributes: Record<string, string[]> = {
  a: ["href"],
  span: ["class"],
  code: ["class"],
  pre: ["language"],
  blockquote: ["expandable"],
  "tg-emoji": ["emoji-id"],
  "tg-time": ["unix", "format"],
};

function findProblem(tag: { tag: string; attributes: Map<string, string> }, open: OpenTag[]): string | null {
  if (!Object.hasOwn(tags, tag.tag)) return `Unsupported start tag "${tag.tag}"`;
  for (const name of tag.attributes.keys()) {
    if (!(allowedAttributes[tag.tag] ?? []).includes(name))
      return `Unexpected attribute "${name}" in the tag "${tag.tag}"`;
  }
  if (tag.tag === "span" && tag.attributes.get("class") !== "tg-spoiler")
    return 'Tag "span" must have class "tg-spoiler"';
  const outer = open.at(-1)?.tag;
  if (outer === "code" || (outer === "pre" && tag.tag !== "code"))
    return `Tag "${tag.tag}" inside "${outer}"`;
  if (tag.tag === "blockquote" && open.some((other) => other.tag === "blockquote"))
    return "Nested blockquote";
  return null;
}

function toEntity(tag: OpenTag, outer: OpenTag[], end: number): Entity | null {
  const length = end - tag.offset;
  if (length === 0) return null;
  const entity: Entity = { type: tags[tag.tag] ?? "", offset: tag.offset, length };
  if (tag.tag === "blockquote" && tag.attributes.has("expandable"))
    return { ...entity, type: "expandable_blockquote" };
  if (tag.tag === "code" && outer.at(-1)?.tag === "pre") return null;
  if (tag.tag === "a") {
    const url = tag.attributes.get("href") ?? "";
    return /^(https?|tg):\/\//i.test(url) ? { ...entity, url } : null;
  }
  return entity;
}

/**
 * What Telegram does to any text before it counts it: control characters become spaces, carriage returns and the
 * characters U+2028–U+202E go, and so does space around the whole (tdlib `clean_input_string` and `fix_formatted_text`,
 * from memory). Entities move along.
 */
export function cleanMessage(parsed: { text: string; entities: Entity[] }): {
  text: string;
  entities: Entity[];
} {
  const kept: number[] = [];
  let text = "";
  for (let index = 0; index < parsed.text.length; index += 1) {
    kept.push(text.length);
    const code = parsed.text.charCodeAt(index);
    if (code === 13 || (code >= 0x2028 && code <= 0x202e)) continue;
    text += code < 32 && code !== 10 ? " " : parsed.text.charAt(index);
  }
  kept.push(text.length);
  const cut = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const place = (offset: number) => Math.min(trimmed.length, Math.max(0, (kept[offset] ?? 0) - cut));
  const entities = parsed.entities.flatMap((entity) => {
    const offset = place(entity.offset);
    const length = place(entity.offset + entity.length) - offset;
    return length > 0 ? [{ ...entity, offset, length }] : [];
  });
  return { text: trimmed, entities };
}
