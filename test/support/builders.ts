import type { Account } from "../../src/domain/connection.js";
import type { Event } from "../../src/domain/event.js";
import type {
  DocsChangeFacts,
  Happening,
  IssueFacts,
  MergeRequestFacts,
  PipelineFacts,
  WikiChangeFacts,
} from "../../src/domain/facts/index.js";
import type { Person } from "../../src/domain/person.js";
import type { Project } from "../../src/domain/project.js";
import type { Subscription } from "../../src/domain/subscription.js";

/** Minutes after the beginning of the time in which the tests live, as an ISO instant. */
export function at(minutes: number): string {
  return new Date(Date.UTC(2026, 10, 2, 9, 0) + minutes * 60_000).toISOString();
}

const ids: Record<string, string> = { ann: "1", bob: "2", carol: "3", dave: "4" };

export function aPerson(login: string, changes: Partial<Person> = {}): Person {
  return { id: ids[login] ?? `id-${login}`, login, bot: login.endsWith("[bot]"), ...changes };
}

export const ann = aPerson("ann", { name: "Ann" });
export const bob = aPerson("bob", { name: "Bob" });
export const carol = aPerson("carol");
export const renovate = aPerson("renovate[bot]");
export const bobsAccount: Account = { id: "2", login: "bob", name: "Bob" };

export function aProject(changes: Partial<Project> = {}): Project {
  return {
    connectionId: "github",
    id: "7",
    path: "acme/api",
    url: "https://github.com/acme/api",
    defaultBranch: "main",
    hasWiki: true,
    archived: false,
    private: false,
    ...changes,
  };
}

/** An open pull request of Ann's, opened at `at(0)`. */
export function mergeRequestFacts(changes: Partial<MergeRequestFacts> = {}): MergeRequestFacts {
  return {
    type: "merge_request",
    number: 12,
    title: "Fix login",
    url: "https://github.com/acme/api/pull/12",
    state: "open",
    draft: false,
    author: ann,
    base: "main",
    head: "fix-login",
    headSha: "a1b2c3d4e5f6",
    labels: [],
    assignments: [],
    reviewRequests: [],
    approvedBy: [],
    conflict: false,
    createdAt: at(0),
    updatedAt: at(0),
    happenings: [],
    revision: "1",
    ...changes,
  };
}

export function aComment(changes: Partial<Extract<Happening, { what: "commented" }>> = {}): Happening {
  return {
    what: "commented",
    id: "comment:123",
    at: at(5),
    actor: bob,
    body: "Looks good",
    url: "https://github.com/acme/api/pull/12#issuecomment-123",
    ...changes,
  };
}

/** A push to main by Ann that runs. */
export function pipelineFacts(changes: Partial<PipelineFacts> = {}): PipelineFacts {
  return {
    type: "pipeline",
    id: "900",
    number: 142,
    status: "running",
    rawStatus: changes.status ?? "running",
    workflow: "CI",
    trigger: "push",
    branch: "main",
    sha: "a1b2c3d4e5f6",
    commitTitle: "Fix login",
    actor: ann,
    url: "https://github.com/acme/api/actions/runs/900",
    createdAt: at(0),
    updatedAt: at(1),
    revision: "1",
    ...changes,
  };
}

export function wikiFacts(changes: Partial<WikiChangeFacts> = {}): WikiChangeFacts {
  return {
    type: "wiki_page",
    slug: "Setup",
    title: "Setup",
    change: "updated",
    changeId: "c1",
    actor: ann,
    summary: "How to begin",
    url: "https://github.com/acme/api/wiki/Setup",
    changeUrl: "https://github.com/acme/api/wiki/Setup/_compare/c1",
    at: at(3),
    revision: "c1",
    ...changes,
  };
}

export function docsFacts(changes: Partial<DocsChangeFacts> = {}): DocsChangeFacts {
  return {
    type: "docs_change",
    headSha: "feed",
    branch: "main",
    commits: [
      { sha: "feed", title: "Explain tokens", author: ann, url: "https://github.com/acme/api/commit/feed" },
    ],
    files: [{ path: "docs/tokens.md", change: "modified" }],
    truncated: false,
    url: "https://github.com/acme/api/compare/0...feed",
    at: at(3),
    revision: "feed",
    ...changes,
  };
}

export function issueFacts(changes: Partial<IssueFacts> = {}): IssueFacts {
  return {
    type: "issue",
    number: 5,
    title: "Login fails",
    url: "https://github.com/acme/api/issues/5",
    author: ann,
    state: "open",
    labels: [],
    createdAt: at(0),
    updatedAt: at(0),
    assignments: [],
    comments: [],
    revision: "1",
    ...changes,
  };
}

/** A comment of Bob's on Ann's pull request. */
export function anEvent(changes: Partial<Event> = {}): Event {
  return {
    key: `github/7/mr/12/${changes.kind ?? "comment.created"}`,
    kind: "comment.created",
    subject: { connectionId: "github", projectId: "7", type: "merge_request", id: "12" },
    actor: bob,
    at: at(5),
    concerns: [{ personId: ann.id, as: "author" }],
    attributes: { author: ["ann"], actor: ["bob"], base: ["main"], head: ["fix-login"], state: ["open"] },
    detail: {},
    ...changes,
  };
}

export function aSubscription(changes: Partial<Subscription> = {}): Subscription {
  return {
    id: "s1",
    origin: "stored",
    to: "owner",
    projects: ["github:acme/api"],
    features: [
      "pipelines",
      "mentions",
      "reviews",
      "assignments",
      "merge_requests",
      "comments",
      "wiki",
      "docs",
    ],
    filter: "",
    ...changes,
  };
}
