import type { Person } from "../person.js";

/** One change of one wiki page. */
export interface WikiChangeFacts {
  type: "wiki_page";
  /** Lasting name of the page. */
  slug: string;
  title: string;
  /** The title that the page had before this change, where it was renamed: then `change` is `updated`. */
  formerTitle?: string;
  change: "created" | "updated" | "deleted";
  /** The change's identity: commit sha, event id, or the new content's hash. */
  changeId: string;
  actor: Person | null;
  summary?: string;
  /** The page, and the change itself where the platform can show it. */
  url: string;
  changeUrl?: string;
  at?: string;
  newsSince?: string;
  revision: string;
}

/** One push to the default branch that touches documentation. */
export interface DocsChangeFacts {
  type: "docs_change";
  headSha: string;
  branch: string;
  /** Oldest first. */
  commits: Array<{ sha: string; title: string; author: Person | null; url: string }>;
  files: Array<{ path: string; change: "added" | "modified" | "removed" | "renamed" }>;
  /** More files changed than are listed. */
  truncated: boolean;
  /** The comparison on the platform. */
  url: string;
  at?: string;
  revision: string;
}

/** An issue that concerns the account, seen through its inbox alone (mentions and assignments), or another page that does. */
export interface IssueFacts {
  type: "issue";
  /** 0 where it is no issue (`page`). */
  number: number;
  /** A page that is no issue (a commit, an epic, a design): its lasting key, and what it is called (`1a2b3c4d`, `&12`). */
  page?: { key: string; name: string };
  title: string;
  url: string;
  description?: string;
  author: Person | null;
  /** null where it has none, as other pages than issues. */
  state: "open" | "closed" | null;
  labels: string[];
  createdAt: string;
  updatedAt: string;
  assignments: Array<{ person: Person; by?: Person | null; at?: string }>;
  comments: Array<{
    id: string;
    at: string;
    actor: Person | null;
    body: string;
    url: string;
    /** The platform says that it mentions the account, whatever `body` shows. */
    mentionsAccount?: boolean;
  }>;
  newsSince?: string;
  revision: string;
}
