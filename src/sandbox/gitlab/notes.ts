import { recordNote } from "./feed.js";
import type { Issuable, Note, State, User } from "./model.js";
import { addMentionTodos, resolveTodos } from "./todos.js";

/** A comment by a person: bumps the target, tells the people it names, and settles the author's own to-dos for it. */
export function addComment(
  state: State,
  target: Issuable,
  comment: { by: User; body: string; path?: string | undefined },
): Note {
  const note = addNote(state, target, { ...comment, system: false });
  recordNote(state, target, note);
  resolveTodos(state, target, comment.by);
  addMentionTodos(state, target, { body: comment.body, author: comment.by, note });
  return note;
}

/** What GitLab writes by itself under a person's name. System notes mention nobody and show in no feed. */
export function addSystemNote(
  state: State,
  target: Issuable,
  { by, body }: { by: User; body: string },
): Note {
  return addNote(state, target, { by, body, system: true });
}

function addNote(
  state: State,
  target: Issuable,
  made: { by: User; body: string; system: boolean; path?: string | undefined },
): Note {
  const at = state.now();
  const note: Note = {
    id: state.nextId("note"),
    body: made.body,
    author: made.by,
    system: made.system,
    createdAt: at,
    updatedAt: at,
    path: made.path ?? null,
  };
  target.notes.push(note);
  target.updatedAt = at;
  return note;
}
