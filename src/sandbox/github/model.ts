import type { GitStore } from "./git-store.js";

export interface User {
  id: number;
  /** REST's spelling: a bot ends in `[bot]`. GraphQL drops that ending. */
  login: string;
  name: string | null;
  type: "User" | "Bot" | "Organization";
  createdAt: string;
}

export interface Team {
  id: number;
  org: string;
  slug: string;
  members: string[];
}

export interface Token {
  value: string;
  login: string;
  kind: "classic" | "fine-grained";
  scopes: string[];
  expiresAt?: string | undefined;
  /** Fine-grained: the full names it is granted; undefined = all of its user's. */
  repositories?: string[] | undefined;
  /** Fine-grained: `{ actions: "read" }`; undefined = everything that such a token can have. */
  permissions?: Record<string, "read" | "write"> | undefined;
}

export interface Repository {
  id: number;
  fullName: string;
  private: boolean;
  archived: boolean;
  hasWiki: boolean;
  /** null: every user of this world is a collaborator. */
  members: Set<string> | null;
  denied: Set<string>;
  requiredReviews: number;
  mergeMethods: string[];
  createdAt: string;
  updatedAt: string;
  pushedAt: string;
  defaultBranch: string;
  git: GitStore;
  /** null: a wiki that nobody has written to. */
  wikiGit: GitStore | null;
  subjects: Map<number, Issue | PullRequest>;
  runs: Run[];
  labels: Map<string, number>;
  feed: FeedEvent[];
}

export interface FeedEvent {
  id: number;
  type: "PushEvent" | "GollumEvent" | "PullRequestEvent";
  actor: string;
  at: string;
  payload: object;
}

export interface Comment {
  id: number;
  author: string;
  body: string;
  at: string;
}

export interface ReviewComment extends Comment {
  path: string;
  sha: string;
  reviewId: number;
  inReplyTo?: number | undefined;
}

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";

export interface Review {
  id: number;
  author: string;
  state: ReviewState;
  body: string;
  at: string;
  sha: string;
  comments: ReviewComment[];
}

interface Conversation {
  repo: Repository;
  id: number;
  number: number;
  title: string;
  body: string | null;
  author: string;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  labels: string[];
  assignees: string[];
  comments: Comment[];
  timeline: TimelineItem[];
  /** Who hears of what happens here, with the reason that the inbox shows. */
  subscribers: Map<string, string>;
}

export interface Issue extends Conversation {
  kind: "issue";
  state: "OPEN" | "CLOSED";
}

export interface PullRequest extends Conversation {
  kind: "pull_request";
  state: "OPEN" | "CLOSED" | "MERGED";
  draft: boolean;
  head: string;
  base: string;
  headSha: string;
  baseSha: string;
  commits: string[];
  mergeable: "MERGEABLE" | "CONFLICTING" | "UNKNOWN";
  mergedAt: string | null;
  mergedBy: string | null;
  mergeSha: string | null;
  /** Logins and `org/team`, as requested now. */
  reviewers: string[];
  reviews: Review[];
}

export type TimelineItem = { id: number; at: string; actor: string } & (
  | { type: "ReviewRequestedEvent" | "ReviewRequestRemovedEvent"; reviewer: string }
  | { type: "PullRequestReview"; review: Review }
  | { type: "IssueComment"; comment: Comment }
  | { type: "MergedEvent"; sha: string }
  | { type: "ClosedEvent" | "ReopenedEvent" | "ReadyForReviewEvent" | "ConvertToDraftEvent" }
  | { type: "AssignedEvent" | "UnassignedEvent"; assignee: string }
  | { type: "LabeledEvent" | "UnlabeledEvent"; label: string }
  | { type: "ReviewDismissedEvent"; review: Review; message: string; previousState: ReviewState }
  | { type: "HeadRefForcePushedEvent"; before: string; after: string }
  | { type: "PullRequestCommit"; sha: string }
);

export interface Job {
  id: number;
  runId: number;
  attempt: number;
  name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  /** The step that failed. */
  step?: string | undefined;
  stepAt?: [from: string, to: string] | undefined;
  log?: string | undefined;
  startedAt: string;
  completedAt: string | null;
}

export interface Attempt {
  number: number;
  actor: string;
  startedAt: string;
  updatedAt: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  jobs: Job[];
}

export interface Run {
  repo: Repository;
  id: number;
  runNumber: number;
  workflow: string;
  workflowId: number;
  branch: string;
  sha: string;
  actor: string;
  event: string;
  title: string;
  /** Where the commit lives; null: a fork that was deleted. */
  headRepository: Repository | null;
  createdAt: string;
  /** Oldest first; the last is the one that the run shows. */
  attempts: Attempt[];
}

/** What a row of an inbox is about, where it is neither of these: a discussion, a commit, a release. */
export interface Page {
  kind: "page";
  repo: Repository;
  type: string;
  title: string;
  /** Below the repository's address in the API; a discussion has none. */
  path: string | null;
  comment: { id: number; author: string; body: string } | null;
  /** Of a discussion, oldest first. */
  talk: Array<{ id: number; author: string; body: string; at: string }>;
}

/** One row of one user's inbox. */
export interface Thread {
  id: number;
  login: string;
  repo: Repository;
  subject: Issue | PullRequest | Run | Page;
  reason: string;
  unread: boolean;
  updatedAt: string;
  lastReadAt: string | null;
  /** Bumped whenever the row moves, so that two changes in one second are told apart. */
  version: number;
  /** Marked as done: hidden until it moves again. */
  done: boolean;
}

export interface State {
  now: () => number;
  urls: { web: string; api: string; blobs: string };
  users: Map<string, User>;
  teams: Map<string, Team>;
  tokens: Map<string, Token>;
  repositories: Map<number, Repository>;
  /** Lower-case full names of yesterday → repository id. */
  redirects: Map<string, number>;
  threads: Thread[];
  /**
   * The version of the inbox that each reader last got, per address: `Last-Modified` counts seconds, and the inbox may move
   * twice in one.
   */
  inboxSeen: Map<string, number>;
  /** GraphQL global ids → what they name. */
  nodes: Map<string, () => NodeTarget | null>;
  nextId(kind: "account" | "repository" | "content" | "run"): number;
}

export type NodeTarget =
  | { type: "User"; user: User }
  | { type: "Repository"; repo: Repository }
  | { type: "PullRequest"; pull: PullRequest }
  | { type: "Issue"; issue: Issue };
