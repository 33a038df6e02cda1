import type { Issuable, Note, State, Todo, User } from "./model.js";
import { canRead } from "./state.js";

/** The actions of which a person may have several pending for one target (GL:app/models/todo.rb). */
const multipleAllowed = new Set(["mentioned", "directly_addressed", "member_access_requested"]);

export interface NewTodo {
  user: User;
  author: User;
  action: string;
  target: Issuable;
  note?: Note;
}

/** Does nothing where the person may not see the target or has such a to-do pending already. */
export function addTodo(state: State, todo: NewTodo): void {
  if (!canRead(todo.target.project, todo.user)) return;
  const pending = state.todos.some(
    (other) =>
      other.state === "pending" &&
      other.user === todo.user &&
      other.target === todo.target &&
      other.action === todo.action,
  );
  if (pending && !multipleAllowed.has(todo.action)) return;
  const at = state.now();
  state.todos.push({
    id: state.nextId("todo"),
    user: todo.user,
    author: todo.author,
    project: todo.target.project,
    action: todo.action,
    target: todo.target,
    note: todo.note ?? null,
    body: todo.note?.body ?? todo.target.title,
    state: "pending",
    createdAt: at,
    updatedAt: at,
  });
}

/** Whoever acts on a target (comments, approves, pushes, merges, closes) is done with it. */
export function resolveTodos(state: State, target: Issuable, user: User): void {
  for (const todo of state.todos) {
    if (todo.target === target && todo.user === user && todo.state === "pending") finish(state, todo);
  }
}

export function finish(state: State, todo: Todo): void {
  todo.state = "done";
  todo.updatedAt = state.now();
}

/** To-dos for everybody whom the text names, except its author. A text that begins with names addresses these directly. */
export function addMentionTodos(
  state: State,
  target: Issuable,
  text: { body: string; author: User; note?: Note },
): void {
  const visible = withoutCode(text.body);
  const start = /^\s*((?:@[\w.-]*\w[\s,]*(?:and\s+)?)+)/.exec(visible)?.[1] ?? "";
  const addressed = namesIn(start);
  for (const name of namesIn(visible)) {
    const user = state.users.find((candidate) => candidate.username === name);
    if (user === undefined || user === text.author) continue;
    const action = addressed.has(name) ? "directly_addressed" : "mentioned";
    const { author, note } = text;
    addTodo(state, { user, author, action, target, ...(note === undefined ? {} : { note }) });
  }
}

/** Fenced blocks, indented-free code spans and HTML code: GitLab finds no reference inside them. */
function withoutCode(markdown: string): string {
  return markdown
    .replace(/^(```+|~~~+)[^\n]*\n[\s\S]*?(?:^\1[^\n]*$|$(?![\s\S]))/gm, " ")
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, " ")
    .replace(/<(code|pre)>[\s\S]*?<\/\1>/gi, " ");
}

function namesIn(text: string): Set<string> {
  const names = new Set<string>();
  // A mention needs something other than a word character before it, so that mail addresses are none.
  for (const match of text.matchAll(/(?<![\w`/.-])@([A-Za-z0-9_][\w.-]*)/g)) {
    names.add((match[1] ?? "").replace(/[.-]+$/, ""));
  }
  return names;
}
