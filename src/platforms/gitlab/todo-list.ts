import * as z from "zod";
import { laterOf, withOverlap } from "../../domain/cursor.js";
import type { Answer, Session } from "./client.js";
import { toBaselineMoment } from "./news.js";
import * as schema from "./schema.js";

/**
 * The ids of to-dos rise. `recent` holds those of the overlap, since a row may show late, after one with a higher id.
 * `from` is the moment of the baseline. `etag` is absent while the list is read in pages from its old end.
 */
export const todoPositionSchema = z.object({
  etag: z.string().optional(),
  newestId: z.number(),
  newestAt: z.string().optional(),
  from: z.string().optional(),
  recent: z.array(z.number()),
});

export type TodoPosition = z.infer<typeof todoPositionSchema>;

type Todos = schema.RawTodo[];

const rowsSchema = z.array(schema.todo);
const pageLimit = 20;
const recentLimit = 200;

export interface TodoList {
  /** All that were read, by rising id. */
  rows: Todos;
  /** For the next question; undefined where a 304 would not prove that there is nothing new. */
  etag: string | undefined;
}

/**
 * Pending to-dos, one request unless there is news beyond the first page. That the newest come first is not documented: where
 * they come last, and there are several pages, all pages are read, and the first one's ETag proves nothing.
 */
export async function readTodos(
  session: Session,
  position: TodoPosition | null,
): Promise<TodoList | "unchanged"> {
  const first = await session.readIfChanged(rowsSchema, ask(1), { ...call, etag: position?.etag });
  if (first === "unchanged") return "unchanged";
  const ascending = isAscending(first.data) && first.nextPage !== undefined;
  const rows = [...first.data];
  let answer: Answer<Todos> = first;
  for (let page = 1; page < pageLimit && answer.nextPage !== undefined; page += 1) {
    if (!ascending && !mayHaveMore(answer.data, position)) break;
    answer = await session.read(rowsSchema, ask(answer.nextPage), call);
    rows.push(...answer.data);
  }
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  return { rows: unique.sort((a, b) => a.id - b.id), etag: ascending ? undefined : first.etag };
}

const call = { what: "the to-do list" };

function ask(page: number) {
  return (gl: Parameters<Parameters<Session["read"]>[1]>[0]) =>
    gl.todoLists.all({ state: "pending", perPage: 100, page });
}

function isAscending(rows: Todos): boolean {
  const [first, last] = [rows[0], rows.at(-1)];
  return first !== undefined && last !== undefined && first.id < last.id;
}

function mayHaveMore(rows: Todos, position: TodoPosition | null): boolean {
  const last = rows.at(-1);
  return position !== null && last !== undefined && isNewTodo(last, position);
}

export function isNewTodo(row: schema.RawTodo, position: TodoPosition): boolean {
  if (position.recent.includes(row.id)) return false;
  if (row.id > position.newestId) return true;
  return position.newestAt !== undefined && row.created_at >= withOverlap(position.newestAt);
}

/** The position after `rows` were dealt with. */
export function advanceTodos(
  before: TodoPosition | null,
  rows: Todos,
  serverTime: string | undefined,
): Omit<TodoPosition, "etag"> {
  const newest = rows.map((row) => row.created_at).reduce(laterOf, before?.newestAt);
  const newestAt = newest ?? serverTime;
  const from = before === null ? toBaselineMoment(serverTime, newest) : before.from;
  const since = newestAt === undefined ? "" : withOverlap(newestAt);
  const inOverlap = rows.filter((row) => row.created_at >= since).map((row) => row.id);
  const recent = [...new Set([...(before?.recent ?? []), ...inOverlap])].sort((a, b) => b - a);
  return {
    newestId: rows.reduce((id, row) => Math.max(id, row.id), before?.newestId ?? 0),
    ...(newestAt === undefined ? {} : { newestAt }),
    ...(from === undefined ? {} : { from }),
    recent: recent.slice(0, recentLimit),
  };
}
