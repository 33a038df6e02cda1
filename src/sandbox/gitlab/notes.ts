import { recordNote } from "./feed.js";
import type { Issuable, Note, State, User } from "./model.js";
import { addMentionTodos, resolveTodos } from "./todos.js";

/** A comment by a person: bumps the target, tells the people it names, and settles the author's own to-dos for it. */
export function addComment(
  state: State,
  target: Issuable,
  comment: {
    by: User;
    body: string;
    path?: string | undefined;
    thread?: boolean | undefined;
    replyTo?: number | undefined;
  },
): Note {
  const note = addNote(state, target, { ...comment, system: false });
  recordNote(state, target, note);
  resolveTodos(state, target, comment.by);
  addMentionTodos(state, target, { body: comment.body, author: comment.by, note });
  return note;
}

/** Settles a thread: all its notes at once. */
export function resolveThread(target: Issuable, noteId: number): void {
  const thread = target.notes.find((note) => note.id === noteId)?.thread ?? noteId;
  for (const note of target.notes) if (note.thread === thread) note.resolved = true;
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
  made: {
    by: User;
    body: string;
    system: boolean;
    path?: string | undefined;
    thread?: boolean | undefined;
    replyTo?: number | undefined;
  },
): Note {
  const at = state.now();
  const id = state.nextId("note");
  const startsThread = made.thread === true || made.path !== undefined;
  const note: Note = {
    id,
    body: made.body,
    author: made.by,
    system: made.system,
    createdAt: at,
    updatedAt: at,
    path: made.path ?? null,
    thread: made.replyTo ?? (startsThread ? id : null),
    resolved: false,
  };
  target.notes.push(note);
  target.updatedAt = at;
  return note;
}
