import { bump, involve, publish } from "./notifications.js";
import {
  repositoryOf,
  stamp,
  subjectOf,
  toNodeId,
  userOf,
  type Issue,
  type PullRequest,
  type Repository,
  type State,
  type TimelineItem,
} from "./state.js";

type Subject = Issue | PullRequest;

/** A timeline item without what every item has. */
export type NewItem = TimelineItem extends infer Item
  ? Item extends TimelineItem
    ? Omit<Item, "id" | "at" | "actor">
    : never
  : never;

export function addItem(state: State, subject: Subject, entry: { by: string; item: NewItem }): void {
  const at = stamp(state);
  const actor = userOf(state, entry.by).login;
  subject.timeline.push({ ...entry.item, id: state.nextId("content"), at, actor });
  subject.updatedAt = at;
}

export function openIssue(
  state: State,
  fullName: string,
  request: { author: string; title: string; body?: string; labels?: string[] },
): { number: number } {
  const repo = repositoryOf(state, fullName);
  const issue: Issue = { kind: "issue", ...newConversation(state, repo, request), state: "OPEN" };
  repo.subjects.set(issue.number, issue);
  state.nodes.set(toNodeId("Issue", issue.id), () => ({ type: "Issue", issue }));
  announce(state, issue);
  return { number: issue.number };
}

/** The author takes part, whom the description mentions is called. */
export function announce(state: State, subject: Subject): void {
  involve(state, subject, { logins: [subject.author], reason: "author", by: subject.author });
  publish(state, subject, { by: subject.author, body: `${subject.title}\n${subject.body ?? ""}` });
}

export function newConversation(
  state: State,
  repo: Repository,
  request: { author: string; title: string; body?: string; labels?: string[] },
): Omit<Issue, "kind" | "state"> {
  const at = stamp(state);
  for (const label of request.labels ?? []) ensureLabel(state, repo, label);
  return {
    repo,
    id: state.nextId("content"),
    number: repo.subjects.size + 1,
    title: request.title,
    body: request.body ?? null,
    author: userOf(state, request.author).login,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    labels: [...(request.labels ?? [])],
    assignees: [],
    comments: [],
    timeline: [],
    subscribers: new Map(),
  };
}

export function comment(
  state: State,
  [fullName, number]: [string, number],
  request: { by: string; body: string },
): { id: number } {
  const subject = subjectOf(state, fullName, number);
  const author = userOf(state, request.by).login;
  const added = { id: state.nextId("content"), author, body: request.body, at: stamp(state) };
  subject.comments.push(added);
  addItem(state, subject, { by: author, item: { type: "IssueComment", comment: added } });
  publish(state, subject, request);
  return { id: added.id };
}

export function assign(
  state: State,
  [fullName, number]: [string, number],
  request: { by: string; assignee: string; remove?: boolean },
): void {
  const subject = subjectOf(state, fullName, number);
  const assignee = userOf(state, request.assignee).login;
  const type = request.remove === true ? "UnassignedEvent" : "AssignedEvent";
  subject.assignees = subject.assignees.filter((login) => login !== assignee);
  if (type === "AssignedEvent") subject.assignees.push(assignee);
  addItem(state, subject, { by: request.by, item: { type, assignee } });
  if (type === "AssignedEvent")
    involve(state, subject, { logins: [assignee], reason: "assign", by: request.by });
}

export function label(
  state: State,
  [fullName, number]: [string, number],
  request: { by: string; label: string; remove?: boolean },
): void {
  const subject = subjectOf(state, fullName, number);
  ensureLabel(state, subject.repo, request.label);
  const type = request.remove === true ? "UnlabeledEvent" : "LabeledEvent";
  subject.labels = subject.labels.filter((name) => name !== request.label);
  if (type === "LabeledEvent") subject.labels.push(request.label);
  addItem(state, subject, { by: request.by, item: { type, label: request.label } });
}

export function close(state: State, [fullName, number]: [string, number], request: { by: string }): void {
  const subject = subjectOf(state, fullName, number);
  if (subject.state !== "OPEN") return;
  subject.state = "CLOSED";
  subject.closedAt = stamp(state);
  addItem(state, subject, { by: request.by, item: { type: "ClosedEvent" } });
  bump(state, subject, request.by);
}

export function reopen(state: State, [fullName, number]: [string, number], request: { by: string }): void {
  const subject = subjectOf(state, fullName, number);
  if (subject.state !== "CLOSED") return;
  subject.state = "OPEN";
  subject.closedAt = null;
  addItem(state, subject, { by: request.by, item: { type: "ReopenedEvent" } });
  bump(state, subject, request.by);
}

function ensureLabel(state: State, repo: Repository, name: string): void {
  if (!repo.labels.has(name)) repo.labels.set(name, state.nextId("content"));
}
