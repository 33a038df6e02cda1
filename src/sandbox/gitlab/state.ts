import type { IdKind, Issue, MergeRequest, Pipeline, Project, State, User } from "./model.js";

/** Each kind counts from a place of its own, so that mixing up `id` and `iid`, or two kinds, finds nothing. */
const firstIds: Record<IdKind, number> = {
  user: 11,
  token: 301,
  project: 101,
  group: 51,
  merge_request: 5001,
  issue: 6001,
  note: 90_001,
  pipeline: 30_001,
  job: 700_001,
  todo: 4001,
  event: 80_001,
  state_event: 1201,
  wiki: 2001,
  commit: 1,
};

export function createState(now: () => number): State {
  const next = new Map<IdKind, number>();
  return {
    now,
    url: "",
    users: [],
    tokens: [],
    projects: [],
    groups: [],
    todos: [],
    events: [],
    settings: {
      requireShaForMerge: false,
      mergeFails: false,
      pushBumpsUpdatedAt: true,
      throttle: null,
      notesPerMinute: null,
    },
    nextId(kind) {
      const id = next.get(kind) ?? firstIds[kind];
      next.set(kind, id + 1);
      return id;
    },
  };
}

/** The lookups of the world's methods: whoever scripts a scenario wrongly is told so. */
export function findUser(state: State, username: string): User {
  const user = state.users.find((candidate) => candidate.username === username);
  if (user === undefined) throw new Error(`The sandbox has no user "${username}"; call addUser first.`);
  return user;
}

export function findProject(state: State, path: string): Project {
  const project = state.projects.find((candidate) => candidate.path === path);
  if (project === undefined) throw new Error(`The sandbox has no project "${path}"; call addProject first.`);
  return project;
}

export function findMergeRequest(project: Project, iid: number): MergeRequest {
  const found = project.mergeRequests.find((candidate) => candidate.iid === iid);
  if (found === undefined) throw new Error(`The sandbox has no merge request ${project.path}!${iid}.`);
  return found;
}

export function findIssue(project: Project, iid: number): Issue {
  const found = project.issues.find((candidate) => candidate.iid === iid);
  if (found === undefined) throw new Error(`The sandbox has no issue ${project.path}#${iid}.`);
  return found;
}

export function findPipeline(project: Project, id: number): Pipeline {
  const found = project.pipelines.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`The sandbox has no pipeline ${id} in ${project.path}.`);
  return found;
}

export function isMember(project: Project, user: User): boolean {
  return project.members.get(user.username) ?? project.openToAll;
}

/** A public project can be read by everybody, a private one by its members alone. */
export function canRead(project: Project, user: User): boolean {
  return !project.private || isMember(project, user);
}
