import type * as z from "zod";
import type { Shortfall } from "../domain/shortfall.js";

/** What was read of one list: the rows that we understand, and those that are left out. */
export interface SortedRows<T> {
  rows: T[];
  refused: Shortfall[];
  /** What names the rows that are left out: their number, id or slug. */
  names: string[];
}

/**
 * One odd row leaves the others be. `undefined`: this is no list of ours at all (no list, or none of its rows is even named), and to
 * go on with what is left of it would take a stranger's answer for "nothing there".
 */
export function sortRows<T>(row: z.ZodType<T>, value: unknown, what: string): SortedRows<T> | undefined {
  if (!Array.isArray(value)) return undefined;
  const sorted: SortedRows<T> = { rows: [], refused: [], names: [] };
  const list = value as unknown[];
  for (const [index, one] of list.entries()) {
    const parsed = row.safeParse(one);
    if (parsed.success) {
      sorted.rows.push(parsed.data);
      continue;
    }
    const name = toName(one);
    if (name !== undefined) sorted.names.push(name);
    const values = {
      what: name ?? what,
      where: name === undefined ? `row ${index + 1}` : toPlace(parsed.error),
    };
    sorted.refused.push({ code: "refused_row", key: `${what}/${name ?? "unnamed"}`, values });
  }
  const isOurs = list.length === 0 || sorted.rows.length + sorted.names.length > 0;
  return isOurs ? sorted : undefined;
}

/** The first wrong field. Values stay out: they may be somebody's words. */
export function toPlace(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "unknown" : `${issue.path.join(".") || "the whole"}: ${issue.code}`;
}

function toName(row: unknown): string | undefined {
  if (typeof row !== "object" || row === null) return undefined;
  const { iid, number, id, slug } = row as Record<string, unknown>;
  for (const name of [iid, number, id]) {
    if (["number", "bigint", "string"].includes(typeof name)) return String(name).slice(0, 60);
  }
  return typeof slug === "string" ? slug.slice(0, 60) : undefined;
}
