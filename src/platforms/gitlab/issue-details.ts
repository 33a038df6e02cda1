import type { IssueFacts } from "../../domain/facts/index.js";
import { toIssueUrl } from "./links.js";
import type { Wanted } from "./merge-request-details.js";
import { toMark, toPerson, toPersonOrNull } from "./normalize.js";
import { findNaming, isInternal, readNotes } from "./notes.js";
import * as schema from "./schema.js";
import { toSystemNotes } from "./system-notes.js";
import { ofPresent, type Visit } from "./visit.js";

/** An issue and its comments since `newsSince`, in two requests or a few more. */
export async function readIssueDetails(visit: Visit, wanted: Wanted): Promise<IssueFacts> {
  const { project, number, newsSince } = wanted;
  const what = `the issue #${number} of ${project.path}`;
  const { data: raw } = await visit.session.read(
    schema.issue,
    (gl) => gl.issues.show(number, { projectId: project.id }),
    { what },
  );
  const reading = readNotes(visit.session, {
    what,
    about: `#${number}`,
    newsSince,
    ask: (gl, page) => gl.issueNotes.all(project.id, number, page),
  });
  const notes = await ofPresent(reading);
  const url = toIssueUrl(project, raw.iid);
  const system = toSystemNotes(notes);
  return {
    type: "issue",
    number: raw.iid,
    title: raw.title,
    url,
    ...(raw.description == null ? {} : { description: raw.description }),
    author: toPersonOrNull(raw.author),
    state: raw.state === "closed" ? "closed" : "open",
    labels: raw.labels ?? [],
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    assignments: (raw.assignees ?? []).map((user) => {
      const note = findNaming(system, "assignees", user.username);
      const person = toPerson(user);
      return note === undefined ? { person } : { person, by: toPersonOrNull(note.by), at: note.at };
    }),
    comments: newsSince === undefined ? [] : toComments(notes, newsSince, url),
    ...(newsSince === undefined ? {} : { newsSince }),
    revision: toMark([raw.updated_at, raw.state]),
  };
}

/** Oldest first. Internal notes are left out, as in merge requests. */
function toComments(notes: schema.RawNote[], newsSince: string, url: string): IssueFacts["comments"] {
  const comments = notes.filter(
    (note) => note.system !== true && !isInternal(note) && note.created_at >= newsSince,
  );
  return comments.reverse().map((note) => ({
    id: `comment:${note.id}`,
    at: note.created_at,
    actor: toPersonOrNull(note.author),
    body: note.body,
    url: `${url}#note_${note.id}`,
  }));
}
