import { isScalar, visit, type Document } from "yaml";

/** Keys that a map has already, with the place where they stand again. Linear: the parser's own check is not. */
export function findRepeatedKeys(document: Document): Array<{ key: string; offset: number }> {
  const repeated: Array<{ key: string; offset: number }> = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) repeated.push({ key: name, offset: key.range?.[0] ?? 0 });
        seen.add(name);
      }
    },
  });
  return repeated;
}
