import type { Assignment, MergeRequestFacts, ReviewRequest } from "../../domain/facts/index.js";
import type { Failure } from "../../domain/failure.js";
import type { Person } from "../../domain/person.js";
import type { Project } from "../../domain/project.js";
import { limits } from "./limits.js";
import { toMergeRequestUrl } from "./links.js";
import { countOpenThreads, hasOpenRemark, toHappenings, type Sources } from "./merge-request-happenings.js";
import { toMergeRequestFacts, toPerson, toPersonOrNull } from "./normalize.js";
import { findNaming, readNotes } from "./notes.js";
import { readPages } from "./pages.js";
import * as schema from "./schema.js";
import { isOfOne, type Found, type Try } from "../set-aside.js";
import { toSystemNotes, type SystemNote } from "./system-notes.js";
import { ifThere, ofPresent, unlessSpare, type Visit } from "./visit.js";

/** Reviewers in these states have answered; the others are still asked. */
const answeredStates = ["reviewed", "approved", "requested_changes"];

/** Which merge request, and since when (ISO, server time) its happenings count; without it they are left out. */
export interface Wanted {
  project: Project;
  number: number;
  newsSince?: string | undefined;
}

export async function readMergeRequestDetails(visit: Visit, wanted: Wanted): Promise<MergeRequestFacts> {
  const { value } = await readMergeRequestPatiently(visit, wanted, { lenient: false });
  return value;
}

/**
 * Everything about one merge request, in three or four requests. The list is no source for this: GitLab may serve its rows from
 * a cache of up to eight hours. `lenient`: what can be had, and what is missing of its news.
 */
export async function readMergeRequestPatiently(
  visit: Visit,
  wanted: Wanted,
  how: Try,
): Promise<Found<MergeRequestFacts>> {
  const { project, number, newsSince } = wanted;
  const { data: raw } = await visit.session.read(
    schema.mergeRequest,
    (gl) => gl.mergeRequests.show(project.id, number),
    { what: toWhat(wanted) },
  );
  const { notes, missing } = await readNotesOf(visit, wanted, how);
  const sources = await readRest(visit, wanted, { raw, notes: notes ?? [], how });
  const facts = toMergeRequestFacts(raw, project);
  const happenings = newsSince === undefined || notes === undefined ? [] : toHappenings(sources, newsSince);
  const value: MergeRequestFacts = {
    ...facts,
    // Unequal to every row's: only the poll of the project may say that it has told everything up to a row.
    revision: `detail:${facts.revision}`,
    ...toPeople(sources),
    approvalsRequired: sources.approvals?.approvals_required ?? undefined,
    openThreads: notes === undefined ? undefined : countOpenThreads(sources),
    happenings,
    ...(newsSince === undefined ? {} : { newsSince }),
  };
  return { value, missing };
}

function toWhat({ project, number }: Wanted): string {
  return `the merge request !${number} of ${project.path}`;
}

async function readNotesOf(
  { session }: Visit,
  wanted: Wanted,
  { lenient }: Try,
): Promise<{ notes?: schema.RawNote[]; missing?: Failure }> {
  const { project, number, newsSince } = wanted;
  const reading = readNotes(session, {
    what: toWhat(wanted),
    about: `!${number}`,
    newsSince,
    ask: (gl, page) => gl.mergeRequestNotes.all(project.id, number, page),
  });
  try {
    return { notes: await ofPresent(reading) };
  } catch (error) {
    if (lenient && isOfOne(error)) return { missing: error };
    throw error;
  }
}

/** Who approved, how far the reviewers are, and the threads: each adds to what the notes tell. */
async function readRest(
  visit: Visit,
  wanted: Wanted,
  { raw, notes, how }: { raw: schema.RawMergeRequest; notes: schema.RawNote[]; how: Try },
): Promise<Sources> {
  const { project, number } = wanted;
  const what = toWhat(wanted);
  const { session } = visit;
  const [approvals, reviewers, discussions] = await Promise.all([
    unlessSpare(
      session.read(
        schema.approvals,
        (gl) => gl.mergeRequestApprovals.showConfiguration(project.id, { mergerequestIId: number }),
        { what: `the approvals of ${what}` },
      ),
      how,
    ),
    (raw.reviewers ?? []).length === 0 ? undefined : readReviewers(visit, wanted, how),
    // Only where somebody waits for an answer: notes do not tell which of them belong together.
    hasOpenRemark(notes) ? unlessSpare(readDiscussions(visit, wanted), { lenient: true }) : undefined,
  ]);
  return {
    raw,
    url: toMergeRequestUrl(project, number),
    notes,
    system: toSystemNotes(notes),
    approvals: approvals?.data,
    reviewers,
    discussions,
  };
}

/** An instance without such a list has none who answered. One that cannot be read now says nothing of who did. */
async function readReviewers(
  visit: Visit,
  wanted: Wanted,
  how: Try,
): Promise<schema.RawReviewer[] | "unknown" | undefined> {
  const reading = visit.session.readRows(
    schema.reviewer,
    (gl) => gl.mergeRequests.showReviewers(wanted.project.id, wanted.number),
    { what: `the reviewers of ${toWhat(wanted)}`, about: `!${wanted.number}` },
  );
  try {
    return (await ifThere(reading))?.data;
  } catch (error) {
    if (how.lenient && isOfOne(error)) return "unknown";
    throw error;
  }
}

function readDiscussions({ session }: Visit, wanted: Wanted): Promise<schema.RawDiscussion[]> {
  const { project, number } = wanted;
  return readPages(session, {
    row: schema.discussion,
    limit: limits.discussions,
    ask: (page, perPage) => (gl) => gl.mergeRequestDiscussions.all(project.id, number, { perPage, page }),
    call: { what: `the threads of ${toWhat(wanted)}`, about: `!${number}` },
    wantsMore: () => true,
  });
}

function toPeople(
  sources: Sources,
): Pick<MergeRequestFacts, "reviewRequests" | "assignments" | "approvedBy" | "changesRequestedBy"> {
  const { raw, system, approvals } = sources;
  const assignees = raw.assignees ?? (raw.assignee ? [raw.assignee] : []);
  return {
    assignments: assignees.map((user) => toAssignment(user, system)),
    reviewRequests: raw.reviewers == null ? undefined : toReviewRequests(sources, raw.reviewers),
    approvedBy: approvals?.approved_by.map((row) => toPerson(row.user)),
    changesRequestedBy: toRefusing(sources),
  };
}

function toRefusing({ raw, reviewers }: Sources): Person[] | undefined {
  if (raw.reviewers == null || reviewers === "unknown") return undefined;
  return (reviewers ?? []).flatMap(({ user, state }) =>
    state === "requested_changes" ? toPerson(user) : [],
  );
}

function toReviewRequests(sources: Sources, users: schema.RawUser[]): ReviewRequest[] | undefined {
  const { reviewers } = sources;
  if (reviewers === "unknown") return undefined;
  return users.flatMap((user) => {
    const row = reviewers?.find((candidate) => candidate.user.id === user.id);
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
