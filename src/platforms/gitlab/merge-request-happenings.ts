import type { Happening } from "../../domain/facts/index.js";
import { limits } from "./limits.js";
import { toPerson, toPersonOrNull } from "./normalize.js";
import { isInternal } from "./notes.js";
import type * as schema from "./schema.js";
import type { SystemNote } from "./system-notes.js";

/** What was read of one merge request. `undefined` is unknown. */
export interface Sources {
  raw: schema.RawMergeRequest;
  /** Its own address. */
  url: string;
  notes: schema.RawNote[];
  system: SystemNote[];
  approvals: schema.RawApprovals | undefined;
  reviewers: schema.RawReviewer[] | "unknown" | undefined;
  discussions: schema.RawDiscussion[] | undefined;
}

/** Remarks of one review are published in one go. */
const publishingMs = 2_000;

export function toHappenings(sources: Sources, newsSince: string): Happening[] {
  const all = [
    ...toComments(sources),
    ...toApprovals(sources),
    ...sources.system.flatMap((note) => toSystemHappening(note, sources)),
  ];
  return all
    .filter((happening) => happening.at >= newsSince)
    .sort((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id));
}

/** Internal notes are left out: only part of a project's members may read them, and a chat may hold others. */
function toComments(sources: Sources): Happening[] {
  const comments = sources.notes.filter((note) => note.system !== true && !isInternal(note));
  const reviews = toReviews(comments);
  return comments.map((note) => {
    const thread = sources.discussions?.find(({ notes }) => notes.some(({ id }) => id === note.id));
    return {
      id: `comment:${note.id}`,
      at: note.created_at,
      actor: toPersonOrNull(note.author),
      what: "commented" as const,
      body: note.body,
      url: `${sources.url}#note_${note.id}`,
      path: note.position?.new_path ?? note.position?.old_path ?? undefined,
      reviewId: reviews.get(note.id),
      threadId: thread?.id,
    };
  });
}

/**
 * Which remarks belong to one review, by note. GitLab's answers do not say it; but nobody writes two remarks on the code within
 * the seconds that the publishing of a review takes. It is named by its first remark.
 */
function toReviews(comments: schema.RawNote[]): Map<number, string> {
  const reviews = new Map<number, string>();
  const remarks = comments.filter((note) => note.resolvable === true).sort((a, b) => a.id - b.id);
  let first: schema.RawNote | undefined;
  let last: schema.RawNote | undefined;
  for (const note of remarks) {
    const goesOn =
      last?.author?.id === note.author?.id &&
      last !== undefined &&
      Date.parse(note.created_at) - Date.parse(last.created_at) <= publishingMs;
    first = goesOn ? first : note;
    if (goesOn && first !== undefined) {
      reviews.set(first.id, `remarks:${first.id}`);
      reviews.set(note.id, `remarks:${first.id}`);
    }
    last = note;
  }
  return reviews;
}

/** Threads that wait for an answer; unknown where they were not read. */
export function countOpenThreads({ notes, discussions }: Sources): number | undefined {
  if (discussions === undefined) return hasOpenRemark(notes) ? undefined : 0;
  // Of more than are read, the rest is not counted.
  if (discussions.length >= limits.discussions.rows) return undefined;
  const isOpen = ({ notes: own }: schema.RawDiscussion) =>
    own.some((note) => note.resolvable === true && note.resolved !== true);
  return discussions.filter(isOpen).length;
}

export function hasOpenRemark(notes: schema.RawNote[]): boolean {
  return notes.some((note) => note.resolvable === true && note.resolved !== true);
}

/**
 * The identity of an approval is the instant that the list of approvals gives. Its system note is written by a background job and
 * may come later than the first look, so it serves only where the list is not readable or (before GitLab 17) tells no instant.
 */
function toApprovals(sources: Sources): Happening[] {
  const url = sources.url;
  const notes = sources.system.filter((note) => note.says === "approved");
  if (sources.approvals === undefined) return notes.flatMap((note) => toApprovalByNote(note, url));
  return sources.approvals.approved_by.flatMap((row): Happening[] => {
    const actor = toPerson(row.user);
    if (row.approved_at != null) {
      const id = `approval:${actor.id}:${row.approved_at}`;
      return [{ id, at: row.approved_at, actor, what: "approved", body: "", url }];
    }
    const own = notes.filter((note) => note.by?.id === row.user.id);
    const latest = own.reduce<SystemNote | undefined>((a, b) => (a && a.id > b.id ? a : b), undefined);
    return latest === undefined ? [] : toApprovalByNote(latest, url);
  });
}

function toApprovalByNote(note: SystemNote, url: string): Happening[] {
  const id = `approval:${note.by?.id ?? 0}:${note.id}`;
  return [{ id, at: note.at, actor: toPersonOrNull(note.by), what: "approved", body: "", url }];
}

function toSystemHappening(note: SystemNote, sources: Sources): Happening[] {
  const base = { at: note.at, actor: toPersonOrNull(note.by), url: `${sources.url}#note_${note.id}` };
  switch (note.says) {
    case "unapproved":
      return [{ ...base, id: `unapproval:${note.id}`, what: "unapproved" }];
    case "changes_requested":
      return [{ ...base, id: `changes_requested:${note.id}`, what: "changes_requested", body: "" }];
    case "reviewed":
      return [{ ...base, id: `review:${note.id}`, what: "reviewed", body: "" }];
    case "pushed":
      return [
        { ...base, id: `push:${note.id}`, what: "pushed", sha: toFullSha(note, sources), count: note.count },
      ];
    case "approved":
    case "people":
      return [];
  }
}

/** The note holds a short sha; the head's full one is known. */
function toFullSha(note: SystemNote & { says: "pushed" }, sources: Sources): string {
  const head = sources.raw.sha ?? "";
  if (note.sha !== undefined) return head.startsWith(note.sha) ? head : note.sha;
  return head;
}
