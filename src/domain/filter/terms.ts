import { attributeNames, type AttributeName } from "../event.js";
import type { SubjectType } from "../subject.js";

/** `true`: theirs too. `false`: never theirs. `only`: nothing but theirs. */
export type Switch = "true" | "false" | "only";

/** One word of a filter. Its values are alternatives; `*` in a value stands for any run of characters. */
export interface FilterTerm {
  key: AttributeName;
  negated: boolean;
  /** At least one, as written. */
  values: string[];
}

/** Every term must hold, but positive terms with one key are alternatives. */
export interface Filter {
  terms: FilterTerm[];
  /** What bots did. Absent: not said, so that the routing decides. */
  bot?: Switch;
  /** What the reader did. Absent: not said, so that the routing decides. */
  self?: Switch;
}

export type FilterKey = AttributeName | "bot" | "self";

export const filterKeys: readonly FilterKey[] = [...attributeNames, "bot", "self"];

/** Keys whose values are people or teams: a leading `@` is dropped, as people write it either way. */
export const peopleKeys: readonly FilterKey[] = ["author", "actor", "reviewer", "assignee", "team"];

/** Keys for which `me` is the reader. */
export const readerKeys: readonly FilterKey[] = ["author", "actor", "reviewer", "assignee"];

export const switchValues: readonly Switch[] = ["true", "false", "only"];

/**
 * The subjects that can have such a value. A term says nothing about the others: `branch:main` in a subscription to
 * pipelines and the wiki narrows the pipelines and lets the wiki through. Keys that are not listed concern every subject.
 */
const narrows: Partial<Record<AttributeName, readonly SubjectType[]>> = {
  reviewer: ["merge_request"],
  assignee: ["merge_request", "issue"],
  label: ["merge_request", "issue"],
  base: ["merge_request", "pipeline"],
  head: ["merge_request", "pipeline"],
  branch: ["merge_request", "pipeline", "docs_change"],
  draft: ["merge_request"],
  status: ["pipeline"],
  workflow: ["pipeline"],
  state: ["merge_request", "issue"],
};

export function concernsSubject(key: AttributeName, type: SubjectType): boolean {
  return narrows[key]?.includes(type) ?? true;
}
