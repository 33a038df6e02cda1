import type { Assignment, Happening, MergeRequestFacts, ReviewRequest } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import * as z from "zod";
import { toMergeRequestFacts, toPerson, toPersonOrNull } from "./normalize.js";
import * as schema from "./schema.js";
import { toSystemNotes, type SystemNote } from "./system-notes.js";
import { ifThere, ofPresent, readPages, type Visit } from "./visit.js";

const notesLimit = 20;

/** Reviewers in these states have answered; the others are still asked. */
const answeredStates = ["reviewed", "approved", "requested_changes"];

interface Sources {
  raw: schema.RawMergeRequest;
  notes: schema.RawNote[];
  system: SystemNote[];
  approvals: schema.RawApprovals | undefined;
  reviewers: schema.RawReviewer[] | undefined;
}

/** Which merge request, and since when (ISO, server time) its happenings count; without it they are left out. */
export interface Wanted {
  project: Project;
  number: number;
  newsSince?: string | undefined;
}

/**
 * Everything about one merge request, in three or four requests. The list is no source for this: GitLab may serve its rows from
 * a cache of up to eight hours.
 */
export async function readMergeRequestDetails(visit: Visit, wanted: Wanted): Promise<MergeRequestFacts> {
  const { project, number, newsSince } = wanted;
  const what = `the merge request !${number} of ${project.path}`;
  const { session } = visit;
  const { data: raw } = await session.read(
    schema.mergeRequest,
    (gl) => gl.mergeRequests.show(project.id, number),
    {
      what,
    },
  );
  const [notes, approvals, reviewers] = await Promise.all([
    ofPresent(readNotes(visit, wanted, what)),
    ifThere(
      session.read(
        schema.approvals,
        (gl) => gl.mergeRequestApprovals.showConfiguration(project.id, { mergerequestIId: number }),
        { what: `the approvals of ${what}` },
      ),
    ),
    (raw.reviewers ?? []).length === 0 ? undefined : ifThere(readReviewers(visit, wanted, what)),
  ]);
  const system = toSystemNotes(notes);
  const sources = { raw, notes, system, approvals: approvals?.data, reviewers: reviewers?.data };
  const facts = toMergeRequestFacts(raw);
  return {
    ...facts,
    // Unequal to every row's: only the poll of the project may say that it has told everything up to a row.
    revision: `detail:${facts.revision}`,
    ...toPeople(sources),
    happenings: newsSince === undefined ? [] : toHappenings(sources, newsSince),
    ...(newsSince === undefined ? {} : { newsSince }),
  };
}

/**
 * Newest first. The first page is read whole even where only its head is news: the note of the latest review request gives
 * that request its identity, whichever source asks.
 */
function readNotes(visit: Visit, wanted: Wanted, what: string): Promise<schema.RawNote[]> {
  const { project, number, newsSince } = wanted;
  return readPages(visit.session, {
    schema: z.array(schema.note),
    ask: (page) => (gl) =>
      gl.mergeRequestNotes.all(project.id, number, {
        sort: "desc",
        orderBy: "created_at",
        perPage: 100,
        page,
      }),
    call: { what: `the notes of ${what}` },
    limit: newsSince === undefined ? 1 : notesLimit,
    wantsMore: (rows) => newsSince !== undefined && (rows.at(-1)?.created_at ?? newsSince) >= newsSince,
  });
}

function readReviewers(visit: Visit, wanted: Wanted, what: string) {
  return visit.session.read(
    z.array(schema.reviewer),
    (gl) => gl.mergeRequests.showReviewers(wanted.project.id, wanted.number),
    { what: `the reviewers of ${what}` },
  );
}

function toPeople(
  sources: Sources,
): Pick<MergeRequestFacts, "reviewRequests" | "assignments" | "approvedBy"> {
  const { raw, system, approvals } = sources;
  const assignees = raw.assignees ?? (raw.assignee ? [raw.assignee] : []);
  return {
    assignments: assignees.map((user) => toAssignment(user, system)),
    ...(raw.reviewers == null ? {} : { reviewRequests: toReviewRequests(sources, raw.reviewers) }),
    ...(approvals === undefined
      ? {}
      : { approvedBy: approvals.approved_by.map((row) => toPerson(row.user)) }),
  };
}

function toReviewRequests(sources: Sources, users: schema.RawUser[]): ReviewRequest[] {
  return users.flatMap((user) => {
    const row = sources.reviewers?.find((candidate) => candidate.user.id === user.id);
    if (answeredStates.includes(row?.state ?? "")) return [];
    const note = findNaming(sources.system, "reviewers", user.username);
    const person = toPerson(user);
    if (note !== undefined) {
      return [{ person, requestId: String(note.id), by: toPersonOrNull(note.by), at: note.at }];
    }
    return [{ person, ...(row?.created_at == null ? {} : { at: row.created_at }) }];
  });
}

function toAssignment(user: schema.RawUser, system: SystemNote[]): Assignment {
  const note = findNaming(system, "assignees", user.username);
  const person = toPerson(user);
  return note === undefined ? { person } : { person, by: toPersonOrNull(note.by), at: note.at };
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

function toHappenings(sources: Sources, newsSince: string): Happening[] {
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
  const comments = sources.notes.filter((note) => !note.system && !isInternal(note));
  return comments.map((note) => {
    const path = note.position?.new_path ?? note.position?.old_path;
    return {
      id: `comment:${note.id}`,
      at: note.created_at,
      actor: toPersonOrNull(note.author),
      what: "commented" as const,
      body: note.body,
      url: `${sources.raw.web_url}#note_${note.id}`,
      ...(path == null ? {} : { path }),
    };
  });
}

export function isInternal(note: schema.RawNote): boolean {
  return note.internal ?? note.confidential ?? false;
}

/**
 * The identity of an approval is the instant that the list of approvals gives. Its system note is written by a background job and
 * may come later than the first look, so it serves only where the list is not readable or (before GitLab 17) tells no instant.
 */
function toApprovals(sources: Sources): Happening[] {
  const url = sources.raw.web_url;
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
  const base = { at: note.at, actor: toPersonOrNull(note.by), url: `${sources.raw.web_url}#note_${note.id}` };
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
