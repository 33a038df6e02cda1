import type {
  DocsChangeFacts,
  IssueFacts,
  MergeRequestFacts,
  PipelineFacts,
  WikiChangeFacts,
} from "./facts/index.js";

/** What was last seen of a subject: serialisable, without what people wrote, and with what stable event keys need. */
export type Snapshot = MergeRequestSnapshot | PipelineSnapshot | WikiSnapshot | DocsSnapshot | IssueSnapshot;

/** What is kept of a description that somebody wrote. */
export interface SeenDescription {
  /** Logins and teams that it mentions. */
  mentioned: string[];
  /** Tells that it is the same text, without keeping it. */
  descriptionHash?: string;
}

/** How often each thing that can happen again has happened, so that the second time has another key than the first. */
export type Counts = Record<string, number>;

export interface MergeRequestSnapshot
  extends Omit<MergeRequestFacts, "description" | "happenings" | "newsSince" | "revision">, SeenDescription {
  /** When this head was there at the latest (ISO, the server's time). Absent in snapshots of earlier versions. */
  headAt?: string | undefined;
  /** By transition (`closed`, `ready`), and by `asked/<reviewer>` and `assigned/<person>`. */
  counts: Counts;
}

export interface PipelineSnapshot extends Omit<PipelineFacts, "newsSince" | "revision"> {
  attempt: number;
  /** The later pipeline that made its line good again. Gone when this one runs again. */
  fixedBy?: { number: number; url: string };
}

export type WikiSnapshot = Omit<WikiChangeFacts, "newsSince" | "revision">;

export type DocsSnapshot = Omit<DocsChangeFacts, "revision">;

export interface IssueSnapshot
  extends Omit<IssueFacts, "description" | "comments" | "newsSince" | "revision">, SeenDescription {
  counts: Counts;
}

/** One workflow on one branch, through all its pipelines: what "broken since" and "fixed" are said of. */
export interface PipelineLine {
  lastFinal: "failed" | "success";
  /** The newest pipeline that counted; what is older than it neither breaks nor fixes the line. */
  last: { id: string; attempt: number; number: number; createdAt: string };
  /** ISO instant of the first failure in a row. */
  brokenSince?: string;
  /** Failed runs in a row, repeated attempts included. */
  failures: number;
  /** The failed pipelines in a row, oldest first, at most the last 20. */
  failedPipelines: Array<{ id: string; number: number; url: string }>;
}
