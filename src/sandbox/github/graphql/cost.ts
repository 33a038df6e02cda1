import { collectFields, toArgs, type Args } from "./execute.js";
import type { Document, Selection } from "./parse.js";

/**
 * What a query costs, by the documented formula: one request for each unique connection, all `first` and `last` taken as filled,
 * divided by a hundred, at least 1. `nodes` counts what the answer could hold.
 */
export function costOf(document: Document, variables: Args): { cost: number; nodes: number } {
  const context = { document, variables };
  let requests = 0;
  let nodes = 0;
  const walk = (selections: Selection[], times: number): void => {
    for (const field of collectFields(context, selections, () => true)) {
      const args = toArgs(field.args, variables);
      const size = args["first"] ?? args["last"];
      const ids = args["ids"];
      let inside = times;
      if (typeof size === "number") {
        requests += times;
        inside = times * size;
        nodes += inside;
      } else if (Array.isArray(ids)) {
        inside = times * ids.length;
        nodes += inside;
      }
      if (field.selections !== null) walk(field.selections, inside);
    }
  };
  walk(document.selections, 1);
  return { cost: Math.max(1, Math.round(requests / 100)), nodes };
}
