import { expect, it } from "vitest";
import {
  readTodos,
  isNewTodo,
  advanceTodos,
  type TodoPosition,
} from "../../../src/platforms/gitlab/todo-list.js";
import type { HttpClient } from "../../../src/lib/http.js";
import { createSessions, type Session } from "../../../src/platforms/gitlab/client.js";
import type { RawTodo } from "../../../src/platforms/gitlab/schema.js";
import { toConnection, toContext } from "./gitlab-world.js";

const at = (seconds: number) => new Date(Date.parse("2026-11-20T10:00:00Z") + seconds * 1000).toISOString();
const todo = (id: number, seconds = id): RawTodo => ({
  id,
  action_name: "assigned",
  created_at: at(seconds),
});

/** A list in pages, as an instance would give it. */
function createSession(pages: RawTodo[][]): { session: Session; asked: number[] } {
  const asked: number[] = [];
  const http: HttpClient = {
    async request({ url }) {
      const page = Number(new URL(url).searchParams.get("page"));
      asked.push(page);
      const body = new TextEncoder().encode(JSON.stringify(pages[page - 1]));
      const headers = { etag: "e1", "x-next-page": page < pages.length ? String(page + 1) : "" };
      return { status: 200, headers, body, url };
    },
    close: async () => {},
  };
  const context = { ...toContext({ now: () => 0, sleep: async () => {} }), http };
  const open = createSessions(toConnection("https://gitlab.example.com"), context);
  return { session: open(new AbortController().signal), asked };
}

const position: TodoPosition = { newestId: 10, newestAt: at(10), recent: [9, 10] };

it("reads one page when the newest come first and nothing is new at its end", async () => {
  const { session, asked } = createSession([[todo(11), todo(10), todo(9)], [todo(8)]]);
  const list = await readTodos(session, position);
  expect(asked).toEqual([1]);
  expect(list).toMatchObject({ etag: "e1" });
});

it("reads on while even the end of the page is new", async () => {
  const { session, asked } = createSession([
    [todo(14), todo(13)],
    [todo(12), todo(11)],
    [todo(10)],
    [todo(1)],
  ]);
  await readTodos(session, position);
  expect(asked).toEqual([1, 2, 3]);
});

it("reads all pages, and trusts no 304, where the newest come last", async () => {
  const { session, asked } = createSession([
    [todo(8), todo(9)],
    [todo(10), todo(11)],
  ]);
  const list = await readTodos(session, position);
  expect(asked).toEqual([1, 2]);
  expect(list).toMatchObject({ etag: undefined });
});

it("takes a to-do that shows late, with a lower id, for new, and an old one that moves up the list not", () => {
  expect(isNewTodo(todo(7, 5), position)).toBe(true);
  expect(isNewTodo(todo(9), position)).toBe(false);
  expect(isNewTodo(todo(3, -4000), position)).toBe(false);
});

it("remembers what is inside the overlap", () => {
  const next = advanceTodos(position, [todo(3, -4000), todo(12, 200), todo(11, 100)], undefined);
  expect(next).toMatchObject({ newestId: 12, newestAt: at(200), recent: [12, 11, 10, 9] });
});
