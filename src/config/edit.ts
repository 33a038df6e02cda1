import { existsSync, realpathSync, statSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  type Document,
  type YAMLSeq,
} from "yaml";

/** The text cannot be edited by a program: a person has to. Says what is in the way. */
export class EditError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EditError";
  }
}

/**
 * config.yaml with one more entry at the end of a list at its top (`connections`, `subscriptions`). Every other line stays as it
 * is, comments and alignment too, wherever the list is written one entry a line; otherwise the comments stay and the spacing may
 * change. Throws `EditError` when the text is not YAML that a program may touch.
 */
export function addToList(text: string, list: string, entry: Record<string, unknown>): string {
  const changed = parse(text, list);
  const items = itemsOf(changed, list);
  const rendered = stringify([entry], plain);
  const candidate =
    items === undefined ? appendList(text, list, rendered) : insertAfter(text, items, rendered);
  if (items === undefined) changed.set(list, changed.createNode([entry]));
  else {
    // An empty `[]` would otherwise keep everything that is added in one line.
    if (items.items.length === 0) items.flow = false;
    items.add(changed.createNode(entry));
  }
  return pick(text, changed, candidate);
}

/** config.yaml without the entry at `index` of a list at its top. Without its last entry a list is `[]`. */
export function removeFromList(text: string, list: string, index: number): string {
  const changed = parse(text, list);
  const items = itemsOf(changed, list);
  if (items === undefined || index >= items.items.length) {
    throw new EditError(`${list} has no entry ${index + 1}`);
  }
  const candidate = items.items.length > 1 ? cutOut(text, items, index) : undefined;
  items.items.splice(index, 1);
  if (items.items.length === 0) items.flow = true;
  return pick(text, changed, candidate);
}

/**
 * config.yaml with another value at a path. Where one word takes the place of another, or a key is new at the top, every other line
 * stays as it is; otherwise the comments stay and the spacing may change.
 */
export function setValue(text: string, path: ReadonlyArray<string | number>, value: unknown): string {
  const changed = parse(text, String(path[0]));
  const old = changed.getIn(path, true);
  if (isNode(old) && "anchor" in old && old.anchor !== undefined) {
    throw new EditError(`${path.join(".")} is repeated by a YAML alias, which only a person can change`);
  }
  openEmpty(changed, path);
  changed.setIn(path, changed.createNode(value));
  return pick(text, changed, replaceWord(text, old, value) ?? appendValue(text, path, value));
}

/** A key with nothing after it (all below it is switched off) is no map yet, into which something could be put. */
function openEmpty(document: Document, path: ReadonlyArray<string | number>): void {
  for (let depth = 1; depth < path.length; depth += 1) {
    const above = path.slice(0, depth);
    const node = document.getIn(above, true);
    if (isScalar(node) && node.value === null) document.setIn(above, document.createNode({}));
  }
}

function replaceWord(text: string, old: unknown, value: unknown): string | undefined {
  const range = isScalar(old) && old.value !== null ? old.range : undefined;
  const word = stringify(value, plain).trimEnd();
  if (range == null || typeof value === "object" || word.includes("\n")) return undefined;
  return text.slice(0, range[0]) + word + text.slice(range[1]);
}

function appendValue(
  text: string,
  [key, ...rest]: ReadonlyArray<string | number>,
  value: unknown,
): string | undefined {
  if (key === undefined || keyStartOf(text, String(key)) !== undefined) return undefined;
  const whole = [...rest].reverse().reduce<unknown>((inner, name) => ({ [name]: inner }), value);
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return body + stringify({ [key]: whole }, plain);
}

/** Wider than any line, so that nothing is folded. */
const plain = { lineWidth: 0 };

function parse(text: string, list: string): Document {
  const document = parseDocument(text, { logLevel: "silent" });
  if (document.errors.length > 0) throw new EditError("it is not YAML as it stands");
  const { contents } = document;
  if (contents !== null && !isMap(contents)) throw new EditError("it does not hold keys with values");
  if (isMap(contents) && isAlias(contents.get(list, true))) {
    throw new EditError(`${list} is a YAML alias, which only a person can change`);
  }
  return document;
}

function itemsOf(document: Document, list: string): YAMLSeq | undefined {
  const node = document.get(list, true);
  if (isSeq(node)) return node;
  const value = document.toJS() as Record<string, unknown> | null;
  if (value?.[list] == null) return undefined;
  throw new EditError(`${list} is not a list`);
}

/**
 * The candidate that keeps the lines as they are, if it says the very same as the changed document; otherwise that document
 * written anew.
 */
function pick(text: string, changed: Document, candidate: string | undefined): string {
  const wanted: unknown = changed.toJS();
  const withLineEnds = (body: string) => (text.includes("\r\n") ? body.replace(/\r?\n/g, "\r\n") : body);
  if (candidate !== undefined) {
    const read = parseDocument(withLineEnds(candidate), { logLevel: "silent" });
    if (read.errors.length === 0 && isDeepStrictEqual(read.toJS(), wanted)) return withLineEnds(candidate);
  }
  return withLineEnds(changed.toString(plain));
}

/** Below the key that is there with nothing after it, or at the end with the key. */
function appendList(text: string, list: string, rendered: string): string {
  const start = keyStartOf(text, list);
  if (start !== undefined) {
    const lineEnd = text.indexOf("\n", start);
    const end = lineEnd < 0 ? text.length : lineEnd + 1;
    const head = text.slice(0, end);
    return `${head}${head.endsWith("\n") ? "" : "\n"}${indent(rendered, 2)}${text.slice(end)}`;
  }
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${body}${list}:\n${indent(rendered, 2)}`;
}

function keyStartOf(text: string, list: string): number | undefined {
  const { contents } = parseDocument(text, { logLevel: "silent" });
  if (!isMap(contents)) return undefined;
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === list);
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

/** `rendered` is a list of one entry; it goes behind the last entry of a list that is written one entry a line. */
function insertAfter(text: string, items: YAMLSeq, rendered: string): string | undefined {
  const place = placeOf(text, items, items.items.length - 1);
  if (place === undefined) return undefined;
  const head = text.slice(0, place.end);
  const separator = head.endsWith("\n") ? "" : "\n";
  return `${head}${separator}${indent(rendered, place.column)}${text.slice(place.end)}`;
}

function cutOut(text: string, items: YAMLSeq, index: number): string | undefined {
  const place = placeOf(text, items, index);
  return place === undefined ? undefined : text.slice(0, place.start) + text.slice(place.end);
}

/** From the start of the line with the dash to the end of the entry's last line; the dash's column. */
function placeOf(
  text: string,
  items: YAMLSeq,
  index: number,
): { start: number; end: number; column: number } | undefined {
  const item = items.items[index] as { range?: [number, number, number] | null } | null | undefined;
  const range = item?.range;
  if (items.flow === true || range == null) return undefined;
  const dash = text.lastIndexOf("-", range[0]);
  const start = text.lastIndexOf("\n", dash) + 1;
  if (dash < 0 || text.slice(start, dash).trim() !== "") return undefined;
  // The end of a block entry is the start of its next line, that of one in a single line may be before its line's end.
  const atLineStart = text[range[1] - 1] === "\n";
  const lineEnd = text.indexOf("\n", range[1]);
  const end = atLineStart ? range[1] : lineEnd < 0 ? text.length : lineEnd + 1;
  return { start, end, column: dash - start };
}

function indent(block: string, columns: number): string {
  return block.replace(/^(?=.)/gm, " ".repeat(columns));
}

/** Replaces a file as a whole: a crash leaves the old one or the new one. Mode and symbolic links stay; a new file is 0600. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const target = existsSync(path) ? realpathSync(path) : path;
  const mode = existsSync(target) ? statSync(target).mode & 0o777 : 0o600;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  await rm(draft, { force: true });
  try {
    const file = await open(draft, "wx", mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
