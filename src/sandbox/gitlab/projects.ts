import type { Project, State, Token, User } from "./model.js";
import { addCommit } from "./repository.js";

export function addUser(
  state: State,
  username: string,
  { name, bot }: { name?: string | undefined; bot?: boolean | undefined } = {},
): User {
  const user: User = {
    id: state.nextId("user"),
    username,
    name: name ?? username.charAt(0).toUpperCase() + username.slice(1),
    bot: bot ?? false,
    createdAt: state.now(),
  };
  state.users.push(user);
  return user;
}

export interface NewToken {
  user: User;
  scopes: string[];
  expiresAt?: string | null | undefined;
  kind?: "pat" | "oauth" | undefined;
}

/** The same value again replaces what the token could do. */
export function addToken(state: State, value: string, made: NewToken): Token {
  const token: Token = {
    id: state.nextId("token"),
    value,
    user: made.user,
    scopes: made.scopes,
    kind: made.kind ?? "pat",
    expiresAt: made.expiresAt ?? null,
    revoked: false,
    createdAt: state.now(),
    lastUsedAt: null,
  };
  state.tokens = [...state.tokens.filter((other) => other.value !== value), token];
  return token;
}

export interface NewProject {
  private?: boolean | undefined;
  wiki?: boolean | undefined;
  archived?: boolean | undefined;
  defaultBranch?: string | undefined;
  /** Usernames. Left out: everybody is a member. */
  members?: string[] | undefined;
}

/** A project with one commit on its default branch, made by somebody who is no user of the sandbox. */
export function addProject(state: State, path: string, made: NewProject = {}): Project {
  if (!path.includes("/")) throw new Error(`A GitLab project has a group: "${path}" has none.`);
  const at = state.now();
  const project: Project = {
    id: state.nextId("project"),
    path,
    oldPaths: [],
    private: made.private ?? false,
    wikiEnabled: made.wiki ?? true,
    archived: made.archived ?? false,
    defaultBranch: made.defaultBranch ?? "main",
    members: new Map((made.members ?? []).map((username) => [username, true])),
    openToAll: made.members === undefined,
    createdAt: at,
    lastActivityAt: at,
    commits: new Map(),
    branches: new Map(),
    mergeRequests: [],
    issues: [],
    pipelines: [],
    wiki: new Map(),
  };
  state.projects.push(project);
  const founder: User = { id: 1, username: "root", name: "Administrator", bot: false, createdAt: at };
  addCommit(state, project, {
    branch: project.defaultBranch,
    by: founder,
    message: "Initial commit",
    files: { "README.md": `# ${path}\n` },
    quiet: true,
  });
  return project;
}

/** The old path goes on as a redirect to the new one until a project takes it. */
export function moveProject(project: Project, newPath: string): void {
  project.oldPaths.push(project.path);
  project.path = newPath;
}

/** GitLab deletes the to-dos and the activity with it. */
export function deleteProject(state: State, project: Project): void {
  state.projects = state.projects.filter((other) => other !== project);
  state.todos = state.todos.filter((todo) => todo.project !== project);
  state.events = state.events.filter((event) => event.project !== project);
}

/** A person who is shut out of a private project loses its to-dos too. */
export function setMember(
  state: State,
  project: Project,
  { user, allowed }: { user: User; allowed: boolean },
): void {
  project.members.set(user.username, allowed);
  if (allowed || !project.private) return;
  state.todos = state.todos.filter((todo) => todo.project !== project || todo.user !== user);
}
