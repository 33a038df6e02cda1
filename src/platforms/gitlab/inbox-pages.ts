import type { Account, Connection } from "../../domain/connection.js";
import type { IssueFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import { toOwnUrl, toProjectUrl } from "./links.js";
import { toMark } from "./normalize.js";
import type * as schema from "./schema.js";
import type { Hint } from "./todo-list.js";

const mentions = ["mentioned", "directly_addressed"];
/** More than a card shows. */
const mostLetters = 2_000;

/** What somebody asks of the account there. A to-do that it made itself, or an expired key, is no word of anybody's. */
export function isPageTodo(todo: schema.RawTodo): boolean {
  if (todo.target_url == null || (todo.project == null && todo.group == null)) return false;
  return [...mentions, "assigned"].includes(todo.action_name);
}

/** The page is known by its address, without the place in it. */
export function toPageKey(todo: schema.RawTodo): string {
  const [address = ""] = (todo.target_url ?? "").split("#", 1);
  const place = todo.project == null ? `group:${todo.group?.id ?? 0}` : String(todo.project.id);
  return `${place}/page/${toMark(address)}`;
}

export function toPageHint(todo: schema.RawTodo): Hint["page"] {
  const body = todo.body ?? "";
  return {
    todo: todo.id,
    name: toName(todo),
    title: todo.target?.title ?? body.split("\n", 1)[0] ?? "",
    url: todo.target_url ?? "",
    body: body.slice(0, mostLetters),
    group: todo.project == null ? todo.group?.full_path : undefined,
  };
}

/** As people write it: a commit's sha, an epic's `&12`; of others the kind. */
function toName({ target_type: type, target }: schema.RawTodo): string {
  if (type === "Commit") return String(target?.id ?? "").slice(0, 8) || "commit";
  const isEpic = type === "Epic" || (type === "WorkItem" && target?.iid != null);
  if (isEpic && target?.iid != null) return `&${target.iid}`;
  const parts = (type ?? "page").split("::");
  const word = parts.at(-1) === "Meta" ? parts[0] : parts.at(-1);
  return (word ?? "page").replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

/** Epics and wikis of groups are in no project; the group stands for one. */
export function toGroupProject(connection: Connection, id: string, path: string): Project {
  return {
    connectionId: connection.id,
    id,
    path,
    url: toProjectUrl(connection, `groups/${path}`),
    defaultBranch: null,
    hasWiki: false,
    archived: false,
    private: true,
  };
}

/** A page as its to-dos tell of it: what was said there, and what was given to the account. */
export function toPageFacts(
  where: { connection: Connection; project: Project; key: string },
  told: { hints: readonly Hint[]; account: Account; newsSince: string },
): IssueFacts | undefined {
  const { hints, account, newsSince } = told;
  const pages = hints.flatMap((hint) => (hint.page === undefined ? [] : [{ ...hint, page: hint.page }]));
  const latest = pages.at(-1);
  if (latest === undefined) return undefined;
  const url = (one: string) => toOwnUrl(where.connection, one) ?? where.project.url;
  const comments = pages.filter(({ action }) => mentions.includes(action));
  const assigned = pages.filter(({ action }) => action === "assigned").at(-1);
  return {
    type: "issue",
    number: 0,
    page: { key: where.key, name: latest.page.name },
    title: latest.page.title,
    url: url(latest.page.url),
    author: null,
    state: null,
    labels: [],
    createdAt: pages[0]?.at ?? latest.at,
    updatedAt: latest.at,
    assignments:
      assigned === undefined
        ? []
        : [{ person: { ...account, bot: false }, by: assigned.by, at: assigned.at }],
    comments: comments.map(({ at, by, page }) => ({
      id: `todo:${page.todo}`,
      at,
      actor: by,
      body: page.body,
      url: url(page.url),
      mentionsAccount: true,
    })),
    newsSince,
    revision: toMark([latest.at]),
  };
}
