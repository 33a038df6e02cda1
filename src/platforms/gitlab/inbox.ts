import { writeCursor } from "../../domain/cursor.js";
import type { Facts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { PollRequest } from "../platform.js";
import { toActivity } from "./activity.js";
import { toGroupProject, toPageFacts } from "./inbox-pages.js";
import { toGroups, toHint, toType, withHints, type Group } from "./inbox-groups.js";
import { readIssueDetails } from "./issue-details.js";
import { readMergeRequestPatiently } from "./merge-request-details.js";
import { toNewsSince } from "./news.js";
import { readPipelineDetails } from "./pipeline-details.js";
import { readProject } from "./projects.js";
import * as schema from "./schema.js";
import { readEach, toShortfalls, type SetAside, type Try } from "../set-aside.js";
import {
  advanceTodos,
  isNewTodo,
  readTodos,
  todoFormat,
  type TodoList,
  type TodoPosition,
} from "./todo-list.js";
import { ifThere, toPosition, type PartOutcome, type Visit } from "./visit.js";

export interface InboxPoll extends Visit {
  request: PollRequest;
}

/** Subjects in full per poll. */
const batch = 20;

/**
 * To-dos point at what concerns the account; what they point at is read in full. Only pending ones are asked for: a to-do that was
 * finished between two polls was finished by the person whom it would have told.
 */
export async function pollInbox(poll: InboxPoll): Promise<PartOutcome> {
  const { session } = poll;
  const { position } = toPosition(session, todoFormat, poll.request);
  const list = await readTodos(session, position);
  return position === null ? toBaseline(poll, list) : pollNews(poll, position, list);
}

function toBaseline({ session, request }: InboxPoll, list: TodoList | "unchanged"): PartOutcome {
  if (list === "unchanged") return { facts: [], cursor: request.cursor, activity: "cold" };
  const { etag, perPage } = list;
  const position: TodoPosition = { etag, perPage, ...advanceTodos(null, list.rows, session.serverTime()) };
  const activity = toActivity(position.newestAt, session.serverTime());
  return { facts: [], cursor: writeCursor(todoFormat, position), activity };
}

async function pollNews(
  poll: InboxPoll,
  position: TodoPosition,
  list: TodoList | "unchanged",
): Promise<PartOutcome> {
  const serverTime = poll.session.serverTime();
  const rows = list === "unchanged" ? [] : list.rows;
  const groups = toGroups(rows.filter((row) => isNewTodo(row, position)));
  const now = groups.slice(0, batch);
  const more = groups.length > batch;
  const read = await readGroups(poll, position, now);
  const done = more ? now.flatMap((group) => group.todos) : rows;
  const after = more ? keepBehind(position, done) : advanceTodos(position, done, serverTime);
  const place =
    list === "unchanged"
      ? position
      : { ...after, ...(more ? {} : { etag: list.etag, perPage: list.perPage }) };
  const cursor: TodoPosition = { ...place, aside: read.aside, hints: read.hints };
  return {
    facts: read.facts,
    cursor: writeCursor(todoFormat, cursor),
    activity: toActivity(place.newestAt, serverTime),
    shortfalls: toShortfalls(read.aside ?? [], (id) => toName(id)),
    ...(more ? { more } : {}),
  };
}

/** Between batches only the finished to-dos are marked, one by one: what is left may have lower ids. */
function keepBehind(position: TodoPosition, done: schema.RawTodo[]): TodoPosition {
  return {
    ...position,
    etag: undefined,
    recent: [...position.recent, ...done.map((row) => row.id)],
  };
}

/** `12/merge_request/3` for people. */
function toName(id: string): string {
  const [, type, iid] = id.split("/");
  if (type === "page") return "to-do";
  return `${type === "issue" ? "#" : "!"}${iid ?? ""}`;
}

interface ReadGroups {
  facts: PartOutcome["facts"];
  aside: SetAside[] | undefined;
  hints: TodoPosition["hints"];
}

/** What the to-dos of a subject said waits with it when it is set aside. */
async function readGroups(poll: InboxPoll, position: TodoPosition, groups: Group[]): Promise<ReadGroups> {
  const hints = { ...position.hints };
  for (const { key, todos } of groups) hints[key] = [...(hints[key] ?? []), ...todos.map(toHint)];
  const fresh = groups.map(({ key, todos }) => {
    const oldest = todos.map((todo) => todo.created_at).sort()[0] ?? "";
    return { id: key, since: toNewsSince(oldest, position.from) };
  });
  const now = poll.session.serverTime() ?? fresh[0]?.since ?? "";
  const projects = new Map<string, Project | null>();
  const { values, aside } = await readEach({ fresh, aside: position.aside ?? [], now }, (one, how) =>
    readOne({ ...poll, projects, how }, { id: one.id, since: one.since, hints: hints[one.id] ?? [] }),
  );
  const owed = aside.map(({ id }) => [id, hints[id] ?? []] as const);
  return {
    facts: values,
    aside: aside.length === 0 ? undefined : aside,
    hints: aside.length === 0 ? undefined : Object.fromEntries(owed),
  };
}

type Reading = InboxPoll & { projects: Map<string, Project | null>; how: Try };

interface Owed {
  id: string;
  since: string;
  hints: NonNullable<TodoPosition["hints"]>[string];
}

/** Undefined when there is nothing to tell, or the subject or its project was deleted. */
async function readOne(reading: Reading, owed: Owed) {
  const [projectId = "", type = "", iid = ""] = owed.id.split("/");
  const group = owed.hints.at(-1)?.page?.group;
  const project =
    group === undefined
      ? await findProject(reading, projectId)
      : toGroupProject(reading.connection, projectId, group);
  if (project === null) return undefined;
  if (toType(type) === "page") return readPage(reading, project, owed);
  const wanted = { project, number: Number(iid), newsSince: owed.since };
  const found = await ifThere(readSubject(reading, type, wanted));
  if (found === undefined) return undefined;
  const facts = withHints(found.value, owed.hints, reading.request.account.id);
  return { value: { project, facts }, missing: found.missing };
}

/** There is nothing to read: the to-dos tell all that is told. */
function readPage(reading: Reading, project: Project, { id, since, hints }: Owed) {
  const { connection, request } = reading;
  const told = { hints, account: request.account, newsSince: since };
  const key = `page:${id.split("/").at(-1) ?? ""}`;
  const facts = toPageFacts({ connection, project, key }, told);
  return facts === undefined ? undefined : { value: { project, facts }, missing: undefined };
}

async function findProject(reading: Reading, projectId: string): Promise<Project | null> {
  const { projects } = reading;
  const known = projects.get(projectId);
  if (known !== undefined) return known;
  const found = (await ifThere(readProject(reading, projectId, projectId))) ?? null;
  projects.set(projectId, found);
  return found;
}

async function readSubject(
  reading: Reading,
  type: string,
  wanted: { project: Project; number: number; newsSince: string },
) {
  const { project, newsSince } = wanted;
  switch (toType(type)) {
    case "page":
      return undefined;
    case "merge_request":
      return readMergeRequestPatiently(reading, wanted, reading.how);
    case "issue":
      return { value: await readIssueDetails(reading, wanted), missing: undefined };
    case "pipeline": {
      const id = await readHeadPipeline(reading, project, wanted.number);
      if (id === undefined) return undefined;
      const facts: Facts = {
        ...(await readPipelineDetails(reading, { project, id }, { ...reading.how, excerpts: true })),
        newsSince,
      };
      return { value: facts, missing: undefined };
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
