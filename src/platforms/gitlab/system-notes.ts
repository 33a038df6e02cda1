import type { RawNote, RawUser } from "./schema.js";

/**
 * System notes are the only place where GitLab's API says who asked whom for a review, and when. Their wording is fixed in
 * English by GitLab (app/services/system_notes) whatever the instance's language. What is not recognised is left out: the
 * lists of reviewers and approvals then still tell how it stands.
 */
export type SystemNote = { id: number; at: string; by: RawUser | null } & SystemNoteContent;

export type SystemNoteContent =
  | { says: "people"; reviewers: string[]; assignees: string[] }
  | { says: "approved" | "unapproved" | "changes_requested" | "reviewed" }
  | { says: "pushed"; count: number; sha: string | undefined };

export function toSystemNotes(notes: readonly RawNote[]): SystemNote[] {
  return notes.flatMap((note) => {
    const content = note.system === true ? parseSystemNote(note.body) : null;
    return content === null
      ? []
      : [{ id: note.id, at: note.created_at, by: note.author ?? null, ...content }];
  });
}

/** Null for every wording that tells nothing we use. */
export function parseSystemNote(body: string): SystemNoteContent | null {
  const text = body.trim();
  const [line = ""] = text.split("\n", 1);
  if (/^approved this merge request\b/.test(line)) return { says: "approved" };
  if (/^unapproved this merge request\b/.test(line)) return { says: "unapproved" };
  if (/^requested changes\b/.test(line)) return { says: "changes_requested" };
  if (/^(left review comments without approving|reviewed this merge request)\b/.test(line)) {
    return { says: "reviewed" };
  }
  const pushed = /^added (\d+) (?:new )?commits?\b/.exec(line);
  if (pushed !== null) return { says: "pushed", count: Number(pushed[1]), sha: lastSha(text) };
  return parsePeople(line);
}

const verbs = "requested review from|removed review request for|removed approval|unassigned|assigned to";

/** `assigned to @ann, @bob, and @cy and unassigned @dan`, `requested review from @ann and removed approval`. */
function parsePeople(line: string): SystemNoteContent | null {
  if (!new RegExp(`^(?:${verbs})\\b`).test(line)) return null;
  const part = new RegExp(`\\b(${verbs})\\b((?:(?!\\b(?:${verbs})\\b).)*)`, "g");
  const reviewers: string[] = [];
  const assignees: string[] = [];
  for (const [, verb, names = ""] of line.matchAll(part)) {
    if (verb === "requested review from") reviewers.push(...toLogins(names));
    if (verb === "assigned to") assignees.push(...toLogins(names));
  }
  return reviewers.length + assignees.length > 0 ? { says: "people", reviewers, assignees } : null;
}

/** A user name ends with a letter, a digit, `_` or `-`; a full stop or comma behind it belongs to the sentence. */
function toLogins(names: string): string[] {
  return [...names.matchAll(/@([A-Za-z0-9_.-]*[A-Za-z0-9_-])/g)].map((found) => found[1] ?? "");
}

/** Commits are listed oldest first: `<li>1a2b3c4d - Title</li>`; a range is `<li>1a2b3c4d...5e6f7a8b - 3 commits from branch</li>`. */
function lastSha(text: string): string | undefined {
  const rows = [...text.matchAll(/(?:<li>|^\* )(?:[0-9a-f]{7,40}\.{2,3})?([0-9a-f]{7,40})\b/gm)];
  return rows.at(-1)?.[1];
}
