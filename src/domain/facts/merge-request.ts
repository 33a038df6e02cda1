import type { Person } from "../person.js";

/** A review asked of a person or of a team. */
export interface ReviewRequest {
  /** Exactly one of `person` and `team` is set; `team` is the slug as written in a mention (`org/team`, `group`). */
  person?: Person;
  team?: string;
  /** The request's own identity on the server (timeline id, note id). A new one for the same reviewer is a re-request. */
  requestId?: string;
  by?: Person | null;
  /** ISO instant of the request, where the server tells it. */
  at?: string;
}

export interface Assignment {
  person: Person;
  by?: Person | null;
  at?: string;
}

/** Things with an identity and a time of their own on the server, so that each is told once. */
export type Happening = {
  /** Stable on the server and the same whichever source told of it, e.g. `comment:123`, `review:45`, `approval:7:2026-…`. */
  id: string;
  at: string;
  actor: Person | null;
} & (
  | {
      what: "commented";
      body: string;
      url: string;
      path?: string;
      /** The `id` of the review that it belongs to: remarks of one review are told together. */
      reviewId?: string;
      /** The comment that it answers, and the thread, as the platform names them. */
      threadId?: string;
    }
  | { what: "approved" | "changes_requested" | "reviewed"; body: string; url: string }
  | { what: "dismissed"; body: string; url: string; of: Person | null }
  | { what: "unapproved"; url: string }
  | { what: "pushed"; sha: string; count?: number; url: string }
);

/** What CI says of one commit. */
export interface Checks {
  state: "running" | "success" | "failed";
  /** Where the platform counts them. */
  passed?: number;
  failed?: number;
  running?: number;
  url?: string;
}

/** How much a merge request changes. GitLab tells the files alone, and beyond a thousand only that there are more. */
export interface DiffSize {
  files?: number;
  /** There are more files than `files`. */
  more?: boolean;
  additions?: number;
  deletions?: number;
}

/** A merge request (GitLab) or pull request (GitHub) as one answer describes it. `undefined` is unknown, never "none". */
export interface MergeRequestFacts {
  type: "merge_request";
  number: number;
  title: string;
  url: string;
  description?: string;
  state: "open" | "closed" | "merged";
  draft: boolean;
  author: Person | null;
  /** Who merged or closed it, and when, where the server tells. */
  endedBy?: Person | null;
  endedAt?: string;
  base: string;
  head: string;
  headSha: string;
  labels: string[];
  assignments: Assignment[];
  /** The requests that are open now. */
  reviewRequests?: ReviewRequest[];
  /** Who approves it now. */
  approvedBy?: Person[];
  /** Whose last word is that it needs changes. */
  changesRequestedBy?: Person[];
  conflict?: boolean;
  /** The target branch has moved on, and the platform wants a rebase before a merge. */
  behind?: boolean;
  /** How many approvals the platform wants before a merge, where it says so. */
  approvalsRequired?: number;
  /** Of the head commit. Absent: unknown; `null`: there are none. */
  checks?: Checks | null;
  diff?: DiffSize;
  /** Review threads that are not resolved. */
  openThreads?: number;
  createdAt: string;
  updatedAt: string;
  /** New happenings, oldest first; overlapping with earlier polls is fine. */
  happenings: Happening[];
  /** What is older than this (ISO, server time) is not news, also when this merge request was never seen before. */
  newsSince?: string;
  /** Adapter's own mark of this version (`known` gives it back): unequal means worth fetching again. */
  revision: string;
}
