import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";

export interface Position {
  line: number;
  column: number;
}

/** Where the paths of a parsed YAML text stand in it. Lines and columns count from 1. */
export interface Positions {
  /** Of the value at `path`, or of the nearest thing around it that is there; `offset` is a place inside a text. */
  ofValue(path: readonly PropertyKey[], offset?: number): Position;
  /** Of the key at the end of `path`. */
  ofKey(path: readonly PropertyKey[]): Position;
}

export function createPositions(parsed: { text: string; document: Document; lines: LineCounter }): Positions {
  const { text, document, lines } = parsed;
  const toPosition = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  return {
    ofValue(path, offset) {
      const { node } = find(document, path);
      return toPosition(startOf(node) + (offset === undefined ? 0 : innerOffset(text, node, offset)));
    },
    ofKey(path) {
      const { node, key } = find(document, path);
      return toPosition(startOf(key ?? node));
    },
  };
}

interface Found {
  node: unknown;
  key: unknown;
}

/** As deep as the path goes. A value that is not written (`owner:` and nothing more) stands where its key does. */
function find(document: Document, path: readonly PropertyKey[]): Found {
  let found: Found = { node: document.contents, key: undefined };
  for (const part of path) {
    const next = childOf(document, found.node, part);
    if (next === undefined) return { ...found, key: undefined };
    found = next;
  }
  return found;
}

function childOf(document: Document, parent: unknown, part: PropertyKey): Found | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node) && typeof part === "number") {
    const item = node.items[part];
    return item === undefined ? undefined : { node: item, key: undefined };
  }
  if (!isMap(node)) return undefined;
  const pair = pairsOf(node).get(String(part));
  if (pair === undefined) return undefined;
  return { node: isEmpty(pair.value) ? pair.key : pair.value, key: pair.key };
}

/** Looked up by key: a file of 60,000 keys that are all wrong is told in seconds, not in minutes. */
const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairs.get(map);
  if (known !== undefined) return known;
  const byKey = new Map<string, Pair>();
  for (const pair of map.items) {
    // Of a key that is given twice the first one counts.
    if (isScalar(pair.key) && !byKey.has(String(pair.key.value))) byKey.set(String(pair.key.value), pair);
  }
  pairs.set(map, byKey);
  return byKey;
}

function isEmpty(value: unknown): boolean {
  return value == null || (isScalar(value) && value.value === null);
}

function startOf(node: unknown): number {
  return (node as Partial<Node> | null)?.range?.[0] ?? 0;
}

/** Where a place inside a text stands in the file, if the text is written there character by character. */
function innerOffset(text: string, node: unknown, offset: number): number {
  if (!isScalar(node) || typeof node.value !== "string") return 0;
  const opening = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE" ? 1 : 0;
  const start = startOf(node) + opening;
  return text.slice(start, start + node.value.length) === node.value ? opening + offset : 0;
}
