import type { Issue, PullRequest, Repository, State, User } from "./model.js";

export type * from "./model.js";

/**
 * Ids start where GitHub's are by now: contents and runs are above 2^31, so a reader that keeps them in 32 bits fails here too.
 */
export function createState(now: () => number): State {
  const next = { account: 1001, repository: 7001, content: 3_100_000_001, run: 19_000_000_001 };
  return {
    now,
    urls: { web: "", api: "", blobs: "" },
    users: new Map(),
    teams: new Map(),
    tokens: new Map(),
    repositories: new Map(),
    redirects: new Map(),
    threads: [],
    inboxSeen: new Map(),
    nodes: new Map(),
    nextId: (kind) => next[kind]++,
  };
}

/** GitHub tells time in whole seconds. */
export function stamp(state: State): string {
  return toInstant(state.now());
}

export function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}

export function userOf(state: State, login: string): User {
  const user = state.users.get(login.toLowerCase());
  if (user === undefined) throw new Error(`The GitHub sandbox has no user "${login}": call addUser first.`);
  return user;
}

/** By its name of today or of before a rename. */
export function findRepository(state: State, fullName: string): Repository | undefined {
  const key = fullName.toLowerCase();
  for (const repo of state.repositories.values()) if (repo.fullName.toLowerCase() === key) return repo;
  return state.repositories.get(state.redirects.get(key) ?? -1);
}

export function repositoryOf(state: State, fullName: string): Repository {
  const repo = findRepository(state, fullName);
  if (repo === undefined) throw new Error(`The GitHub sandbox has no repository "${fullName}".`);
  return repo;
}

export function pullOf(state: State, fullName: string, number: number): PullRequest {
  const subject = subjectOf(state, fullName, number);
  if (subject.kind !== "pull_request") throw new Error(`${fullName}#${number} is an issue.`);
  return subject;
}

export function subjectOf(state: State, fullName: string, number: number): Issue | PullRequest {
  const subject = repositoryOf(state, fullName).subjects.get(number);
  if (subject === undefined) throw new Error(`The GitHub sandbox has no ${fullName}#${number}.`);
  return subject;
}

export function pullsOf(repo: Repository): PullRequest[] {
  return [...repo.subjects.values()].filter((subject) => subject.kind === "pull_request");
}

const nodePrefixes = {
  User: "U",
  Repository: "R",
  PullRequest: "PR",
  Issue: "I",
  IssueComment: "IC",
  PullRequestReview: "PRR",
  PullRequestReviewComment: "PRRC",
  Team: "T",
  Event: "EV",
  Run: "WFR",
  Job: "CR",
  Commit: "C",
  Ref: "REF",
  CheckRun: "CKR",
  Rollup: "SCR",
  Thread: "PRRT",
} as const;

/** The global id that REST calls `node_id` and GraphQL `id`. */
export function toNodeId(type: keyof typeof nodePrefixes, id: number | string): string {
  return `${nodePrefixes[type]}_${Buffer.from(`${type}:${id}`).toString("base64url")}`;
}

/** Read access, for people: what a token leaves out of it is the concern of access.ts. */
export function hasAccess(repo: Repository, login: string): boolean {
  return !repo.private || isCollaborator(repo, login);
}

export function isCollaborator(repo: Repository, login: string): boolean {
  const key = login.toLowerCase();
  if (repo.denied.has(key)) return false;
  if (repo.fullName.toLowerCase().startsWith(`${key}/`)) return true;
  return repo.members === null || repo.members.has(key);
}
