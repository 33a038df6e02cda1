import type { Session } from "./client.js";
import { limits } from "./limits.js";
import { readPages } from "./pages.js";
import type { Resources } from "./resources.js";
import * as schema from "./schema.js";
import type { SystemNote } from "./system-notes.js";

/** Whose notes: how they are asked for, and since when they are news. */
export interface NotesOf {
  what: string;
  about: string;
  newsSince: string | undefined;
  ask(
    gl: Resources,
    page: { sort: "desc"; orderBy: "created_at"; perPage: number; page: number },
  ): Promise<unknown>;
}

/**
 * Newest first. The first page is read whole even where only its head is news: the note of the latest review request gives
 * that request its identity, whichever source asks.
 */
export function readNotes(session: Session, of: NotesOf): Promise<schema.RawNote[]> {
  const { newsSince, about } = of;
  return readPages(session, {
    row: schema.note,
    limit: limits.notes,
    ask: (page, perPage) => (gl) => of.ask(gl, { sort: "desc", orderBy: "created_at", perPage, page }),
    call: { what: `the notes of ${of.what}`, about },
    wantsMore: (rows) => newsSince !== undefined && (rows.at(-1)?.created_at ?? newsSince) >= newsSince,
  });
}

export function isInternal(note: schema.RawNote): boolean {
  return note.internal ?? note.confidential ?? false;
}

/** The latest note that names somebody. Names are compared without case, as GitLab does. */
export function findNaming(
  system: readonly SystemNote[],
  list: "reviewers" | "assignees",
  login: string,
): SystemNote | undefined {
  const wanted = login.toLowerCase();
  const naming = system.filter(
    (note) => note.says === "people" && note[list].some((name) => name.toLowerCase() === wanted),
  );
  return naming.reduce<SystemNote | undefined>((a, b) => (a === undefined || b.id > a.id ? b : a), undefined);
}
