import { needsQuotes } from "./words.js";
import type { Filter, FilterTerm } from "./terms.js";

/** The filter as text that parses to the same filter. */
export function printFilter(filter: Filter): string {
  const words = filter.terms.map(printTerm);
  if (filter.bot !== undefined) words.push(`bot:${filter.bot}`);
  if (filter.self !== undefined) words.push(`self:${filter.self}`);
  return words.join(" ");
}

function printTerm(term: FilterTerm): string {
  return `${term.negated ? "-" : ""}${term.key}:${term.values.map(printValue).join(",")}`;
}

function printValue(value: string): string {
  if (!needsQuotes(value)) return value;
  return `"${value.replace(/[\\"“”„]/g, (character) => `\\${character}`)}"`;
}
