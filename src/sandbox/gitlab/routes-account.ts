import type { Reply } from "../server.js";
import { badRequest, choiceIn, instantIn, notFound, ok, projectOf, type Call, type Route } from "./api.js";
import type { Project, Todo } from "./model.js";
import { paged, sorted } from "./paging.js";
import { toTodoJson } from "./serialize-notes.js";
import {
  toBasicProject,
  toGroupJson,
  toMemberJson,
  toOwnProfileJson,
  toProjectJson,
  toTokenJson,
} from "./serialize.js";
import { canRead, isMember } from "./state.js";
import { finish } from "./todos.js";

/** Who am I, what may my token do, which projects are there, what waits for me. */
export const accountRoutes: Route[] = [
  { method: "GET", path: "/user", scopes: ["api", "read_api", "read_user"], handle: readUser },
  { method: "GET", path: "/personal_access_tokens/self", scopes: [], handle: readToken },
  { method: "GET", path: "/projects", handle: listProjects },
  { method: "GET", path: "/projects/{id}", handle: readProject },
  { method: "GET", path: "/groups", handle: listGroups },
  { method: "GET", path: "/groups/{id}/members/{user_id}", handle: readMember },
  { method: "GET", path: "/todos", handle: listTodos },
  { method: "POST", path: "/todos/{id}/mark_as_done", handle: finishTodo },
  { method: "POST", path: "/todos/mark_as_done", handle: finishTodos },
];

function readUser({ state, user }: Call): Reply {
  return ok(toOwnProfileJson(state, user));
}

function readToken({ state, token }: Call): Reply {
  if (token.kind !== "pat")
    throw badRequest("This endpoint requires token type to be a personal access token");
  return ok(toTokenJson(state, token));
}

const projectOrders = [
  "id",
  "name",
  "path",
  "created_at",
  "updated_at",
  "last_activity_at",
  "similarity",
] as const;

function listProjects(call: Call): Reply {
  const { state, query, user } = call;
  const order = choiceIn(call, "order_by", projectOrders) ?? "created_at";
  const rows = sorted(
    state.projects.filter((project) => canRead(project, user) && matches(call, project)),
    (project) => {
      if (order === "id") return project.id;
      return order === "created_at" ? project.createdAt : project.lastActivityAt;
    },
    choiceIn(call, "sort", ["asc", "desc"]) ?? "desc",
  );
  return paged(call, rows, (project) =>
    query.get("simple") === "true"
      ? toBasicProject(state, project)
      : toProjectJson(state, { project, viewer: user }),
  );
}

function matches(call: Call, project: Project): boolean {
  const { query, user } = call;
  const archived = query.get("archived");
  const minLevel = Number(query.get("min_access_level") ?? 0);
  const membersOnly = query.get("membership") === "true" || minLevel > 0;
  if (membersOnly && (!isMember(project, user) || minLevel > 40)) return false;
  if (archived !== null && String(project.archived) !== archived) return false;
  const after = instantIn(call, "last_activity_after");
  if (after !== undefined && project.lastActivityAt <= after) return false;
  const search = query.get("search")?.toLowerCase();
  if (search === undefined || search === "") return true;
  // Without `search_namespaces` GitLab looks at the project's own name and path, not at its groups.
  const path = project.path.toLowerCase();
  const within = query.get("search_namespaces") === "true" ? path : (path.split("/").at(-1) ?? path);
  return within.includes(search);
}

function readProject(call: Call): Reply {
  return ok(toProjectJson(call.state, { project: projectOf(call), viewer: call.user }));
}

/** With a least access level: the groups of which somebody is a member, and all below them. */
function listGroups(call: Call): Reply {
  const { state, user } = call;
  const own = state.groups.filter((group) => group.members.has(user.username));
  const isBelow = (path: string) => own.some((group) => `${path}/`.startsWith(`${group.path}/`));
  const rows =
    call.query.get("min_access_level") === null
      ? state.groups
      : state.groups.filter(({ path }) => isBelow(path));
  return paged(call, rows, (group) => toGroupJson(state, group));
}

/** Direct members alone. */
function readMember(call: Call): Reply {
  const { state, params } = call;
  const group = state.groups.find(({ id, path }) => [String(id), path].includes(params["id"] ?? ""));
  if (group === undefined) throw notFound("Group");
  const found = state.users.find(({ id }) => String(id) === params["user_id"]);
  if (found === undefined || !group.members.has(found.username)) throw notFound("Not found");
  return ok(toMemberJson(state, found));
}

function listTodos(call: Call): Reply {
  const { state, query, user } = call;
  const wanted = choiceIn(call, "state", ["pending", "done"]) ?? "pending";
  const is = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
  const rows = state.todos.filter(
    (todo) =>
      todo.user === user &&
      todo.state === wanted &&
      is("action", todo.action) &&
      is("type", todo.target.type) &&
      is("project_id", String(todo.project.id)) &&
      is("author_id", String(todo.author.id)),
  );
  return paged(
    call,
    sorted(rows, (todo) => todo.id, "desc"),
    (todo) => toTodoJson(state, todo),
  );
}

function finishTodo(call: Call): Reply {
  const todo = ownTodos(call).find((candidate) => String(candidate.id) === call.params["id"]);
  if (todo === undefined) throw notFound("Todo");
  if (todo.state === "pending") finish(call.state, todo);
  return ok(toTodoJson(call.state, todo), 201);
}

function finishTodos(call: Call): Reply {
  for (const todo of ownTodos(call)) if (todo.state === "pending") finish(call.state, todo);
  return { status: 204 };
}

function ownTodos({ state, user }: Call): Todo[] {
  return state.todos.filter((todo) => todo.user === user);
}
