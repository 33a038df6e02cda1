import type { Facts } from "../../domain/facts/index.js";
import { isPageTodo, toPageHint, toPageKey } from "./inbox-pages.js";
import { toPersonOrNull } from "./normalize.js";
import type * as schema from "./schema.js";
import type { Hint } from "./todo-list.js";

/** `page` is anything else that mentions the account, or is assigned to it: a commit, an epic, a design, an alert. */
export type GroupType = "merge_request" | "pipeline" | "issue" | "page";

/** To-dos about one thing, oldest first. `key` is `<project>/<type>/<iid>`. */
export interface Group {
  key: string;
  todos: schema.RawTodo[];
}

export function toGroups(todos: schema.RawTodo[]): Group[] {
  const groups = new Map<string, Group>();
  for (const todo of todos) {
    const key = toKey(todo);
    if (key === undefined) continue;
    const group = groups.get(key) ?? { key, todos: [] };
    group.todos.push(todo);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function toKey(todo: schema.RawTodo): string | undefined {
  const type = typeOf(todo);
  const iid = todo.target?.iid;
  if (type !== null && iid != null && todo.project != null) return `${todo.project.id}/${type}/${iid}`;
  return isPageTodo(todo) ? toPageKey(todo) : undefined;
}

function typeOf(todo: schema.RawTodo): GroupType | null {
  if (todo.target_type === "MergeRequest") {
    return todo.action_name === "build_failed" ? "pipeline" : "merge_request";
  }
  return todo.target_type === "Issue" || todo.target_type === "WorkItem" ? "issue" : null;
}

/** The type in a group's key. */
export function toType(word: string): GroupType {
  return word === "pipeline" || word === "issue" || word === "page" ? word : "merge_request";
}

export function toHint(todo: schema.RawTodo): Hint {
  return {
    action: todo.action_name,
    at: todo.created_at,
    by: toPersonOrNull(todo.author),
    page: isPageTodo(todo) ? toPageHint(todo) : undefined,
  };
}

/** Where the notes do not say who asked the account and when, the to-do does. */
export function withHints(facts: Facts, hints: readonly Hint[], accountId: string): Facts {
  if (facts.type !== "merge_request" && facts.type !== "issue") return facts;
  const fill = <R extends { person?: { id: string }; at?: string }>(rows: R[], action: string): R[] => {
    const hint = hints.findLast((one) => one.action === action);
    if (hint === undefined) return rows;
    return rows.map((row) =>
      row.person?.id === accountId && row.at === undefined ? { ...row, by: hint.by, at: hint.at } : row,
    );
  };
  const assignments = fill(facts.assignments, "assigned");
  if (facts.type === "issue" || facts.reviewRequests === undefined) return { ...facts, assignments };
  return { ...facts, assignments, reviewRequests: fill(facts.reviewRequests, "review_requested") };
}
