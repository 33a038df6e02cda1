import * as z from "zod";
import { laterOf, withOverlap, type CursorFormat } from "../../domain/cursor.js";
import type { Answer, Session } from "./client.js";
import { limits } from "./limits.js";
import { toBaselineMoment } from "./news.js";
import { readFirstPage, readPages, toNextSize, type Paged } from "./pages.js";
import * as schema from "./schema.js";
import { setAsideSchema } from "../set-aside.js";

/** What a to-do says that its subject may not: who did it, and when. */
export const hintSchema = z.object({
  action: z.string(),
  at: z.string(),
  by: z
    .object({ id: z.string(), login: z.string(), name: z.string().optional(), bot: z.boolean() })
    .nullable(),
  /** Of a page that is nothing else that we know: all that is told of it. */
  page: z
    .object({
      todo: z.number(),
      name: z.string(),
      title: z.string(),
      url: z.string(),
      body: z.string(),
      group: z.string().optional(),
    })
    .optional(),
});

export type Hint = z.infer<typeof hintSchema>;

/**
 * The ids of to-dos rise. `recent` holds those of the overlap, since a row may show late, after one with a higher id.
 * `from` is the moment of the baseline. `etag` is absent while the list is read in pages from its old end. `perPage` is set while
 * rows are too large for a whole page. `aside` are subjects that could not be read, `hints` what their to-dos said.
 */
export const todoFormat = {
  version: 1,
  schema: z.object({
    etag: z.string().optional(),
    newestId: z.number(),
    newestAt: z.string().optional(),
    from: z.string().optional(),
    recent: z.array(z.number()),
    perPage: z.number().optional(),
    aside: z.array(setAsideSchema).optional(),
    hints: z.record(z.string(), z.array(hintSchema)).optional(),
  }),
} satisfies CursorFormat<unknown>;

export type TodoPosition = z.infer<typeof todoFormat.schema>;

type Todos = schema.RawTodo[];

const recentLimit = 200;

export interface TodoList {
  /** All that were read, by rising id. */
  rows: Todos;
  /** For the next question; undefined where a 304 would not prove that there is nothing new. */
  etag: string | undefined;
  perPage: number | undefined;
}

/**
 * Pending to-dos, one request unless there is news beyond the first page. That the newest come first is not documented: where
 * they come last, and there are several pages, all pages are read, and the first one's ETag proves nothing.
 */
export async function readTodos(
  session: Session,
  position: TodoPosition | null,
): Promise<TodoList | "unchanged"> {
  const list = toList(position?.etag);
  const { answer, perPage } = await readFirstPage(session, list, position?.perPage);
  if (answer === "unchanged") return "unchanged";
  const ascending = isAscending(answer.data) && answer.nextPage !== undefined;
  const rows = await readPages(session, {
    ...list,
    wantsMore: (page) => ascending || mayHaveMore(page, position),
    first: { answer, perPage },
  });
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  const next = toNextSize(
    list.limit,
    perPage,
    rows.map((row) => row.body?.length ?? 0),
  );
  return {
    rows: unique.sort((a, b) => a.id - b.id),
    etag: toEtag(answer, !ascending && next === perPage),
    perPage: next === list.limit.perPage ? undefined : next,
  };
}

function toEtag(answer: Answer<Todos>, proves: boolean): string | undefined {
  return proves ? answer.etag : undefined;
}

function toList(etag: string | undefined): Paged<schema.RawTodo> {
  return {
    row: schema.todo,
    limit: limits.todos,
    ask: (page, perPage) => (gl) => gl.todoLists.all({ state: "pending", perPage, page }),
    call: { what: "the to-do list", etag },
  };
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
): Pick<TodoPosition, "newestId" | "newestAt" | "from" | "recent"> {
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
