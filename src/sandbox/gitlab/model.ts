/** What the sandbox GitLab remembers. Instants are epoch milliseconds; the serializers make them ISO. */

export interface User {
  id: number;
  username: string;
  name: string;
  bot: boolean;
  createdAt: number;
}

export interface Token {
  id: number;
  value: string;
  user: User;
  scopes: string[];
  kind: "pat" | "oauth";
  /** A date (`2027-01-31`), or null for none. */
  expiresAt: string | null;
  revoked: boolean;
  createdAt: number;
  lastUsedAt: number | null;
}

export interface Commit {
  sha: string;
  parents: string[];
  message: string;
  author: User;
  at: number;
  /** Every file of the tree after this commit. */
  files: Map<string, string>;
}

export interface Note {
  id: number;
  body: string;
  author: User;
  system: boolean;
  createdAt: number;
  updatedAt: number;
  /** Set for a comment on a line of the diff. */
  path: string | null;
  /** The first note of the thread that it stands in; null for a comment on its own. */
  thread: number | null;
  /** Of a thread: somebody has settled it. */
  resolved: boolean;
}

export interface StateEvent {
  id: number;
  user: User;
  state: "closed" | "reopened" | "merged";
  at: number;
}

/** What issues and merge requests have in common. */
export interface Issuable {
  type: "Issue" | "MergeRequest";
  id: number;
  iid: number;
  project: Project;
  title: string;
  description: string;
  author: User;
  state: "opened" | "closed" | "merged";
  labels: string[];
  assignees: User[];
  notes: Note[];
  stateEvents: StateEvent[];
  createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  closedBy: User | null;
}

export type ReviewerState = "unreviewed" | "reviewed" | "requested_changes" | "approved" | "unapproved";

export interface Reviewer {
  user: User;
  state: ReviewerState;
  createdAt: number;
}

export interface MergeRequest extends Issuable {
  type: "MergeRequest";
  draft: boolean;
  source: string;
  /** The fork that the source branch lives in; null for the project itself. */
  fork: Project | null;
  target: string;
  sha: string;
  baseSha: string;
  reviewers: Reviewer[];
  approvals: Array<{ user: User; at: number }>;
  mergedAt: number | null;
  mergedBy: User | null;
  mergeCommitSha: string | null;
  conflict: boolean;
  /** What `detailed_merge_status` says while it is set, instead of what follows from the state. */
  mergeStatus: string | null;
  headPipeline: Pipeline | null;
}

export interface Issue extends Issuable {
  type: "Issue";
}

export interface Job {
  id: number;
  pipeline: Pipeline;
  name: string;
  stage: string;
  status: string;
  allowFailure: boolean;
  log: string;
  /** A newer job of the same name took its place. */
  retried: boolean;
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
}

/** A trigger job. With `strategy: depend` it ends as the pipeline that it started. */
export interface Bridge extends Job {
  downstream: Pipeline | null;
}

export interface Pipeline {
  id: number;
  iid: number;
  project: Project;
  sha: string;
  ref: string;
  status: string;
  source: string;
  name: string | null;
  user: User;
  mergeRequest: MergeRequest | null;
  parent: Pipeline | null;
  tag: boolean;
  jobs: Job[];
  /** Jobs that start another pipeline. */
  bridges: Bridge[];
  createdAt: number;
  updatedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
}

export interface WikiPage {
  metaId: number;
  slug: string;
  title: string;
  content: string;
}

export interface Todo {
  id: number;
  user: User;
  author: User;
  project: Project;
  action: string;
  target: Issuable;
  note: Note | null;
  body: string;
  state: "pending" | "done";
  createdAt: number;
  updatedAt: number;
}

export interface PushData {
  commitCount: number;
  action: "created" | "pushed" | "removed";
  refType: "branch" | "tag";
  from: string | null;
  to: string | null;
  ref: string;
  commitTitle: string | null;
}

/** A row of the activity feed. `action` is what the `action=` filter takes, `actionName` what the answer shows. */
export interface FeedEvent {
  id: number;
  project: Project;
  author: User;
  action: string;
  actionName: string;
  target: { id: number; iid: number; type: string; title: string } | null;
  note: { note: Note; of: Issuable } | null;
  wikiPage: { metaId: number; slug: string; title: string } | null;
  push: PushData | null;
  at: number;
}

export interface Project {
  id: number;
  path: string;
  oldPaths: string[];
  private: boolean;
  wikiEnabled: boolean;
  archived: boolean;
  defaultBranch: string;
  /** Who was let in or kept out by name; for everybody else `openToAll` decides. */
  members: Map<string, boolean>;
  openToAll: boolean;
  createdAt: number;
  lastActivityAt: number;
  commits: Map<string, Commit>;
  branches: Map<string, string>;
  mergeRequests: MergeRequest[];
  issues: Issue[];
  pipelines: Pipeline[];
  wiki: Map<string, WikiPage>;
}

export interface Group {
  id: number;
  path: string;
  /** Usernames of direct members. */
  members: Set<string>;
}

/** Switches that change how the sandbox behaves; set them at any time. */
export interface Settings {
  /** The namespace setting of 19.2: merging without `sha` answers 400. */
  requireShaForMerge: boolean;
  /** Merging passes every check and then fails with 422. */
  mergeFails: boolean;
  /** GitLab documents that a push bumps `updated_at` of its merge request; people saw that it does not. */
  pushBumpsUpdatedAt: boolean;
  /** Request throttling, off as on a fresh self-managed instance. `headers: false` leaves the 429 bare. */
  throttle: { limit: number; windowSeconds: number; headers: boolean } | null;
  /** Comments per minute and user before 429; null for none. */
  notesPerMinute: number | null;
}

export interface State {
  now: () => number;
  /** The web address with the sub-path, set once the server listens. */
  url: string;
  users: User[];
  tokens: Token[];
  projects: Project[];
  groups: Group[];
  todos: Todo[];
  events: FeedEvent[];
  settings: Settings;
  nextId(kind: IdKind): number;
}

export type IdKind =
  | "user" | "token" | "project" | "group" | "merge_request" | "issue" | "note" | "pipeline" | "job"
  | "todo" | "event" | "state_event" | "wiki" | "commit"; // prettier-ignore
