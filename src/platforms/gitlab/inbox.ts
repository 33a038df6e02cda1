import type { Facts, MergeRequestFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { PollRequest } from "../platform.js";
import { toActivity } from "./activity.js";
import { readIssueDetails } from "./issue-details.js";
import { readMergeRequestDetails, type Wanted } from "./merge-request-details.js";
import { toNewsSince } from "./news.js";
import { toPersonOrNull } from "./normalize.js";
import { readPipelineDetails } from "./pipeline-details.js";
import { readProject } from "./projects.js";
import * as schema from "./schema.js";
import { advanceTodos, isNewTodo, readTodos, todoPositionSchema, type TodoPosition } from "./todo-list.js";
import { ifThere, toCursor, type PartOutcome, type Visit } from "./visit.js";

export interface InboxPoll extends Visit {
  request: PollRequest;
}

/** Subjects in full per poll. */
const batch = 20;

type Todos = schema.RawTodo[];

/**
 * To-dos point at what concerns the account; what they point at is read in full. Only pending ones are asked for: a to-do that was
 * finished between two polls was finished by the person whom it would have told.
 */
export async function pollInbox(poll: InboxPoll): Promise<PartOutcome> {
  const position = toCursor(todoPositionSchema, poll.request.cursor);
  const list = await readTodos(poll.session, position);
  const serverTime = poll.session.serverTime();
  if (list === "unchanged") {
    return { facts: [], cursor: position, activity: toActivity(position?.newestAt, serverTime) };
  }
  if (position === null) {
    const cursor: TodoPosition = { etag: list.etag, ...advanceTodos(null, list.rows, serverTime) };
    return { facts: [], cursor, activity: toActivity(cursor.newestAt, serverTime) };
  }
  const fresh = list.rows.filter((row) => isNewTodo(row, position));
  const groups = toGroups(fresh);
  const now = groups.slice(0, batch);
  const facts = await readGroups(poll, now, position.from);
  const more = groups.length > batch;
  const done = more ? now.flatMap((group) => group.todos) : list.rows;
  const after = more ? keepBehind(position, done) : advanceTodos(position, done, serverTime);
  const cursor: TodoPosition = { ...(more ? {} : { etag: list.etag }), ...after };
  return { facts, cursor, activity: toActivity(after.newestAt, serverTime), ...(more ? { more } : {}) };
}

/** Between batches only the finished to-dos are marked, one by one: what is left may have lower ids. */
function keepBehind(position: TodoPosition, done: Todos): TodoPosition {
  return {
    ...position,
    etag: undefined,
    recent: [...position.recent, ...done.map((row) => row.id)],
  };
}

/** To-dos about one thing, oldest first. */
interface Group {
  projectId: string;
  type: "merge_request" | "pipeline" | "issue";
  iid: number;
  todos: Todos;
}

function toGroups(todos: Todos): Group[] {
  const groups = new Map<string, Group>();
  for (const todo of todos) {
    const type = toType(todo);
    const iid = todo.target?.iid;
    if (type === null || iid == null || todo.project == null) continue;
    const key = `${todo.project.id}/${type}/${iid}`;
    const group = groups.get(key) ?? { projectId: String(todo.project.id), type, iid, todos: [] };
    group.todos.push(todo);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Null for what the daemon does not tell of: commits, epics, designs, alerts, keys, access requests. */
function toType(todo: schema.RawTodo): Group["type"] | null {
  if (todo.target_type === "MergeRequest") {
    return todo.action_name === "build_failed" ? "pipeline" : "merge_request";
  }
  return todo.target_type === "Issue" || todo.target_type === "WorkItem" ? "issue" : null;
}

async function readGroups(
  poll: InboxPoll,
  groups: Group[],
  from: string | undefined,
): Promise<PartOutcome["facts"]> {
  const projects = new Map<string, Project | null>();
  const all: PartOutcome["facts"] = [];
  for (const group of groups) {
    const { projectId } = group;
    const found = projects.get(projectId) ?? (await ifThere(readProject(poll, projectId, projectId))) ?? null;
    projects.set(projectId, found);
    if (found === null) continue;
    const oldest = group.todos.map((todo) => todo.created_at).sort()[0] ?? "";
    const wanted = { project: found, number: group.iid, newsSince: toNewsSince(oldest, from) };
    const facts = await ifThere(readGroup(poll, group, wanted));
    if (facts !== undefined) all.push({ project: found, facts });
  }
  return all;
}

/** Undefined when there is nothing to tell; rejects with `gone` when the subject was deleted. */
async function readGroup(
  poll: InboxPoll,
  group: Group,
  wanted: Wanted & { newsSince: string },
): Promise<Facts | undefined> {
  const { project, newsSince } = wanted;
  switch (group.type) {
    case "merge_request":
      return withHints(await readMergeRequestDetails(poll, wanted), group.todos, poll.request.account.id);
    case "issue":
      return withHints(await readIssueDetails(poll, wanted), group.todos, poll.request.account.id);
    case "pipeline": {
      const id = await readHeadPipeline(poll, project, group.iid);
      if (id === undefined) return undefined;
      return { ...(await readPipelineDetails(poll, { project, id })), newsSince };
    }
  }
}

async function readHeadPipeline(
  poll: InboxPoll,
  project: Project,
  number: number,
): Promise<string | undefined> {
  const { data } = await poll.session.read(
    schema.mergeRequest,
    (gl) => gl.mergeRequests.show(project.id, number),
    { what: `the merge request !${number} of ${project.path}` },
  );
  return data.head_pipeline == null ? undefined : String(data.head_pipeline.id);
}

/** Where the notes do not say who asked the account and when, the to-do does. */
function withHints<T extends MergeRequestFacts | Extract<Facts, { type: "issue" }>>(
  facts: T,
  todos: Todos,
  accountId: string,
): T {
  const hint = (action: string) => {
    const todo = todos.findLast((row) => row.action_name === action);
    return todo === undefined ? {} : { by: toPersonOrNull(todo.author), at: todo.created_at };
  };
  const fill = <R extends { person?: { id: string }; at?: string }>(rows: R[], action: string): R[] =>
    rows.map((row) =>
      row.person?.id === accountId && row.at === undefined ? { ...row, ...hint(action) } : row,
    );
  const assignments = fill(facts.assignments, "assigned");
  if (facts.type === "issue" || facts.reviewRequests === undefined) return { ...facts, assignments };
  return { ...facts, assignments, reviewRequests: fill(facts.reviewRequests, "review_requested") };
}
