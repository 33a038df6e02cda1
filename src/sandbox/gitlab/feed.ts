import type { FeedEvent, Issuable, Note, Project, PushData, State, User, WikiPage } from "./model.js";

/** GitLab moves `last_activity_at` only when it is older than an hour (`RESET_PROJECT_ACTIVITY_INTERVAL`). */
const activityIntervalMs = 3_600_000;

interface Row {
  by: User;
  action: string;
  /** Where the shown name differs from the filter's. */
  name?: string;
}

function record(
  state: State,
  project: Project,
  event: Row & Partial<Pick<FeedEvent, "target" | "note" | "wikiPage" | "push">>,
): void {
  const at = state.now();
  if (at - project.lastActivityAt >= activityIntervalMs) project.lastActivityAt = at;
  state.events.push({
    id: state.nextId("event"),
    project,
    author: event.by,
    action: event.action,
    actionName: event.name ?? event.action,
    target: event.target ?? null,
    note: event.note ?? null,
    wikiPage: event.wikiPage ?? null,
    push: event.push ?? null,
    at,
  });
}

/** Opened, closed, reopened, merged or approved. GitLab shows a reopening as `opened` and a merge as `accepted`. */
export function recordIssuable(state: State, issuable: Issuable, row: Row): void {
  const { id, iid, type, title } = issuable;
  record(state, issuable.project, { ...row, target: { id, iid, type, title } });
}

export function recordNote(state: State, issuable: Issuable, note: Note): void {
  record(state, issuable.project, {
    by: note.author,
    action: "commented",
    name: "commented on",
    // For a comment both the id and the iid of the target are the id of the note, and the title is the issuable's.
    target: {
      id: note.id,
      iid: note.id,
      type: note.path === null ? "Note" : "DiffNote",
      title: issuable.title,
    },
    note: { note, of: issuable },
  });
}

export function recordPush(state: State, project: Project, change: { by: User; push: PushData }): void {
  const names = { created: "pushed new", pushed: "pushed to", removed: "deleted" };
  record(state, project, {
    by: change.by,
    action: "pushed",
    name: names[change.push.action],
    push: change.push,
  });
}

export function recordWiki(state: State, project: Project, row: Row & { page: WikiPage }): void {
  const { metaId, slug, title } = row.page;
  record(state, project, {
    ...row,
    target: { id: metaId, iid: metaId, type: "WikiPage::Meta", title },
    wikiPage: { metaId, slug, title },
  });
}
